/** A dead letter carries the bytes of the record that died: they name a schema, too, and are handed in again by a redrive. */
import type { Codec } from '../../schemas/codec/codec.ts';
import type { MovedRecord } from './lines.ts';

/** Bytes of other records in tables: not compared, for their ids are those of the place. */
export const carriedBytes: Readonly<Record<string, readonly string[]>> = { dead_letters: ['value'] };

/** Rewrites a record for the target: its own id in place and, in a new copy, those within a RecordDied, however deep. */
export function recordRewriter(
  codec: Codec,
  rewriteId: (value: Buffer | null) => Promise<void>,
  canRead: (id: number) => Promise<boolean>,
): (record: MovedRecord) => Promise<MovedRecord> {
  async function dead(value: Buffer): Promise<Buffer> {
    if (value.length < 5 || value[0] !== 0 || !(await canRead(value.readUInt32BE(1)))) return value;
    let data;
    try {
      const decoded = codec.decode(value);
      if (decoded.type !== 'RecordDied' || decoded.data.value === null) return value;
      data = decoded.data;
    } catch {
      return value; // it is a dead letter that cannot be read: nobody will hand in what is in it
    }
    const carried = await rewritten(Buffer.from(data.value!), data.event_type);
    return carried.equals(data.value!) ? value : codec.encode('RecordDied', { ...data, value: carried });
  }

  async function rewritten(value: Buffer, type: string | undefined): Promise<Buffer> {
    await rewriteId(value);
    return type === 'RecordDied' ? dead(value) : value;
  }

  return async (record) => {
    if (record.value === null) return record;
    return { ...record, value: await rewritten(record.value, record.headers['event-type']) };
  };
}
