/** Whether a service is slowed by what shares its node: its latencies against those it has alone. */
import { chanceAbove } from './ranks.ts';
import { WINDOW, ascending, median, quantile, windows } from './windows.ts';

/** When contention is seen. */
export interface ContentionRules {
  /** Requests of a window; windows do not overlap. */
  readonly window: number;
  /** A window is slow from this chance on that one of its requests takes longer than one alone; 0.64 is a medium effect, */
  readonly chance: number;
  /** and from this ratio of medians on. */
  readonly slowdown: number;
  /** So many slow windows in a row raise it, so many others in a row end it. */
  readonly inARow: number;
}

/** Thresholds: services alone stay below 0.61 and 1.15 in any window of the published traces, shared ones above 0.66 and 1.11. */
export const contentionRules: ContentionRules = { window: WINDOW, chance: 0.64, slowdown: 1.1, inARow: 3 };

/** Contention from one request to another. */
export interface Contention {
  /** First request of the first slow window. */
  readonly from: number;
  /** First request after it; null: it lasts. */
  readonly to: number | null;
  /** Ratio of the medians, over all of its windows. */
  readonly slowdown: number;
}

/**
 * When a trace shows contention. `alone` and `trace` are latencies in order, in the same unit; without `alone`, or when its median
 * is 0, nothing is found.
 *
 * 300 requests of 0.1 s alone; 400 of 0.1 s, then 600 of 0.15 s: one contention from request 400, slowdown 1.5.
 */
export function contentions(
  alone: readonly number[],
  trace: readonly number[],
  rules: ContentionRules = contentionRules,
): Contention[] {
  const sorted = ascending(alone);
  const usual = quantile(sorted, 0.5);
  if (!(usual > 0)) return [];
  const found: Contention[] = [];
  // Windows in a row that say otherwise than what holds.
  let [open, streak] = [-1, 0];
  const close = (from: number, to: number | null) => {
    found.push({ from, to, slowdown: median(trace.slice(from, to ?? undefined)) / usual });
  };
  for (const { first, last } of windows(trace.length, rules.window, rules.window)) {
    const part = trace.slice(first, last + 1);
    const slow = median(part) >= rules.slowdown * usual && chanceAbove(sorted, part) >= rules.chance;
    streak = slow === open < 0 ? streak + 1 : 0;
    if (streak < rules.inARow) continue;
    const since = first - (streak - 1) * rules.window;
    if (open >= 0) close(open, since);
    open = open < 0 ? since : -1;
    streak = 0;
  }
  if (open >= 0) close(open, null);
  return found;
}
