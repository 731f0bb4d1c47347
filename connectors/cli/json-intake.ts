/** JSON that anybody writes to `<topic>.json`, for instance with kafka-console-producer: a valid event, or a dead letter that says why. */
import { eventSchemas } from '../../schemas/generated/events.ts';
import { topics } from '../../schemas/topics.ts';
import { BadInput } from '../../streams/runtime/errors.ts';
import type { Emission, FirstSeen, LogRecord, Source } from '../../streams/runtime/ports.ts';
import { lineEvent } from './producing.ts';

/** Id of the unit that reads them. */
export const JSON_INTAKE = 'json-intake';

const SUFFIX = '.json';

/** Topics that take no JSON: what the run loop alone may say, and what is written to each partition or to none. */
const closed: readonly string[] = [
  topics.deadLetters,
  topics.policiesInForce,
  topics.ticks,
  topics.retention,
];

/** The topics that take JSON. */
export const jsonTopics: readonly string[] = Object.values(topics)
  .filter((topic) => !closed.includes(topic))
  .map((topic) => topic + SUFFIX);

/** Headers of the line that are handed on to the event; the others are given anew. */
const handedOn = ['request-id', 'traceparent'] as const;

/** The unit; `topicOf` names the topic of each event by the full name of its schema. */
export function jsonIntake(topicOf: ReadonlyMap<string, string>): Source {
  return {
    id: JSON_INTAKE,
    version: 1,
    about: 'Turns JSON lines on <topic>.json into events.',
    from: jsonTopics,
    headers: saidOf,
    take: (record, first) => [eventOf(record, first, topicOf)],
  };
}

function eventOf(record: LogRecord, first: FirstSeen, topicOf: ReadonlyMap<string, string>): Emission {
  const topic = first.topic.slice(0, -SUFFIX.length);
  if (record.value === null)
    throw bad('BAD_JSON', 'the record has no value; write one JSON object per record');
  const { key, type, event } = lineEvent(record.value.toString('utf8'));
  const home = topicOf.get(eventSchemas[type].fullName);
  if (home !== topic) {
    throw bad('EVENT_ELSEWHERE', `${type} is no event of ${topic}: write it to ${home ?? '?'}${SUFFIX}`);
  }
  const org = event['org_id'];
  if (typeof org !== 'string' || org === '') {
    throw bad('ORG_MISSING', `"data" of ${type} must have org_id: every event belongs to an organisation`);
  }
  return { topic, key, type, data: event } as unknown as Emission;
}

/** The organisation and the handed-on headers, as far as the line can be read. */
function saidOf({ value }: LogRecord): Record<string, string> {
  const line = asObject(parsed(value));
  const said: Record<string, string> = {};
  const headers = asObject(line?.['headers']);
  for (const name of handedOn) put(said, name, headers?.[name]);
  put(said, 'org', asObject(line?.['data'])?.['org_id']);
  return said;
}

/** Headers are printable ASCII; the rest is percent-encoded. */
function put(said: Record<string, string>, name: string, value: unknown): void {
  if (typeof value !== 'string' || value === '' || value.length > 255) return;
  // A half of a surrogate pair has no encoding; such a text is no header.
  if (/\p{Cs}/u.test(value)) return;
  said[name] = value.replaceAll(/[^\x20-\x7e]/gu, (c) => encodeURIComponent(c));
}

function parsed(value: Buffer | null): unknown {
  try {
    return JSON.parse(value?.toString('utf8') ?? 'null');
  } catch {
    return undefined;
  }
}

function asObject(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;
}

function bad(code: string, message: string): BadInput {
  return new BadInput({ code, message });
}
