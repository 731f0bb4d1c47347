import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { folderBlobs } from '../../../connectors/blobs/folder.ts';
import { Retryable } from '../../../streams/runtime/errors.ts';
import { chunks, readAll } from './contract.ts';

const mountPoint = mkdtempSync(join(tmpdir(), 'rightstream-full-'));
let mountRefused: string | null = null;
try {
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', mountPoint], { stdio: 'pipe' });
} catch (error) {
  mountRefused = error instanceof Error ? error.message.trim() : String(error);
  console.warn(`skipped: a small tmpfs cannot be mounted here (${mountRefused}); root on Linux is needed`);
}

afterAll(() => {
  if (mountRefused === null) execFileSync('umount', [mountPoint]);
  rmSync(mountPoint, { recursive: true, force: true });
});

describe.skipIf(mountRefused !== null)('a disk of 4 MiB', () => {
  it('full: Retryable STORAGE_FULL, nothing left behind, and the next small put works', async () => {
    const blobs = folderBlobs(mountPoint);
    const small = await blobs.put('o', chunks([Buffer.from('small')]), 1e9);
    const big = Array.from({ length: 8 }, (_, index) => Buffer.alloc(1024 * 1024, index + 1));
    const failure = await blobs.put('o', chunks(big), 1e9).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Retryable);
    expect(failure).toMatchObject({ code: 'STORAGE_FULL', coordinates: { os_code: 'ENOSPC' } });
    expect(readdirSync(join(mountPoint, '.staging'))).toEqual([]);

    const later = await blobs.put('o', chunks([Buffer.alloc(2_000_000, 9)]), 1e9);
    expect(later.size).toBe(2_000_000);
    expect((await readAll(blobs.get('o', small.digest))).toString()).toBe('small');
  });
});
