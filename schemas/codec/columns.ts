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
  const { length, count } = packedShape(bytes);
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
      const column = block.subarray(used, (used += length));
      readColumn(bytes, at, mode, column, 0, length);
      columns.push(column);
    } else columns.push(block.subarray(0, 0));
    at += size;
  }
  return { length, columns };
}

/** Shape of packed columns, without reading them. Throws RangeError on bytes of another version or that end at once. */
export function packedShape(bytes: Buffer): { readonly length: number; readonly count: number } {
  if (bytes.length < 6 || bytes[0] !== VERSION) throw new RangeError('packed columns: unknown version');
  const length = bytes.readUInt32LE(2);
  if (length > MAX_COLUMN_LENGTH)
    throw new RangeError(`packed columns: length ${length} is over ${MAX_COLUMN_LENGTH}`);
  return { length, count: bytes[1]! };
}

/**
 * Unpacks column i into elements [at, at + length) of targets[i], which are there and long enough; gives the length. Throws
 * RangeError on damaged bytes.
 */
export function unpackInto(bytes: Buffer, targets: readonly Float64Array[], at: number): number {
  const { length, count } = packedShape(bytes);
  let from = 6;
  for (let c = 0; c < count; c++) {
    const mode = bytes[from++];
    if (mode === undefined) throw new RangeError('packed columns: cut short');
    if (mode > 7) throw new RangeError('packed columns: unknown mode');
    const size = modeSize(mode, length);
    if (from + size > bytes.length) throw new RangeError('packed columns: cut short');
    readColumn(bytes, from, mode, targets[c]!, at, length);
    from += size;
  }
  return length;
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
      for (let i = 0; i < n; i++) {
        const value = column[i]!;
        out[at++] = value;
        out[at++] = value >>> 8;
      }
      return at;
    case 4:
      for (let i = 0; i < n; i++) at = writeU32(out, at, column[i]!);
      return at;
    case 5:
      for (let i = 0; i < n; i++) at = writeU32(out, at, Math.round(column[i]! * 1e6));
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

/** What is written is known to fit: the checks of Buffer's own take longer than the writing. */
function writeU32(out: Buffer, at: number, value: number): number {
  out[at] = value;
  out[at + 1] = value >>> 8;
  out[at + 2] = value >>> 16;
  out[at + 3] = value >>> 24;
  return at + 4;
}

function readU32(bytes: Buffer, at: number): number {
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16)) + bytes[at + 3]! * 0x1000000;
}

/** Reads into elements [to, to + n) of a column; the bytes are there. */
function readColumn(
  bytes: Buffer,
  start: number,
  mode: number,
  column: Float64Array,
  to: number,
  n: number,
): void {
  switch (mode) {
    case 0:
      column.fill(NaN, to, to + n);
      return;
    case 1:
      column.fill(bytes.readDoubleLE(start), to, to + n);
      return;
    case 2:
      for (let i = 0; i < n; i++) column[to + i] = bytes[start + i]!;
      return;
    case 3:
      for (let i = 0, at = start; i < n; i++, at += 2) column[to + i] = bytes[at]! | (bytes[at + 1]! << 8);
      return;
    case 4:
      for (let i = 0; i < n; i++) column[to + i] = readU32(bytes, start + 4 * i);
      return;
    case 5:
      for (let i = 0; i < n; i++) column[to + i] = readU32(bytes, start + 4 * i) / 1e6;
      return;
    case 7: {
      const first = bytes.readDoubleLE(start);
      const step = bytes.readDoubleLE(start + 8);
      for (let i = 0; i < n; i++) column[to + i] = first + step * i;
      return;
    }
    default:
      if (LITTLE_ENDIAN) {
        bytes.copy(new Uint8Array(column.buffer, column.byteOffset + 8 * to), 0, start, start + 8 * n);
        return;
      }
      for (let i = 0; i < n; i++) column[to + i] = bytes.readDoubleLE(start + 8 * i);
  }
}
