import { describe, expect, it } from 'vitest';
import { percentileOf } from '../../../../projections/recommendation/engine/percentile.ts';
import { recommend } from '../../../../projections/recommendation/engine/recommend.ts';
import { container, DAY, flat, NOW, QUARTER, series, type Row } from './usage.ts';

const plotsOf = (rows: readonly Row[], term: string) => {
  const { document } = recommend(container(rows), { kind: 'container', requestedEnd: NOW });
  return Object.values(document.data)[0]!.recommendation_terms[term]!.plots!;
};

describe('box plots', () => {
  it('short term: four buckets of 6 h, keyed by their end, the last one ending at the newest row', () => {
    const plots = plotsOf(
      series(97, () => flat(0.5, 100)),
      'short_term',
    );
    expect(plots.datapoints).toBe(4);
    expect(Object.keys(plots.plots_data)).toEqual([
      '2025-03-15T18:00:00.000Z',
      '2025-03-16T00:00:00.000Z',
      '2025-03-16T06:00:00.000Z',
      '2025-03-16T12:00:00.000Z',
    ]);
  });

  it('buckets are open at their start: the first row of the closed window is in none', () => {
    const plots = plotsOf(
      series(97, (i) => flat(i === 0 ? 9 : i === 24 ? 7 : 0.5, 100)),
      'short_term',
    );
    const boxes = Object.values(plots.plots_data).map((bucket) => bucket.cpuUsage!.max);
    expect(boxes).toEqual([7, 0.5, 0.5, 0.5]);
  });

  it('five numbers: smallest iMin, quartiles and largest of iMax', () => {
    const rows = series(24, (i) => ({ ...flat(0, 100), cpu_usage_max: (i + 1) / 100, cpu_usage_min: 0.003 }));
    const [, , , last] = Object.values(plotsOf(rows, 'short_term').plots_data);
    expect(last!.cpuUsage).toEqual({
      min: 0.003,
      q1: 0.07,
      median: 0.13,
      q3: 0.18,
      max: 0.24,
      format: 'cores',
    });
    expect(last!.memoryUsage).toEqual({ min: 100, q1: 100, median: 100, q3: 100, max: 100, format: 'bytes' });
  });

  it('an interval without any use makes the minimum 0', () => {
    const rows = series(24, (i) => flat(i === 3 ? 0 : 0.5, i === 4 ? 0 : 100));
    const [, , , last] = Object.values(plotsOf(rows, 'short_term').plots_data);
    expect([last!.cpuUsage!.min, last!.memoryUsage!.min]).toEqual([0, 0]);
  });

  it('a bucket without rows is an empty object', () => {
    const [none] = Object.values(
      plotsOf(
        series(24, () => flat(0.5, 100)),
        'short_term',
      ).plots_data,
    );
    expect(none).toEqual({});
  });

  it('a 6 h bucket and a day that end together are not mixed up', () => {
    const rows = series(1441, (i) => flat(0.001 * (i + 1), 100 + i));
    for (const [term, days, width] of [
      ['short_term', 1, DAY / 4],
      ['medium_term', 7, DAY],
      ['long_term', 15, DAY],
    ] as const) {
      const plots = plotsOf(rows, term);
      expect(plots.datapoints).toBe((days * DAY) / width);
      for (const [key, bucket] of Object.entries(plots.plots_data)) {
        const end = Date.parse(key);
        const inside = rows.filter((row) => row.end > end - width && row.end <= end);
        const memory = Float64Array.from(inside, (row) => row['memory_usage_max']!);
        expect(inside.length).toBe(width / QUARTER);
        expect([bucket.memoryUsage!.q1, bucket.memoryUsage!.median, bucket.memoryUsage!.q3]).toEqual([
          percentileOf(memory, 25),
          percentileOf(memory, 50),
          percentileOf(memory, 75),
        ]);
      }
    }
  });
});
