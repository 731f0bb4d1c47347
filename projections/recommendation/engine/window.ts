/** Which rows count, and what they amount to. */
import { percentileIndex, select } from './percentile.ts';
import type { Signals } from './signals.ts';
import { DAY } from './time.ts';

/** Rows [first, after) of the signals. */
export interface Rows {
  readonly first: number;
  readonly after: number;
}

/** First index in [from, to) whose value is not below `at`, else `to`; values ascending. */
export function lowerBound(values: Float64Array, from: number, to: number, at: number): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (values[middle]! < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Rows that are loaded for a question: requestedEnd - days <= end <= requestedEnd, both ends included. */
export function loadedRows(signals: Signals, requestedEnd: number, days: number): Rows {
  const ends = signals.columns[0]!;
  const first = lowerBound(ends, 0, signals.length, requestedEnd - days * DAY);
  return { first, after: lowerBound(ends, first, signals.length, requestedEnd + 0.5) };
}

/** Rows of a term: the closed window [newest end - days, newest end], so a full day of 15 min has 97. */
export function termRows(signals: Signals, loaded: Rows, days: number): Rows {
  const ends = signals.columns[0]!;
  const start = ends[loaded.after - 1]! - days * DAY;
  return { first: lowerBound(ends, loaded.first, loaded.after, start), after: loaded.after };
}

/** Largest values of the rows of a window. */
export interface Peaks {
  readonly cpu: number;
  readonly memory: number;
  readonly spike: number;
  readonly pods: number;
}

/** The peaks of rows [first, after), joined with those of a narrower window when it is known already. */
export function peaks(signals: Signals, first: number, after: number, inner: Peaks | null): Peaks {
  const [iMax, mMax, spikes, podCounts] = [
    signals.columns[2]!,
    signals.columns[4]!,
    signals.columns[6]!,
    signals.columns[7]!,
  ];
  let cpu = inner === null ? iMax[first]! : inner.cpu;
  let memory = inner === null ? mMax[first]! : inner.memory;
  let spike = inner === null ? spikes[first]! : inner.spike;
  let pods = inner === null ? podCounts[first]! : inner.pods;
  for (let i = first; i < after; i++) {
    if (iMax[i]! > cpu) cpu = iMax[i]!;
    if (mMax[i]! > memory) memory = mMax[i]!;
    if (spikes[i]! > spike) spike = spikes[i]!;
    if (podCounts[i]! > pods) pods = podCounts[i]!;
  }
  return { cpu, memory, spike, pods };
}

let scratch = new Float64Array(2048);

/** Percentiles (ascending, 0..100) of the iMax of rows [first, after), in the same order. */
export function cpuPercentiles(
  signals: Signals,
  first: number,
  after: number,
  percentiles: readonly number[],
): number[] {
  const n = after - first;
  if (scratch.length < n) scratch = new Float64Array(2 * n);
  scratch.set(signals.columns[2]!.subarray(first, after));
  const values = new Array<number>(percentiles.length);
  let to = n;
  // From the highest down: everything below a selected index is not larger, so the next one searches only there.
  for (let p = percentiles.length - 1; p >= 0; p--) {
    const index = percentileIndex(percentiles[p]!, n);
    values[p] = select(scratch, 0, to, Math.min(index, to - 1));
    to = index + 1;
  }
  return values;
}
