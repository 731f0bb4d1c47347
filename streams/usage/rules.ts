/** The row rules: which rows of a batch count, and why the others do not. */
import { containerColumns, namespaceColumns, type NumberColumn } from '../../schemas/usage-columns.ts';
import { reportTexts, type ReportBatch } from '../runtime/ports.ts';
import { isBlank, isBlankKind, workloadTypes } from './identity.ts';
import {
  MAX_NAME,
  MAX_TIME,
  MAX_VALUE,
  MIN_TIME,
  rejectionMessage,
  verdictNumber,
  verdicts,
  type Verdict,
} from './rejections.ts';
import { parseTime } from './times.ts';

/** What is wrong with a row, for people. */
export interface Fault {
  readonly column: string | null;
  readonly code: Verdict;
  readonly message: string;
}

type TextCheck = (text: string) => Verdict;
type Kind = 'container' | 'namespace';

/** A character has one to three bytes per UTF-16 unit: most names need no counting. */
function tooLong(text: string): boolean {
  return text.length * 3 > MAX_NAME && Buffer.byteLength(text) > MAX_NAME;
}

const nameFits = (text: string): Verdict => (tooLong(text) ? 'NAME_TOO_LONG' : 'ACCEPTED');

function required(blank: Verdict): TextCheck {
  return (text) => (isBlank(text) ? blank : nameFits(text));
}

function workloadType(text: string): Verdict {
  if (isBlank(text)) return 'MISSING_WORKLOAD_TYPE';
  const known: readonly string[] = workloadTypes;
  return known.includes(text.toLowerCase()) ? 'ACCEPTED' : 'UNSUPPORTED_WORKLOAD_TYPE';
}

function time(text: string): Verdict {
  const at = parseTime(text);
  if (Number.isNaN(at)) return 'BAD_TIME';
  return at < MIN_TIME || at >= MAX_TIME ? 'TIME_OUT_OF_RANGE' : 'ACCEPTED';
}

/** The checks of each text column, in the order in which a row is judged. */
const textChecks: Readonly<Record<Kind, readonly (readonly [string, TextCheck])[]>> = {
  container: [
    ['owner_kind', (text) => (isBlankKind(text) ? 'MISSING_OWNER' : nameFits(text))],
    ['owner_name', required('MISSING_OWNER')],
    ['workload_type', workloadType],
    ['namespace', required('MISSING_NAMESPACE')],
    ['container_name', required('MISSING_CONTAINER')],
    ['workload', nameFits],
    ['image_name', nameFits],
    ['interval_start', time],
    ['interval_end', time],
  ],
  namespace: [
    ['namespace', required('MISSING_NAMESPACE')],
    ['interval_start', time],
    ['interval_end', time],
  ],
};

/** The number columns of a kind of report. */
export function numberColumns(kind: Kind): readonly NumberColumn[] {
  return kind === 'container' ? containerColumns : namespaceColumns;
}

/** Where a kept text column stands in a batch. */
export function textIndex(kind: Kind, column: string): number {
  const names: readonly string[] = reportTexts[kind];
  return names.indexOf(column);
}

/** What a number cell is by itself. A column that is not usage may be missing or negative, never infinite. */
export function judgeNumber(column: NumberColumn, value: number): Verdict {
  if (value >= 0 && value <= MAX_VALUE) return 'ACCEPTED';
  if (Number.isNaN(value)) return column.required ? 'MISSING_USAGE' : 'ACCEPTED';
  if (value === Infinity || value === -Infinity) return 'INFINITE_VALUE';
  if (value < 0 && column.required) return 'NEGATIVE_USAGE';
  return Math.abs(value) > MAX_VALUE ? 'VALUE_OUT_OF_RANGE' : 'ACCEPTED';
}

/** Judges the rows of one report. Each distinct text is judged once. */
export class RowRules {
  private readonly kind: Kind;
  private readonly columns: readonly NumberColumn[];
  private readonly checks: readonly { readonly index: number; readonly check: TextCheck; known: number[] }[];
  private epoch = -1;
  private verdicts = new Uint8Array(0);
  /** Interval times by text id, ms since 1970. */
  readonly starts: number[] = [];
  readonly ends: number[] = [];
  private readonly startIndex: number;
  private readonly endIndex: number;

  constructor(kind: Kind) {
    this.kind = kind;
    this.columns = numberColumns(kind);
    this.checks = textChecks[kind].map(([name, check]) => ({
      index: textIndex(kind, name),
      check,
      known: [],
    }));
    this.startIndex = textIndex(kind, 'interval_start');
    this.endIndex = textIndex(kind, 'interval_end');
  }

  /** The verdict number of every row: the first rule that a row breaks, or 0. Valid until the next batch. */
  judge(batch: ReportBatch): Uint8Array {
    this.learn(batch);
    const rows = batch.rows;
    if (this.verdicts.length < rows) this.verdicts = new Uint8Array(rows);
    const found = this.verdicts;
    found.fill(0, 0, rows);
    for (const { index, known } of this.checks) judgeTexts(found, batch.texts[index]!, known, rows);
    this.judgeIntervals(batch, found);
    for (let c = 0; c < this.columns.length; c++)
      judgeNumbers(found, batch.numbers[c]!, this.columns[c]!, rows);
    return found;
  }

  /** What exactly is wrong with a row of the batch in hand. */
  explain(batch: ReportBatch, row: number, verdict: number): Fault {
    const code = verdicts[verdict]!;
    const [column, value] = this.cellAtFault(batch, row, code);
    return { column, code, message: rejectionMessage(code, column, value) };
  }

  private learn(batch: ReportBatch): void {
    if (batch.dictionaryEpoch !== this.epoch) {
      this.epoch = batch.dictionaryEpoch;
      for (const check of this.checks) check.known.length = 0;
      this.starts.length = 0;
      this.ends.length = 0;
    }
    const dictionaries = batch.dictionaries;
    for (const { index, check, known } of this.checks) {
      const texts = dictionaries[index]!;
      for (let id = known.length; id < texts.length; id++) known.push(verdictNumber(check(texts[id]!)));
    }
    const learnTimes = (times: number[], texts: readonly string[]) => {
      for (let id = times.length; id < texts.length; id++) times.push(parseTime(texts[id]!));
    };
    learnTimes(this.starts, dictionaries[this.startIndex]!);
    learnTimes(this.ends, dictionaries[this.endIndex]!);
  }

  private judgeIntervals(batch: ReportBatch, found: Uint8Array): void {
    const [startIds, endIds] = [batch.texts[this.startIndex]!, batch.texts[this.endIndex]!];
    const { starts, ends } = this;
    const verdict = verdictNumber('END_BEFORE_START');
    for (let row = 0; row < batch.rows; row++)
      if (found[row] === 0 && ends[endIds[row]!]! <= starts[startIds[row]!]!) found[row] = verdict;
  }

  private cellAtFault(batch: ReportBatch, row: number, code: Verdict): [string | null, string] {
    const dictionaries = batch.dictionaries;
    const text = (index: number) => dictionaries[index]![batch.texts[index]![row]!]!;
    for (const { index, check } of this.checks)
      if (check(text(index)) === code) return [reportTexts[this.kind][index]!, text(index)];
    if (code === 'END_BEFORE_START') return ['interval_end', text(this.endIndex)];
    for (let c = 0; c < this.columns.length; c++) {
      const value = batch.numbers[c]![row]!;
      if (judgeNumber(this.columns[c]!, value) === code) return [this.columns[c]!.name, String(value)];
    }
    return [null, ''];
  }
}

function judgeTexts(found: Uint8Array, ids: Int32Array, known: readonly number[], rows: number): void {
  for (let row = 0; row < rows; row++) if (found[row] === 0) found[row] = known[ids[row]!]!;
}

function judgeNumbers(found: Uint8Array, values: Float64Array, column: NumberColumn, rows: number): void {
  for (let row = 0; row < rows; row++) {
    const value = values[row]!;
    if (value >= 0 && value <= MAX_VALUE) continue;
    if (found[row] === 0 && (column.required || value === value))
      found[row] = verdictNumber(judgeNumber(column, value));
  }
}
