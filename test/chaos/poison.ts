/** Records that no unit can process, and who must set them aside. */
import type { App } from '../../connectors/cli/app.ts';
import { unitInputs } from '../../projections/runtime/pipeline.ts';
import type { Units } from '../../projections/runtime/pipeline.ts';
import type { NewRecord } from '../../streams/runtime/ports.ts';
import type { Poison } from './schedule.ts';

const KEY = 'chaos-poison';
/** Ten times what a broker takes unless a topic is set to take more. */
export const LARGE_BYTES = 10 * 1024 * 1024;
const types: Readonly<Record<string, string>> = {
  intake: 'UploadReceived',
  usage: 'ContainerUsageReported',
  rejections: 'RowsRejected',
};

/** Whether a record is one of ours. */
export function isPoison({ key }: { readonly key: string | null }): boolean {
  return key === KEY;
}

/** One per partition of a topic. */
export function poisonRecords(app: App, topic: string, poison: Poison, partitions: number): NewRecord[] {
  const value = valueOf(app, poison);
  return Array.from({ length: partitions }, (_, partition) => ({
    topic,
    partition,
    key: KEY,
    value,
    headers: poison === 'no-headers' ? ({} as Record<string, string>) : { 'event-type': types[topic]! },
    timestamp: Date.now(),
  }));
}

function valueOf(app: App, poison: Poison): Buffer | null {
  switch (poison) {
    case 'null-value':
      return null;
    case 'magic-byte':
      return Buffer.from([7, 0, 0, 0, 1, 1, 2, 3]);
    case 'unknown-schema':
    case 'no-headers':
      return Buffer.from([0, 0x7f, 0xff, 0xff, 0xf0, 1, 2, 3]);
    case 'large':
      return Buffer.concat([Buffer.from([0, 0x7f, 0xff, 0xff, 0xf1]), Buffer.alloc(LARGE_BYTES, 'poison')]);
    case 'truncated': {
      const whole = app.codec.encode('RecordRedriven', {
        unit: 'nobody',
        topic: 'nowhere',
        partition: 0,
        offset: 0,
        attempt: 1,
        by: 'chaos',
        edited: false,
        event_id: '',
        value_sha256: '',
        host: '',
        reason: '',
      });
      return whole.subarray(0, 9);
    }
  }
}

/** The units that must set a record of a topic aside. */
export function mustBury(
  units: Units,
  topic: string,
  record: { readonly value: Buffer | null; readonly headers: Readonly<Record<string, string>> },
): string[] {
  return unitInputs(units)
    .filter(({ inputs }) => inputs.includes(topic))
    .filter(({ id }) => {
      const stream = units.streams.find((one) => one.id === id);
      const type = record.headers['event-type'];
      // A stream passes over types that it does not know without decoding them.
      return stream === undefined || type === undefined || record.value === null || type in stream.on;
    })
    .map(({ id }) => id);
}
