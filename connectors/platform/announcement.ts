/** What the platform says on its events topic, checked. */
import { z } from 'zod';
import { Terminal } from '../../streams/runtime/errors.ts';
import type { LogRecord, Upload } from '../../streams/runtime/ports.ts';

/** A name or id as the platform writes it. */
export const text = z
  .string()
  .min(1)
  .max(255)
  .regex(/^[^\p{C}]+$/u, 'printable text');

const announcement = z.object({
  request_id: text,
  b64_identity: z.string().min(1),
  metadata: z.object({
    account: text.nullish().catch(null),
    org_id: text,
    source_id: text,
    cluster_uuid: z.guid(),
    cluster_alias: text,
    provider_uuid: text.optional().catch(undefined),
  }),
  files: z.array(z.string().max(8_192)).max(1_000),
  object_keys: z.array(z.string().max(1_024)).max(1_000).optional().catch(undefined),
});

/** Reports that can be fetched, and whom they belong to. */
export interface Announcement {
  readonly requestId: string;
  readonly org: string;
  readonly account: string | null;
  /** What is said of it; of a payload its manifest says more. */
  readonly belonging: Pick<Upload, 'sourceId' | 'clusterId' | 'clusterAlias'>;
  /** Absent: as the server that has the file says. */
  readonly mediaType?: string;
  readonly files: readonly string[];
  /** Per file its key in the bucket of the platform; undefined where there is none that is this source's. */
  readonly objectKeys: readonly (string | undefined)[];
}

const uploadAnnouncement = z.object({
  request_id: text.default('no_request_id'),
  org_id: text,
  account: text.nullish().catch(null),
  content_type: text.optional().catch(undefined),
  url: z.string().min(1).max(8_192),
});

/** Service whose payloads are taken. */
const SERVICE = 'hccm';

/**
 * Reads what the upload service says of a payload; null: it is another service's. It says whose it is in the header `service`, or, without
 * one, in the message. Terminal BAD_JSON or ANNOUNCEMENT_INVALID, with every mistake.
 */
export function readUploadAnnouncement({ value, headers }: LogRecord): Announcement | null {
  const said = headers['service'];
  if (said !== undefined && said !== SERVICE) return null;
  const json = jsonOf(value);
  if (said === undefined && (json as { service?: unknown } | null)?.service !== SERVICE) return null;
  const message = checked(uploadAnnouncement, json);
  return {
    requestId: message.request_id,
    org: message.org_id,
    account: message.account ?? null,
    belonging: {},
    ...(message.content_type === undefined ? {} : { mediaType: message.content_type }),
    files: [message.url],
    objectKeys: [],
  };
}

/** What a schema makes of a message; Terminal with every mistake. */
export function checked<S extends z.ZodType>(
  schema: S,
  json: unknown,
  code = 'ANNOUNCEMENT_INVALID',
): z.output<S> {
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  const mistakes = result.error.issues.map(
    ({ path, message }) => `${path.join('.') || 'message'}: ${message}`,
  );
  throw new Terminal({ code, message: mistakes.slice(0, 20).join('; ') });
}

/** Reads a message; unknown fields are ignored. Terminal BAD_JSON or ANNOUNCEMENT_INVALID, with every mistake. */
export function readAnnouncement(value: Buffer | null): Announcement {
  const message = checked(announcement, jsonOf(value));
  const { request_id: requestId, metadata, files } = message;
  return {
    requestId,
    org: metadata.org_id,
    // upstream writes this where there is none
    account: metadata.account === 'no_account' ? null : (metadata.account ?? null),
    belonging: {
      sourceId: metadata.source_id,
      clusterId: metadata.cluster_uuid.toLowerCase(),
      clusterAlias: metadata.cluster_alias,
    },
    files,
    objectKeys: objectKeys(message),
  };
}

/**
 * Keys that go with the files. They are read with our credentials, so only those count that lie with the source that the message is
 * of: `<schema>/source=<provider_uuid>/…`.
 */
function objectKeys({
  metadata,
  files,
  object_keys: keys,
}: z.output<typeof announcement>): (string | undefined)[] {
  const { provider_uuid: provider, source_id: source } = metadata;
  return files.map((_, n) => {
    const key = keys?.length === files.length ? keys[n]! : '';
    const [, of, ...rest] = key.split('/');
    const safe = !/\p{C}/u.test(key) && rest.length > 0 && rest.every((part) => !/^\.{0,2}$/.test(part));
    return safe && (of === `source=${source}` || of === `source=${provider}`) ? key : undefined;
  });
}

/** The JSON of a record; Terminal BAD_JSON. */
export function jsonOf(value: Buffer | null): unknown {
  try {
    return JSON.parse(value?.toString('utf8') ?? '');
  } catch {
    throw new Terminal({
      code: 'BAD_JSON',
      message: 'not JSON. kafka-console-producer makes a record of every line: write the message on one line',
    });
  }
}

/** An object with its names in lower case, as two spellings are in use; anything else as it is. One name with two values: Terminal. */
export function lowerCased(json: unknown, code: string): unknown {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return json;
  const found = new Map<string, unknown>();
  for (const [name, value] of Object.entries(json)) {
    const lower = name.toLowerCase();
    if (found.has(lower) && found.get(lower) !== value) {
      throw new Terminal({ code, message: `${lower} is there twice, with two values` });
    }
    found.set(lower, value);
  }
  return Object.fromEntries(found);
}
