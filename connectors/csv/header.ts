/** The header line says what a file is, never its name. */
import { parse } from 'csv-parse/sync';
import {
  ACCELERATOR_MODEL,
  acceleratorCells,
  containerColumns,
  namespaceColumns,
} from '../../schemas/usage-columns.ts';
import { Terminal } from '../../streams/runtime/errors.ts';
import { reportTexts } from '../../streams/runtime/ports.ts';

/** What to do with a column: -1 pass over it, 0 and up: text column of that number, 1000 and up: number column. */
export const PASS = -1;
export const NUMBER = 1000;

/** What a header says. */
export interface Header {
  readonly kind: 'container' | 'namespace';
  /** Per column of the file, what to do with it. */
  readonly plan: Int32Array;
  /** Number columns of this kind, in schema order; behind them those of accelerators, when it names their models. */
  readonly numbers: number;
  /** Those of them that it does not have. */
  readonly absent: readonly number[];
  /** Text columns that are kept, in the order of the port. */
  readonly texts: number;
}

/** Text columns that must be there although nothing reads them: a file without them was not made by a known producer. */
const unread = {
  container: ['report_period_start', 'report_period_end', 'pod', 'node', 'resource_id'],
  namespace: ['report_period_start', 'report_period_end'],
} as const;

const numbers = {
  container: containerColumns.map(({ name }) => name),
  namespace: namespaceColumns.map(({ name }) => name),
} as const;

/** The columns that a report of this kind must have: 37 for containers, 25 for namespaces. */
export function requiredColumns(kind: 'container' | 'namespace'): string[] {
  return [...reportTexts[kind], ...unread[kind], ...numbers[kind]];
}

/**
 * Reads a header line (without line end). Throws Terminal: BYTE_ORDER_MARK, BAD_HEADER (not text, or quotes that do not
 * close), TOO_MANY_COLUMNS, NOT_A_USAGE_REPORT, MISSING_COLUMN, DUPLICATE_COLUMN.
 */
export function readHeader(line: Buffer, maxColumns: number): Header {
  refuseByteOrderMark(line);
  const names = headerCells(line);
  if (names.length > maxColumns)
    throw refuse(
      'TOO_MANY_COLUMNS',
      `The header has ${names.length} columns; at most ${maxColumns} are read.`,
      {},
    );
  const present = new Set(names);
  const hits = (kind: 'container' | 'namespace') => numbers[kind].filter((name) => present.has(name)).length;
  const kind = hits('container') >= hits('namespace') ? 'container' : 'namespace';
  if (hits(kind) === 0)
    throw refuse(
      'NOT_A_USAGE_REPORT',
      `The header has no column of a container or namespace usage report; it starts with "${shorten(names.join(','))}". Send the files that the cost management operator names ros-openshift-*.`,
      {},
    );
  refuseMissing(kind, present);
  refuseDuplicate(kind, names);
  const accelerators = kind === 'container' && present.has(ACCELERATOR_MODEL);
  const texts: readonly string[] = [...reportTexts[kind], ...(accelerators ? [ACCELERATOR_MODEL] : [])];
  const cells = [...numbers[kind], ...(accelerators ? acceleratorCells : [])];
  const plan = Int32Array.from(names, (name) => {
    const text = texts.indexOf(name);
    if (text >= 0) return text;
    const number = cells.indexOf(name);
    return number >= 0 ? NUMBER + number : PASS;
  });
  // A cell that the file does not have says nothing.
  const absent = cells.flatMap((name, index) => (present.has(name) ? [] : [index]));
  return { kind, plan, numbers: cells.length, absent, texts: texts.length };
}

function refuseByteOrderMark(line: Buffer): void {
  const utf8 = line[0] === 0xef && line[1] === 0xbb && line[2] === 0xbf;
  const utf16 = (line[0] === 0xff && line[1] === 0xfe) || (line[0] === 0xfe && line[1] === 0xff);
  if (utf8 || utf16)
    throw refuse(
      'BYTE_ORDER_MARK',
      `The file starts with a ${utf8 ? 'UTF-8' : 'UTF-16'} byte order mark, so its first column has another name. Save it as UTF-8 without one.`,
      {},
    );
}

function headerCells(line: Buffer): string[] {
  try {
    if (line.includes(0)) throw new Error('it contains a NUL byte');
    const text = new TextDecoder('utf-8', { fatal: true }).decode(line);
    const records: string[][] = parse(text, { relax_column_count: true, record_delimiter: '\n' });
    return records[0] ?? [];
  } catch (error) {
    throw refuse(
      'BAD_HEADER',
      `The first line cannot be read as a header: ${error instanceof Error ? shorten(error.message) : 'unreadable'}. Send a CSV file in UTF-8 with column names in its first line.`,
      {},
    );
  }
}

function refuseMissing(kind: 'container' | 'namespace', present: ReadonlySet<string>): void {
  const missing = requiredColumns(kind)
    .filter((name) => !present.has(name))
    .sort();
  if (missing.length === 0) return;
  const more = missing.length > 5 ? ` and ${missing.length - 5} more` : '';
  throw refuse(
    'MISSING_COLUMN',
    `A ${kind} report needs the column${missing.length > 1 ? 's' : ''} ${missing.slice(0, 5).join(', ')}${more}. Send the file as the operator wrote it.`,
    { column: missing[0]! },
  );
}

function refuseDuplicate(kind: 'container' | 'namespace', names: readonly string[]): void {
  const required = new Set(requiredColumns(kind));
  const seen = new Map<string, number>();
  for (const [index, name] of names.entries()) {
    const first = seen.get(name);
    if (first !== undefined && required.has(name))
      throw refuse(
        'DUPLICATE_COLUMN',
        `Columns ${first + 1} and ${index + 1} are both named ${name}; which one counts is not known. Remove one.`,
        { column: name },
      );
    seen.set(name, index);
  }
}

function refuse(code: string, message: string, where: Readonly<Record<string, string | number>>): Terminal {
  return new Terminal({ code, message, coordinates: { row: 0, ...where } });
}

function shorten(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
