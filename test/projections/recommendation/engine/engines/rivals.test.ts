import { describe, expect, it } from 'vitest';
import { DecayingHistogram } from '../../../../../projections/recommendation/engine/engines/decaying-histogram.ts';
import { tuned } from '../../../../../projections/recommendation/engine/engines/engine.ts';
import {
  gather,
  historyAt,
  traceSignals,
} from '../../../../../projections/recommendation/engine/engines/history.ts';
import type { Series } from '../../../../../projections/recommendation/engine/engines/history.ts';
import { between, krrEngines } from '../../../../../projections/recommendation/engine/engines/krr.ts';
import { kruizeEngines } from '../../../../../projections/recommendation/engine/engines/kruize.ts';
import { afterOutOfMemory, vpa } from '../../../../../projections/recommendation/engine/engines/vpa.ts';
import { recommend } from '../../../../../projections/recommendation/engine/recommend.ts';
import { BadInput } from '../../../../../streams/runtime/errors.ts';
import { randomFrom } from '../../../../../connectors/csv/random.ts';

const MINUTE = 60_000;
const MIB = 2 ** 20;
const t0 = Date.parse('2026-01-01T00:00:00Z');

/** Rows of `minutes` each, the first ending one row after t0. */
function series(values: readonly number[], memory: readonly number[] | null, minutes: number): Series {
  const end = Float64Array.from(values, (_, i) => t0 + (i + 1) * minutes * MINUTE);
  const bytes = memory === null ? null : Float64Array.from(memory);
  return { name: 'made up', samples: traceSignals(end, Float64Array.from(values), bytes), minutes };
}
const whole = (made: Series) => {
  const at = made.samples.columns[0]![made.samples.length - 1]!;
  return [historyAt(made, at), at] as const;
};

describe('cost and performance', () => {
  it.each([0.3, 3])('say what the policy of recommendations says, around %s cores', (cores) => {
    const random = randomFrom(7);
    const n = 15 * 96;
    const made = series(
      Array.from({ length: n }, () => cores * (0.5 + random())),
      Array.from({ length: n }, () => 1e8 * (1 + random())),
      15,
    );
    const [history, at] = whole(made);
    const terms = { short_term: 1, medium_term: 7, long_term: 15 } as const;
    for (const row of recommend(made.samples, { kind: 'container', requestedEnd: at }).advice) {
      const advice = kruizeEngines[row.engine as keyof typeof kruizeEngines].advise(history, at, {
        tunables: { window_days: terms[row.term as keyof typeof terms] },
      });
      expect(advice.cpu_request).toBe(row.cpu_request);
      expect(advice.memory_limit).toBe(row.memory_limit);
    }
  });

  it('say nothing before the term has enough intervals', () => {
    const [history, at] = whole(
      series(
        Array.from({ length: 191 }, () => 2),
        null,
        15,
      ),
    );
    expect(kruizeEngines.cost.advise(history, at)).toMatchObject({
      cpu_request: null,
      notes: [{ code: 'NOT_ENOUGH_DATA' }],
    });
  });
});

describe('the decaying histogram', () => {
  const shape = { first: 0.01, largest: 1_000, halfLife: 1_000 };

  it('tells the end of the bucket that is reached', () => {
    const histogram = new DecayingHistogram(shape);
    expect(histogram.percentile(0.9)).toBeNull();
    histogram.add(1, 1, 0);
    expect(histogram.percentile(0.9)).toBeCloseTo(0.01 * ((1.05 ** 37 - 1) / 0.05), 12);
    expect(histogram.percentile(0.9)).toBeCloseTo(1.0163, 4);
  });

  it('forgets by half in a half-life, also when weights are scaled down', () => {
    const histogram = new DecayingHistogram(shape);
    histogram.add(1, 1, 0);
    histogram.add(8, 1, 150_000);
    histogram.add(1, 1, 151_000);
    expect(histogram.percentile(0.66)).toBeLessThan(2);
    expect(histogram.percentile(0.68)).toBeGreaterThan(7);
  });
});

describe('vpa', () => {
  it('adds 15 % to P90 and narrows its bounds with time', () => {
    const day = whole(
      series(
        Array.from({ length: 1441 }, () => 1),
        null,
        1,
      ),
    );
    const advice = vpa.advise(...day);
    const seen = 0.01 * ((1.05 ** 37 - 1) / 0.05);
    expect(advice.cpu_request).toBeCloseTo(seen * 1.15, 9);
    expect(advice.bounds.cpu!.upper).toBeCloseTo(seen * 1.15 * 2, 9);
    expect(advice.bounds.cpu!.lower).toBeCloseTo(seen * 1.15 * 1.001 ** -2, 9);
  });

  it('has floors of 25 m and 250 MiB, and keeps the ratio of limits', () => {
    const idle = whole(
      series(
        Array.from({ length: 200 }, () => 0),
        Array.from({ length: 200 }, () => 1e6),
        15,
      ),
    );
    const current = { cpu_request: 1, cpu_limit: 2, memory_request: null, memory_limit: 3e8 };
    expect(vpa.advise(...idle, { current })).toMatchObject({
      cpu_request: 0.025,
      cpu_limit: 0.05,
      memory_request: 250 * MIB,
      memory_limit: null,
    });
  });

  it('takes one memory peak a day and what was killed', () => {
    const n = 8 * 96;
    const memory = Array.from({ length: n }, (_, i) => (i % 96 === 0 ? 1e9 : 1e8));
    const [history, at] = whole(
      series(
        Array.from({ length: n }, () => 1),
        memory,
        15,
      ),
    );
    const before = vpa.advise(history, at).memory_request!;
    expect(before).toBeGreaterThan(1e9 * 1.15);
    const after = vpa.advise(history, at, { outOfMemory: [{ at: at - 1, limit: 2e9 }] });
    expect(after.memory_request!).toBeGreaterThan(2.4e9 * 1.15);
    expect([1000, 200].map((mib) => afterOutOfMemory({ at: 0, limit: mib * MIB }) / MIB)).toEqual([
      1200, 300,
    ]);
  });
});

describe('krr', () => {
  const n = 400;
  const [history, at] = whole(
    series(
      Array.from({ length: n }, (_, i) => (i + 1) / 100),
      Array.from({ length: n }, () => 2e8),
      15,
    ),
  );

  it('simple: P95 between two values, rounded up to 1 m; memory + 15 %, up to 1 MiB; no CPU limit', () => {
    expect(between(Float64Array.of(1, 2), 95)).toBeCloseTo(1.95, 12);
    expect(krrEngines.simple.advise(history, at)).toMatchObject({
      cpu_request: 3.801,
      cpu_limit: null,
      memory_request: Math.ceil(2.3e8 / MIB) * MIB,
    });
  });

  it('simple_limit: P66 and P96', () => {
    expect(krrEngines.simpleLimit.advise(history, at)).toMatchObject({
      cpu_request: 2.644,
      cpu_limit: 3.841,
    });
  });

  it('guards: too few rows, an autoscaler', () => {
    const few = whole(
      series(
        Array.from({ length: 99 }, () => 1),
        null,
        15,
      ),
    );
    expect(krrEngines.simple.advise(...few).notes[0]!.code).toBe('NOT_ENOUGH_DATA');
    const notes = krrEngines.simple.advise(history, at, { autoscaled: ['cpu'] }).notes;
    expect(notes[0]!.code).toBe('HPA_ON_SAME_METRIC');
  });

  it('has floors, and 1.25 of the limit at an OOM when asked', () => {
    const tiny = whole(
      series(
        Array.from({ length: n }, () => 0.001),
        Array.from({ length: n }, () => 5),
        15,
      ),
    );
    expect(krrEngines.simple.advise(...tiny)).toMatchObject({ cpu_request: 0.01, memory_limit: 96 * MIB });
    const outOfMemory = [{ at: at - 1, limit: 400 * MIB }];
    const with_ = krrEngines.simple.advise(history, at, { outOfMemory, tunables: { use_oom: 1 } });
    expect(with_.memory_limit).toBe(500 * MIB);
  });
});

describe('tunables', () => {
  it.each([
    [{ window_day: 7 }, 'has no tunable "window_day"; it has window_days, cpu_percentile'],
    [{ window_days: 16 }, 'window_days of engine cost must be from 1 to 15; got 16'],
    [{ window_days: Number.NaN }, 'must be from 1 to 15; got NaN'],
  ])('refuses %j', (wanted, message) => {
    expect(() => tuned(kruizeEngines.cost, wanted as Record<string, number>)).toThrow(BadInput);
    expect(() => tuned(kruizeEngines.cost, wanted as Record<string, number>)).toThrow(message);
  });
});

describe('gathering rows into intervals', () => {
  it('keeps extremes, half-open from the first end', () => {
    const made = traceSignals(
      Float64Array.from({ length: 17 }, (_, i) => t0 + i * MINUTE),
      Float64Array.from({ length: 17 }, (_, i) => i + 1),
      Float64Array.from({ length: 17 }, (_, i) => 100 + i),
    );
    const { columns, length } = gather(made, 15);
    expect(length).toBe(3);
    expect([...columns[0]!].map((end) => (end - t0) / MINUTE)).toEqual([0, 15, 30]);
    expect([...columns[2]!]).toEqual([1, 16, 17]);
    expect([...columns[3]!]).toEqual([1, 2, 17]);
    expect([...columns[6]!]).toEqual([0, 14, 0]);
  });
});
