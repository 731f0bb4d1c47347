/** A value as one line: JSON whose last field is the crc32 of what stands before it, so that damage has a place. */
import { crc32 } from 'node:zlib';
import type { LogRecord } from '../../streams/runtime/ports.ts';
import { damaged } from './damage.ts';

/** A line is no longer than this: larger than any record that a log takes. */
export const MAX_LINE_BYTES = 64 * 1024 * 1024;

/** `,"crc32":"01234567"}` */
const TAIL_BYTES = 20;

/** A value as a line, line feed included. */
export function lineOf(value: object): Buffer {
  const body = JSON.stringify(value).slice(0, -1);
  const sum = crc32(body).toString(16).padStart(8, '0');
  return Buffer.from(`${body},"crc32":"${sum}"}\n`);
}

/** The value of a line without its line feed. Another checksum: BadInput FILE_DAMAGED. */
export function valueOf(line: Buffer, file: string, record: number): Record<string, unknown> {
  const body = line.subarray(0, Math.max(0, line.length - TAIL_BYTES));
  const tail = /^,"crc32":"([0-9a-f]{8})"\}$/.exec(line.subarray(body.length).toString('latin1'));
  if (tail === null || crc32(body) !== Number.parseInt(tail[1]!, 16))
    throw damaged(file, 'its checksum does not fit', record);
  return JSON.parse(`${body.toString()}}`) as Record<string, unknown>;
}

/** A record as it is moved: topic and partition are the file's. */
export type MovedRecord = Omit<LogRecord, 'topic' | 'partition'>;

/** A record as a line. */
export function recordLine({ offset, timestamp, key, headers, value }: MovedRecord): Buffer {
  return lineOf({ offset, timestamp, key, headers, value: value?.toString('base64') ?? null });
}

/** The record of a line. */
export function recordOf(line: Buffer, file: string, record: number): MovedRecord {
  const { offset, timestamp, key, headers, value } = valueOf(line, file, record) as unknown as Omit<
    MovedRecord,
    'value'
  > & { readonly value: string | null };
  return { offset, timestamp, key, headers, value: value === null ? null : Buffer.from(value, 'base64') };
}
