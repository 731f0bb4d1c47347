import { describe, expect, it } from 'vitest';
import { krrEngines } from '../../../projections/recommendation/engine/engines/krr.ts';
import { kruizeEngines } from '../../../projections/recommendation/engine/engines/kruize.ts';
import { vpa } from '../../../projections/recommendation/engine/engines/vpa.ts';
import type { RequestEngine, Tunables } from '../../../projections/recommendation/engine/engines/engine.ts';
import { hindsight, replay } from '../../../projections/recommendation/engine/replay/replay.ts';
import type { Outcome } from '../../../projections/recommendation/engine/replay/replay.ts';
import { betterOnBoth, rivals, trial } from '../../support/engine-trials.ts';
import { kruizeData, whySkipped } from './data.ts';
import { publishedTrace, traceData } from './published-traces.ts';
import { tfbSeries } from './tfb.ts';

/** Two days of warm-up, five days judged, new advice every day. */
const options = { warmUpDays: 2, periodDays: 1, periods: 5 };
const skipped = traceData === null ? ' (skipped: CONFORMANCE_DATA does not name a folder with traces/)' : '';
if (skipped !== '') console.warn(`published replay${skipped}`);

type Numbers = readonly [slack: number, violation: number, unmet?: number, mean?: number];
interface Line {
  readonly name: string;
  readonly made: (trace: string) => Outcome;
  readonly c_12104: Numbers;
  readonly c_29247: Numbers;
}

const series = (trace: string) => publishedTrace(trace);
const line = (name: string, engine: RequestEngine, tunables: Tunables, a: Numbers, b: Numbers): Line => ({
  name,
  made: (trace) => replay(series(trace), { name, engine, tunables }, options),
  c_12104: a,
  c_29247: b,
});
const best = (percentile: number, a: Numbers, b: Numbers): Line => ({
  name: `hindsight P${percentile}`,
  made: (trace) => hindsight(series(trace), percentile, options),
  c_12104: a,
  c_29247: b,
});

const { cost, performance } = kruizeEngines;
const lines: readonly Line[] = [
  line('cost 1 d', cost, { window_days: 1 }, [4.5, 34.75, 2.735, 9.24], [12.99, 30.31, 1.355, 9.79]),
  line(
    'performance 1 d',
    performance,
    { window_days: 1 },
    [22.63, 2.29, 0.322, 11.69],
    [22.23, 1.25, 0.026, 11.1],
  ),
  line('cost 7 d', cost, { window_days: 7 }, [2.63, 52.03, 4.367, 8.91], [13.71, 23.92, 0.952, 9.91]),
  line(
    'performance 7 d',
    performance,
    { window_days: 7 },
    [21.06, 2.54, 0.337, 11.45],
    [23.07, 0.08, 0.003, 11.22],
  ),
  line('KRR P95', krrEngines.simple, {}, [10.32, 9.12, 1.014, 10.01], [19.56, 1.97, 0.04, 10.73]),
  line(
    'KRR P99',
    krrEngines.simple,
    { cpu_percentile: 99 },
    [20.81, 2.58, 0.342, 11.42],
    [23.2, 0.08, 0.003, 11.24],
  ),
  line('VPA target', vpa, {}, [21.42, 2.15, 0.286, 11.51], [29.33, 0, 0, 12.22]),
  best(99, [27.94, 0.97], [19.12, 0.69]),
  best(100, [33.69, 0], [22.46, 0]),
];

describe.skipIf(traceData === null)(`replay of the published traces${skipped}`, () => {
  for (const trace of ['c_12104', 'c_29247'] as const) {
    it.each(lines)(`${trace}: $name says what is published`, ({ made, [trace]: published }) => {
      const score = made(trace).cpu!;
      const numbers = [score.slack, score.violation, score.unmet, score.mean];
      const digits = [0.01, 0.01, 0.001, 0.01];
      published.forEach((value, i) => {
        expect(Math.abs(numbers[i]! - value!), `${numbers[i]!} for ${value!}`).toBeLessThanOrEqual(
          digits[i]! * 1.05,
        );
      });
      expect(score.periods).toBe(5);
    });
  }
});

describe.skipIf(traceData === null)(`balanced on the trace that it was not tuned on${skipped}`, () => {
  it('c_29247: violations within the budget of 2 % + 1 pp, and no rival better on slack and violations by more than 1 pp', () => {
    const { outcomes } = trial(series('c_29247'), options);
    const ours = outcomes.get('balanced')!.cpu!;
    expect(ours.violation).toBeLessThanOrEqual(3);
    expect(betterOnBoth(ours, new Map(rivals.map((name) => [name, outcomes.get(name)!.cpu!])))).toEqual([]);
  });
});

describe.skipIf(kruizeData === null)(`memory of a real container${whySkipped}`, () => {
  it('balanced is killed no more often than any rival, with at most 15 % more memory than Kruize', () => {
    const { outcomes } = trial(tfbSeries(), { warmUpDays: 2, periodDays: 1 });
    const memory = (name: string) => outcomes.get(name)!.memory!;
    expect(memory('balanced').periods).toBe(13);
    for (const name of rivals) expect(memory('balanced').violated).toBeLessThanOrEqual(memory(name).violated);
    expect(memory('balanced').mean).toBeLessThanOrEqual(1.15 * memory('cost 7 d').mean);
  });
});
