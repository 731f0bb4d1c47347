/**
 * Number cells, by the text: what Go's ParseFloat takes as decimal, with three deliberate readings.
 * Hexadecimal floats count as missing (no producer writes them), a number too large for a double is Infinity
 * (the row rules refuse it by its own code), and NaN stands for "missing or not a number".
 */

const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const infinite = /^([+-]?)inf(?:inity)?$/i;

/** The double nearest to a cell's text; NaN when it is empty, padded with spaces, NA, NaN, `<nil>`, hexadecimal or text. */
export function numberCell(text: string): number {
  if (decimal.test(text)) return Number(text);
  const match = infinite.exec(text);
  if (match === null) return NaN;
  return match[1] === '-' ? -Infinity : Infinity;
}
