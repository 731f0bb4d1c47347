/** Is there enough data for a term, and how many hours of it? */
import { roundHalfUp } from './decimal.ts';
import { MINUTE } from './time.ts';

const TOLERANCE = 30_000;

/** What the walk over one window found. */
export interface Coverage {
  /** Minutes of slots that have a row; those up to the minimum when the walk stopped there. */
  readonly minutes: number;
  /** Minutes that the term needs. */
  readonly needed: number;
  readonly enough: boolean;
}

/**
 * Walks back from the newest end while the time is later than `start`. A slot counts when a row ends within 30 s of it (of
 * several the nearest). The signed distance to that row is added to the step and stays there, so distances accumulate: a
 * steady drift is followed, a few early rows in a row throw the walk off the grid and later rows are not counted. `ends`
 * ascending, rows [first, after) are looked at, the newest end is ends[after - 1]. `start` in ms; enough: counted minutes >=
 * minPoints · duration - 0.5. Stops there unless it is to go `toTheEnd`.
 */
export function coverage(
  ends: Float64Array,
  first: number,
  after: number,
  start: number,
  measurementMinutes: number,
  minPoints: number,
  toTheEnd = false,
): Coverage {
  const needed = minPoints * measurementMinutes - 0.5;
  const limit = toTheEnd ? Infinity : needed;
  let step = measurementMinutes * MINUTE;
  let minutes = 0;
  let i = after - 1;
  // A step that has shrunk to nothing would never arrive.
  for (let slot = ends[after - 1]!; slot > start && step > 0 && minutes < limit; slot -= step) {
    while (i > first && Math.abs(ends[i - 1]! - slot) <= Math.abs(ends[i]! - slot)) i--;
    const late = slot - ends[i]!;
    if (late > TOLERANCE || late < -TOLERANCE) continue;
    minutes += measurementMinutes;
    step += late;
  }
  return { minutes, needed, enough: minutes >= needed };
}

/** Sum of the lengths of rows [first, after), in minutes, added up from the oldest. */
export function totalMinutes(ends: Float64Array, starts: Float64Array, first: number, after: number): number {
  let minutes = 0;
  for (let i = first; i < after; i++) minutes += (ends[i]! - starts[i]!) / MINUTE;
  return minutes;
}

/**
 * Hours as they are shown, at most the term's days. A container's hours have two decimals, half up on decimal text:
 * 43.5 min → 0.725 h → 0.73. Of a namespace the minutes are rounded instead, to one decimal: 134.85 min → 134.9 min →
 * 2.2483333333333335 h.
 */
export function durationInHours(minutes: number, days: number, kind: 'container' | 'namespace'): number {
  const most = days * 24 * 60;
  if (kind === 'namespace') return Math.min(roundHalfUp(minutes, 1), most) / 60;
  return roundHalfUp(Math.min(minutes, most) / 60, 2);
}
