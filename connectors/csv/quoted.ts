/** Lines with quotes go through csv-parse. A record is a line: a quoted cell may hold commas and quotes, no line break. */
import { parse } from 'csv-parse/sync';
import { lineEnd } from './cells.ts';
import { UNPREDICTED } from './dictionary.ts';
import { NUMBER, PASS } from './header.ts';
import { numberCell } from './numbers.ts';
import type { RowTable } from './row-table.ts';
import { COMMA, LF, QUOTE } from './text.ts';

const options = { relax_column_count: true, record_delimiter: ['\r\n', '\n'] };

/**
 * Whether the quotes of a line are in order: a cell has none, or starts and ends with one and doubles those within. Says
 * the same as csv-parse, without the price of its errors: a file of stray quotes must not cost minutes.
 */
export function isWellQuoted(bytes: Uint8Array, from: number, to: number): boolean {
  let p = from;
  for (;;) {
    if (p < to && bytes[p] === QUOTE) {
      p += 1;
      while (p < to && (bytes[p] !== QUOTE || bytes[p + 1] === QUOTE)) p += bytes[p] === QUOTE ? 2 : 1;
      // At the closing quote, or past the end: it was never closed.
      if (p >= to) return false;
      p += 1;
      if (p < to && bytes[p] !== COMMA) return false;
    } else while (p < to && bytes[p] !== COMMA) if (bytes[p++] === QUOTE) return false;
    if (p >= to) return true;
    p += 1;
  }
}

/** Cells per line of `bytes[from, to)` (whole lines, none empty, valid UTF-8); null for a line with a stray quote. */
export function parseLines(bytes: Buffer, from: number, to: number): (readonly string[] | null)[] {
  const lines = countLines(bytes, from, to);
  if (lines > 1) {
    const records = tryParse(bytes.toString('utf8', from, to));
    // As many records as lines: no quoted cell has swallowed a line break.
    if (records?.length === lines) return records;
  }
  const out: (readonly string[] | null)[] = [];
  for (let start = from; start < to;) {
    const end = bytes.indexOf(LF, start);
    const line = bytes.toString('utf8', start, lineEnd(bytes, start, end));
    const records = tryParse(line);
    out.push(records?.length === 1 ? records[0]! : null);
    start = end + 1;
  }
  return out;
}

/** Writes parsed cells as the next row, or counts the line as broken. False: a dictionary is full, come again. */
export function addParsed(
  table: RowTable,
  cells: readonly string[] | null,
  from: number,
  to: number,
): boolean {
  const plan = table.plan;
  if (cells === null) {
    table.reject('STRAY_QUOTE', from, to);
    return true;
  }
  if (cells.length !== plan.length) {
    table.reject('RAGGED_ROW', from, to, cells.length);
    return true;
  }
  for (let c = 0; c < plan.length; c++) {
    const action = plan[c]!;
    if (action === PASS) continue;
    if (action >= NUMBER) {
      table.numbers[action - NUMBER]![table.rows] = numberCell(cells[c]!);
      continue;
    }
    const text = Buffer.from(cells[c]!);
    const id = table.words[action]!.intern(text, 0, text.length, UNPREDICTED);
    if (id === -1) {
      table.full = true;
      return false;
    }
    table.texts[action]![table.rows] = id;
  }
  table.commit(from, to);
  return true;
}

function tryParse(text: string): string[][] | undefined {
  try {
    return parse(text, options);
  } catch {
    return undefined;
  }
}

function countLines(bytes: Buffer, from: number, to: number): number {
  let lines = 0;
  for (let at = bytes.indexOf(LF, from); at !== -1 && at < to; at = bytes.indexOf(LF, at + 1)) lines += 1;
  return lines;
}
