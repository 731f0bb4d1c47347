/** The S3 adapter on a real store. */
import {
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  ListObjectsV2Command,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { readdir } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sweepOrphans } from '../../../connectors/blobs/s3-orphans.ts';
import { s3Settings, type S3SettingsInput } from '../../../connectors/blobs/s3-settings.ts';
import { openStore } from '../../../connectors/blobs/s3-store.ts';
import { openS3Blobs, type S3Blobs } from '../../../connectors/blobs/s3.ts';
import type { Blobs } from '../../../streams/runtime/ports.ts';
import { s3Client } from '../../support/real/s3-access.ts';
import { startS3 } from '../../support/real/s3.ts';
import type { S3Server } from '../../support/real/servers.ts';
import { blobsContract, chunks, readAll } from './contract.ts';
import { failureOf, keyOf, newStaging, patterned, removeStaging, sha256 } from './s3-fixtures.ts';

const Bucket = 'rightstream-blobs';
let server: S3Server;
let client: S3Client;
const opened: S3Blobs[] = [];
let prefixes = 0;

beforeAll(async () => {
  server = await startS3();
  client = s3Client(server);
  await server.createBucket(Bucket);
});
afterAll(async () => {
  await Promise.all(opened.map((s3) => s3.close()));
  client.destroy();
  await server.stop();
  await removeStaging();
});

function settings(more: Partial<S3SettingsInput> = {}): S3SettingsInput {
  const { endpoint, region, accessKeyId, secretAccessKey } = server;
  return {
    endpoint,
    region,
    accessKeyId,
    secretAccessKey,
    bucket: Bucket,
    stagingDir: newStaging(),
    ...more,
  };
}

function open(more: Partial<S3SettingsInput> = {}): S3Blobs {
  const s3 = openS3Blobs(settings(more));
  opened.push(s3);
  return s3;
}

/** A prefix that no other test has. */
const freshPrefix = (): string => `t${++prefixes}/`;

/** Keys and begun uploads under a prefix, without it. */
async function keptUnder(prefix: string): Promise<string[]> {
  const at = { Bucket, Prefix: prefix };
  const { Contents = [] } = await client.send(new ListObjectsV2Command(at));
  const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand(at));
  return [...Contents, ...Uploads].map(({ Key }) => Key!.slice(prefix.length));
}

blobsContract('s3', () => {
  const prefix = freshPrefix();
  const stagingDir = newStaging();
  const { blobs } = open({ prefix, stagingDir });
  const kept = async (): Promise<string[]> => [...(await keptUnder(prefix)), ...(await readdir(stagingDir))];
  return Promise.resolve({ blobs, kept });
});

const large = patterned(20 * 1024 * 1024 + 7);
const put = (blobs: Blobs, bytes: Buffer): Promise<unknown> => blobs.put('o', chunks([bytes]), 1e9);

describe('a large blob', () => {
  it('goes in by parts of 8 MiB and comes out as it was', async () => {
    const prefix = freshPrefix();
    const { blobs } = open({ prefix });
    expect(await put(blobs, large)).toEqual({ digest: sha256(large), size: large.length });
    expect((await readAll(blobs.get('o', sha256(large)))).equals(large)).toBe(true);
    expect(await keptUnder(prefix)).toEqual([keyOf(sha256(large))]);
    const [object] = (await client.send(new ListObjectsV2Command({ Bucket, Prefix: prefix }))).Contents!;
    expect(object!.ETag).toMatch(/-3"$/); // three parts
  });

  it.each([
    ['small', patterned(100_000)],
    ['large', large],
  ])('eight puts of the same %s bytes at once: the first is kept, no upload is left', async (size, bytes) => {
    const bucket = `rightstream-versions-${size}`; // keeps every write
    await server.createBucket(bucket);
    const VersioningConfiguration = { Status: 'Enabled' } as const;
    await client.send(new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration }));
    const puts = Array.from({ length: 8 }, () => put(open({ bucket }).blobs, bytes));
    for (const answer of await Promise.all(puts)) {
      expect(answer).toEqual({ digest: sha256(bytes), size: bytes.length });
    }
    const versions = async (): Promise<readonly (string | undefined)[]> => {
      const { Versions } = await client.send(new ListObjectVersionsCommand({ Bucket: bucket }));
      return Versions!.map(({ Key }) => Key);
    };
    const written = await versions();
    expect(new Set(written)).toEqual(new Set([keyOf(sha256(bytes))]));
    // This server looks before it joins parts: two that are joined at the same moment may both be written, of the same bytes.
    if (size === 'small') expect(written).toHaveLength(1);
    await put(open({ bucket }).blobs, bytes);
    expect(await versions()).toEqual(written);
    const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: bucket }));
    expect(Uploads).toEqual([]);
  });

  it('damaged in size: replaced by the next put', async () => {
    const prefix = freshPrefix();
    const { blobs } = open({ prefix });
    for (const bytes of [large, patterned(100)]) {
      const Key = prefix + keyOf(sha256(bytes));
      await client.send(new PutObjectCommand({ Bucket, Key, Body: bytes.subarray(1) }));
      await expect(readAll(blobs.get('o', sha256(bytes)))).rejects.toMatchObject({ code: 'BLOB_DAMAGED' });
      await put(blobs, bytes);
      expect((await readAll(blobs.get('o', sha256(bytes)))).equals(bytes)).toBe(true);
    }
  });
});

describe('a store that goes away', () => {
  it('stopped in the middle of reading and of writing: both go on when it answers again', async () => {
    const { blobs } = open({ prefix: freshPrefix(), chunkMs: 300, requestMs: 3_000 });
    const other = patterned(20 * 1024 * 1024, 1);
    await put(blobs, large);
    const parts: Uint8Array[] = [];
    for await (const part of blobs.get('o', sha256(large))) {
      parts.push(part);
      if (parts.length !== 5) continue;
      await server.pause();
      setTimeout(() => void server.resume(), 1_000);
    }
    expect(Buffer.concat(parts).equals(large)).toBe(true);
    await server.pause();
    setTimeout(() => void server.resume(), 4_000);
    expect(await put(blobs, other)).toEqual({ digest: sha256(other), size: other.length });
  });

  it('killed: Retryable; started again: an acknowledged blob is there', async () => {
    const prefix = freshPrefix();
    const { blobs } = open({ prefix, attempts: 3, backoffMs: 10 });
    await put(blobs, large);
    await server.kill();
    await expect(put(blobs, patterned(10))).rejects.toMatchObject({
      name: 'Retryable',
      code: 'STORAGE_UNAVAILABLE',
    });
    await server.restart();
    const { blobs: patient } = open({ prefix });
    expect((await readAll(patient.get('o', sha256(large)))).equals(large)).toBe(true);
  });
});

describe('an address that is signed', () => {
  it('gives the bytes to whoever has it, until it expires, and nothing else', async () => {
    const s3 = open({ prefix: freshPrefix() });
    const bytes = patterned(1_000);
    await put(s3.blobs, bytes);
    const other = patterned(1_000, 1);
    await put(s3.blobs, other);
    const address = await s3.presignedGet('o', sha256(bytes), 2);
    const answer = await fetch(address);
    expect(Buffer.from(await answer.arrayBuffer()).equals(bytes)).toBe(true);

    const plain = address.replace(/\?.*/, '');
    const tampered = [
      plain,
      address.replace(keyOf(sha256(bytes)), keyOf(sha256(other))),
      address.replace('X-Amz-Expires=2', 'X-Amz-Expires=604800'),
      address.replace(/Signature=./, (found) => (found.endsWith('0') ? 'Signature=1' : 'Signature=0')),
    ];
    for (const wrong of tampered) expect((await fetch(wrong)).status).toBe(403);
    expect((await fetch(address, { method: 'DELETE' })).status).toBe(403);
    await expect.poll(async () => (await fetch(address)).status, { timeout: 10_000 }).toBe(403);
  });
});

describe('a key or a bucket that is wrong', () => {
  it('a wrong secret: Retryable BLOB_STORE_DENIED for reading, writing and looking', async () => {
    const s3 = open({ secretAccessKey: 'wrong', prefix: freshPrefix() });
    const denied = { name: 'Retryable', code: 'BLOB_STORE_DENIED' };
    await expect(put(s3.blobs, patterned(10))).rejects.toMatchObject(denied);
    await expect(put(s3.blobs, large)).rejects.toMatchObject(denied);
    expect(await failureOf(s3, 'a'.repeat(64))).toMatchObject(denied);
    await expect(s3.check()).rejects.toMatchObject(denied);
  });

  it('no bucket: said so by everything, until it is made', async () => {
    const s3 = open({ bucket: 'rightstream-made-later' });
    const missing = { name: 'Retryable', code: 'BUCKET_MISSING' };
    await expect(put(s3.blobs, patterned(10))).rejects.toMatchObject(missing);
    await expect(put(s3.blobs, large)).rejects.toMatchObject(missing);
    expect(await failureOf(s3, 'a'.repeat(64))).toMatchObject(missing);
    await expect(s3.check()).rejects.toMatchObject({ name: 'BadInput', code: 'BUCKET_MISSING' });
    expect(await s3.createBucket()).toBe(true);
    expect(await s3.createBucket()).toBe(false);
    await s3.check();
    expect(await put(s3.blobs, patterned(10))).toMatchObject({ size: 10 });
  });
});

it('uploads that were never completed are aborted when they are old, under our prefix alone', async () => {
  const prefix = freshPrefix();
  const begin = async (Key: string): Promise<void> => {
    const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key }));
    await client.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber: 1, Body: patterned(10) }));
  };
  await begin(`${prefix}o/aa/x`);
  await begin(`${prefix}o/aa/y`);
  await begin('others/z');
  const store = openStore(s3Settings.parse(settings({ prefix })));
  expect(await sweepOrphans(store, 3_600_000, Date.now())).toBe(0);
  expect(await keptUnder(prefix)).toHaveLength(2);
  expect(await sweepOrphans(store, 3_600_000, Date.now() + 7_200_000)).toBe(2);
  expect(await keptUnder(prefix)).toEqual([]);
  expect(await keptUnder('others/')).toEqual(['z']);
  store.close();
});
