/** Names in EventStoreDB: streams and event ids. */
import { createHash } from 'node:crypto';
import { v5 } from 'uuid';
import { recordKey } from '../../schemas/keys.ts';

/** What a decision is about: its stream. */
export interface AuditSubject {
  /** What kind of thing, e.g. recommendation; no `-` but between words. */
  readonly category: string;
  /** Organisation that owns it; empty when none is known. */
  readonly org: string;
  /** What tells it from others of its kind and organisation. */
  readonly id: readonly string[];
}

/** Namespace of the ids below; never to be changed, or every decision would be written again. */
const NAMESPACE = '5b0c3c0e-6c6f-4a57-9a3c-2f8f0c3f6a51';
const MAX_KEY = 400;

/**
 * `<prefix>-<category>-<org>/<id>…`, segments percent-encoded like record keys, so that no two subjects share a stream and
 * no organisation can name a stream of another. What is too long keeps its start and ends in a digest of the whole.
 */
export function streamName(prefix: string, { category, org, id }: AuditSubject): string {
  const key = recordKey(org, ...id);
  if (key.length <= MAX_KEY) return `${prefix}-${category}-${key}`;
  const digest = createHash('sha256').update(key).digest('hex');
  // `+` is always encoded in a key, so nothing that is shorter can look like this
  return `${prefix}-${category}-${key.slice(0, MAX_KEY - digest.length - 1)}+${digest}`;
}

/** The id in EventStoreDB of an event: always the same for the same `event-id`. */
export function auditId(eventId: string): string {
  return v5(eventId, NAMESPACE);
}
