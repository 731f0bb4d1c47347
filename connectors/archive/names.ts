import { memberAt, refuse, shown } from './refusal.ts';

/**
 * The name of a member without a leading `./`, or null for the archive's own root folder.
 * Names become file names nowhere; they are refused all the same so that nobody downstream can be tricked.
 * Errors: Terminal UNSAFE_MEMBER_NAME.
 */
export function memberName(
  raw: string,
  folder: boolean,
  at: { position: number; byteOffset: number; nameBytes: number },
): string | null {
  const bare = raw.startsWith('./') ? raw.slice(2) : raw;
  const name = folder ? bare.replace(/\/$/, '') : bare;
  if (folder && (name === '' || name === '.')) return null;
  const fault = faultOf(name, at.nameBytes);
  if (fault === null) return name;
  throw refuse(
    'UNSAFE_MEMBER_NAME',
    `The name of ${memberAt(at.position, raw, at.byteOffset)} ${fault}. Rename the file and pack the archive again.`,
    { member: shown(raw), position: at.position, byte_offset: at.byteOffset },
  );
}

function faultOf(name: string, nameBytes: number): string | null {
  if (name === '') return 'is empty';
  if (Buffer.byteLength(name) > nameBytes) return `is longer than ${nameBytes} bytes`;
  if (name.includes('\0')) return 'contains a NUL character';
  if (/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(name)) return 'contains control or invisible characters';
  if (name.includes('\\')) return 'contains a backslash';
  if (name.startsWith('/') || /^[A-Za-z]:/.test(name)) return 'is an absolute path';
  const parts = name.split('/');
  if (parts.includes('..')) return 'climbs out of the archive with ".."';
  if (parts.includes('') || parts.includes('.')) return 'has an empty path component';
  return null;
}

/** Metadata that macOS adds beside each file (`._name`): not a file of the sender. */
export function isAppleDouble(name: string): boolean {
  return (name.split('/').at(-1) ?? '').startsWith('._');
}
