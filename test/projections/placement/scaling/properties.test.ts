import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideScaling } from '../../../../projections/placement/scaling/decide.ts';
import type { ScalingDecision, Standing } from '../../../../projections/placement/scaling/decide.ts';
import { PIECE_MS, seenAt, withReport } from '../../../../projections/placement/scaling/load.ts';
import type { Load, Report } from '../../../../projections/placement/scaling/load.ts';
import { defaultPolicy } from '../../../../projections/placement/scaling/policy.ts';
import type { ScalingPolicy } from '../../../../projections/placement/scaling/policy.ts';
import { limitsAt } from '../../../../projections/placement/scaling/timetable.ts';

const START = Date.UTC(2026, 0, 5, 11, 56);
const seconds = (max: number) => fc.integer({ min: 0, max });
const step = fc.option(fc.integer({ min: 1, max: 5 }), { nil: null });

const policies: fc.Arbitrary<ScalingPolicy> = fc
  .record({
    min: fc.integer({ min: 0, max: 4 }),
    more: fc.integer({ min: 1, max: 20 }),
    throughput: fc.constantFrom(0.7, 3, 10, 25),
    target: fc.constantFrom(0.5, 0.8, 1),
    tolerance: fc.constantFrom(0, 0.1, 0.3),
    drain_seconds: fc.option(fc.integer({ min: 1, max: 120 }), { nil: null }),
    ready_seconds: seconds(120),
    up_stabilisation_seconds: seconds(120),
    up_cool_down_seconds: seconds(120),
    up_step: step,
    down_stabilisation_seconds: seconds(400),
    down_cool_down_seconds: seconds(120),
    down_step: step,
    timetable: fc.constantFrom([], [{ days: [], from: '12:00', to: '12:20', min: 3, max: 6 }]),
  })
  .map(({ min, more, ...rest }) => ({ ...defaultPolicy, ...rest, min, max: min + more }));

/** What happens next: after how long, the load then, and after how long a decision's replicas are ready (null: never). */
const happenings = fc.array(
  fc.record({
    after: fc.integer({ min: 1, max: 45 }),
    rate: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 150, noNaN: true })),
    queue: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 2_000 })),
    report: fc.constantFrom(true, true, true, false),
    ready: fc.option(seconds(60), { nil: null }),
  }),
  { minLength: 5, maxLength: 80 },
);

interface Step {
  readonly now: number;
  readonly before: number;
  readonly last: Standing['last'];
  readonly ready: Standing['ready'];
  readonly decision: ScalingDecision;
  readonly reports: readonly Report[];
}

/** Lets it happen; every step is a decision, whether there was a report or time alone has passed. */
function run(
  policy: ScalingPolicy,
  list: readonly { after: number; rate: number; queue: number; report: boolean; ready: number | null }[],
) {
  let [now, replicas, load] = [START, list.length % 30, undefined as Load | undefined];
  let last: Standing['last'] = null;
  let readyAt: number | null = null;
  const [steps, reports]: [Step[], Report[]] = [[], []];
  for (const { after, rate, queue, report, ready: delay } of list) {
    now += after * 1_000;
    if (report) {
      const it = { at: now, rate, queue, throughput: null, served: null, replicas: null };
      reports.push(it);
      load = withReport(load, it);
    }
    const ready = readyAt !== null && now >= readyAt ? { at: now, replicas } : null;
    const standing = { replicas, last, ready, unplaceable: 0, room: 1_000, placing: true };
    const decision = decideScaling({
      policy,
      load: load === undefined ? null : seenAt(policy, load, now),
      standing,
      now,
    });
    steps.push({ now, before: replicas, last, ready, decision, reports: [...reports] });
    if (!decision.scaled) continue;
    last = { at: now, from: replicas };
    replicas = decision.replicas;
    readyAt = delay === null ? null : now + delay * 1_000 + 1;
  }
  return { steps, replicas };
}

/** The rule, written a second time: replicas for a report. */
function needOf(
  policy: ScalingPolicy,
  { rate, queue }: Report,
  { min, max }: { min: number; max: number },
): number {
  const demand = rate + (policy.drain_seconds === null ? 0 : (queue ?? 0) / policy.drain_seconds);
  let need = demand > 0 ? 1 : 0;
  while (need < max && need * policy.throughput! * policy.target < demand * (1 - 1e-9)) need++;
  return Math.max(min, need);
}

function check(policy: ScalingPolicy, { now, before, last, ready, decision, reports }: Step): void {
  const limits = limitsAt(policy, now);
  expect(decision.wanted).toBeGreaterThanOrEqual(limits.min);
  expect(decision.wanted).toBeLessThanOrEqual(limits.max);
  if (!decision.scaled) return;
  const { replicas, reason } = decision;
  expect(replicas).not.toBe(before);
  expect(replicas).toBeGreaterThanOrEqual(limits.min);
  expect(replicas).toBeLessThanOrEqual(limits.max);
  // Never two in flight.
  if (last !== null && now - last.at < policy.ready_seconds * 1_000) expect(ready).not.toBeNull();
  if (reason === 'BELOW_MIN' || reason === 'ABOVE_MAX') return;
  const up = replicas > before;
  expect(up).toBe(reason === 'LOAD_UP' || reason === 'ACTIVATED');
  const most = up ? policy.up_step : policy.down_step;
  if (most !== null) expect(Math.abs(replicas - before)).toBeLessThanOrEqual(most);
  const wait = up ? policy.up_cool_down_seconds : policy.down_cool_down_seconds;
  if (last !== null && reason !== 'ACTIVATED') expect(now - last.at).toBeGreaterThanOrEqual(wait * 1_000);
  const newest = reports.at(-1)!;
  expect(now - newest.at).toBeLessThanOrEqual(policy.stale_seconds * 1_000);
  const window = (up ? policy.up_stabilisation_seconds : policy.down_stabilisation_seconds) * 1_000;
  const counting = reason === 'ACTIVATED' ? [] : reports.filter(({ at }) => at > now - window);
  const needs = [newest, ...counting].map((it) => needOf(policy, it, limits));
  if (up) expect(replicas).toBeLessThanOrEqual(Math.min(...needs));
  else expect(replicas).toBeGreaterThanOrEqual(Math.max(...needs));
  const capacity = before * policy.throughput! * policy.target;
  const demand = newest.rate + (policy.drain_seconds === null ? 0 : newest.queue! / policy.drain_seconds);
  if (before > 0 && demand > 0)
    expect(Math.abs(demand / capacity - 1)).toBeGreaterThan(policy.tolerance - 1e-6);
}

describe('whatever the load and the policy', () => {
  it('never outside of the limits, beyond a step, within a cool-down, two in flight, or against what was stable', () => {
    const reasons = new Set<string>();
    fc.assert(
      fc.property(policies, happenings, (policy, list) => {
        const { steps } = run(policy, list);
        for (const it of steps) {
          check(policy, it);
          reasons.add(it.decision.reason);
        }
      }),
      { numRuns: 700 },
    );
    // What was looked at has been there.
    for (const reason of [
      'LOAD_UP',
      'LOAD_DOWN',
      'ACTIVATED',
      'TO_ZERO',
      'BELOW_MIN',
      'ABOVE_MAX',
      'STEADY',
      'AT_MIN',
      'AT_MAX',
      'STABILISING',
      'COOL_DOWN',
      'IN_FLIGHT',
      'NO_LOAD',
    ])
      expect(reasons).toContain(reason);
  });

  it('a load that stays is followed, within the tolerance, and then nothing changes', () => {
    const quiet = policies.map((policy) => ({ ...policy, timetable: [] }));
    fc.assert(
      fc.property(quiet, happenings, fc.double({ min: 0, max: 150, noNaN: true }), (policy, list, rate) => {
        // 20 decisions of at most 120 s each after 400 s in which the past still counts.
        const stays = Array.from({ length: 220 }, () => ({
          after: 15,
          rate,
          queue: 0,
          report: true,
          ready: 0,
        }));
        const { steps, replicas } = run(policy, [...list, ...stays]);
        const end = steps.slice(-20);
        expect(end.map(({ decision }) => decision.scaled)).not.toContain(true);
        const need = needOf(policy, steps.at(-1)!.reports.at(-1)!, policy);
        const ratio = rate / (replicas * policy.throughput! * policy.target);
        if (replicas !== need) expect(Math.abs(ratio - 1)).toBeLessThanOrEqual(policy.tolerance + 1e-6);
      }),
      { numRuns: 120 },
    );
  });

  it('what is kept of a load is a function of the reports, whatever their order, and bounded', () => {
    const report = fc.record({
      at: fc.integer({ min: 0, max: 4_000 }).map((it) => START + it * 1_000),
      rate: fc.integer({ min: 0, max: 50 }),
      throughput: fc.option(fc.integer({ min: 1, max: 9 }), { nil: null }),
      queue: fc.option(fc.integer({ min: 0, max: 9 }), { nil: null }),
      served: fc.option(fc.integer({ min: 0, max: 9 }), { nil: null }),
      replicas: fc.option(fc.integer({ min: 0, max: 9 }), { nil: null }),
    });
    const orders = fc
      .array(report, { minLength: 1, maxLength: 200 })
      .chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })));
    const kept = (list: readonly Report[]) =>
      list.reduce<Load | undefined>((load, it) => withReport(load, it), undefined)!;
    fc.assert(
      fc.property(orders, ([list, shuffled]) => {
        const load = kept(list);
        expect(kept([...shuffled, ...list.slice(0, 5)])).toEqual(load);
        expect(load.pieces.length).toBeLessThanOrEqual(1_815_000 / PIECE_MS + 1);
        expect(load.reported.length).toBeLessThanOrEqual(32);
        expect(JSON.stringify(load).length).toBeLessThan(16_000);
      }),
      { numRuns: 100 },
    );
  });
});
