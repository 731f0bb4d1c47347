/** Redriving: a record that a unit set aside goes to the unit's retry topic, and the fact is recorded. */
import type { Codec } from '../../schemas/codec/codec.ts';
import { topics } from '../../schemas/topics.ts';
import type { LogRecord, NewRecord } from '../../streams/runtime/ports.ts';
import { retryTopic } from '../../streams/runtime/run/inputs.ts';
import { seqText } from '../../streams/runtime/seq.ts';

/** What to redrive. */
export interface Redrive {
  readonly unit: string;
  readonly record: LogRecord;
  /** From 1. */
  readonly attempt: number;
  readonly by: string;
}

/**
 * The record for the retry topic and the fact, to be appended together. Doing it twice for one attempt has one effect:
 * both carry the same origin and seq. Each record has an origin of its own, so records may be redriven in any order.
 */
export function redriveRecords(
  codec: Codec,
  { unit, record, attempt, by }: Redrive,
  now: number,
): NewRecord[] {
  const { topic, partition, offset, key, value } = record;
  const own = {
    origin: `redrive/${unit}/${topic}/${partition}/${offset}`,
    seq: seqText([offset, attempt, 0]),
  };
  const retry: NewRecord = {
    topic: retryTopic(unit),
    key,
    partition,
    value,
    headers: { ...record.headers, ...own },
    timestamp: now,
  };
  const { org } = record.headers;
  const fact: NewRecord = {
    topic: topics.deadLetters,
    key: unit,
    value: codec.encode('RecordRedriven', { unit, topic, partition, offset, attempt, by }),
    headers: {
      'event-id': `${own.origin}@${own.seq}`,
      'event-type': 'RecordRedriven',
      'caused-by': record.headers['event-id'] ?? '',
      ...own,
      ...(org === undefined ? {} : { org }),
    },
    timestamp: now,
  };
  return [retry, fact];
}
