/** The fast path: plain lines (valid UTF-8, no quote, no NUL) from bytes straight into typed columns. */
import { NUMBER, PASS } from './header.ts';
import { numberCell } from './numbers.ts';
import { lineEnd } from './quoted.ts';
import type { RowTable } from './row-table.ts';
import { COMMA, CR, LF } from './text.ts';

const ZERO = 48;
const DOT = 46;
const MINUS = 45;
const EXACT = 2 ** 53;
const powersOfTen = Float64Array.from({ length: 10 }, (_, k) => 10 ** k);

/**
 * Reads the lines of `table.bytes[from, to)` into the table; the byte at `to - 1` is a line feed.
 * Returns where it stopped: at `to`, or at the start of the first line that has no room any more.
 *
 * A number of digits `whole.fraction` is exact when whole·10^k + fraction < 2^53 and k ≤ 22: both that integer and 10^k
 * are doubles, and one division rounds correctly. Everything else goes through Number(text).
 */
export function scanLines(table: RowTable, from: number, to: number): number {
  const { bytes, plan, numbers, texts, words, maxLineBytes } = table;
  const width = plan.length;
  let p = from;
  while (p < to && table.hasRoom) {
    const start = p;
    if (bytes[p] === LF || (bytes[p] === CR && bytes[p + 1] === LF)) {
      p = bytes[p] === LF ? p + 1 : p + 2;
      continue;
    }
    const row = table.rows;
    let column = 0;
    for (;;) {
      const action = plan[column]!;
      if (action >= NUMBER) {
        const cell = p;
        let byte = bytes[p]!;
        const negative = byte === MINUS;
        if (negative) byte = bytes[++p]!;
        let whole = 0;
        let stop = p + 9;
        const first = p;
        while (p < stop && (byte ^ ZERO) <= 9) {
          whole = (Math.imul(whole, 10) + (byte ^ ZERO)) | 0;
          byte = bytes[++p]!;
        }
        let value = whole;
        if (p === stop) {
          stop = first + 15;
          while (p < stop && (byte ^ ZERO) <= 9) {
            value = value * 10 + (byte ^ ZERO);
            byte = bytes[++p]!;
          }
        }
        let digits = p - first;
        if (byte === DOT) {
          byte = bytes[++p]!;
          const point = p;
          let fraction = 0;
          stop = p + 9;
          while (p < stop && (byte ^ ZERO) <= 9) {
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
        if ((byte === COMMA || byte === LF || (byte === CR && bytes[p + 1] === LF)) && digits > 0) {
          numbers[action - NUMBER]![row] = negative ? -value : value;
          if (byte === CR) p += 1;
        } else {
          p = cell;
          while (bytes[p] !== COMMA && bytes[p] !== LF) p += 1;
          const end = bytes[p] === LF ? lineEnd(bytes, cell, p) : p;
          numbers[action - NUMBER]![row] =
            end === cell ? NaN : numberCell(bytes.toString('latin1', cell, end));
        }
      } else if (action === PASS) {
        while (bytes[p] !== COMMA && bytes[p] !== LF) p += 1;
      } else {
        const dictionary = words[action]!;
        const matched = dictionary.match(bytes, p);
        if (matched !== -1) {
          p = matched;
          texts[action]![row] = dictionary.predicted;
        } else {
          const cell = p;
          while (bytes[p] !== COMMA && bytes[p] !== LF) p += 1;
          const end = bytes[p] === LF ? lineEnd(bytes, cell, p) : p;
          const id = dictionary.intern(bytes, cell, end, true);
          if (id === -1) {
            table.full = true;
            return start;
          }
          texts[action]![row] = id;
        }
      }
      column += 1;
      if (bytes[p] === LF || column === width) break;
      p += 1;
    }
    if (bytes[p] !== LF || column !== width) {
      while (bytes[p] !== LF) if (bytes[p++] === COMMA) column += 1;
      const end = lineEnd(bytes, start, p);
      if (end - start > maxLineBytes) table.reject('LINE_TOO_LONG', start, end);
      else table.reject('RAGGED_ROW', start, end, column);
    } else {
      const end = lineEnd(bytes, start, p);
      if (end - start > maxLineBytes) table.reject('LINE_TOO_LONG', start, end);
      else table.commit(start, end);
    }
    p += 1;
  }
  return p;
}
