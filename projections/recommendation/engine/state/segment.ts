/** The signals of one object and UTC day in about 1.2 kB: 16-bit codes, with what decides kept to the bit. */
import { packColumns, packedShape, unpackInto } from '../../../../schemas/codec/columns.ts';
import { signalColumns } from '../signals.ts';
import type { Signals } from '../signals.ts';
import { MINUTE } from '../time.ts';
import { CODE_RANGE, decode, encode, SPARE_CODE } from './log-codes.ts';

/**
 * Layout, little-endian: u8 version (1), u8 unit of time, u8 mask of the columns without codes, three f64 (largest iMax, mMax and
 * spike), u32 size of the settings, the settings, the rows. Both are packed columns (schemas/codec/columns.ts). Settings: first row,
 * then the four settings, an element per change. Rows: end since the start of the day, length, iMax, iMin, mMax, mMin, spike, pods.
 * On a grid without gaps the times take 26 bytes, and 96 rows with one set of settings 1,176 in all.
 */
const VERSION = 1;
const HEAD = 3;
const SETTINGS_SIZE = HEAD + 3 * 8;
const SETTINGS = SETTINGS_SIZE + 4;

/** Times are counted in the first of these that divides them all, ms. */
const timeUnits = [15 * MINUTE, MINUTE, 1_000, 1] as const;
const place = (name: (typeof signalColumns)[number]): number => signalColumns.indexOf(name);
const PODS = place('pods');
const FIRST_SETTING = place('cpuRequest');
/** Memory is coded in GiB, so that the codes reach from 1 KiB to 1 TiB; dividing by a power of two loses nothing. */
const GIB = 2 ** 30;

/** Columns with codes, which stand beside each other, from iMax on; of some the largest value of the day is kept to the bit, in this order. */
const coded = [
  { column: place('iMax'), unit: 1, exact: 0 },
  { column: place('iMin'), unit: 1, exact: null },
  { column: place('mMax'), unit: GIB, exact: 1 },
  { column: place('mMin'), unit: GIB, exact: null },
  { column: place('spike'), unit: GIB, exact: 2 },
] as const;
type Coded = (typeof coded)[number];
/** End, length, those with codes, pods. */
const ROW_COLUMNS = 3 + coded.length;

/**
 * Packs the signals of one UTC day; `day` is its start, ms. Times, pods, settings, zeros and the day's largest iMax, mMax and spike
 * come back to the bit, other values within 0.0158 % (CPU below 1e-6 cores as that). A column beyond the codes is kept as it is.
 */
export function packSegment(signals: Signals, day: number): Buffer {
  const { length, columns } = signals;
  const [ends, starts] = [columns[0]!, columns[1]!];
  const unit = timeUnits.findIndex((ms) => divides(ms, ends, starts, length));
  const ms = timeUnits[unit] ?? 1;
  const settings = settingChanges(signals);
  const head = Buffer.alloc(SETTINGS);
  head[0] = VERSION;
  head[1] = Math.max(0, unit);
  const rows = scratchFor(length);
  for (let i = 0; i < length; i++) {
    rows[0]![i] = (ends[i]! - day) / ms;
    rows[1]![i] = (ends[i]! - starts[i]!) / ms;
  }
  const packed = coded.map((rule, c) => {
    const column = columns[rule.column]!;
    const most = largest(column, length);
    if (rule.exact !== null) head.writeDoubleLE(most, HEAD + 8 * rule.exact);
    if (fits(column, length, rule)) return codesOf(column, length, rule, most, rows[2 + c]!);
    head[2]! |= 1 << c;
    return column;
  });
  head.writeUInt32LE(settings.length, SETTINGS_SIZE);
  return Buffer.concat([
    head,
    settings,
    packColumns([rows[0]!, rows[1]!, ...packed, columns[PODS]!], length),
  ]);
}

/** Columns of codes while a day is packed; made larger when a day has more rows. */
let scratch: readonly Float64Array[] = [];

function scratchFor(length: number): readonly Float64Array[] {
  if ((scratch[0]?.length ?? 0) < length)
    scratch = Array.from({ length: ROW_COLUMNS }, () => new Float64Array(2 * length));
  return scratch;
}

/**
 * The signals of a day as packed by {@link packSegment}. For a day that is not `whole` each value is told as if it stood alone, so
 * that it does not depend on those outside of a window that cuts the day. Damaged bytes: RangeError.
 */
export function unpackSegment(bytes: Buffer, day: number, whole: boolean): Signals {
  const length = segmentLength(bytes);
  const columns = signalColumns.map(() => new Float64Array(length));
  unpackSegmentInto(bytes, day, whole, columns, 0);
  return { length, columns };
}

/** Rows of a packed day. Damaged bytes: RangeError. */
export function segmentLength(bytes: Buffer): number {
  if (bytes.length < SETTINGS || bytes[0] !== VERSION || timeUnits[bytes[1]!] === undefined)
    throw new RangeError('signals of a day: unknown version or unit');
  const { length, count } = packedShape(bytes.subarray(SETTINGS + bytes.readUInt32LE(SETTINGS_SIZE)));
  if (count !== ROW_COLUMNS) throw new RangeError(`signals of a day: ${count} columns`);
  return length;
}

/** As {@link unpackSegment}, into elements from `at` on of the signals' columns; `bytes` have told their length. */
export function unpackSegmentInto(
  bytes: Buffer,
  day: number,
  whole: boolean,
  columns: readonly Float64Array[],
  at: number,
): void {
  const ms = timeUnits[bytes[1]!]!;
  const rowsAt = SETTINGS + bytes.readUInt32LE(SETTINGS_SIZE);
  // Rows are packed in the order of the signals' columns, as far as those go.
  const after = at + unpackInto(bytes.subarray(rowsAt), columns, at);
  const [ends, starts] = [columns[0]!, columns[1]!];
  for (let i = at; i < after; i++) {
    ends[i] = day + ends[i]! * ms;
    starts[i] = ends[i]! - starts[i]! * ms;
  }
  coded.forEach((rule, c) => {
    const column = columns[rule.column]!;
    const most = rule.exact === null ? Infinity : bytes.readDoubleLE(HEAD + 8 * rule.exact);
    if ((bytes[2]! & (1 << c)) === 0)
      valuesOf(column, at, after, rule, whole ? most : told(most, rule), whole);
    else if (!whole) for (let i = at; i < after; i++) column[i] = told(column[i]!, rule);
  });
  spreadSettings(bytes.subarray(SETTINGS, rowsAt), columns, at, after);
}

function divides(ms: number, ends: Float64Array, starts: Float64Array, length: number): boolean {
  // A day is a multiple of every unit.
  for (let i = 0; i < length; i++) if (ends[i]! % ms !== 0 || starts[i]! % ms !== 0) return false;
  return true;
}

function largest(column: Float64Array, length: number): number {
  let most = 0;
  for (let i = 0; i < length; i++) if (column[i]! > most) most = column[i]!;
  return most;
}

function fits(column: Float64Array, length: number, rule: Coded): boolean {
  for (let i = 0; i < length; i++) if (!reaches(column[i]!, rule)) return false;
  return true;
}

/** Whether the codes reach a value. Small CPU may be told as 1e-6 cores, which is idle all the same; memory may not. */
function reaches(value: number, { unit }: Coded): boolean {
  const least = unit === GIB ? CODE_RANGE.least * GIB : 0;
  return value === 0 || (value >= least && value <= CODE_RANGE.most * unit);
}

/** A value as it is told when nothing is known of others. */
function told(value: number, rule: Coded): number {
  return reaches(value, rule) ? decode(encode(value / rule.unit)) * rule.unit : value;
}

/** Codes, into `codes`; the rows that hold the largest value have the spare code when it is kept. */
function codesOf(
  column: Float64Array,
  length: number,
  { unit, exact }: Coded,
  most: number,
  codes: Float64Array,
): Float64Array {
  for (let i = 0; i < length; i++) {
    const value = column[i]!;
    codes[i] = exact !== null && value === most ? SPARE_CODE : encode(value / unit);
  }
  return codes;
}

/** Numbers of codes, in place; in a whole day none is above the largest, which may lie anywhere within its code. */
function valuesOf(
  codes: Float64Array,
  at: number,
  after: number,
  { unit }: Coded,
  most: number,
  whole: boolean,
): void {
  for (let i = at; i < after; i++) {
    const code = codes[i]!;
    if (code === SPARE_CODE) {
      codes[i] = most;
      continue;
    }
    const value = decode(code) * unit;
    codes[i] = whole && value > most ? most : value;
  }
}

function settingChanges({ length, columns }: Signals): Buffer {
  const changes: number[] = [];
  for (let i = 0; i < length; i++) {
    let changed = i === 0;
    for (let c = FIRST_SETTING; c < columns.length && !changed; c++)
      changed = !Object.is(columns[c]![i], columns[c]![i - 1]);
    if (changed) changes.push(i);
  }
  const packed = columns.slice(FIRST_SETTING).map((column) => Float64Array.from(changes, (i) => column[i]!));
  return packColumns([Float64Array.from(changes), ...packed], changes.length);
}

let settings: readonly Float64Array[] = [];

function spreadSettings(bytes: Buffer, columns: readonly Float64Array[], at: number, after: number): void {
  const { length: changes, count } = packedShape(bytes);
  const width = signalColumns.length - FIRST_SETTING;
  if (count !== 1 + width) throw new RangeError(`signals of a day: ${count} columns of settings`);
  if ((settings[0]?.length ?? 0) < changes)
    settings = Array.from({ length: 1 + width }, () => new Float64Array(2 * changes));
  unpackInto(bytes, settings, 0);
  const first = settings[0]!;
  for (let c = 0; c < width; c++) {
    const column = columns[FIRST_SETTING + c]!;
    if (changes === 0) column.fill(0, at, after);
    for (let k = 0; k < changes; k++)
      column.fill(settings[1 + c]![k]!, at + first[k]!, k + 1 < changes ? at + first[k + 1]! : after);
  }
}
