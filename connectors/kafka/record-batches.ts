/**
 * Reads what a fetch brought straight into records of the log: one pass over the bytes, nothing made that is thrown away. Only what
 * producers write every day: batches of the current format, not compressed, in no transaction. For anything else it answers
 * undefined and the client's own decoder is asked, which a test holds this one against.
 */
import type { LogRecord, TopicPartition } from '../../streams/runtime/ports.ts';

/** Records from an offset on, and where to go on. */
export interface ReadBatches {
  readonly records: LogRecord[];
  readonly next: number;
}

/** Before the records of a batch: base offset (8), length (4), leader epoch (4), magic (1), crc (4), attributes (2), … count (4). */
const HEADER_BYTES = 61;
const LENGTH_AT = 8;
const MAGIC_AT = 16;
const ATTRIBUTES_AT = 21;
const LAST_DELTA_AT = 23;
const FIRST_TIME_AT = 27;
const MAX_TIME_AT = 35;
const COUNT_AT = 57;
/** Bytes that the length does not count: the base offset and itself. */
const LENGTH_OFFSET = 12;
const CURRENT_MAGIC = 2;
/** Compression (3 bits), in a transaction, marker of a transaction. */
const NOT_PLAIN = 0x07 | 0x10 | 0x20;
const APPEND_TIME = 0x08;
const HIGH = 2 ** 32;

/** Records from `from` on; undefined when a batch is not plain. An incomplete batch at the end is left for the next fetch. */
export function readPlainBatches(at: TopicPartition, from: number, bytes: Buffer): ReadBatches | undefined {
  const records: LogRecord[] = [];
  const reader = new Reader(bytes);
  let next = from;
  for (let batch = 0; batch + HEADER_BYTES <= bytes.length;) {
    const end = batch + LENGTH_OFFSET + bytes.readInt32BE(batch + LENGTH_AT);
    const attributes = bytes.readInt16BE(batch + ATTRIBUTES_AT);
    if (bytes[batch + MAGIC_AT] !== CURRENT_MAGIC || (attributes & NOT_PLAIN) !== 0) return undefined;
    if (end > bytes.length) break;
    const base = long(bytes, batch);
    const appended = (attributes & APPEND_TIME) === 0 ? undefined : long(bytes, batch + MAX_TIME_AT);
    const firstTime = long(bytes, batch + FIRST_TIME_AT);
    const count = bytes.readInt32BE(batch + COUNT_AT);
    reader.at = batch + HEADER_BYTES;
    for (let i = 0; i < count; i++) {
      const record = reader.record(at, base, firstTime, appended);
      if (record.offset >= from) records.push(record);
    }
    if (reader.at !== end) return undefined;
    next = Math.max(next, base + bytes.readInt32BE(batch + LAST_DELTA_AT) + 1);
    batch = end;
  }
  return { records, next };
}

/** Offset behind the last whole batch of the current format; `from` when there is none. A compacted batch may hold no record at all. */
export function endOfBatches(from: number, bytes: Buffer): number {
  let next = from;
  for (let batch = 0; batch + HEADER_BYTES <= bytes.length;) {
    const end = batch + LENGTH_OFFSET + bytes.readInt32BE(batch + LENGTH_AT);
    if (bytes[batch + MAGIC_AT] !== CURRENT_MAGIC || end > bytes.length) break;
    next = Math.max(next, long(bytes, batch) + bytes.readInt32BE(batch + LAST_DELTA_AT) + 1);
    batch = end;
  }
  return next;
}

function long(bytes: Buffer, at: number): number {
  return bytes.readInt32BE(at) * HIGH + bytes.readUInt32BE(at + 4);
}

/** A text and where it stands. */
interface Piece {
  readonly text: string;
  readonly start: number;
  readonly length: number;
}

/** Reads records one after the other. */
class Reader {
  at = 0;
  readonly #bytes: Buffer;
  /** Names and values of the headers of the record before: many are the same again, in the same order. */
  readonly #before: Piece[] = [];

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  record(
    { topic, partition }: TopicPartition,
    base: number,
    firstTime: number,
    appended: number | undefined,
  ): LogRecord {
    const end = this.#varint() + this.at;
    this.at += 1; // attributes, unused
    const time = firstTime + this.#varint();
    const offset = base + this.#varint();
    const key = this.#text();
    const length = this.#varint();
    const value = length < 0 ? null : this.#bytes.subarray(this.at, (this.at += length));
    const headers: Record<string, string> = {};
    const count = this.#varint();
    for (let i = 0; i < count; i++) {
      const name = this.#piece(2 * i);
      // A header that comes twice counts as it came last; Kafka lets one have no value.
      headers[name] = this.#piece(2 * i + 1);
    }
    // Whoever wrote it may have put more there than is known here.
    this.at = end;
    return { topic, partition, offset, key, value, headers, timestamp: appended ?? time };
  }

  #text(): string | null {
    const length = this.#varint();
    if (length < 0) return null;
    return this.#bytes.toString('utf8', this.at, (this.at += length));
  }

  #piece(i: number): string {
    const length = this.#varint();
    if (length <= 0) return '';
    const start = this.at;
    this.at += length;
    const before = this.#before[i];
    if (before?.length === length && this.#same(before.start, start, length)) return before.text;
    const text = this.#bytes.toString('utf8', start, this.at);
    this.#before[i] = { text, start, length };
    return text;
  }

  #same(a: number, b: number, length: number): boolean {
    const bytes = this.#bytes;
    for (let i = 0; i < length; i++) if (bytes[a + i] !== bytes[b + i]) return false;
    return true;
  }

  /** Zigzag; by arithmetic where bits no longer fit in 32. */
  #varint(): number {
    const bytes = this.#bytes;
    let byte = bytes[this.at++]!;
    if (byte < 0x80) return (byte >>> 1) ^ -(byte & 1);
    let value = byte & 0x7f;
    let scale = 0x80;
    do {
      byte = bytes[this.at++]!;
      value += (byte & 0x7f) * scale;
      scale *= 0x80;
    } while (byte >= 0x80);
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }
}
