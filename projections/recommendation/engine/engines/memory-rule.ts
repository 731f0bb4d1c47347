/** Memory of `balanced`: the peak, room above it, and what is known of kills. */
import type { Signals } from '../signals.ts';
import { DAY } from '../time.ts';
import type { Bounds, OutOfMemory } from './engine.ts';
import { columnWithin } from './history.ts';
import { afterOutOfMemory } from './vpa.ts';

/** Columns of signals: largest use of memory, and its swing within an interval. */
const MEMORY = 4;
const SPIKE = 6;
/** A rise is expected to go on, and somewhat more. */
const RISE = 1.25;

/** What the headroom may be, as shares of the peak. */
export interface Headroom {
  readonly windowDays: number;
  readonly floor: number;
  readonly cap: number;
}

/** Bytes with what they are made of. */
export interface MemoryAdvice {
  readonly bytes: number;
  readonly peak: number;
  /** Largest swing within an interval, and the largest rise of the daily peak, bytes. */
  readonly spike: number;
  readonly rise: number;
  /** Share above the peak. */
  readonly headroom: number;
  /** Bytes that the last kills ask for; 0 without one. */
  readonly killed: number;
  /** No change is worth while as long as the limit lies here. */
  readonly bounds: Bounds;
}

/**
 * peak · (1 + h), h = max(floor, 1.05 · spike/peak, 1.25 · rise/peak), at most the cap; after an OOM kill at least
 * max(limit + 100 MiB, 1.2 · limit). Peak 1,000 MiB, spike 150 MiB, floor 10 %: h = 15.75 %, 1,157.5 MiB. The rise of a leak
 * is that of a day: from 880 to 1,000 MiB h = 15 %. Null when nothing was used.
 */
export function memoryAdvice(
  intervals: Signals,
  at: number,
  outOfMemory: readonly OutOfMemory[],
  { windowDays, floor, cap }: Headroom,
): MemoryAdvice | null {
  const from = at - windowDays * DAY;
  const peak = largest(columnWithin(intervals, MEMORY, from, at));
  if (peak <= 0) return null;
  const spike = largest(columnWithin(intervals, SPIKE, from, at));
  const rise = riseOf(intervals, at);
  const headroom = Math.min(cap, Math.max(floor, (1.05 * spike) / peak, (RISE * rise) / peak));
  const recent = outOfMemory.filter((event) => event.at <= at && event.at > at - windowDays * DAY);
  const killed = recent.reduce((most, event) => Math.max(most, afterOutOfMemory(event)), 0);
  const bytes = Math.ceil(Math.max(peak + peak * headroom, killed));
  const upper = Math.max(bytes, Math.ceil(peak + peak * cap));
  return { bytes, peak, spike, rise, headroom, killed, bounds: { lower: bytes, upper } };
}

/** The largest rise of a daily peak above that of the day before, over the last four days. */
function riseOf(intervals: Signals, at: number): number {
  let most = 0;
  let later = 0;
  for (let back = 0; back < 4; back++) {
    const peak = largest(columnWithin(intervals, MEMORY, at - (back + 1) * DAY, at - back * DAY));
    if (peak === 0) break;
    if (back > 0) most = Math.max(most, later - peak);
    later = peak;
  }
  return most;
}

function largest(values: Float64Array): number {
  let most = 0;
  for (const value of values) if (value > most) most = value;
  return most;
}
