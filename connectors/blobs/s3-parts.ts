import type { FileHandle } from 'node:fs/promises';
import { onDisk } from './folder-errors.ts';
import { StoreFault } from './s3-errors.ts';

/** Size of a part, and the most that is uploaded in one request. */
export const partBytes = 8 * 1024 * 1024;

const maxParts = 10_000;

/** How a file is cut: parts of 8 MiB, larger ones only where the store's limit of 10,000 parts demands it. */
export function partSizes(size: number): { bytes: number; count: number } {
  const bytes = Math.max(partBytes, Math.ceil(size / maxParts));
  return { bytes, count: Math.ceil(size / bytes) };
}

/** Reads a part of a file. */
export async function readPart(file: FileHandle, at: number, length: number): Promise<Buffer> {
  const part = Buffer.allocUnsafeSlow(length);
  for (let done = 0; done < length;) {
    const { bytesRead } = await onDisk('reading a temporary file', () =>
      file.read(part, done, length - done, at + done),
    );
    if (bytesRead === 0) throw new StoreFault('passing', 'StagingCutShort');
    done += bytesRead;
  }
  return part;
}
