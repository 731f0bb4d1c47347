import { createHash } from 'node:crypto';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf } from '../../streams/runtime/errors.ts';
import type { Blobs } from '../../streams/runtime/ports.ts';
import { addressToRead, blobDamaged, blobMissing, orgToWrite } from './address.ts';
import { durableFolders, syncFolder } from './durable-folders.ts';
import { diskError, onDisk } from './folder-errors.ts';
import { spool, stagingFile, sweepStaging } from './staging.ts';

const readBytes = 256 * 1024;

/** Settings of {@link folderBlobs}. */
export interface FolderOptions {
  /** Temporary files untouched for so many ms are removed before the first put (default one hour). */
  readonly staleAfterMs?: number;
}

/**
 * Port `Blobs` as files `<dir>/<org>/<aa>/<sha256>`, where `<aa>` is how the digest begins.
 * A put resolves once file and folders are flushed; readers see a blob whole or not at all.
 * Errors of the disk are Retryable (STORAGE_FULL, STORAGE_UNAVAILABLE, BLOB_DAMAGED when the bytes no longer fit their name).
 */
export function folderBlobs(dir: string, options: FolderOptions = {}): Blobs {
  // No organisation encodes to a name that begins with a dot.
  const staging = join(dir, '.staging');
  const makeDurable = durableFolders();
  let prepared: Promise<void> | null = null;

  function prepare(): Promise<void> {
    prepared ??= (async () => {
      await onDisk('making the blob folder', () => mkdir(staging, { recursive: true }));
      await syncFolder(dir);
      await sweepStaging(staging, options.staleAfterMs ?? 3_600_000, Date.now());
    })().catch((error: unknown) => {
      prepared = null;
      throw error;
    });
    return prepared;
  }

  /** The path of a blob in folders that will still be there after a power cut. */
  async function home(org: string, digest: string): Promise<{ folder: string; target: string }> {
    const orgPath = join(dir, org);
    const folder = join(orgPath, digest.slice(0, 2));
    await makeDurable(orgPath);
    await makeDurable(folder);
    return { folder, target: join(folder, digest) };
  }

  return {
    async put(org, bytes, maxBytes) {
      const orgName = orgToWrite(org);
      await prepare();
      const { path, handle } = await stagingFile(staging);
      try {
        try {
          const { digest, size } = await spool(handle, bytes, maxBytes);
          const { folder, target } = await home(orgName, digest);
          // Another size under this name is damage: the good bytes in hand replace it.
          const known = (await stat(target).catch(() => null))?.size === size;
          if (known) {
            await rm(path, { force: true });
          } else {
            await onDisk('flushing a file', () => handle.sync());
            await onDisk('naming a blob', () => rename(path, target));
          }
          // Also for known bytes: whoever wrote them may not have come as far as this flush.
          await syncFolder(folder);
          return { digest, size };
        } finally {
          await onDisk('closing a file', () => handle.close());
        }
      } catch (error) {
        await rm(path, { force: true }).catch(() => undefined);
        throw error;
      }
    },

    async *get(org, digest) {
      const at = addressToRead(org, digest);
      const path = join(dir, at.org, at.digest.slice(0, 2), at.digest);
      const handle = await open(path, 'r').catch((error: unknown) => {
        throw codeOf(error) === 'ENOENT' ? blobMissing(org, digest) : diskError('opening a blob', error);
      });
      const hash = createHash('sha256');
      try {
        for (;;) {
          // A new buffer each time: consumers hand chunks on and may keep them.
          const { bytesRead, buffer } = await onDisk('reading a blob', () =>
            handle.read(Buffer.allocUnsafeSlow(readBytes), 0, readBytes, null),
          );
          if (bytesRead === 0) break;
          const chunk = buffer.subarray(0, bytesRead);
          hash.update(chunk);
          yield chunk;
        }
      } finally {
        await handle.close();
      }
      if (hash.digest('hex') !== at.digest) throw blobDamaged(org, digest);
    },
  };
}
