/** What the platform says of sources: that the application of one was destroyed; everything else is passed over. */
import { z } from 'zod';
import { Terminal } from '../../streams/runtime/errors.ts';
import type { Emission, LogRecord } from '../../streams/runtime/ports.ts';
import { recordKey } from '../../schemas/keys.ts';
import { jsonOf, text } from './announcement.ts';

const EVENT_TYPE = 'Application.destroy';

/** Numbers come as such or as text. */
const id = z.union([z.int().nonnegative().transform(String), text]);

const destroyed = z.object({ id, source_id: id, application_type_id: id, tenant: text });

/** An application of a source that is no more. */
export interface DestroyedApplication {
  readonly id: string;
  readonly source_id: string;
  readonly application_type_id: string;
  /** The organisation. */
  readonly tenant: string;
}

/**
 * Reads a message; null: it is about something else. Names count whatever their case, as two spellings are in use. Terminal BAD_JSON or
 * SOURCE_EVENT_INVALID, with every mistake.
 */
export function readDestroyed({ value, headers }: LogRecord): DestroyedApplication | null {
  if (headers['event_type'] !== EVENT_TYPE) return null;
  const result = destroyed.safeParse(lowerCased(jsonOf(value)));
  if (result.success) return result.data;
  const mistakes = result.error.issues.map(
    ({ path, message }) => `${path.join('.') || 'message'}: ${message}`,
  );
  throw invalid(mistakes.join('; '));
}

/** The fact that follows: keyed by organisation, so that it keeps its place among the uploads of it. */
export function destroyedEvent(application: DestroyedApplication): Emission<'intake'> {
  const { id: application_id, source_id, application_type_id, tenant: org_id } = application;
  const data = { org_id, source_id, application_id, application_type_id };
  return { topic: 'intake', key: recordKey(org_id), type: 'SourceApplicationDestroyed', data };
}

function lowerCased(json: unknown): unknown {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return json;
  const found = new Map<string, unknown>();
  for (const [name, value] of Object.entries(json)) {
    const lower = name.toLowerCase();
    if (found.has(lower) && found.get(lower) !== value)
      throw invalid(`${lower} is there twice, with two values`);
    found.set(lower, value);
  }
  return Object.fromEntries(found);
}

function invalid(message: string): Terminal {
  return new Terminal({ code: 'SOURCE_EVENT_INVALID', message });
}
