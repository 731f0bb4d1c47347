/** Reads a trace: a CSV file with a time and a value per row, as monitoring systems export them. */
import { parse } from 'csv-parse';
import { BadInput } from '../../streams/runtime/errors.ts';
import { numberCell } from './numbers.ts';
import { EXCERPT_CHARACTERS } from './text.ts';

/** Which columns to read; what is not named is looked for. */
export interface TraceColumns {
  readonly time?: string;
  /** CPU, cores. */
  readonly value?: string;
  /** Memory, bytes; absent: none. */
  readonly memory?: string;
}

/** How much is taken. */
export interface TraceLimits {
  readonly maxRows: number;
  readonly maxRowBytes: number;
  /** Bad rows that are told one by one. */
  readonly maxTold: number;
}

/** 2 million rows: a value a minute for almost four years. */
export const traceLimits: TraceLimits = { maxRows: 2_000_000, maxRowBytes: 64 * 1024, maxTold: 20 };

/** A row that does not count. */
export interface BadTraceRow {
  /** Line in the file, from 1; the header is line 1. */
  readonly row: number;
  readonly column: string;
  readonly code: 'RAGGED_ROW' | 'BAD_TIME' | 'TIME_NOT_LATER' | 'BAD_NUMBER' | 'NEGATIVE_USAGE';
  readonly message: string;
}

/** What a trace holds; times ascend. */
export interface Trace {
  /** ms since 1970. */
  readonly time: Float64Array;
  readonly value: Float64Array;
  readonly memory: Float64Array | null;
  /** Rows that did not count, and the first of them. */
  readonly rejected: number;
  readonly bad: readonly BadTraceRow[];
}

const timeNames = ['timestamp', 'time', 'interval_end', 'date'];
const valueNames = ['cpu_usage_actual', 'cpu', 'cpu_cores', 'value'];

/**
 * Reads the bytes of a trace. Bad rows are set aside with line, column and code. Without a usable header: BadInput
 * MISSING_COLUMN; what is no CSV, or too long: TRACE_NOT_CSV, TRACE_TOO_LONG.
 */
export async function readTrace(
  bytes: AsyncIterable<Uint8Array>,
  wanted: TraceColumns = {},
  limits: TraceLimits = traceLimits,
): Promise<Trace> {
  const rows = new TraceRows(wanted, limits);
  const parser = parse({
    bom: true,
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: limits.maxRowBytes,
  });
  const fed = feed(bytes, parser);
  try {
    for await (const { record, info } of parser as AsyncIterable<{
      record: string[];
      info: { lines: number };
    }>) {
      rows.take(record, info.lines);
    }
    await fed;
  } catch (error) {
    parser.destroy();
    await fed.catch(() => undefined);
    throw coded(error);
  }
  return rows.done();
}

async function feed(bytes: AsyncIterable<Uint8Array>, parser: ReturnType<typeof parse>): Promise<void> {
  try {
    for await (const piece of bytes) {
      if (parser.destroyed) return;
      if (!parser.write(piece)) await new Promise<void>((go) => parser.once('drain', go).once('close', go));
    }
    parser.end();
  } catch (error) {
    parser.destroy(error as Error);
  }
}

function coded(error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error) || !String(error.code).startsWith('CSV_')) return error;
  const line = 'lines' in error ? Number(error.lines) : 0;
  return new BadInput({
    code: 'TRACE_NOT_CSV',
    message: `line ${line} is no CSV (${String(error.code)}): write comma-separated cells, quotes in pairs`,
    coordinates: { row: line },
  });
}

class TraceRows {
  readonly #wanted: TraceColumns;
  readonly #limits: TraceLimits;
  readonly #time: number[] = [];
  readonly #value: number[] = [];
  readonly #memory: number[] = [];
  readonly #bad: BadTraceRow[] = [];
  #rejected = 0;
  #plan: { header: readonly string[]; time: number; value: number; memory: number } | undefined;

  constructor(wanted: TraceColumns, limits: TraceLimits) {
    this.#wanted = wanted;
    this.#limits = limits;
  }

  take(record: readonly string[], line: number): void {
    if (this.#plan === undefined) {
      this.#plan = planOf(record, this.#wanted);
      return;
    }
    const { header, time: t, value: v, memory: m } = this.#plan;
    if (this.#time.length + this.#rejected >= this.#limits.maxRows) {
      throw new BadInput({
        code: 'TRACE_TOO_LONG',
        message: `line ${line}: a trace has at most ${this.#limits.maxRows} rows; cut it, or gather it into longer intervals`,
        coordinates: { row: line },
      });
    }
    const reject = (column: string, code: BadTraceRow['code'], message: string) => {
      this.#rejected += 1;
      if (this.#bad.length < this.#limits.maxTold) this.#bad.push({ row: line, column, code, message });
    };
    if (record.length !== header.length) {
      const message = `The row has ${record.length} cells, the header has ${header.length} columns.`;
      reject('', 'RAGGED_ROW', message);
      return;
    }
    const time = timeOf(record[t]!);
    if (Number.isNaN(time)) {
      reject(
        header[t]!,
        'BAD_TIME',
        `${shown(record[t]!)} is no time: write ISO 8601, or seconds or ms since 1970.`,
      );
      return;
    }
    const last = this.#time.at(-1);
    if (last !== undefined && time <= last) {
      reject(
        header[t]!,
        'TIME_NOT_LATER',
        `${shown(record[t]!)} is not later than the row before: sort by time, once each.`,
      );
      return;
    }
    for (const column of m < 0 ? [v] : [v, m]) {
      const number = numberCell(record[column]!.trim());
      if (Number.isFinite(number) && number >= 0) continue;
      const code = number < 0 ? 'NEGATIVE_USAGE' : 'BAD_NUMBER';
      reject(header[column]!, code, `${shown(record[column]!)} is no usage: write a number from 0.`);
      return;
    }
    this.#time.push(time);
    this.#value.push(numberCell(record[v]!.trim()));
    if (m >= 0) this.#memory.push(numberCell(record[m]!.trim()));
  }

  done(): Trace {
    return {
      time: Float64Array.from(this.#time),
      value: Float64Array.from(this.#value),
      memory: this.#plan === undefined || this.#plan.memory < 0 ? null : Float64Array.from(this.#memory),
      rejected: this.#rejected,
      bad: this.#bad,
    };
  }
}

function planOf(header: readonly string[], wanted: TraceColumns) {
  const names = header.map((name) => name.trim());
  const find = (what: string, option: string, name: string | undefined, usual: readonly string[]) => {
    const index =
      name === undefined
        ? names.findIndex((known) => usual.includes(known.toLowerCase()))
        : names.indexOf(name);
    if (index >= 0) return index;
    throw new BadInput({
      code: 'MISSING_COLUMN',
      message: `the header (line 1) has no ${what} column ${name === undefined ? `such as ${usual.join(', ')}` : shown(name)}; it has ${names.slice(0, 20).map(shown).join(', ')}: name it by ${option}`,
      coordinates: { row: 1 },
    });
  };
  return {
    header: names,
    time: find('time', '--time-column', wanted.time, timeNames),
    value: find('CPU', '--value-column', wanted.value, valueNames),
    memory: wanted.memory === undefined ? -1 : find('memory', '--memory-column', wanted.memory, []),
  };
}

const iso = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)(Z|[+-]\d\d:\d\d)?$/;
const dotted = /^(\d{4})\.(\d\d)\.(\d\d)-(\d\d):(\d\d):(\d\d):(\d{3})$/;

/** ms since 1970 of ISO 8601 (without a zone: UTC), of 2023.04.02-00:09:00:000, or of a count of seconds or ms; else NaN. */
export function timeOf(text: string): number {
  const cell = text.trim();
  if (/^\d{9,14}(\.\d{1,6})?$/.test(cell)) {
    const number = Number(cell);
    return number >= 1e11 ? number : number * 1_000;
  }
  const plain = iso.exec(cell);
  if (plain !== null) return Date.parse(`${plain[1]!}T${plain[2]!}${plain[3] ?? 'Z'}`);
  const parts = dotted.exec(cell);
  if (parts === null) return NaN;
  const [, year, month, day, hour, minute, second, ms] = parts;
  return Date.parse(`${year!}-${month!}-${day!}T${hour!}:${minute!}:${second!}.${ms!}Z`);
}

function shown(text: string): string {
  return JSON.stringify(text.length > EXCERPT_CHARACTERS ? `${text.slice(0, EXCERPT_CHARACTERS)}…` : text);
}
