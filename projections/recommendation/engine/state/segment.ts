/** The signals of one object and UTC day in about 1.2 kB: 16-bit codes, with what decides kept to the bit. */
import { packColumns, unpackColumns } from '../../../../schemas/codec/columns.ts';
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

/** Columns with codes; of some the largest value of the day is kept to the bit, in this order. */
const coded = [
  { column: place('iMax'), unit: 1, exact: 0 },
  { column: place('iMin'), unit: 1, exact: null },
  { column: place('mMax'), unit: GIB, exact: 1 },
  { column: place('mMin'), unit: GIB, exact: null },
  { column: place('spike'), unit: GIB, exact: 2 },
] as const;
type Coded = (typeof coded)[number];

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
  const values = coded.map((rule, c) => {
    const column = columns[rule.column]!;
    const most = largest(column, length);
    if (rule.exact !== null) head.writeDoubleLE(most, HEAD + 8 * rule.exact);
    if (fits(column, length, rule)) return codesOf(column, length, rule, most);
    head[2]! |= 1 << c;
    return column;
  });
  head.writeUInt32LE(settings.length, SETTINGS_SIZE);
  const rows = [
    mapped(length, (i) => (ends[i]! - day) / ms),
    mapped(length, (i) => (ends[i]! - starts[i]!) / ms),
    ...values,
    columns[PODS]!,
  ];
  return Buffer.concat([head, settings, packColumns(rows, length)]);
}

/**
 * The signals of a day as packed by {@link packSegment}. For a day that is not `whole` each value is told as if it stood alone, so
 * that it does not depend on those outside of a window that cuts the day. Damaged bytes: RangeError.
 */
export function unpackSegment(bytes: Buffer, day: number, whole: boolean): Signals {
  const ms = timeUnits[bytes[1] ?? timeUnits.length];
  if (bytes.length < SETTINGS || bytes[0] !== VERSION || ms === undefined)
    throw new RangeError('signals of a day: unknown version or unit');
  const rowsAt = SETTINGS + bytes.readUInt32LE(SETTINGS_SIZE);
  const { length, columns: rows } = unpackColumns(bytes.subarray(rowsAt));
  if (rows.length !== 3 + coded.length) throw new RangeError(`signals of a day: ${rows.length} columns`);
  const ends = mapped(length, (i) => day + rows[0]![i]! * ms);
  const columns: Float64Array[] = [ends, mapped(length, (i) => ends[i]! - rows[1]![i]! * ms)];
  coded.forEach((rule, c) => {
    const column = rows[2 + c]!;
    const most = rule.exact === null ? Infinity : bytes.readDoubleLE(HEAD + 8 * rule.exact);
    if ((bytes[2]! & (1 << c)) === 0) valuesOf(column, rule, whole ? most : told(most, rule), whole);
    else if (!whole) column.forEach((value, i) => (column[i] = told(value, rule)));
    columns[rule.column] = column;
  });
  columns[PODS] = rows[2 + coded.length]!;
  spreadSettings(bytes.subarray(SETTINGS, rowsAt), length, columns);
  return { length, columns };
}

function mapped(length: number, value: (i: number) => number): Float64Array<ArrayBuffer> {
  const column = new Float64Array(length);
  for (let i = 0; i < length; i++) column[i] = value(i);
  return column;
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

/** Codes; the rows that hold the largest value have the spare code when it is kept. */
function codesOf(column: Float64Array, length: number, { unit, exact }: Coded, most: number): Float64Array {
  return mapped(length, (i) => {
    const value = column[i]!;
    return exact !== null && value === most ? SPARE_CODE : encode(value / unit);
  });
}

/** Numbers of codes, in place; in a whole day none is above the largest, which may lie anywhere within its code. */
function valuesOf(codes: Float64Array, { unit }: Coded, most: number, whole: boolean): void {
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i]!;
    if (code === SPARE_CODE) codes[i] = most;
    else codes[i] = whole ? Math.min(most, decode(code) * unit) : decode(code) * unit;
  }
}

function settingChanges({ length, columns }: Signals): Buffer {
  const settings = columns.slice(FIRST_SETTING);
  const changes: number[] = [];
  for (let i = 0; i < length; i++) {
    if (i === 0 || settings.some((column) => !Object.is(column[i], column[i - 1]))) changes.push(i);
  }
  const packed = settings.map((column) => Float64Array.from(changes, (i) => column[i]!));
  return packColumns([Float64Array.from(changes), ...packed], changes.length);
}

function spreadSettings(bytes: Buffer, length: number, columns: Float64Array[]): void {
  const { length: changes, columns: packed } = unpackColumns(bytes);
  for (let c = FIRST_SETTING; c < signalColumns.length; c++) {
    const column = new Float64Array(length);
    for (let k = 0; k < changes; k++) {
      column.fill(packed[1 + c - FIRST_SETTING]![k]!, packed[0]![k], packed[0]![k + 1] ?? length);
    }
    columns[c] = column;
  }
}
