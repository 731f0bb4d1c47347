import { BadInput, Retryable, Terminal } from '../../streams/runtime/errors.ts';

const digestShape = /^[0-9a-f]{64}$/;

/** File systems allow 255 bytes per name; the rest is left for whoever backs the folder up with a suffix. */
const maxOrgBytes = 200;

/**
 * An organisation as one harmless path component: percent-encoded, never empty, never beginning with a dot.
 * @returns the component, or null when the organisation is empty, not well-formed text or too long to be a file name.
 */
export function orgFolder(org: string): string | null {
  try {
    const encoded = encodeURIComponent(org).replace(/[.!'()*]/g, percent);
    return encoded === '' || encoded.length > maxOrgBytes ? null : encoded;
  } catch {
    return null; // a lone surrogate has no encoding
  }
}

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}

/** {@link orgFolder} for writing: throws BadInput INVALID_ORG. */
export function orgToWrite(org: string): string {
  const folder = orgFolder(org);
  if (folder !== null) return folder;
  throw new BadInput({
    code: 'INVALID_ORG',
    message: `The organisation ${JSON.stringify(org.slice(0, 40))} cannot name a folder: it is empty, longer than ${maxOrgBytes} encoded bytes or not well-formed text. Send another org_id.`,
  });
}

/** Organisation folder and digest for reading: throws Terminal BLOB_MISSING when no blob can have that name. */
export function addressToRead(org: string, digest: string): { org: string; digest: string } {
  const folder = orgFolder(org);
  if (folder === null || !digestShape.test(digest)) throw blobMissing(org, digest);
  return { org: folder, digest };
}

/** Terminal BLOB_MISSING: nothing is stored under this name. */
export function blobMissing(org: string, digest: string): Terminal {
  const shown = digest.slice(0, 64).replace(/[^0-9A-Za-z]/g, '?');
  return new Terminal({
    code: 'BLOB_MISSING',
    message: `There is no stored blob ${shown} of organisation ${JSON.stringify(org.slice(0, 40))}. Restore it from a backup of the blob store, then redrive.`,
    coordinates: { org: org.slice(0, 40), blob: shown },
  });
}

/** Retryable BLOB_DAMAGED: other bytes came than the name promises. */
export function blobDamaged(org: string, digest: string): Retryable {
  return new Retryable({
    code: 'BLOB_DAMAGED',
    message: `The stored bytes of blob ${digest} no longer have that digest. Restore it from a backup; reading goes on by itself then.`,
    coordinates: { org: org.slice(0, 40), blob: digest },
  });
}
