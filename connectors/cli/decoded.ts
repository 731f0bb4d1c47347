/** A record as JSON for people and scripts. */
import type { Codec } from '../../schemas/codec/codec.ts';
import { toJson } from '../../schemas/codec/preview.ts';
import type { PreviewLimits } from '../../schemas/codec/preview.ts';
import { codeOf, messageOf } from '../../streams/runtime/errors.ts';
import type { LogRecord } from '../../streams/runtime/ports.ts';
import { decodeRecord } from '../../streams/runtime/records.ts';

/** A record with its event; `error` instead of `data` when it cannot be read. */
export interface DecodedRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly key: string | null;
  readonly type: string;
  readonly time: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly data?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly code: string; readonly message: string };
}

/** Nothing is cut. */
export const whole: PreviewLimits = { maxItems: Infinity, maxText: Infinity };

/** Decodes a record; packed columns are spelled out, long lists and texts are cut unless `limits` say otherwise. */
export function decodedRecord(codec: Codec, record: LogRecord, limits?: PreviewLimits): DecodedRecord {
  const { topic, partition, offset, key, headers, timestamp } = record;
  const time = new Date(timestamp).toISOString();
  const head = { topic, partition, offset, key };
  try {
    const { type, data } = decodeRecord(codec, record);
    return { ...head, type, time, headers, data: toJson(type, data, limits) };
  } catch (error) {
    const type = headers['event-type'] ?? 'unknown';
    return { ...head, type, time, headers, error: { code: codeOf(error), message: messageOf(error) } };
  }
}
