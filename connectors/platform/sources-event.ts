/** What the platform says of sources: that the application of one was destroyed; everything else is passed over. */
import { z } from 'zod';
import type { Emission, LogRecord } from '../../streams/runtime/ports.ts';
import { recordKey } from '../../schemas/keys.ts';
import { checked, jsonOf, lowerCased, text } from './announcement.ts';

const INVALID = 'SOURCE_EVENT_INVALID';
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
  return checked(destroyed, lowerCased(jsonOf(value), INVALID), INVALID);
}

/** The fact that follows: keyed by organisation, so that it keeps its place among the uploads of it. */
export function destroyedEvent(application: DestroyedApplication): Emission<'intake'> {
  const { id: application_id, source_id, application_type_id, tenant: org_id } = application;
  const data = { org_id, source_id, application_id, application_type_id };
  return { topic: 'intake', key: recordKey(org_id), type: 'SourceApplicationDestroyed', data };
}
