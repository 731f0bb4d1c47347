import { describe, expect, it } from 'vitest';
import { explain } from '../../../../projections/recommendation/engine/explain.ts';
import { percentileIndex } from '../../../../projections/recommendation/engine/percentile.ts';
import { recommend } from '../../../../projections/recommendation/engine/recommend.ts';
import {
  customTerms,
  percentileEngine,
  termOfDays,
} from '../../../../projections/recommendation/engine/terms.ts';
import { synthetic } from '../../../support/synthetic-traces.ts';

const DAY = 86_400_000;
const { samples } = synthetic('daily', 3, 400, 15);
const ends = samples.columns[0]!;
const [first, last] = [ends[0]!, ends.at(-1)!];
const named = (name: string) => customTerms.find((term) => term.name === name)!;
const ask = (requestedEnd: number, terms: readonly string[], percentiles: readonly number[]) =>
  recommend(samples, {
    ...{ kind: 'container', requestedEnd, plots: false },
    terms: terms.map(named),
    models: percentiles.map(percentileEngine),
  });

describe('terms and percentiles of one’s own', () => {
  it('takes the percentile of the whole window, and the largest memory', () => {
    const days = { monthly: 30, quarterly: 90, 'half-yearly': 180, yearly: 365 };
    const { advice } = ask(last, Object.keys(days), [50, 95]);
    for (const [term, length] of Object.entries(days)) {
      const from = [...ends].findIndex((end) => end >= last - length * DAY);
      const cpu = samples.columns[2]!.slice(from).sort();
      const memory = Math.max(...samples.columns[4]!.slice(from));
      for (const percentile of [50, 95]) {
        const row = advice.find((one) => one.term === `${term}_term` && one.engine === `P${percentile}`)!;
        expect(row.cpu_request).toBe(cpu[percentileIndex(percentile, cpu.length)]);
        expect(row.memory_request).toBeGreaterThanOrEqual(memory);
      }
    }
  });

  it.each([
    ['monthly', 21],
    ['quarterly', 63],
    ['half-yearly', 126],
    ['yearly', 256],
  ])('%s needs %i days', (term, days) => {
    const at = (whole: number, rows: number) => ask(first + whole * DAY + (rows - 1) * 900_000, [term], [95]);
    expect(at(days, -1).advice).toEqual([]);
    expect(at(days, 0).advice).toHaveLength(1);
  });

  it('goes with the known ones, shortest first, and is explained alike', () => {
    const options = {
      kind: 'container' as const,
      requestedEnd: last,
      plots: false,
      terms: [named('yearly'), 'short' as const, termOfDays(45)],
      models: [percentileEngine(90), 'cost' as const],
    };
    const explained = explain(samples, options);
    expect(explained.terms.map(({ term }) => term)).toEqual(['short_term', '45d_term', 'yearly_term']);
    for (const term of explained.terms) {
      expect(term.engines.map(({ engine }) => engine)).toEqual(['cost', 'P90']);
      for (const { engine, cpu } of term.engines) {
        const row = explained.recommendation.advice.find(
          (one) => one.term === term.term && one.engine === engine,
        );
        expect(cpu.value).toBe(row!.cpu_request);
      }
    }
  });
});
