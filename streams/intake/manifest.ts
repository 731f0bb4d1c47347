import type { Manifest } from '../../schemas/generated/events.ts';
import { Terminal } from '../runtime/errors.ts';
import { parseInstant } from './instant.ts';
import { isJsonObject, member, parseJson, type JsonObject } from './json.ts';

/** The member that says what an archive is. */
export const manifestName = 'manifest.json';

/** A manifest of more bytes is refused: 10 MiB. */
export const maxManifestBytes = 10 * 1024 * 1024;

const maxDepth = 64;
const maxNameLength = 255;
const uuidV4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** A manifest that was found valid. */
export interface ReadManifest {
  readonly manifest: Manifest;
  /** Cost files (`files`). */
  readonly costFiles: ReadonlySet<string>;
  /** Usage reports (`resource_optimization_files`), each once, in the order listed. */
  readonly reportFiles: ReadonlySet<string>;
}

/**
 * Reads a manifest (UTF-8 JSON).
 * Errors: Terminal MANIFEST_TOO_LARGE, MANIFEST_NOT_JSON, MANIFEST_INVALID (coordinate `field`),
 * INVALID_CLUSTER_ID when the cluster is not named by a UUID.
 */
export function readManifest(bytes: Uint8Array): ReadManifest {
  if (bytes.byteLength > maxManifestBytes) throw manifestTooLarge();
  const object = asObject(bytes);
  const id = text(object, 'uuid').toLowerCase();
  if (!uuidV4.test(id)) throw invalid('uuid', 'must be a version-4 UUID');
  const date = moment(object, 'date');
  if (date === null) throw invalid('date', 'is required');
  const manifest: Manifest = {
    uuid: id,
    cluster_id: clusterId(object),
    date,
    version: version(object),
    start: moment(object, 'start'),
    end: moment(object, 'end'),
  };
  const reportFiles = names(object, 'resource_optimization_files');
  return { manifest, costFiles: names(object, 'files'), reportFiles };
}

/** Terminal MANIFEST_TOO_LARGE. */
export function manifestTooLarge(): Terminal {
  return new Terminal({
    code: 'MANIFEST_TOO_LARGE',
    message: `${manifestName} has more than ${maxManifestBytes} bytes, which is the limit. Split the payload into several archives.`,
  });
}

function asObject(bytes: Uint8Array): JsonObject {
  let decoded: string;
  try {
    decoded = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw notJson('it is not UTF-8 text');
  }
  const parsed = parseJson(decoded, maxDepth);
  if (!parsed.ok) throw notJson(parsed.reason);
  if (!isJsonObject(parsed.value)) throw notJson('it is not an object');
  return parsed.value;
}

function notJson(reason: string): Terminal {
  return new Terminal({
    code: 'MANIFEST_NOT_JSON',
    message: `${manifestName} cannot be read as JSON: ${reason}. Write it anew and pack the archive again.`,
  });
}

function invalid(field: string, fault: string): Terminal {
  return new Terminal({
    code: 'MANIFEST_INVALID',
    message: `In ${manifestName}, "${field}" ${fault}. Correct it and pack the archive again.`,
    coordinates: { field },
  });
}

function text(object: JsonObject, field: string): string {
  const value = member(object, field);
  if (value === undefined || value === null) throw invalid(field, 'is required');
  if (typeof value !== 'string') throw invalid(field, 'must be text');
  return value;
}

function clusterId(object: JsonObject): string {
  const cluster = text(object, 'cluster_id').toLowerCase();
  const fault = nameFault(cluster);
  if (fault !== null) throw invalid('cluster_id', fault);
  if (uuid.test(cluster)) return cluster;
  throw new Terminal({
    code: 'INVALID_CLUSTER_ID',
    message: `In ${manifestName}, "cluster_id" is ${JSON.stringify(cluster.slice(0, 80))}, not a UUID. Send the id that the cluster itself reports.`,
    coordinates: { field: 'cluster_id' },
  });
}

function version(object: JsonObject): string | null {
  const value = member(object, 'version') ?? null;
  if (value === null) return null;
  if (typeof value !== 'string' || value.length > maxNameLength) {
    throw invalid('version', `must be text of at most ${maxNameLength} characters`);
  }
  return value;
}

function moment(object: JsonObject, field: string): number | null {
  const value = member(object, field) ?? null;
  if (value === null || value === '') return null;
  const parsed = typeof value === 'string' ? parseInstant(value) : null;
  if (parsed === null) throw invalid(field, 'must be a date and time such as 2023-03-30T14:13:36Z');
  return parsed;
}

function names(object: JsonObject, field: string): ReadonlySet<string> {
  const value = member(object, field) ?? [];
  if (!Array.isArray(value)) throw invalid(field, 'must be a list of file names');
  const found = new Set<string>();
  value.forEach((name: unknown, index) => {
    const fault = typeof name === 'string' ? nameFault(name) : 'must be text';
    if (fault !== null) throw invalid(`${field}[${index}]`, fault);
    found.add(name as string);
  });
  return found;
}

/** Why a name is not one plain path component, or null when it is. */
function nameFault(name: string): string | null {
  if (name === '') return 'is empty';
  if (name.length > maxNameLength) return `is longer than ${maxNameLength} characters`;
  if (/[/\\]/.test(name) || name === '.' || name === '..') return 'must be a single name without a path';
  return /\p{Cc}/u.test(name) ? 'contains control characters' : null;
}
