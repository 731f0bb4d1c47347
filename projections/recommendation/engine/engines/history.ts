/** What an engine may look at: the usage of one container as it was known at a moment. */
import { select } from '../percentile.ts';
import { lowerBound } from '../window.ts';
import { signalColumns } from '../signals.ts';
import type { Signals } from '../signals.ts';
import { DAY, MINUTE } from '../time.ts';

/** Minutes of the intervals that Kruize's formulas read. */
export const INTERVAL_MINUTES = 15;

/** Usage of one container from one source. */
export interface Series {
  readonly name: string;
  /** Rows as they were taken; a trace may have one a minute. */
  readonly samples: Signals;
  /** Minutes of a row. */
  readonly minutes: number;
}

/** Usage as known at a moment. */
export interface History {
  readonly samples: Signals;
  readonly sampleMinutes: number;
  /** The same by intervals of a quarter of an hour; the samples themselves when those are no finer. */
  readonly intervals: Signals;
}

/** Signals of a trace: `end` in ms, ascending; CPU in cores, memory in bytes or null. One pod. */
export function traceSignals(end: Float64Array, cpu: Float64Array, memory: Float64Array | null): Signals {
  const length = end.length;
  const zeros = () => new Float64Array(length);
  const step = length > 1 ? end[1]! - end[0]! : MINUTE;
  const unknown = () => new Float64Array(length).fill(NaN);
  const bytes = memory ?? zeros();
  const known: Readonly<Record<string, Float64Array>> = {
    end,
    start: end.map((time) => time - step),
    iMax: cpu,
    iMin: cpu,
    mMax: bytes,
    mMin: bytes,
    spike: zeros(),
    pods: zeros().fill(1),
  };
  return { length, columns: signalColumns.map((name) => known[name] ?? unknown()) };
}

/** Minutes of an interval, by the median; those of Kruize's formulas when there is none. */
export function minutesOf({ length, columns: [ends, starts] }: Signals): number {
  if (length === 0) return INTERVAL_MINUTES;
  if (areEquallyLong(ends!, starts!, length)) return (ends![0]! - starts![0]!) / MINUTE;
  const lengths = ends!.map((end, i) => end - starts![i]!);
  return select(lengths, 0, length, length >> 1) / MINUTE;
}

function areEquallyLong(ends: Float64Array, starts: Float64Array, length: number): boolean {
  const first = ends[0]! - starts[0]!;
  for (let i = 1; i < length; i++) if (ends[i]! - starts[i]! !== first) return false;
  return true;
}

/** Rows [first, after) without copying. */
export function slice(signals: Signals, first: number, after: number): Signals {
  if (first === 0 && after === signals.length) return signals;
  return { length: after - first, columns: signals.columns.map((column) => column.subarray(first, after)) };
}

/** Rows that end in (from, to], ms. */
export function rowsWithin(signals: Signals, from: number, to: number): Signals {
  const ends = signals.columns[0]!;
  const first = lowerBound(ends, 0, signals.length, from + 0.5);
  return slice(signals, first, lowerBound(ends, first, signals.length, to + 0.5));
}

/** One column of the rows that end in (from, to], ms: where the others do not count, twelve views are eleven too many. */
export function columnWithin(signals: Signals, column: number, from: number, to: number): Float64Array {
  const ends = signals.columns[0]!;
  const first = lowerBound(ends, 0, signals.length, from + 0.5);
  return signals.columns[column]!.subarray(first, lowerBound(ends, first, signals.length, to + 0.5));
}

/** Rows of the last `days` before `at`. */
export function window(signals: Signals, at: number, days: number): Signals {
  return rowsWithin(signals, at - days * DAY, at);
}

/** What was known of a series at a moment: rows that end at it or before. */
export function historyAt(series: Series, at: number): History {
  const samples = rowsWithin(series.samples, -Infinity, at);
  const intervals = series.minutes > INTERVAL_MINUTES - 1 ? samples : gather(samples, INTERVAL_MINUTES);
  return { samples, sampleMinutes: series.minutes, intervals };
}

/**
 * Joins finer rows into intervals of `minutes`, half-open (start, end], counted from the first row's end; the newest may
 * still be running and end after its last row. Largest iMax and mMax, smallest of what is above zero for iMin and mMin, spike = ceil(largest - smallest) or
 * more, most pods. Rows ending at 0, 1 … 16 min give intervals that end at 0, 15 and 30 min.
 */
export function gather(samples: Signals, minutes: number): Signals {
  const width = minutes * MINUTE;
  const ends = samples.columns[0]!;
  const n = samples.length;
  const group = new Int32Array(n);
  let count = 0;
  for (let i = 0, slot = -1; i < n; i++) {
    const here = Math.ceil((ends[i]! - ends[0]!) / width);
    if (here !== slot) count += 1;
    slot = here;
    group[i] = count - 1;
  }
  const columns = signalColumns.map(() => new Float64Array(count));
  const [end, start, iMax, iMin, mMax, mMin, spike, pods] = columns;
  for (let i = 0; i < n; i++) {
    const g = group[i]!;
    const at = (c: number) => samples.columns[c]![i]!;
    const slotEnd = ends[0]! + Math.ceil((ends[i]! - ends[0]!) / width) * width;
    end![g] = slotEnd;
    start![g] = slotEnd - width;
    iMax![g] = Math.max(iMax![g]!, at(2));
    iMin![g] = leastPositive(iMin![g]!, at(3));
    mMax![g] = Math.max(mMax![g]!, at(4));
    mMin![g] = leastPositive(mMin![g]!, at(5));
    spike![g] = Math.max(spike![g]!, at(6), Math.ceil(mMax![g]! - mMin![g]!));
    pods![g] = Math.max(pods![g]!, at(7));
    for (let c = 8; c < columns.length; c++) columns[c]![g] = at(c);
  }
  return { length: count, columns };
}

function leastPositive(a: number, b: number): number {
  if (a <= 0) return b;
  return b > 0 && b < a ? b : a;
}
