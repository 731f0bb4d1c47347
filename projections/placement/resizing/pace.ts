/** How fast and how often: cool-down, turning back, decisions per minute and at once. */
import { amounts } from './model.ts';
import type { Change, Workload } from './model.ts';
import type { ResizingPolicy } from './policy.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
/** Doublings of the cool-down, at most. */
const MOST_DOUBLINGS = 6;

/** How much has been decided in a cluster. */
export interface Pace {
  /** Number of the last decision, and of the last proposal. */
  readonly decisions: number;
  readonly proposals: number;
  /** Minute of the last decision, ms since 1970, and how many there were in it. */
  readonly minute: number;
  readonly in_minute: number;
  /** Decisions that have not ended. */
  readonly in_flight: readonly number[];
}

/** The pace of a cluster in which nothing was decided. */
export const still: Pace = { decisions: 0, proposals: 0, minute: 0, in_minute: 0, in_flight: [] };

/** The minute that a moment lies in. */
export function minuteOf(at: number): number {
  return Math.floor(at / MINUTE) * MINUTE;
}

/** How many decisions there were in the minute of this moment. */
export function inMinute({ minute, in_minute }: Pace, at: number): number {
  return minute === minuteOf(at) ? in_minute : 0;
}

/** True when one more may be decided now. */
export function hasRoom(pace: Pace, policy: ResizingPolicy, at: number): boolean {
  return inMinute(pace, at) < policy.per_minute && pace.in_flight.length < policy.in_flight;
}

/** Until when nothing new is decided on a workload; each decision against the one before doubles the wait. */
export function coolUntil({ last, reversals, rolled_back_at }: Workload, policy: ResizingPolicy): number {
  const wait = policy.cooldown_minutes * MINUTE * 2 ** Math.min(reversals, MOST_DOUBLINGS);
  const cool = last === null ? -Infinity : last.decided_at + wait;
  const rest = rolled_back_at === null ? -Infinity : rolled_back_at + policy.rest_hours * HOUR;
  return Math.max(cool, rest);
}

/** Decisions in a row that went against the one before, with this one. */
export function reversalsAfter(
  last: { readonly containers: readonly Change[] } | null,
  reversals: number,
  changes: readonly Change[],
): number {
  if (last === null) return 0;
  const before = new Map(last.containers.map((change) => [change.name, change]));
  const turns = changes.some((change) => {
    const earlier = before.get(change.name);
    return earlier !== undefined && amounts.some((it) => wayOf(earlier, it) * wayOf(change, it) < 0);
  });
  return turns ? reversals + 1 : 0;
}

/** 1 up, −1 down, 0 neither. */
export function wayOf({ before, after }: Change, amount: (typeof amounts)[number]): number {
  return Math.sign((after[amount] ?? 0) - (before[amount] ?? 0));
}
