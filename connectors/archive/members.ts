import type { ArchiveMember } from '../../streams/runtime/ports.ts';
import type { ArchiveLimits } from './limits.ts';
import { isAppleDouble, memberName } from './names.ts';
import { memberAt, refuse, shown, type Whereabouts } from './refusal.ts';
import { untar, type TarEntry } from './untar.ts';

const unsupported: Readonly<Record<string, string>> = {
  link: 'a hard link',
  symlink: 'a symbolic link',
  'character-device': 'a character device',
  'block-device': 'a block device',
  fifo: 'a named pipe',
};

/**
 * The regular files of a tar stream, in order; folders and AppleDouble files (`._*`) are passed over.
 * Errors: Terminal UNSAFE_MEMBER_NAME, UNSUPPORTED_MEMBER, DUPLICATE_MEMBER, TOO_MANY_MEMBERS, MEMBER_TOO_LARGE, and those of {@link untar}.
 */
export async function* regularMembers(
  tar: AsyncIterable<Uint8Array>,
  limits: ArchiveLimits,
): AsyncGenerator<ArchiveMember> {
  const seen = new Map<string, number>();
  for await (const entry of untar(tar)) {
    const { position, byteOffset, size, bytes } = entry;
    if (position >= limits.members) throw tooMany(entry, limits.members);
    const folder = entry.type === 'directory';
    const name = memberName(entry.name, folder, { position, byteOffset, nameBytes: limits.nameBytes });
    checkType(entry);
    if (size > limits.memberBytes) throw tooLarge(entry, limits.memberBytes);
    if (folder || name === null || isAppleDouble(name)) continue;
    const earlier = seen.get(name);
    if (earlier !== undefined) throw duplicate({ ...entry, name }, earlier);
    seen.set(name, position);
    yield { position, name, size, bytes };
  }
}

function where(entry: TarEntry): string {
  return memberAt(entry.position, entry.name, entry.byteOffset);
}

function coordinates(entry: TarEntry): Whereabouts {
  return { member: shown(entry.name), position: entry.position, byte_offset: entry.byteOffset };
}

function checkType(entry: TarEntry): void {
  const { type, pax, size } = entry;
  const regular = type === 'file' || type === 'contiguous-file';
  const sparse = Object.keys(pax ?? {}).some((key) => key.startsWith('GNU.sparse.'));
  if (regular && !sparse) return;
  if (type === 'directory' && size === 0) return;
  const what = sparse
    ? 'a sparse file'
    : type === 'directory'
      ? 'a folder with contents of its own'
      : (unsupported[type ?? ''] ?? 'neither a file nor a folder');
  throw refuse(
    'UNSUPPORTED_MEMBER',
    `In the archive, ${where(entry)} is ${what}. Pack plain files only and send the new archive.`,
    coordinates(entry),
  );
}

function tooMany(entry: TarEntry, members: number): Error {
  return refuse(
    'TOO_MANY_MEMBERS',
    `The archive has more than ${members} members, which is the limit. Split it into several uploads.`,
    { position: entry.position, byte_offset: entry.byteOffset },
  );
}

function tooLarge(entry: TarEntry, memberBytes: number): Error {
  return refuse(
    'MEMBER_TOO_LARGE',
    `In the archive, ${where(entry)} is said to have ${
      Number.isSafeInteger(entry.size) ? entry.size : 'more than 2^53'
    } bytes; the limit is ${memberBytes}. Split the report into several files.`,
    coordinates(entry),
  );
}

function duplicate(entry: TarEntry, earlier: number): Error {
  return refuse(
    'DUPLICATE_MEMBER',
    `In the archive, ${where(entry)} has the same name as member ${earlier}. Pack each file once and send the new archive.`,
    coordinates(entry),
  );
}
