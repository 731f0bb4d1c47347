import { describe, expect, it } from 'vitest';
import { noAdvice } from '../../../../../projections/recommendation/engine/engines/engine.ts';
import type {
  AdviceSettings,
  RequestEngine,
} from '../../../../../projections/recommendation/engine/engines/engine.ts';
import { traceSignals } from '../../../../../projections/recommendation/engine/engines/history.ts';
import type { History, Series } from '../../../../../projections/recommendation/engine/engines/history.ts';
import {
  hindsight,
  moments,
  replay,
} from '../../../../../projections/recommendation/engine/replay/replay.ts';
import { noTotals, Tally } from '../../../../../projections/recommendation/engine/replay/score.ts';

const HOUR = 3_600_000;

/** Days of 24 rows; CPU of hour h on day d is d + 1, at noon twice that; memory 100 · (d + 1). */
function hourly(days: number): Series {
  const n = days * 24;
  const end = Float64Array.from({ length: n }, (_, i) => (i + 1) * HOUR);
  const cpu = end.map((_, i) => (Math.floor(i / 24) + 1) * (i % 24 === 12 ? 2 : 1));
  return {
    name: 'hourly',
    samples: traceSignals(
      end,
      cpu,
      end.map((_, i) => 100 * (Math.floor(i / 24) + 1)),
    ),
    minutes: 60,
  };
}

/** Allocates what `cpu` says, and 150 bytes; remembers what it was shown. */
function spy(cpu: (history: History) => number | null) {
  const seen: { rows: number; newest: number; at: number; settings: AdviceSettings }[] = [];
  const engine: RequestEngine = {
    name: 'spy',
    about: '',
    tunables: [],
    advise(history, at, settings = {}) {
      const { samples } = history;
      seen.push({
        rows: samples.length,
        newest: samples.columns[0]![samples.length - 1]!,
        at,
        settings: { ...settings, outOfMemory: [...(settings.outOfMemory ?? [])] },
      });
      return { ...noAdvice([]), cpu_request: cpu(history), memory_limit: 150 };
    },
  };
  return { seen, variant: { name: 'spy', engine, tunables: {} } };
}

describe('replay', () => {
  it('trains on the past only, and judges whole periods', () => {
    const { seen, variant } = spy(() => 3);
    const outcome = replay(hourly(5), variant);
    expect(moments(hourly(5), { warmUpDays: 2, periodDays: 1 })).toEqual([48 * HOUR, 72 * HOUR, 96 * HOUR]);
    expect(seen.map(({ rows }) => rows)).toEqual([48, 72, 96]);
    expect(seen.every(({ newest, at }) => newest === at)).toBe(true);
    // day 3: 23 rows of 3, one of 6; day 4: of 4 and 8; day 5: of 5 and 10
    expect(outcome.cpu).toMatchObject({
      rows: 72,
      periods: 3,
      violated: 3,
      slack: 0,
      mean: 3,
      changesPerDay: 0,
    });
    expect(outcome.cpu!.violation).toBeCloseTo((100 * (1 + 24 + 24)) / 72, 9);
  });

  it('counts an OOM kill per period and tells it to the next advice', () => {
    const { seen, variant } = spy(() => 3);
    const { memory } = replay(hourly(4), variant);
    expect(memory).toMatchObject({ periods: 2, violated: 2, violation: 100 });
    expect(seen[0]!.settings.outOfMemory).toEqual([]);
    expect(seen[1]!.settings.outOfMemory).toEqual([{ at: 49 * HOUR, limit: 150 }]);
    expect(seen[1]!.settings.current).toMatchObject({ cpu_request: 3, memory_limit: 150 });
  });

  it('does not judge periods without advice, and says how many', () => {
    const { variant } = spy(({ samples }) => (samples.length < 72 ? null : 4));
    const outcome = replay(hourly(5), variant);
    expect(outcome).toMatchObject({ unadvised: 1, cpu: { periods: 2 } });
    expect(replay(hourly(2), variant)).toMatchObject({ unadvised: 0, cpu: null, memory: null });
  });

  it('leaves out periods without rows, and bounds their number', () => {
    const { samples } = hourly(4);
    const ends = samples.columns[0]!.map((end, i) => (i < 72 ? end : end + 1e5 * 24 * HOUR));
    const gap: Series = {
      name: 'gap',
      samples: { length: samples.length, columns: [ends, ...samples.columns.slice(1)] },
      minutes: 60,
    };
    const { seen, variant } = spy(() => 3);
    expect(moments(gap, { warmUpDays: 2, periodDays: 1 })).toHaveLength(1_000);
    expect(replay(gap, variant).cpu).toMatchObject({ periods: 1 });
    expect(seen).toHaveLength(1);
  });

  it('adds containers up; a new container is no change', () => {
    const totals = noTotals();
    const outcomes = [2, 4].map((cpu) => replay(hourly(4), spy(() => cpu).variant, undefined, totals));
    const sum = totals.cpu.score(1, 'rows')!;
    expect(sum).toMatchObject({ rows: 96, periods: 4, mean: 3, changesPerDay: 0 });
    expect(sum.violation).toBeCloseTo((outcomes[0]!.cpu!.violation + outcomes[1]!.cpu!.violation) / 2, 9);
  });

  it('hindsight: each period its own maximum', () => {
    const score = hindsight(hourly(4), 100).cpu!;
    expect(score).toMatchObject({ violation: 0, unmet: 0, mean: 7, changesPerDay: 0.5, meanChange: 2 });
  });
});

describe('the score', () => {
  it('has the worked numbers', () => {
    const tally = new Tally();
    expect(tally.add(Float64Array.of(1, 3, 2), 2)).toBe(true);
    const score = tally.score(1, 'rows')!;
    expect([score.slack, score.violation, score.unmet].map((n) => n.toFixed(2))).toEqual([
      '16.67',
      '33.33',
      '16.67',
    ]);
  });

  it('is null without a row', () => {
    expect(new Tally().score(1, 'rows')).toBeNull();
  });
});
