/** Single cells of plain lines, four bytes at a time. A view must reach {@link SLACK} bytes past the last line feed. */
import { numberCell } from './numbers.ts';
import { COMMA, CR, LF } from './text.ts';

/** Bytes after the end of a block that may be looked at (never believed). */
export const SLACK = 8;

const ZERO = 48;
const DOT = 46;
const MINUS = 45;
const EXACT = 2 ** 53;
const powersOfTen = Float64Array.from({ length: 10 }, (_, k) => 10 ** k);

/** Where the cell at `from` ends: the next comma or line feed. */
export function cellEnd(view: DataView, from: number): number {
  for (let p = from; ; p += 4) {
    const word = view.getInt32(p, true);
    const comma = word ^ 0x2c2c2c2c;
    const feed = word ^ 0x0a0a0a0a;
    // The high bit of each byte that is zero in `comma` or `feed`; bits above the lowest may be false, the lowest is true.
    const found = ((((comma - 0x01010101) | 0) & ~comma) | (((feed - 0x01010101) | 0) & ~feed)) & -0x7f7f7f80;
    if (found !== 0) return p + ((31 - Math.clz32(found & -found)) >>> 3);
  }
}

/** Where the text of a line ends: `feed` is the place of its line feed, one carriage return before it is not text. */
export function lineEnd(bytes: Uint8Array, start: number, feed: number): number {
  return feed > start && bytes[feed - 1] === CR ? feed - 1 : feed;
}

/** Whether four bytes are all digits; `digits` is the word xor 0x30303030, so digits are 0 to 9 and all else is more. */
function areDigits(digits: number): boolean {
  return (((digits + 0x76767676) | 0 | digits) & -0x7f7f7f80) === 0;
}

/** The number of four digits, the first in the lowest byte: pairs first, then both pairs. */
function fourDigits(digits: number): number {
  const pairs = (Math.imul(digits, 10) + (digits >>> 8)) | 0;
  return (Math.imul(pairs & 0xff, 100) + ((pairs >>> 16) & 0xff)) | 0;
}

/**
 * Reads the number cell at `from` into `out[row]` and returns where it ends.
 *
 * Digits `whole.fraction` are exact when whole·10^k + fraction < 2^53 and k ≤ 9: both that integer and 10^k are doubles,
 * and one division rounds correctly. Everything else goes through {@link numberCell}, by its text.
 */
export function readNumber(
  bytes: Buffer,
  view: DataView,
  from: number,
  out: Float64Array,
  row: number,
): number {
  const negative = bytes[from] === MINUS;
  const first = negative ? from + 1 : from;
  let p = first;
  let small = 0;
  let word = view.getInt32(p, true) ^ 0x30303030;
  if (areDigits(word)) {
    small = fourDigits(word);
    p += 4;
    word = view.getInt32(p, true) ^ 0x30303030;
    if (areDigits(word)) {
      small = (Math.imul(small, 10_000) + fourDigits(word)) | 0;
      p += 4;
    }
  }
  let value = small;
  let byte = bytes[p]!;
  while ((byte ^ ZERO) <= 9 && p < first + 15) {
    value = value * 10 + (byte ^ ZERO);
    byte = bytes[++p]!;
  }
  let digits = p - first;
  if (byte === DOT) {
    const point = ++p;
    let fraction = 0;
    word = view.getInt32(p, true) ^ 0x30303030;
    if (areDigits(word)) {
      fraction = fourDigits(word);
      p += 4;
    }
    byte = bytes[p]!;
    while ((byte ^ ZERO) <= 9 && p < point + 9) {
      fraction = (Math.imul(fraction, 10) + (byte ^ ZERO)) | 0;
      byte = bytes[++p]!;
    }
    digits += p - point;
    if (fraction !== 0) {
      const scale = powersOfTen[p - point]!;
      const scaled = value * scale + fraction;
      value = scaled / scale;
      if (scaled >= EXACT) digits = 0;
    }
  }
  if (digits > 0 && (byte === COMMA || byte === LF)) {
    out[row] = negative ? -value : value;
    return p;
  }
  return readOddNumber(bytes, view, from, out, row);
}

function readOddNumber(bytes: Buffer, view: DataView, from: number, out: Float64Array, row: number): number {
  const p = cellEnd(view, from);
  const end = bytes[p] === LF ? lineEnd(bytes, from, p) : p;
  out[row] = end === from ? NaN : numberCell(bytes.toString('latin1', from, end));
  return p;
}
