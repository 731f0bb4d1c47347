/** What the tests of the S3 adapter share. */
import { createHash } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openS3Blobs, type S3Blobs } from '../../../connectors/blobs/s3.ts';
import type { S3SettingsInput } from '../../../connectors/blobs/s3-settings.ts';
import { readAll } from './contract.ts';
import type { FaultServer } from './fault-server.ts';

/** Made up, and searched for in everything that is shown. */
export const secrets = { accessKeyId: 'AKFAKEFORTESTS', secretAccessKey: 'not-to-be-shown-0123456789' };

const made: string[] = [];

/** A new local folder. */
export function newStaging(): string {
  const folder = mkdtempSync(join(tmpdir(), 'rightstream-s3-'));
  made.push(folder);
  return folder;
}

/** Removes the folders. */
export async function removeStaging(): Promise<void> {
  await Promise.all(made.splice(0).map((folder) => rm(folder, { recursive: true, force: true })));
}

/** Files in the newest folder. */
export function staged(): Promise<string[]> {
  return readdir(made.at(-1)!);
}

/** Opens the adapter on the server, with little patience. */
export function openOn(server: { endpoint: string }, settings: Partial<S3SettingsInput> = {}): S3Blobs {
  return openS3Blobs({
    endpoint: server.endpoint,
    bucket: 'blobs',
    ...secrets,
    stagingDir: newStaging(),
    attempts: 4,
    totalMs: 10_000,
    requestMs: 400,
    chunkMs: 200,
    backoffMs: 2,
    ...settings,
  });
}

/** Bytes that differ from place to place. */
export function patterned(length: number, seed = 0): Buffer {
  const words = new Uint32Array(Math.ceil(length / 4));
  for (let at = 0; at < words.length; at++) words[at] = Math.imul(at + seed, 2_654_435_761);
  return Buffer.from(words.buffer, 0, length);
}

/** sha256 in hex. */
export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Puts bytes into the store behind the adapter's back, for organisation `o`. */
export function plant(server: FaultServer, bytes: Buffer): string {
  const digest = sha256(bytes);
  server.objects.set(keyOf(digest), bytes);
  return digest;
}

/** Key of a blob of organisation `o`. */
export function keyOf(digest: string): string {
  return `o/${digest.slice(0, 2)}/${digest}`;
}

/** What reading a blob of organisation `o` fails with. */
export function failureOf(s3: S3Blobs, digest: string): Promise<unknown> {
  return readAll(s3.blobs.get('o', digest)).then(
    () => new Error('it did not fail'),
    (error: unknown) => error,
  );
}
