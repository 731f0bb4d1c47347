/**
 * Packs columns of doubles into bytes, exactly, and back.
 *
 * Layout: u8 version (1), u8 column count, u32 length n, then per column one u8 mode and its data, all little-endian:
 * 0 every value NaN · 1 constant: one f64 · 2, 3, 4: whole numbers as u8, u16, u32 · 5 whole millionths (k / 1e6) as u32 ·
 * 6 f64 each · 7 a ramp: f64 first, f64 step (value i = first + step·i).
 * A column takes the smallest mode that gives back every bit (-0 and NaN payloads aside: NaN means "not reported").
 */

const VERSION = 1;
/** Where memory is little-endian, as the layout is, whole columns are copied at once. */
const LITTLE_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
/** Longest column that is accepted when reading; guards against hostile lengths. */
export const MAX_COLUMN_LENGTH = 1 << 20;

/** Packs equally long columns (values beyond `length` are ignored). */
export function packColumns(columns: readonly Float64Array[], length: number): Buffer {
  let size = 6;
  const modes = new Uint8Array(columns.length);
  for (let c = 0; c < columns.length; c++) {
    const mode = chooseMode(columns[c]!, length);
    modes[c] = mode;
    size += 1 + modeSize(mode, length);
  }
  const out = Buffer.allocUnsafe(size);
  out[0] = VERSION;
  out[1] = columns.length;
  out.writeUInt32LE(length, 2);
  let at = 6;
  for (let c = 0; c < columns.length; c++) {
    const column = columns[c]!;
    const mode = modes[c]!;
    out[at++] = mode;
    at = writeColumn(out, at, mode, column, length);
  }
  return out;
}

/** Columns as packed by {@link packColumns}. */
export interface UnpackedColumns {
  readonly length: number;
  readonly columns: Float64Array[];
}

/** Unpacks all columns, or only those named by index in `wanted` (others are left empty). Throws RangeError on damaged bytes. */
export function unpackColumns(bytes: Buffer, wanted?: ReadonlySet<number>): UnpackedColumns {
  if (bytes.length < 6 || bytes[0] !== VERSION) throw new RangeError('packed columns: unknown version');
  const count = bytes[1]!;
  const length = bytes.readUInt32LE(2);
  if (length > MAX_COLUMN_LENGTH)
    throw new RangeError(`packed columns: length ${length} is over ${MAX_COLUMN_LENGTH}`);
  if (bytes.length < 6 + count) throw new RangeError('packed columns: cut short');
  const columns: Float64Array[] = [];
  // Backed by one piece of memory: a piece for each costs more than what is read into it.
  const block = new Float64Array(length * (wanted === undefined ? count : wanted.size));
  let used = 0;
  let at = 6;
  for (let c = 0; c < count; c++) {
    const mode = bytes[at++];
    if (mode === undefined || mode > 7) throw new RangeError('packed columns: unknown mode');
    const size = modeSize(mode, length);
    if (at + size > bytes.length) throw new RangeError('packed columns: cut short');
    if (wanted === undefined || wanted.has(c)) {
      columns.push(readColumn(bytes, at, mode, block.subarray(used, (used += length))));
    } else columns.push(block.subarray(0, 0));
    at += size;
  }
  return { length, columns };
}

function modeSize(mode: number, n: number): number {
  if (mode === 0) return 0;
  if (mode === 1) return 8;
  if (mode === 2) return n;
  if (mode === 3) return 2 * n;
  if (mode === 7) return 16;
  return mode === 6 ? 8 * n : 4 * n;
}

function chooseMode(column: Float64Array, n: number): number {
  if (n === 0) return 0;
  const first = column[0]!;
  let constant = true;
  let whole = true;
  let micro = true;
  let max = 0;
  const step = n > 2 ? column[1]! - first : NaN;
  let ramp = n > 2;
  for (let i = 0; i < n; i++) {
    const v = column[i]!;
    if (constant && !(v === first || (v !== v && first !== first))) constant = false;
    if (ramp && v !== first + step * i) ramp = false;
    if (whole && !(v >= 0 && v <= 0xffffffff && Math.floor(v) === v)) whole = false;
    if (micro) {
      const k = Math.round(v * 1e6);
      if (!(v >= 0 && k <= 0xffffffff && k / 1e6 === v)) micro = false;
    }
    if (v > max) max = v;
    if (!constant && !whole && !micro && !ramp) return 6;
  }
  if (constant) return first !== first ? 0 : 1;
  if (ramp) return 7;
  if (whole) return max <= 0xff ? 2 : max <= 0xffff ? 3 : 4;
  return micro ? 5 : 6;
}

function writeColumn(out: Buffer, start: number, mode: number, column: Float64Array, n: number): number {
  let at = start;
  switch (mode) {
    case 0:
      return at;
    case 1:
      return out.writeDoubleLE(column[0]!, at);
    case 2:
      for (let i = 0; i < n; i++) out[at++] = column[i]!;
      return at;
    case 3:
      for (let i = 0; i < n; i++) at = out.writeUInt16LE(column[i]!, at);
      return at;
    case 4:
      for (let i = 0; i < n; i++) at = out.writeUInt32LE(column[i]!, at);
      return at;
    case 5:
      for (let i = 0; i < n; i++) at = out.writeUInt32LE(Math.round(column[i]! * 1e6), at);
      return at;
    case 7:
      at = out.writeDoubleLE(column[0]!, at);
      return out.writeDoubleLE(column[1]! - column[0]!, at);
    default:
      if (LITTLE_ENDIAN) return at + Buffer.from(column.buffer, column.byteOffset, 8 * n).copy(out, at);
      for (let i = 0; i < n; i++) at = out.writeDoubleLE(column[i]!, at);
      return at;
  }
}

function readColumn(bytes: Buffer, start: number, mode: number, column: Float64Array): Float64Array {
  const n = column.length;
  switch (mode) {
    case 0:
      return column.fill(NaN);
    case 1:
      return column.fill(bytes.readDoubleLE(start));
    case 2:
      for (let i = 0; i < n; i++) column[i] = bytes[start + i]!;
      return column;
    case 3:
      for (let i = 0; i < n; i++) column[i] = bytes.readUInt16LE(start + 2 * i);
      return column;
    case 4:
      for (let i = 0; i < n; i++) column[i] = bytes.readUInt32LE(start + 4 * i);
      return column;
    case 5:
      for (let i = 0; i < n; i++) column[i] = bytes.readUInt32LE(start + 4 * i) / 1e6;
      return column;
    case 7: {
      const first = bytes.readDoubleLE(start);
      const step = bytes.readDoubleLE(start + 8);
      for (let i = 0; i < n; i++) column[i] = first + step * i;
      return column;
    }
    default:
      if (LITTLE_ENDIAN) {
        bytes.copy(new Uint8Array(column.buffer, column.byteOffset), 0, start, start + 8 * n);
        return column;
      }
      for (let i = 0; i < n; i++) column[i] = bytes.readDoubleLE(start + 8 * i);
      return column;
  }
}
