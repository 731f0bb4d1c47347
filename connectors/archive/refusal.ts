import { Terminal } from '../../streams/runtime/errors.ts';

/** Why an archive is refused. */
export type ArchiveCode =
  | 'NOT_GZIP'
  | 'TRUNCATED_GZIP'
  | 'CORRUPT_GZIP'
  | 'TRUNCATED_TAR'
  | 'CORRUPT_TAR'
  | 'UNSAFE_MEMBER_NAME'
  | 'UNSUPPORTED_MEMBER'
  | 'DUPLICATE_MEMBER'
  | 'TOO_MANY_MEMBERS'
  | 'MEMBER_TOO_LARGE'
  | 'ARCHIVE_TOO_LARGE'
  | 'SUSPICIOUS_RATIO'
  | 'MEMBER_MISSING';

/** Codes that a damaged store could cause as well as a damaged upload. */
export const damageCodes: ReadonlySet<string> = new Set<ArchiveCode>([
  'NOT_GZIP',
  'TRUNCATED_GZIP',
  'CORRUPT_GZIP',
  'TRUNCATED_TAR',
  'CORRUPT_TAR',
]);

/** Where in an archive something is wrong; the byte offset counts unpacked bytes unless the message says otherwise. */
export interface Whereabouts {
  readonly member?: string;
  readonly position?: number;
  readonly byte_offset?: number;
}

/** Terminal with a stable code; the message is for people: what, where, what to do. */
export function refuse(code: ArchiveCode, message: string, at: Whereabouts = {}): Terminal {
  return new Terminal({ code, message, coordinates: { ...at } });
}

const shownLength = 80;

/** A name that is safe to print: control, invisible and non-ASCII-quote characters escaped, at most about 80 characters. */
export function shown(name: string): string {
  const cut = name.length > shownLength ? `${name.slice(0, shownLength)}…` : name;
  return cut.replace(/[\p{C}\p{Z}"\\]/gu, (character) =>
    character === ' ' ? ' ' : `\\u{${character.codePointAt(0)!.toString(16)}}`,
  );
}

/** `member 3 "name" (byte 1536 of the unpacked archive)`, for messages. */
export function memberAt(position: number, name: string, byteOffset: number): string {
  return `member ${position} "${shown(name)}" (byte ${byteOffset} of the unpacked archive)`;
}
