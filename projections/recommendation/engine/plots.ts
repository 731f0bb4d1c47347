/** Box plots: five numbers per bucket of a term. */
import { percentileIndex, select } from './percentile.ts';
import type { Signals } from './signals.ts';
import { timeText } from './time.ts';
import { lowerBound } from './window.ts';

/** Five numbers of one resource in one bucket. */
export interface Box {
  readonly min: number;
  readonly q1: number;
  readonly median: number;
  readonly q3: number;
  readonly max: number;
  readonly format: string;
}

/** A bucket; empty when no interval ended in it. */
export interface PlotBucket {
  cpuUsage?: Box;
  memoryUsage?: Box;
}

/** Plots of one term: buckets by their end. */
export interface Plots {
  readonly datapoints: number;
  readonly plots_data: Record<string, PlotBucket>;
}

/** Buckets of one recommendation by width, then by end. */
export type KnownBuckets = Map<number, Map<number, PlotBucket>>;

let scratch = new Float64Array(256);

/**
 * Buckets (end - count·width, end], each open at its start and closed at its end, over rows [first, after). q1, median and q3
 * are percentiles of iMax (mMax), max its largest, min the smallest iMin (mMin), so 0 when one of them is 0. `known` holds what
 * was computed already, so that terms with buckets of the same width share the work (they end at the same times).
 */
export function plotBuckets(
  signals: Signals,
  first: number,
  after: number,
  end: number,
  count: number,
  width: number,
  formats: { readonly cpu: string; readonly memory: string },
  known: KnownBuckets,
): Plots {
  const ends = signals.columns[0]!;
  const data: Record<string, PlotBucket> = {};
  const same = known.get(width) ?? new Map<number, PlotBucket>();
  known.set(width, same);
  let from = lowerBound(ends, first, after, end - count * width + 0.5);
  for (let b = count - 1; b >= 0; b--) {
    const bucketEnd = end - b * width;
    const to = lowerBound(ends, from, after, bucketEnd + 0.5);
    let bucket = same.get(bucketEnd);
    if (bucket === undefined) {
      bucket = {};
      if (to > from) {
        bucket.cpuUsage = box(signals.columns[2]!, signals.columns[3]!, from, to, formats.cpu);
        bucket.memoryUsage = box(signals.columns[4]!, signals.columns[5]!, from, to, formats.memory);
      }
      same.set(bucketEnd, bucket);
    }
    data[timeText(bucketEnd)] = bucket;
    from = to;
  }
  return { datapoints: count, plots_data: data };
}

function box(high: Float64Array, low: Float64Array, from: number, to: number, format: string): Box {
  const n = to - from;
  if (scratch.length < n) scratch = new Float64Array(2 * n);
  let min = low[from]!;
  let max = high[from]!;
  for (let i = 0; i < n; i++) {
    const value = high[from + i]!;
    scratch[i] = value;
    if (value > max) max = value;
    if (low[from + i]! < min) min = low[from + i]!;
  }
  const [i1, i2, i3] = [percentileIndex(25, n), percentileIndex(50, n), percentileIndex(75, n)];
  const median = select(scratch, 0, n, i2);
  const q1 = i1 < i2 ? select(scratch, 0, i2, i1) : median;
  const q3 = i3 > i2 ? select(scratch, i2 + 1, n, i3) : median;
  return { min, q1, median, q3, max, format };
}
