import { describe, expect, it } from 'vitest';
import { otherQuestion } from '../../../connectors/cli/explaining.ts';
import { codeOf } from '../../../streams/runtime/errors.ts';

const refusal = (terms: string[], percentiles: string[]): string | undefined => {
  try {
    otherQuestion(terms, percentiles);
    return undefined;
  } catch (error) {
    return codeOf(error);
  }
};

describe('what explain may be asked beside what is stored', () => {
  it('takes terms by name or in days, each once, and percentiles', () => {
    const { terms, models } = otherQuestion(['yearly', '30d', 'yearly', '1d'], ['95', '99.5', '95']);
    expect(terms.map(({ name, days, minPoints }) => [name, days, minPoints / 96])).toEqual([
      ['yearly', 365, 256],
      ['30d', 30, 20],
      ['1d', 1, 64 / 96],
    ]);
    expect(models.map(({ name, cpuPercentile }) => [name, cpuPercentile])).toEqual([
      ['P95', 95],
      ['P99.5', 99.5],
    ]);
    expect(otherQuestion([], [])).toEqual({ terms: [], models: [] });
  });

  it.each(['', 'Monthly', 'fortnightly', '0d', '367d', '-1d', '1.5d', '30', '30dd'])(
    'refuses the term %j',
    (term) => {
      expect(refusal([term], [])).toBe('BAD_OPTION');
    },
  );

  it.each(['', '0', '100.1', '-5', 'P95', '1e1', 'NaN', '95%'])('refuses the percentile %j', (percentile) => {
    expect(refusal([], [percentile])).toBe('BAD_OPTION');
  });
});
