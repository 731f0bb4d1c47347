/** From typed events to records and back. */
import type { Codec } from '../../schemas/codec/codec.ts';
import { CodecError } from '../../schemas/codec/errors.ts';
import type { EventName } from '../../schemas/generated/events.ts';
import { Terminal } from './errors.ts';
import type { Emission, EventMeta, LogRecord, NewRecord, TypedEvent } from './ports.ts';
import { seqText } from './seq.ts';
import type { Seq } from './seq.ts';

/** An event as a handler gets it. */
export type Decoded = TypedEvent;

/** Where a derived event comes from. */
export interface Derivation {
  readonly origin: string;
  readonly seq: Seq;
  /** Id of the causing event. */
  readonly causedBy: string;
  /** Headers of the causing record: org, request-id and traceparent are handed on. */
  readonly headers: Readonly<Record<string, string>>;
}

const handedOn = ['org', 'request-id', 'traceparent'] as const;
/** Longest header that is handed on: what anybody writes to a topic must not make what follows too large for the log. */
const MAX_HANDED_ON = 1_024;

/** Largest key and value of an event, bytes: with its headers it fits into one batch of Kafka as brokers are set by default. */
export const MAX_EVENT_BYTES = 880_000;

/**
 * The record of a derived event; its id is a function of origin and seq. An event beyond {@link MAX_EVENT_BYTES}: Terminal
 * EVENT_TOO_LARGE, in every profile.
 */
export function derivedRecord(
  codec: Codec,
  emission: Emission,
  derivation: Derivation,
  timestamp: number,
): NewRecord {
  const seq = seqText(derivation.seq);
  const headers: Record<string, string> = {
    'event-id': `${derivation.origin}@${seq}`,
    'event-type': emission.type,
    'caused-by': derivation.causedBy.slice(0, MAX_HANDED_ON),
    origin: derivation.origin,
    seq,
  };
  for (const name of handedOn) {
    const value = derivation.headers[name];
    if (value !== undefined && value.length <= MAX_HANDED_ON) headers[name] = value;
  }
  const value = codec.encode(emission.type, emission.data);
  const bytes = value.length + Buffer.byteLength(emission.key);
  if (bytes > MAX_EVENT_BYTES) {
    throw new Terminal({
      code: 'EVENT_TOO_LARGE',
      message: `${emission.type} that follows has ${bytes} bytes, more than ${MAX_EVENT_BYTES}: split what it follows from`,
    });
  }
  return { topic: emission.topic, key: emission.key, value, headers, timestamp };
}

/** The meta that a handler is told about a record. */
export function metaOf(record: LogRecord, type: EventName): EventMeta {
  return {
    topic: record.topic,
    partition: record.partition,
    offset: record.offset,
    key: record.key,
    eventId: record.headers['event-id'] ?? `${record.topic}/${record.partition}/${record.offset}`,
    type,
    timestamp: record.timestamp,
    headers: record.headers,
  };
}

/** Decodes a record's value; what cannot be decoded is Terminal with coordinates. */
export function decodeRecord(codec: Codec, record: LogRecord): Decoded {
  const coordinates = { topic: record.topic, partition: record.partition, offset: record.offset };
  const at = `${record.topic}/${record.partition}/${record.offset}`;
  if (record.value === null) {
    throw new Terminal({
      code: 'TOMBSTONE',
      message: `${at}: a record without value is not expected on this topic`,
      coordinates,
    });
  }
  try {
    return codec.decode(record.value) as Decoded;
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
    throw new Terminal(
      { code: error.code, message: `${at}: ${error.message}`, coordinates },
      { cause: error },
    );
  }
}

/** What a dead record carries of its value at most, bytes. */
const MAX_DEAD_VALUE = 384 * 1024;
/** And of a text: key, message, a header; and how many characters of headers in all. */
const MAX_DEAD_TEXT = 16 * 1024;
const MAX_DEAD_HEADERS = 64 * 1024;

/** The fact that a unit set a record aside. It always fits into the log, whatever the record is like. */
export function diedEmission(unit: string, record: LogRecord, code: string, message: string): Emission {
  const cut = (text: string): string => text.slice(0, MAX_DEAD_TEXT);
  return {
    topic: 'dead-letters',
    key: unit,
    type: 'RecordDied',
    data: {
      unit,
      topic: record.topic,
      partition: record.partition,
      offset: record.offset,
      event_id: cut(record.headers['event-id'] ?? ''),
      event_type: cut(record.headers['event-type'] ?? ''),
      org_id: cut(record.headers['org'] ?? ''),
      key: record.key === null ? null : cut(record.key),
      code,
      message: cut(message),
      headers: boundedHeaders(record.headers),
      value: record.value !== null && record.value.length <= MAX_DEAD_VALUE ? record.value : null,
    },
  };
}

/** Headers as far as there is room, in their order; the record itself still has them all. */
function boundedHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  let room = MAX_DEAD_HEADERS;
  const kept = Object.entries(headers).filter(([name, value]) => (room -= name.length + value.length) >= 0);
  return Object.fromEntries(kept);
}
