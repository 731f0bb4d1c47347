/** Throughput from when requests ended: 100 of them at a time. */
import { WINDOW, ascending, windows } from './windows.ts';

/** Requests per second over all windows. */
export interface Throughput {
  readonly average: number;
  readonly least: number;
  readonly most: number;
  /** Windows that were reckoned with. */
  readonly windows: number;
}

/**
 * Requests per second of each window of `size` requests, one further each: size / (last - first), as the reports of ROHE reckon.
 * `ends` in seconds, in whatever order. Null when no window takes any time: fewer requests than a window, or all at once.
 *
 * 101 requests, one every 20 ms: two windows of 100 / 1.98 s, 50.5/s each.
 */
export function throughputOf(ends: readonly number[], size: number = WINDOW): Throughput | null {
  const times = ascending(ends);
  let [sum, least, most, counted] = [0, Infinity, 0, 0];
  for (const { first, last } of windows(times.length, size)) {
    const seconds = times[last]! - times[first]!;
    if (seconds <= 0) continue;
    const rate = size / seconds;
    sum += rate;
    least = Math.min(least, rate);
    most = Math.max(most, rate);
    counted++;
  }
  return counted === 0 ? null : { average: sum / counted, least, most, windows: counted };
}
