/** Reading what clients of Kruize send: JSON whatever the content type, checked value by value. */
import type { FastifyInstance } from 'fastify';
import { parseInstant } from '../../../../../streams/intake/instant.ts';
import { KruizeError } from './envelope.ts';

/** Largest body, bytes; a call of 100 results with 50 containers fits. */
const MAX_BODY = 32 * 1024 * 1024;
/** Longest name, characters. */
const MAX_NAME = 1_000;

/** What Kruize says of a body that it cannot read. */
export const UNREADABLE = 'Failed to parse the JSON. Please check the input payload ';

/** An object of a body. */
export type Fields = Readonly<Record<string, unknown>>;

/** Hands bodies over as bytes. */
export function installBodies(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: MAX_BODY }, (_request, body, done) => {
    done(null, body);
  });
}

const decoder = new TextDecoder('utf-8', { fatal: true });

/** The JSON of a body; what is none, or holds NUL, which no table can: KruizeError with `message`. */
export function parseBody(body: unknown, message: string): unknown {
  if (!Buffer.isBuffer(body) || body.length === 0) throw new KruizeError(message);
  try {
    const text = decoder.decode(body);
    if (text.includes('\\u0000')) throw new KruizeError(message);
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (error instanceof KruizeError) throw error;
    throw new KruizeError(message);
  }
}

/** Whether a value is an object with fields. */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A text field, null when it is absent or null; numbers and flags count as their text. Anything else is refused. */
export function textOf(fields: Fields, name: string, message = `${name}: write text`): string | null {
  const value = fields[name];
  if (value === undefined || value === null) return null;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  // Halves of characters fit into no table.
  if (typeof value !== 'string' || /\p{Cs}/u.test(value)) throw new KruizeError(message);
  if (value.length > MAX_NAME) throw new KruizeError(`${name}: at most ${MAX_NAME} characters`);
  return value;
}

/** A list of objects, empty when it is absent or null. Anything else is refused. */
export function listOf(fields: Fields, name: string, message = `${name}: write a list of objects`): Fields[] {
  const value = fields[name] ?? [];
  if (!Array.isArray(value) || !value.every(isFields)) throw new KruizeError(message);
  return value;
}

/** An object, null when it is absent or null. Anything else is refused. */
export function objectOf(fields: Fields, name: string, message = `${name}: write an object`): Fields | null {
  const value = fields[name] ?? null;
  if (value !== null && !isFields(value)) throw new KruizeError(message);
  return value;
}

const full = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;
const short = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{3})?Z$/;
const EARLIEST = Date.UTC(1970, 0, 2);

/** A time as Kruize writes it, ms since 1970; undefined when it is none. With `lenient` milliseconds may be left out. */
export function timeOf(text: string, lenient = false): number | undefined {
  if (!(lenient ? short : full).test(text)) return undefined;
  const at = parseInstant(text);
  return at === null || at < EARLIEST ? undefined : at;
}

/** A time that has to be right, as a parameter; else what Kruize says. */
export function timeParameter(text: string): number {
  const at = timeOf(text);
  if (at === undefined)
    throw new KruizeError(`Given timestamp - " ${text} " is not a valid timestamp format`);
  return at;
}
