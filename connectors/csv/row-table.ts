import type { BrokenRow, ReportBatch } from '../../streams/runtime/ports.ts';
import { Dictionary } from './dictionary.ts';
import type { Header } from './header.ts';
import type { CsvLimits } from './limits.ts';
import { excerptOf } from './text.ts';

/** A line that is no row: why, and what to do about it. */
export type Defect = 'LINE_TOO_LONG' | 'NUL_BYTE' | 'INVALID_UTF8' | 'STRAY_QUOTE' | 'RAGGED_ROW';

/** The batch that is being filled: columns that are reused, dictionaries that live on until they are full. */
export class RowTable implements ReportBatch {
  rows = 0;
  readonly rowNumbers: Int32Array;
  readonly texts: Int32Array[];
  readonly numbers: Float64Array[];
  readonly words: Dictionary[];
  dictionaryEpoch = 0;
  broken: BrokenRow[] = [];
  /** What to do with each column of the file. */
  readonly plan: Int32Array;
  readonly maxLineBytes: number;
  /** Data rows so far, in the whole report. */
  row = 0;
  /** A dictionary is full: the row in hand belongs to the next batch. */
  full = false;
  /** Where the bytes of the batch are; valid until the next batch is asked for. */
  bytes: Buffer = Buffer.alloc(0);
  private readonly batchRows: number;
  private readonly starts: Int32Array;
  private readonly ends: Int32Array;

  constructor(header: Header, limits: CsvLimits) {
    const rows = limits.batchRows;
    this.plan = header.plan;
    this.maxLineBytes = limits.maxLineBytes;
    this.batchRows = rows;
    this.rowNumbers = new Int32Array(rows);
    this.starts = new Int32Array(rows);
    this.ends = new Int32Array(rows);
    this.texts = Array.from({ length: header.texts }, () => new Int32Array(rows));
    this.numbers = Array.from({ length: header.numbers }, () => new Float64Array(rows));
    for (const column of header.absent) this.numbers[column]!.fill(NaN);
    this.words = this.texts.map(() => new Dictionary(limits.maxTexts, limits.maxTextBytes));
  }

  get dictionaries(): readonly (readonly string[])[] {
    return this.words.map(({ texts }) => texts);
  }

  excerpt(index: number): string {
    return excerptOf(this.bytes, this.starts[index]!, this.ends[index]!);
  }

  /** Whether another row has room, good or broken. */
  get hasRoom(): boolean {
    return !this.full && this.rows + this.broken.length < this.batchRows;
  }

  /** Whether there is something to hand over. */
  get hasRows(): boolean {
    return this.rows + this.broken.length > 0;
  }

  /** Starts the next batch. */
  restart(): void {
    this.rows = 0;
    this.broken = [];
    if (!this.full) return;
    this.full = false;
    this.dictionaryEpoch += 1;
    for (const dictionary of this.words) dictionary.clear();
  }

  /** Keeps the row whose cells were just written at index `rows`. */
  commit(from: number, to: number): void {
    this.rowNumbers[this.rows] = ++this.row;
    this.starts[this.rows] = from;
    this.ends[this.rows] = to;
    this.rows += 1;
  }

  /** Counts a line as a broken row; `cells` is how many it has, for RAGGED_ROW. */
  reject(defect: Defect, from: number, to: number, cells = 0): void {
    this.rejectText(defect, excerptOf(this.bytes, from, to), cells);
  }

  /** The same when the line is no longer held. */
  rejectText(defect: Defect, excerpt: string, cells = 0): void {
    this.row += 1;
    this.broken.push({
      row: this.row,
      column: null,
      code: defect,
      message: this.message(defect, cells),
      excerpt,
    });
  }

  private message(defect: Defect, cells: number): string {
    switch (defect) {
      case 'LINE_TOO_LONG':
        return `The line is longer than ${this.maxLineBytes} bytes. Check for a missing line break or binary data.`;
      case 'NUL_BYTE':
        return 'The line contains a NUL byte. Write the file again; it may have been cut off or damaged.';
      case 'INVALID_UTF8':
        return 'The line is not valid UTF-8. Save the file as UTF-8.';
      case 'STRAY_QUOTE':
        return 'A quote stands inside a plain cell, or a quoted cell does not end on its line. Quote the whole cell and double the quotes in it.';
      case 'RAGGED_ROW':
        return `The row has ${cells} cell${cells === 1 ? '' : 's'}, the header has ${this.plan.length} columns. Write every column in every row.`;
    }
  }
}
