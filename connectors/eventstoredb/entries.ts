/** From a record of the log to an entry of the audit. */
import type { EventName, Events } from '../../schemas/generated/events.ts';
import { toJson } from '../../schemas/codec/preview.ts';
import { codeOf, messageOf } from '../../streams/runtime/errors.ts';
import type { LogRecord } from '../../streams/runtime/ports.ts';
import { auditId, streamName } from './names.ts';
import type { AuditSubject } from './names.ts';
import type { NewEvent } from './store.ts';

/** Where a record lies in the log. */
export interface Place {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** A decision on its way into its stream. */
export interface Entry extends NewEvent {
  readonly stream: string;
  readonly place: Place;
  /** Of the record: they tell a repeat. Undefined where they may lie: then only the place does. */
  readonly headers: Readonly<Record<string, string>> | undefined;
  readonly bytes: number;
}

/** How entries are made. */
export interface EntryOptions {
  readonly prefix: string;
  readonly maxEventBytes: number;
}

/** Of a record that cannot be read, this much of its value is kept, bytes. */
const MAX_UNREADABLE = 384 * 1024;
const whole = { maxItems: Infinity, maxText: Infinity };

/** The id of a record's event, as everywhere. */
export function eventIdOf({ topic, partition, offset, headers }: LogRecord): string {
  return headers['event-id'] ?? `${topic}/${partition}/${offset}`;
}

/** The entry of a decision: all of it, or what fits. */
export function decisionEntry(
  record: LogRecord,
  type: EventName,
  event: Events[EventName],
  subject: AuditSubject,
  options: EntryOptions,
): Entry {
  const id = auditId(eventIdOf(record));
  const data = toJson(type, event, whole);
  const bytes = sizeOf(data);
  if (bytes <= options.maxEventBytes) return entry(record, id, type, data, bytes, subject, options, {});
  const clipped = toJson(type, event);
  return entry(record, id, type, clipped, sizeOf(clipped), subject, options, { clipped: true });
}

/** The entry of a record that cannot be read: it may be a decision of a later version, so its bytes are kept. */
export function unreadableEntry(record: LogRecord, error: unknown, options: EntryOptions): Entry {
  const { topic, partition, offset, value, headers } = record;
  const subject = { category: 'unreadable', org: headers['org'] ?? '', id: [topic, String(partition)] };
  const kept = value !== null && value.length <= MAX_UNREADABLE;
  const data = {
    code: codeOf(error),
    message: messageOf(error),
    bytes: value?.length ?? 0,
    value: kept ? value.toString('base64') : null,
  };
  const id = auditId(`${topic}/${partition}/${offset}`);
  const made = entry(record, id, 'RecordUnreadable', data, sizeOf(data), subject, options, {});
  return { ...made, headers: undefined };
}

function entry(
  record: LogRecord,
  id: string,
  type: string,
  data: Readonly<Record<string, unknown>>,
  bytes: number,
  subject: AuditSubject,
  { prefix }: EntryOptions,
  more: Readonly<Record<string, unknown>>,
): Entry {
  const { topic, partition, offset, key, timestamp, headers } = record;
  const place = { topic, partition, offset };
  const time = new Date(timestamp).toISOString();
  const metadata = { org: subject.org, ...place, key, time, headers, ...more };
  return { id, type, data, metadata, stream: streamName(prefix, subject), place, headers, bytes };
}

function sizeOf(data: unknown): number {
  return Buffer.byteLength(JSON.stringify(data));
}
