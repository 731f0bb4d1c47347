/** Time as the engine counts and writes it. */

/** Milliseconds of a day. */
export const DAY = 86_400_000;
/** Milliseconds of a minute. */
export const MINUTE = 60_000;

/** Milliseconds since 1970 as the API writes them: UTC, three decimals, Z. */
export function timeText(ms: number): string {
  return new Date(ms).toISOString();
}
