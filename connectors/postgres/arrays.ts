/** Parameters for `unnest($1::text[], …)` in Postgres's binary array format: several times faster than text. */
import type { Cell, ColumnType } from '../../streams/runtime/units.ts';

const oid: Record<ColumnType, number> = {
  text: 25,
  int4: 23,
  int8: 20,
  float8: 701,
  bool: 16,
  timestamptz: 1184,
  date: 1082,
  json: 25,
  bytea: 17,
};

/** SQL type of the array parameter; json travels as text. */
export function arrayType(type: ColumnType): string {
  return type === 'json' ? 'text[]' : `${type}[]`;
}

/** 2000-01-01 in ms: where Postgres counts from. */
const EPOCH_MS = 946_684_800_000;
const DAY_MS = 86_400_000;

/** One column of rows as a binary array parameter. Text loses NUL (Postgres cannot hold it): it becomes U+FFFD. */
export function arrayParameter(type: ColumnType, cells: readonly Cell[]): Buffer {
  const variable = type === 'text' || type === 'json' || type === 'bytea';
  const width = type === 'int4' || type === 'date' ? 4 : type === 'bool' ? 1 : 8;
  const lengths = variable ? new Int32Array(cells.length) : undefined;
  let size = 20 + 4 * cells.length;
  let nulls = 0;
  for (let i = 0; i < cells.length; i++) {
    const cell = cells[i]!;
    if (cell === null) nulls = 1;
    else if (lengths === undefined) size += width;
    else
      size += lengths[i] =
        type === 'bytea' ? (cell as Buffer).length : Buffer.byteLength(clean(String(cell)));
  }
  const out = Buffer.allocUnsafe(size);
  out.writeInt32BE(cells.length === 0 ? 0 : 1, 0);
  out.writeInt32BE(nulls, 4);
  out.writeInt32BE(oid[type], 8);
  if (cells.length === 0) return out.subarray(0, 12);
  out.writeInt32BE(cells.length, 12);
  out.writeInt32BE(1, 16);
  let at = 20;
  for (let i = 0; i < cells.length; i++) {
    const cell = cells[i]!;
    if (cell === null) {
      at = out.writeInt32BE(-1, at);
    } else if (lengths !== undefined) {
      at = out.writeInt32BE(lengths[i]!, at);
      if (type === 'bytea') (cell as Buffer).copy(out, at);
      else out.write(clean(String(cell)), at);
      at += lengths[i]!;
    } else {
      at = out.writeInt32BE(width, at);
      at = writeFixed(out, at, type, cell);
    }
  }
  return out;
}

function clean(text: string): string {
  return text.includes('\u0000') ? text.replaceAll('\u0000', '\uFFFD') : text;
}

function daysOf(date: string): number {
  const days = (Date.parse(date) - EPOCH_MS) / DAY_MS;
  if (!Number.isInteger(days)) throw new RangeError(`${date} is no date`);
  return days;
}

function writeFixed(out: Buffer, at: number, type: ColumnType, cell: Cell): number {
  switch (type) {
    case 'int4':
      return out.writeInt32BE(cell as number, at);
    case 'date':
      return out.writeInt32BE(daysOf(cell as string), at);
    case 'bool':
      return out.writeUInt8(cell === true ? 1 : 0, at);
    case 'float8':
      return out.writeDoubleBE(cell as number, at);
    case 'timestamptz':
      return writeWhole(out, at, (cell as number) - EPOCH_MS, 1000);
    default:
      return writeWhole(out, at, cell as number);
  }
}

const HALF = 2 ** 32;

/** `value` times `factor`, both whole, as int8; with BigInt where a number does not hold it exactly, for BigInt is slow. */
function writeWhole(out: Buffer, at: number, value: number, factor = 1): number {
  const product = value * factor;
  if (!Number.isSafeInteger(product)) return out.writeBigInt64BE(BigInt(value) * BigInt(factor), at);
  const high = Math.floor(product / HALF);
  return out.writeUInt32BE(product - high * HALF, out.writeInt32BE(high, at));
}
