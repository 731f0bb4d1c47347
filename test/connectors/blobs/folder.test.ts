import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { folderBlobs } from '../../../connectors/blobs/folder.ts';
import { blobsContract, chunks, readAll } from './contract.ts';

const made: string[] = [];
async function freshFolder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'rightstream-blobs-'));
  made.push(dir);
  return dir;
}
afterAll(() => Promise.all(made.map((dir) => rm(dir, { recursive: true, force: true }))));

/** Every file below a folder, as paths relative to it. */
async function files(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(dir.length + 1));
}

async function openHandles(): Promise<number> {
  return (await readdir('/proc/self/fd').catch(() => [])).length;
}

blobsContract('folder', async () => {
  const dir = await freshFolder();
  return {
    blobs: folderBlobs(join(dir, 'deep', 'blobs')),
    kept: () => files(join(dir, 'deep', 'blobs')).catch(() => []),
  };
});

const hello = Buffer.from('hello');
const digest = createHash('sha256').update(hello).digest('hex');

it('a blob is one file <org>/<aa>/<sha256>', async () => {
  const dir = await freshFolder();
  await folderBlobs(dir).put('a.b/c', chunks([hello]), 100);
  expect(await files(dir)).toEqual([`a%2Eb%2Fc/2c/${digest}`]);
  expect(await readFile(join(dir, 'a%2Eb%2Fc', '2c', digest))).toEqual(hello);
});

it('known bytes are not written a second time', async () => {
  const dir = await freshFolder();
  const blobs = folderBlobs(dir);
  await blobs.put('o', chunks([hello]), 100);
  const before = await stat(join(dir, 'o', '2c', digest));
  await blobs.put('o', chunks([hello]), 100);
  const after = await stat(join(dir, 'o', '2c', digest));
  expect([after.ino, after.mtimeMs]).toEqual([before.ino, before.mtimeMs]);
});

it('a file that was cut short is replaced by the next put of the same bytes', async () => {
  const dir = await freshFolder();
  await mkdir(join(dir, 'o', '2c'), { recursive: true });
  await writeFile(join(dir, 'o', '2c', digest), 'he');
  const blobs = folderBlobs(dir);
  await expect(readAll(blobs.get('o', digest))).rejects.toMatchObject({
    code: 'BLOB_DAMAGED',
    name: 'Retryable',
  });
  await blobs.put('o', chunks([hello]), 100);
  expect(await readAll(blobs.get('o', digest))).toEqual(hello);
});

it('a flipped bit on the disk is noticed at the end of reading', async () => {
  const dir = await freshFolder();
  const blobs = folderBlobs(dir);
  await blobs.put('o', chunks([hello]), 100);
  await writeFile(join(dir, 'o', '2c', digest), 'hellO');
  await expect(readAll(blobs.get('o', digest))).rejects.toMatchObject({
    code: 'BLOB_DAMAGED',
    name: 'Retryable',
  });
});

it('what a killed process left behind goes away at the start, what another one is writing stays', async () => {
  const dir = await freshFolder();
  await mkdir(join(dir, '.staging'));
  await writeFile(join(dir, '.staging', 'old.part'), 'x');
  await writeFile(join(dir, '.staging', 'young.part'), 'x');
  const twoHoursAgo = new Date(Date.now() - 7_200_000);
  await utimes(join(dir, '.staging', 'old.part'), twoHoursAgo, twoHoursAgo);
  await folderBlobs(dir).put('o', chunks([hello]), 100);
  expect((await files(dir)).sort()).toEqual(['.staging/young.part', `o/2c/${digest}`]);
});

it('reading that is broken off closes its file', async () => {
  const dir = await freshFolder();
  const blobs = folderBlobs(dir);
  const big = await blobs.put('o', chunks([Buffer.alloc(3_000_000, 7)]), 1e7);
  const before = await openHandles();
  for (let round = 0; round < 20; round++) {
    for await (const chunk of blobs.get('o', big.digest)) {
      expect(chunk.byteLength).toBe(256 * 1024);
      break;
    }
  }
  expect(await openHandles()).toBeLessThanOrEqual(before);
});

it('a folder that cannot be used is Retryable, and works once it can', async () => {
  const dir = await freshFolder();
  await writeFile(join(dir, 'blobs'), 'a file stands where the folder should be');
  const blobs = folderBlobs(join(dir, 'blobs'));
  await expect(blobs.put('o', chunks([hello]), 100)).rejects.toMatchObject({
    name: 'Retryable',
    code: 'STORAGE_UNAVAILABLE',
  });
  await rm(join(dir, 'blobs'));
  expect(await blobs.put('o', chunks([hello]), 100)).toEqual({ digest, size: 5 });
});
