import { describe, expect, it } from 'vitest';
import { balanced } from '../../../../../projections/recommendation/engine/engines/balanced.ts';
import type { AdviceSettings } from '../../../../../projections/recommendation/engine/engines/engine.ts';
import { dailyCorrelation } from '../../../../../projections/recommendation/engine/engines/flags.ts';
import { historyAt, traceSignals } from '../../../../../projections/recommendation/engine/engines/history.ts';
import {
  effectiveCount,
  percentileBounds,
} from '../../../../../projections/recommendation/engine/engines/order-statistics.ts';
import { noiseFrom, synthetic } from '../../../../support/synthetic-traces.ts';

const MIB = 2 ** 20;
const QUARTER = 900_000;

/** Advice on rows of a quarter of an hour. */
function advise(
  cpu: readonly number[],
  memory: readonly number[] | null,
  settings: AdviceSettings = {},
  swing = 0,
) {
  const end = Float64Array.from(cpu, (_, i) => (i + 1) * QUARTER);
  const samples = traceSignals(
    end,
    Float64Array.from(cpu),
    memory === null ? null : Float64Array.from(memory),
  );
  samples.columns[6]!.fill(swing);
  const at = end[end.length - 1]!;
  return balanced.advise(historyAt({ name: 'x', samples, minutes: 15 }, at), at, settings);
}
const days = (n: number, value: (i: number) => number) => Array.from({ length: n * 96 }, (_, i) => value(i));
const codes = (advice: { notes: readonly { code: string }[] }) => advice.notes.map(({ code }) => code);

describe('CPU of balanced', () => {
  it('has no cliff at one core', () => {
    const { uniform } = noiseFrom(3);
    const base = days(7, () => 0.6 + 0.39 * uniform());
    const [below, above] = [1, 1.02].map(
      (scale) =>
        advise(
          base.map((v) => v * scale),
          null,
        ).cpu_request!,
    );
    expect(above! / below!).toBeCloseTo(1.02, 9);
  });

  it('is the worked number of a day of 2 cores after a day of 1', () => {
    const advice = advise(
      days(2, (i) => (i < 96 ? 1 : 2)),
      null,
    );
    expect(advice.cpu).toMatchObject({ base: 2, calibration: 2, growth: 1.1 });
    expect(advice.cpu_request).toBeCloseTo(2.3, 12);
    expect(advice.cpu!.formula).toBe('P99 2 · calibration 2 · growth 1.1 → 2.3 cores');
  });

  it('falls with the risk, in 20 points, and never below the median', () => {
    const { normal } = noiseFrom(5);
    const { curve } = advise(
      days(7, () => Math.exp(0.4 * normal())),
      null,
    );
    expect(curve).toHaveLength(20);
    for (let i = 1; i < 20; i++) expect(curve[i]!.cores).toBeLessThanOrEqual(curve[i - 1]!.cores + 1e-12);
    expect(curve.map(({ risk }) => risk)).toEqual([...curve.map(({ risk }) => risk)].sort((a, b) => a - b));
    expect(curve[0]!.waste).toBeGreaterThan(curve[19]!.waste);
    const generous = advise(
      days(7, () => Math.exp(0.4 * normal())),
      null,
      { tunables: { risk_budget: 0.5, spend: 1 } },
    );
    expect(generous.cpu_request!).toBeGreaterThan(0.95);
  });

  it('keeps what is set while it fits, and says so; not when told to move', () => {
    const cpu = days(7, (i) => 1 + 0.001 * (i % 10));
    const current = { cpu_request: 1.01, cpu_limit: 2.02, memory_request: null, memory_limit: null };
    const kept = advise(cpu, null, { current });
    expect(kept.cpu_request).toBe(1.01);
    expect(codes(kept)).toContain('CPU_FITS');
    const moved = advise(cpu, null, { current, tunables: { do_nothing: 0, keep_limit_ratio: 1 } });
    expect(moved.cpu_request).toBeCloseTo(1.009, 9);
    expect(moved.cpu_limit).toBeCloseTo(2.018, 9);
    expect(advise(cpu, null, { current: { ...current, cpu_request: 0.9 } }).cpu_request).toBeCloseTo(
      1.009,
      9,
    );
  });

  it('has no limit by default and says why; zero use has no advice', () => {
    expect(
      codes(
        advise(
          days(2, () => 1),
          null,
        ),
      ),
    ).toContain('NO_CPU_LIMIT');
    const idle = advise(
      days(2, () => 0),
      null,
    );
    expect(idle.cpu_request).toBeNull();
    expect(codes(idle)).toEqual(['CPU_ZERO', 'MEMORY_ZERO']);
    expect(codes(balanced.advise(historyAt(synthetic('flat', 1), 0), 0))).toEqual(['NO_DATA']);
  });

  it('looks at nothing that comes later', () => {
    const series = synthetic('daily', 9);
    const at = series.samples.columns[0]![1_000]!;
    const early = balanced.advise(historyAt(series, at), at);
    const cut = { ...series, samples: historyAt(series, at).samples };
    expect(balanced.advise(historyAt(cut, at), at)).toEqual(early);
  });

  it('comes with what it would have meant on the own past', () => {
    const { backtest, confidence } = advise(
      days(7, (i) => 1 + 0.001 * (i % 10)),
      days(7, () => 1e9),
    );
    expect(backtest!.cpu).toMatchObject({ periods: 6, violation: 0 });
    expect(backtest!.memory).toMatchObject({ periods: 6, violated: 0 });
    expect(confidence).toBeGreaterThan(0.5);
    expect(
      advise(
        days(1, () => 1),
        null,
      ).backtest,
    ).toBeNull();
    expect(
      advise(
        days(7, () => 1),
        null,
        { brief: true },
      ),
    ).toMatchObject({ backtest: null, curve: [] });
  });
});

describe('memory of balanced', () => {
  const mib = (advice: { memory_limit: number | null }) => advice.memory_limit! / MIB;
  const flat = days(3, () => 1);
  const memory = days(3, () => 1_000 * MIB);

  it('has a floor of 10 %, follows the spike, and a cap of 25 %', () => {
    expect(mib(advise(flat, memory))).toBeCloseTo(1_100, 4);
    expect(mib(advise(flat, memory, {}, 150 * MIB))).toBeCloseTo(1_157.5, 4);
    expect(mib(advise(flat, memory, {}, 500 * MIB))).toBeCloseTo(1_250, 4);
  });

  it('expects a rise to go on', () => {
    const rising = days(2, (i) => (i < 96 ? 880 : 1_000) * MIB);
    expect(
      mib(
        advise(
          days(2, () => 1),
          rising,
        ),
      ),
    ).toBeCloseTo(1_150, 4);
  });

  it('remembers a kill', () => {
    const outOfMemory = [{ at: QUARTER, limit: 1_000 * MIB }];
    const advice = advise(flat, memory, { outOfMemory });
    expect(mib(advice)).toBe(1_200);
    expect(codes(advice)).toEqual(expect.arrayContaining(['OOM_SEEN', 'OOM_DECIDES']));
  });
});

describe('flags', () => {
  it.each<[string, AdviceSettings]>([
    ['THROTTLED', { throttledShare: 0.06 }],
    ['HPA_ON_SAME_METRIC', { autoscaled: ['cpu'] }],
    ['JVM', { jvm: true }],
    ['UNEVEN_PODS', { podPeaks: [1, 2] }],
  ])('%s', (code, settings) => {
    expect(
      codes(
        advise(
          days(3, () => 1),
          null,
          settings,
        ),
      ),
    ).toContain(code);
    expect(
      codes(
        advise(
          days(3, () => 1),
          null,
        ),
      ),
    ).not.toContain(code);
  });

  it('TOO_NEW, TREND and DAILY_PATTERN come from usage', () => {
    expect(
      codes(
        advise(
          days(1, () => 1),
          null,
        ),
      ),
    ).toContain('TOO_NEW');
    expect(
      codes(
        advise(
          days(7, (i) => (i < 576 ? 1 : 0.5)),
          null,
        ),
      ),
    ).toContain('TREND');
    const wave = days(7, (i) => 2 + Math.sin((2 * Math.PI * i) / 96));
    expect(codes(advise(wave, null))).toContain('DAILY_PATTERN');
    expect(
      dailyCorrelation(
        Float64Array.from(wave, (_, i) => (i + 1) * QUARTER),
        Float64Array.from(wave),
      ),
    ).toBeCloseTo(1, 6);
  });
});

describe('order statistics', () => {
  it('have the ranks of the worked numbers', () => {
    const sorted = Float64Array.from({ length: 672 }, (_, i) => i + 1);
    expect(percentileBounds(sorted, 0.98, 672, 672)).toEqual({ lower: 649, upper: 669 });
  });

  it('count autocorrelated values for less', () => {
    const { normal } = noiseFrom(1);
    const independent = Float64Array.from({ length: 2_000 }, normal);
    const repeated = Float64Array.from({ length: 2_000 }, (_, i) => independent[i >> 2]!);
    expect(effectiveCount(independent, 1) / 2_000).toBeGreaterThan(0.8);
    expect(effectiveCount(repeated, 1) / 2_000).toBeLessThan(0.4);
    expect(effectiveCount(Float64Array.of(1, 1, 1), 2)).toBe(3);
  });
});

describe('severity', () => {
  it('of advice comes with what is set', () => {
    const current = { cpu_request: 4, cpu_limit: null, memory_request: 2e9, memory_limit: 2e9 };
    expect(
      advise(
        days(3, () => 1),
        days(3, () => 1e9),
        { current },
      ).severity,
    ).toBe('critical');
    expect(
      advise(
        days(3, () => 1),
        days(3, () => 1e9),
      ).severity,
    ).toBeNull();
  });
});
