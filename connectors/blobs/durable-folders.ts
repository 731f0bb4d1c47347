import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { codeOf } from '../../streams/runtime/errors.ts';
import { onDisk } from './folder-errors.ts';

/** Flushes the names in a folder to the disk: a new or renamed file survives a power cut only after this. */
export async function syncFolder(path: string): Promise<void> {
  await onDisk('flushing a folder', async () => {
    const handle = await open(path, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  });
}

/**
 * Makes folders that survive a power cut. A folder counts as durable only once this process has flushed its parent:
 * another process may have made it and not come that far.
 */
export function durableFolders(): (path: string) => Promise<void> {
  const known = new Set<string>();
  return async (path) => {
    if (known.has(path)) return;
    await onDisk('making a folder', async () => {
      await mkdir(path).catch((error: unknown) => {
        if (codeOf(error) !== 'EEXIST') throw error;
      });
    });
    await syncFolder(dirname(path));
    known.add(path);
  };
}
