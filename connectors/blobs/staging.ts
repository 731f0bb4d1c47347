import { createHash, randomUUID } from 'node:crypto';
import { open, readdir, rm, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { onDisk } from './folder-errors.ts';
import { blobTooLarge } from './limit.ts';

/** A new, empty file for bytes whose digest is not known yet. */
export async function stagingFile(folder: string): Promise<{ path: string; handle: FileHandle }> {
  const path = join(folder, `${randomUUID()}.part`);
  return { path, handle: await onDisk('making a temporary file', () => open(path, 'wx+', 0o640)) };
}

/** Writes all of `bytes` at the end of the file; a short write is carried on. */
export async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  await onDisk('writing', async () => {
    for (let done = 0; done < bytes.byteLength;) {
      const { bytesWritten } = await handle.write(bytes, done, bytes.byteLength - done);
      done += bytesWritten;
    }
  });
}

/** Writes a stream to a file, hashed and counted on the way; more than `maxBytes`: BadInput BLOB_TOO_LARGE. */
export async function spool(
  handle: FileHandle,
  bytes: AsyncIterable<Uint8Array>,
  maxBytes: number,
): Promise<{ digest: string; size: number }> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of bytes) {
    size += chunk.byteLength;
    if (size > maxBytes) throw blobTooLarge(maxBytes);
    hash.update(chunk);
    await writeAll(handle, chunk);
  }
  return { digest: hash.digest('hex'), size };
}

/**
 * Removes temporary files that nobody has written to for `olderThanMs`: what a killed process left behind.
 * Younger ones may belong to another process that shares the folder.
 * @returns how many were removed.
 */
export async function sweepStaging(folder: string, olderThanMs: number, now: number): Promise<number> {
  let removed = 0;
  for (const name of await onDisk('listing temporary files', () => readdir(folder))) {
    const path = join(folder, name);
    const info = await stat(path).catch(() => null);
    if (info === null || now - info.mtimeMs < olderThanMs) continue;
    await rm(path, { force: true }).catch(() => undefined);
    removed++;
  }
  return removed;
}
