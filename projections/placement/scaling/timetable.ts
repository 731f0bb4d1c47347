/** Least and most replicas by the time of the week. */
import type { TimetabledLimits } from '../../../schemas/generated/events.ts';

const DAY_MINUTES = 1_440;

/** Limits, and others at some times. */
export interface Timetabled {
  readonly min: number;
  readonly max: number;
  readonly utc_offset_minutes: number;
  readonly timetable: readonly TimetabledLimits[];
}

/** What holds at a time; `entry`: number of the timetable's entry that says so, null: the policy itself. */
export interface Limits {
  readonly min: number;
  readonly max: number;
  readonly entry: number | null;
}

/**
 * The limits at `now` (ms since 1970): of the first entry that covers it, else the policy's own. An entry without days holds every
 * day. One that ends before it begins, or when, goes on past midnight and belongs to the day on which it began: Friday 22:00–06:00
 * holds on Saturday at 05:59. The time of day is UTC plus the policy's offset; there is no summer time.
 */
export function limitsAt(policy: Timetabled, now: number): Limits {
  const minutes = Math.floor(now / 60_000) + policy.utc_offset_minutes;
  const day = Math.floor(minutes / DAY_MINUTES);
  const minute = minutes - day * DAY_MINUTES;
  // 1 January 1970 was a Thursday.
  const weekday = (((day + 4) % 7) + 7) % 7;
  const entry = policy.timetable.findIndex(({ days, from, to }) => {
    const [start, end] = [minuteOf(from) ?? 0, minuteOf(to) ?? 0];
    const on = (it: number) => days.length === 0 || days.includes(it);
    if (start < end) return on(weekday) && minute >= start && minute < end;
    return (on(weekday) && minute >= start) || (on((weekday + 6) % 7) && minute < end);
  });
  const { min, max } = entry < 0 ? policy : policy.timetable[entry]!;
  return { min, max, entry: entry < 0 ? null : entry };
}

/** Minutes since midnight of HH:MM, 24:00 included; undefined when it is no such time. */
export function minuteOf(time: string): number | undefined {
  const [, hours, minutes] = /^(\d\d):([0-5]\d)$/.exec(time) ?? [];
  const value = Number(hours) * 60 + Number(minutes);
  return value <= DAY_MINUTES ? value : undefined;
}
