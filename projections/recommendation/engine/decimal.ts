/** Rounding as decimal arithmetic does it, on the shortest text of a double instead of on its binary value. */

/**
 * Rounds a number >= 0 half up to `digits` decimals, judging the shortest decimal text that gives the double back.
 * roundHalfUp(0.725, 2) = 0.73, although the double lies below 0.725 (toFixed gives 0.72). A text with an exponent is below
 * 1e-6 or from 1e21 on: it rounds to 0 or stays as it is.
 */
export function roundHalfUp(value: number, digits: number): number {
  const text = String(value);
  if (text.includes('e')) return value < 1 ? 0 : value;
  const point = text.indexOf('.');
  if (point < 0 || text.length - point - 1 <= digits) return value;
  const kept = Number(text.slice(0, point) + text.slice(point + 1, point + 1 + digits));
  const next = text.charCodeAt(point + 1 + digits) - 48;
  return (next >= 5 ? kept + 1 : kept) / 10 ** digits;
}
