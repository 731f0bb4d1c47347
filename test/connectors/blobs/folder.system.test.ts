import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { folderBlobs } from '../../../connectors/blobs/folder.ts';
import { Retryable } from '../../../streams/runtime/errors.ts';
import { smallDisks } from '../../support/small-disk.ts';
import { chunks, readAll } from './contract.ts';

const disk = smallDisks(4)?.[0];
afterAll(() => disk?.unmount());

describe.skipIf(disk === undefined)('a disk of 4 MiB', () => {
  it('full: Retryable STORAGE_FULL, nothing left behind, and the next small put works', async () => {
    const { folder } = disk!;
    const blobs = folderBlobs(folder);
    const small = await blobs.put('o', chunks([Buffer.from('small')]), 1e9);
    const big = Array.from({ length: 8 }, (_, index) => Buffer.alloc(1024 * 1024, index + 1));
    const failure = await blobs.put('o', chunks(big), 1e9).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Retryable);
    expect(failure).toMatchObject({ code: 'STORAGE_FULL', coordinates: { os_code: 'ENOSPC' } });
    expect(readdirSync(join(folder, '.staging'))).toEqual([]);

    const later = await blobs.put('o', chunks([Buffer.alloc(2_000_000, 9)]), 1e9);
    expect(later.size).toBe(2_000_000);
    expect((await readAll(blobs.get('o', small.digest))).toString()).toBe('small');
  });
});
