import type { UploadOpened, UploadReceived } from '../../schemas/generated/events.ts';
import { Terminal } from '../runtime/errors.ts';
import type { ArchiveMember, Archives } from '../runtime/ports.ts';
import { defaultClusterAlias, defaultClusterId, defaultSourceId } from './defaults.ts';
import { manifestName, manifestTooLarge, maxManifestBytes, readManifest } from './manifest.ts';
import { scanFile } from './scan.ts';
import { bareFile, listFiles, maxFiles, tooManyFiles, type FoundFile } from './upload-files.ts';

const maxNameLength = 255;

/**
 * Reads an upload through once and says what is in it.
 * Errors: Terminal with the code of the refusal; failures of the store as they are.
 */
export async function openUpload(event: UploadReceived, archives: Archives): Promise<UploadOpened> {
  const format = await archives.detect(event.org_id, event.digest);
  return format === 'archive' ? openArchive(event, archives) : openBare(event, archives, format);
}

async function openArchive(event: UploadReceived, archives: Archives): Promise<UploadOpened> {
  const found: FoundFile[] = [];
  let manifest: Uint8Array | null = null;
  for await (const member of membersOf(event, archives)) {
    if (member.name === manifestName) {
      manifest = await manifestBytes(member);
      continue;
    }
    if (found.length >= maxFiles) throw tooManyFiles();
    found.push({ name: member.name, member: member.position, ...(await scanFile(member.bytes)) });
  }
  if (manifest === null) throw noManifest();
  const listed = readManifest(manifest);
  return {
    ...common(event),
    format: 'archive',
    manifest: listed.manifest,
    cluster_id: listed.manifest.cluster_id,
    cluster_alias: event.cluster_alias,
    files: listFiles(found, listed),
  };
}

async function openBare(
  event: UploadReceived,
  archives: Archives,
  format: 'gzip' | 'csv',
): Promise<UploadOpened> {
  const at = { org: event.org_id, blob: event.digest, format, member: null };
  const scanned = await scanFile(archives.file(at));
  if (scanned.size === 0) throw emptyUpload();
  return {
    ...common(event),
    format,
    manifest: null,
    cluster_id: event.cluster_id ?? defaultClusterId,
    cluster_alias: event.cluster_alias ?? (event.cluster_id === null ? defaultClusterAlias : null),
    files: [bareFile({ name: event.filename.slice(0, maxNameLength), member: null, ...scanned })],
  };
}

function common(event: UploadReceived): Pick<UploadOpened, 'upload_id' | 'org_id' | 'digest' | 'source_id'> {
  return {
    upload_id: event.upload_id,
    org_id: event.org_id,
    digest: event.digest,
    source_id: event.source_id ?? defaultSourceId,
  };
}

async function* membersOf(event: UploadReceived, archives: Archives): AsyncGenerator<ArchiveMember> {
  try {
    yield* archives.members(event.org_id, event.digest);
  } catch (error) {
    // Which of two manifests holds is nobody's guess; it deserves a word of its own.
    const second = error instanceof Terminal && error.code === 'DUPLICATE_MEMBER' && error.coordinates;
    throw second && second.member === manifestName ? twoManifests(second.position ?? -1) : error;
  }
}

/** The manifest is the one member that is held in memory; its size is bounded before and while it is read. */
async function manifestBytes(member: ArchiveMember): Promise<Uint8Array> {
  if (member.size > maxManifestBytes) throw manifestTooLarge();
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of member.bytes) {
    size += part.byteLength;
    if (size > maxManifestBytes) throw manifestTooLarge();
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function twoManifests(position: string | number): Terminal {
  return new Terminal({
    code: 'TWO_MANIFESTS',
    message: `The archive has a second ${manifestName}, as member ${position}. Keep one and pack the archive again.`,
    coordinates: { position },
  });
}

function noManifest(): Terminal {
  return new Terminal({
    code: 'NO_MANIFEST',
    message: `The archive has no ${manifestName} at its top. Add one that lists the reports, or send a report alone as .csv or .csv.gz.`,
  });
}

function emptyUpload(): Terminal {
  return new Terminal({
    code: 'EMPTY_UPLOAD',
    message: 'The upload has no bytes. Send the file again.',
  });
}
