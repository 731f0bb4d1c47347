/** The fast path: plain lines (valid UTF-8, no quote, no NUL) from bytes straight into typed columns. */
import { cellEnd, lineEnd, readNumber } from './cells.ts';
import { NUMBER, PASS } from './header.ts';
import type { RowTable } from './row-table.ts';
import { COMMA, CR, LF } from './text.ts';

/**
 * Reads the lines of `table.bytes[from, to)` into the table; the byte at `to - 1` is a line feed.
 * Returns where it stopped: at `to`, or at the start of the first line that has no room any more.
 */
export function scanLines(table: RowTable, from: number, to: number): number {
  const { bytes, plan, numbers, texts, words, maxLineBytes } = table;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
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
    let neighbour = -1;
    for (;;) {
      const action = plan[column]!;
      if (action >= NUMBER) p = readNumber(bytes, view, p, numbers[action - NUMBER]!, row);
      else if (action === PASS) p = cellEnd(view, p);
      else {
        const dictionary = words[action]!;
        const matched = dictionary.match(bytes, view, p, neighbour);
        if (matched !== -1) {
          p = matched;
          neighbour = dictionary.predicted;
        } else {
          const cell = p;
          p = cellEnd(view, p);
          const end = bytes[p] === LF ? lineEnd(bytes, cell, p) : p;
          neighbour = dictionary.intern(bytes, cell, end, neighbour);
          if (neighbour === -1) {
            table.full = true;
            return start;
          }
        }
        texts[action]![row] = neighbour;
      }
      column += 1;
      if (bytes[p] === LF || column === width) break;
      p += 1;
    }
    const ragged = bytes[p] !== LF || column !== width;
    while (bytes[p] !== LF) if (bytes[p++] === COMMA) column += 1;
    const end = lineEnd(bytes, start, p);
    if (end - start > maxLineBytes) table.reject('LINE_TOO_LONG', start, end);
    else if (ragged) table.reject('RAGGED_ROW', start, end, column);
    else table.commit(start, end);
    p += 1;
  }
  return p;
}
