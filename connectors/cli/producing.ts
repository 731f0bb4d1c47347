/** JSON lines to records: each line is checked against the schema of its event. */
import type { Codec } from '../../schemas/codec/codec.ts';
import { eventSchemas } from '../../schemas/generated/events.ts';
import type { EventName } from '../../schemas/generated/events.ts';
import { BadInput, codeOf, messageOf } from '../../streams/runtime/errors.ts';
import type { NewRecord } from '../../streams/runtime/ports.ts';
import { eventFromJson, isEventName } from './event-json.ts';

/** A line that was not taken, and why. */
export interface BadLine {
  readonly line: number;
  readonly code: string;
  readonly message: string;
}

/** What lines are made into. */
export interface Target {
  readonly codec: Codec;
  readonly topic: string;
  readonly now: number;
  /** A new id for an event that comes without one. */
  readonly newId: () => string;
}

/** The record of a line `{"key":…,"type":…,"data":{…}}`, optionally with "headers"; or why there is none. */
export function lineRecord(target: Target, text: string, line: number): NewRecord | BadLine {
  try {
    return eventRecord(target, text);
  } catch (error) {
    return { line, code: codeOf(error), message: messageOf(error) };
  }
}

/** What a line says: an event as its schema has it, and headers. */
export interface LineEvent {
  readonly key: string;
  readonly type: EventName;
  readonly event: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;
}

/** Reads a line; what is wrong with it: BadInput. The schema itself is checked when the event is encoded. */
export function lineEvent(text: string): LineEvent {
  const { key, type, data, headers = {} } = parse(text);
  if (typeof key !== 'string' || !/^[\u0020-\u007e]+$/.test(key)) {
    throw bad('BAD_KEY', '"key" must be a text of printable ASCII characters');
  }
  if (!isEventName(type)) {
    throw bad('EVENT_UNKNOWN', `"type" must be one of ${Object.keys(eventSchemas).join(', ')}`);
  }
  return { key, type, event: eventFromJson(type, data), headers: checked(headers) };
}

/** The record of a line; BadInput, or CodecError for data that does not fit its schema. */
export function eventRecord({ codec, topic, now, newId }: Target, text: string): NewRecord {
  const { key, type, event, headers } = lineEvent(text);
  const value = codec.encode(type, event as never);
  const org = event['org_id'];
  const own: Record<string, string> = { 'event-id': newId(), 'event-type': type };
  if (typeof org === 'string' && org !== '') own['org'] = org;
  return { topic, key, value, headers: { ...own, ...headers, 'event-type': type }, timestamp: now };
}

function parse(text: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw bad('BAD_JSON', messageOf(error));
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw bad('BAD_JSON', 'a line must be an object {"key":…,"type":…,"data":{…}}');
}

function checked(headers: unknown): Record<string, string> {
  if (typeof headers !== 'object' || headers === null || Array.isArray(headers)) {
    throw bad('BAD_HEADERS', '"headers" must be an object of texts');
  }
  for (const [name, value] of Object.entries(headers)) {
    if (typeof value !== 'string' || !/^[\u0020-\u007e]*$/.test(value)) {
      throw bad('BAD_HEADERS', `header ${JSON.stringify(name)} must be a printable ASCII text`);
    }
  }
  // origin and seq are for units: what a person appends counts as new
  return Object.fromEntries(
    Object.entries(headers as Record<string, string>).filter(([name]) => name !== 'origin' && name !== 'seq'),
  );
}

function bad(code: string, message: string): BadInput {
  return new BadInput({ code, message });
}
