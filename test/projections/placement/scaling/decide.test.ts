import { describe, expect, it } from 'vitest';
import { decideScaling } from '../../../../projections/placement/scaling/decide.ts';
import type { ScalingInputs, Standing } from '../../../../projections/placement/scaling/decide.ts';
import { withReport, seenAt } from '../../../../projections/placement/scaling/load.ts';
import type { Load, Report } from '../../../../projections/placement/scaling/load.ts';
import { againstPolicy, defaultPolicy } from '../../../../projections/placement/scaling/policy.ts';
import type { ScalingPolicy } from '../../../../projections/placement/scaling/policy.ts';
import { scalingText } from '../../../../projections/placement/scaling/reasons.ts';
import { limitsAt } from '../../../../projections/placement/scaling/timetable.ts';

/** Monday, 5 January 2026, 12:00 UTC. */
const NOON = Date.UTC(2026, 0, 5, 12);
const report = (at: number, rate: number, more: Partial<Report> = {}): Report => ({
  ...{ at: NOON + at * 1_000, rate, throughput: null, queue: null, served: null, replicas: null, ...more },
});
const loadOf = (...reports: Report[]): Load => {
  const [first, ...rest] = reports;
  return rest.reduce(withReport, withReport(undefined, first!));
};
const policy = (more: Partial<ScalingPolicy> = {}): ScalingPolicy => ({
  ...{ ...defaultPolicy, min: 1, max: 20, throughput: 10, ...more },
});

/** What is decided `at` seconds after noon. */
function decided(
  its: ScalingPolicy,
  reports: Report[],
  standing: Partial<Standing> & { replicas: number },
  at = 0,
) {
  const now = NOON + at * 1_000;
  const inputs: ScalingInputs = {
    policy: its,
    load: reports.length === 0 ? null : seenAt(its, loadOf(...reports), now),
    standing: { last: null, ready: null, unplaceable: 0, room: 10_000, placing: true, ...standing },
    now,
  };
  const decision = decideScaling(inputs);
  expect(scalingText(decision, inputs)).toMatch(/^[^{}]{5,300}$/);
  expect(decideScaling(JSON.parse(JSON.stringify(inputs)) as ScalingInputs)).toEqual(decision);
  return decision;
}
const steady = (rate: number, seconds = 330): Report[] =>
  Array.from({ length: seconds / 15 + 1 }, (_, i) => report(-seconds + i * 15, rate));
const last = (secondsAgo: number, from = 1) => ({ at: NOON - secondsAgo * 1_000, from });

describe('replicas by load', () => {
  it.each<[string, ScalingPolicy, Report[], Partial<Standing> & { replicas: number }, string, number]>([
    ['50/s at 8 each are 7', policy({ throughput: 8 }), [report(0, 50)], { replicas: 2 }, 'LOAD_UP', 7],
    ['50/s at 10 each are 5', policy(), [report(0, 50)], { replicas: 1 }, 'LOAD_UP', 5],
    ['2.1 at 0.7 are 3, not 4', policy({ throughput: 0.7 }), [report(0, 2.1)], { replicas: 1 }, 'LOAD_UP', 3],
    [
      'four fifths of 10 are planned',
      policy({ target: 0.8 }),
      [report(0, 50)],
      { replicas: 1 },
      'LOAD_UP',
      7,
    ],
    ['55/s is within a tenth of 5 × 10', policy(), [report(0, 55)], { replicas: 5 }, 'STEADY', 5],
    ['56/s is not', policy(), [report(0, 56)], { replicas: 5 }, 'LOAD_UP', 6],
    ['45/s is within a tenth', policy(), steady(45), { replicas: 5 }, 'STEADY', 5],
    ['40/s is lower for long enough', policy(), steady(40), { replicas: 5 }, 'LOAD_DOWN', 4],
    ['at most max', policy({ max: 3 }), [report(0, 500)], { replicas: 1 }, 'LOAD_UP', 3],
    ['and no more', policy({ max: 3 }), [report(0, 500)], { replicas: 3 }, 'AT_MAX', 3],
    ['at least min', policy({ min: 2 }), steady(1), { replicas: 2 }, 'AT_MIN', 2],
    ['below min, without a load', policy({ min: 2 }), [], { replicas: 1 }, 'BELOW_MIN', 2],
    ['above max, without a load', policy({ max: 2 }), [], { replicas: 4 }, 'ABOVE_MAX', 2],
    ['nothing reported', policy(), [], { replicas: 4 }, 'NO_LOAD', 4],
    ['reported long ago', policy(), [report(-181, 500)], { replicas: 4 }, 'NO_LOAD', 4],
    ['no throughput', policy({ throughput: null }), [report(0, 50)], { replicas: 4 }, 'NO_THROUGHPUT', 4],
    ['three at a time', policy({ up_step: 3 }), [report(0, 90)], { replicas: 1 }, 'LOAD_UP', 4],
    ['two at a time', policy({ down_step: 2 }), steady(10), { replicas: 9 }, 'LOAD_DOWN', 7],
    [
      'a moment ago',
      policy({ up_cool_down_seconds: 90 }),
      [report(0, 50)],
      { replicas: 2, last: last(61) },
      'COOL_DOWN',
      2,
    ],
    ['under way', policy(), [report(0, 50)], { replicas: 2, last: last(59) }, 'IN_FLIGHT', 2],
    ['nobody said so in time', policy(), [report(0, 50)], { replicas: 2, last: last(60) }, 'LOAD_UP', 5],
    ['ready', policy(), [report(0, 50, { replicas: 2 })], { replicas: 2, last: last(20) }, 'LOAD_UP', 5],
    [
      'one of two ready',
      policy(),
      [report(0, 50, { replicas: 1 })],
      { replicas: 2, last: last(20) },
      'IN_FLIGHT',
      2,
    ],
    [
      'the cluster knows better',
      policy(),
      [report(0, 50, { replicas: 2 })],
      { replicas: 2, last: last(20), ready: { at: NOON, replicas: 1 } },
      'IN_FLIGHT',
      2,
    ],
    [
      'seen before the decision',
      policy(),
      [report(0, 50)],
      { replicas: 2, last: last(20), ready: { at: NOON - 21_000, replicas: 2 } },
      'IN_FLIGHT',
      2,
    ],
    [
      'too many are left',
      policy(),
      [report(0, 50)],
      { replicas: 2, last: last(20, 4), ready: { at: NOON, replicas: 3 } },
      'IN_FLIGHT',
      2,
    ],
    [
      'no place for what there is',
      policy(),
      [report(0, 50)],
      { replicas: 2, unplaceable: 1 },
      'UNPLACEABLE',
      2,
    ],
    ['room for one', policy(), [report(0, 50)], { replicas: 2, room: 1 }, 'LOAD_UP', 3],
    ['no room', policy(), [report(0, 50)], { replicas: 2, room: 0 }, 'CLUSTER_FULL', 2],
    [
      'placing stands still',
      policy(),
      [report(0, 50)],
      { replicas: 2, placing: false },
      'PLACING_STOPPED',
      2,
    ],
    ['not enabled', policy({ enabled: false }), [report(0, 50)], { replicas: 2 }, 'PAUSED', 2],
  ])('%s', (_, its, reports, standing, reason, replicas) => {
    const decision = decided(its, reports, standing);
    expect(decision).toMatchObject({ reason, ...(decision.scaled ? { replicas } : {}) });
    if (!decision.scaled) expect(replicas).toBe(standing.replicas);
  });

  it('follows the highest wish of the last 300 s downwards, as an autoscaler of Kubernetes does', () => {
    const burst = [...steady(10, 600).slice(0, -18), report(-250, 50), report(-235, 20), report(0, 10)];
    expect(decided(policy(), burst, { replicas: 9 })).toMatchObject({
      reason: 'LOAD_DOWN',
      replicas: 5,
      wanted: 1,
    });
    expect(decided(policy(), burst, { replicas: 5 })).toMatchObject({ reason: 'STABILISING' });
    // 300 s after the 15 s in which 50/s were reported, the next highest counts.
    expect(decided(policy(), [...burst, report(66, 10)], { replicas: 5 }, 66)).toMatchObject({ replicas: 2 });
  });

  it('goes up by what has lasted, and does not go down by what it has not seen', () => {
    const its = policy({ up_stabilisation_seconds: 60 });
    expect(decided(its, [report(-45, 10), report(0, 50)], { replicas: 1 }).reason).toBe('STABILISING');
    expect(decided(its, [report(-45, 30), report(0, 50)], { replicas: 1 })).toMatchObject({ replicas: 3 });
    expect(decided(policy(), steady(10, 270), { replicas: 5 }).reason).toBe('STABILISING');
  });

  it('empties a queue in time, goes to none when it is idle, and comes back at once', () => {
    const its = policy({ min: 0, drain_seconds: 60 });
    const queue = (at: number, waiting: number) => report(at, 5, { queue: waiting });
    // 5/s arrive and 600 wait: 15/s are to be handled.
    expect(decided(its, [queue(0, 600)], { replicas: 1 })).toMatchObject({ replicas: 2 });
    const idle = steady(0);
    expect(decided(its, idle, { replicas: 2 })).toMatchObject({ reason: 'TO_ZERO', replicas: 0 });
    expect(decided(its, idle, { replicas: 0 }).reason).toBe('AT_MIN');
    expect(decided(its, [...idle, report(10, 0, { queue: 1 })], { replicas: 2 }, 10)).toMatchObject({
      reason: 'LOAD_DOWN',
      replicas: 1,
    });
    const again = { replicas: 0, last: last(1, 2), ready: { at: NOON, replicas: 0 } };
    const quick = { ...its, up_cool_down_seconds: 600, up_stabilisation_seconds: 600 };
    expect(decided(quick, [...idle, report(1, 0, { queue: 6_000 })], again, 1)).toMatchObject({
      reason: 'ACTIVATED',
      replicas: 10,
    });
    expect(decided({ ...quick, throughput: null }, [...idle, report(1, 3)], again, 1)).toMatchObject({
      replicas: 1,
    });
  });

  it('takes the median of what is reported, or of what was handled while requests waited', () => {
    const its = policy({ throughput: null });
    const reported = [10, 90, 11].map((throughput, i) => report(i - 3, 50, { throughput }));
    expect(decided(its, reported, { replicas: 1 })).toMatchObject({ replicas: 5 });
    const saturated = [
      report(-30, 50, { queue: 9, served: 24, replicas: 2 }),
      report(0, 50, { queue: 20, served: 25, replicas: 2 }),
    ];
    expect(decided(its, saturated, { replicas: 2 })).toMatchObject({ reason: 'LOAD_UP', replicas: 5 });
    // Nothing waits: what was handled says what came, not what could be.
    expect(decided(its, [report(0, 50, { queue: 0, served: 50, replicas: 9 })], { replicas: 2 }).reason).toBe(
      'NO_THROUGHPUT',
    );
  });
});

describe('a timetable', () => {
  const entry = (days: number[], from: string, to: string, min: number, max: number) => ({
    days,
    from,
    to,
    min,
    max,
  });
  it.each<[string, number, number, number]>([
    ['2026-01-05T07:59Z', 0, 1, 20],
    ['2026-01-05T08:00Z', 0, 4, 30],
    ['2026-01-05T07:00Z', 60, 4, 30],
    ['2026-01-05T18:00Z', 0, 1, 20],
    ['2026-01-10T12:00Z', 0, 1, 20],
    ['2026-01-09T22:00Z', 0, 0, 2],
    ['2026-01-10T05:59Z', 0, 0, 2],
    ['2026-01-10T06:00Z', 0, 1, 20],
    ['2026-01-11T05:59Z', 0, 1, 20],
  ])('at %s, %i minutes ahead of UTC: %i to %i', (time, utc_offset_minutes, min, max) => {
    const timetable = [entry([1, 2, 3, 4, 5], '08:00', '18:00', 4, 30), entry([5], '22:00', '06:00', 0, 2)];
    expect(limitsAt(policy({ utc_offset_minutes, timetable }), Date.parse(time))).toMatchObject({ min, max });
  });

  it('decides when it begins', () => {
    const timetable = [entry([], '12:00', '24:00', 4, 8)];
    expect(decided(policy({ timetable }), [report(0, 1)], { replicas: 1 }, -1).reason).toBe('STEADY');
    expect(decided(policy({ timetable }), [report(0, 1)], { replicas: 1 })).toMatchObject({
      reason: 'BELOW_MIN',
      replicas: 4,
    });
  });
});

describe('a policy', () => {
  it.each<[Partial<ScalingPolicy>, string]>([
    [{ min: -1 }, 'min and max'],
    [{ min: 3, max: 2 }, 'min and max'],
    [{ min: 0, max: 0 }, 'min and max'],
    [{ max: 10_001 }, 'min and max'],
    [{ throughput: 0 }, 'throughput'],
    [{ throughput: NaN }, 'throughput'],
    [{ target: 1.1 }, 'target'],
    [{ tolerance: -0.1 }, 'tolerance'],
    [{ up_step: 0 }, 'up_step'],
    [{ down_stabilisation_seconds: 1_801 }, 'down_stabilisation_seconds'],
    [{ timetable: [{ days: [7], from: '08:00', to: '09:00', min: 1, max: 2 }] }, 'timetable.0: days'],
    [{ timetable: [{ days: [], from: '8:00', to: '09:00', min: 1, max: 2 }] }, 'timetable.0: from'],
    [{ timetable: [{ days: [], from: '08:00', to: '24:01', min: 1, max: 2 }] }, 'timetable.0: from'],
    [{ timetable: [{ days: [], from: '08:00', to: '09:00', min: 3, max: 2 }] }, 'timetable.0: min and max'],
  ])('%j is refused', (more, message) => {
    expect(againstPolicy(policy(more))).toMatchObject({
      code: 'BAD_SCALING',
      message: expect.stringContaining(message) as string,
    });
  });
});
