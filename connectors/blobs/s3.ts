import { mkdir, rm } from 'node:fs/promises';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { BadInput } from '../../streams/runtime/errors.ts';
import type { Blobs } from '../../streams/runtime/ports.ts';
import { readSettings } from '../define.ts';
import { addressToRead, blobDamaged, blobMissing, orgToWrite } from './address.ts';
import { onDisk } from './folder-errors.ts';
import { checkBucket, makeBucket } from './s3-bucket.ts';
import { download } from './s3-download.ts';
import { StoreFault, faultOf, storeError } from './s3-errors.ts';
import { sweepOrphans } from './s3-orphans.ts';
import { s3Settings, type S3SettingsInput } from './s3-settings.ts';
import { openStore } from './s3-store.ts';
import { upload } from './s3-upload.ts';
import { spool, stagingFile, sweepStaging } from './staging.ts';

/** The longest that a signature of version 4 is valid. */
const maxExpirySeconds = 7 * 24 * 3600;

/** Blobs in an S3 bucket. */
export interface S3Blobs {
  readonly blobs: Blobs;
  /**
   * An address from which anybody can GET the blob for so many seconds (1 to 604,800, else BadInput BAD_EXPIRY).
   * It grants access: hand it on, do not store it. Whether the blob is there is not asked. With a file name (plain ASCII without
   * quotes) the answer is a download of that name.
   */
  presignedGet(org: string, digest: string, seconds: number, filename?: string): Promise<string>;
  /** The key of the blob's object. */
  keyOf(org: string, digest: string): string;
  /** Resolves when the bucket can be used. Missing: BadInput BUCKET_MISSING; denied or away: Retryable. */
  check(): Promise<void>;
  /** Makes the bucket; false when it is there already. */
  createBucket(): Promise<boolean>;
  /** Ends what is under way (Retryable) and closes the connections. */
  close(): Promise<void>;
}

/**
 * Port `Blobs` on an S3-compatible store, as objects `<prefix><org>/<aa>/<sha256>`.
 * A put resolves once the store has acknowledged. A failing store is Retryable: BLOB_STORE_DENIED, BUCKET_MISSING,
 * STORAGE_FULL, STORAGE_UNAVAILABLE, and BLOB_DAMAGED when bytes do not fit their name. Wrong settings: BadInput BAD_SETTINGS.
 */
export function openS3Blobs(input: S3SettingsInput): S3Blobs {
  const settings = readSettings('s3', s3Settings, input);
  const { stagingDir, bucket } = settings;
  const store = openStore(settings);
  let prepared: Promise<void> | null = null;
  let sweeping: Promise<unknown> = Promise.resolve();

  function prepare(): Promise<void> {
    prepared ??= (async () => {
      await onDisk('making the staging folder', () => mkdir(stagingDir, { recursive: true }));
      await sweepStaging(stagingDir, settings.staleAfterMs, Date.now());
      // Beside the work: a store that does not let us list uploads still takes blobs.
      sweeping = sweepOrphans(store, settings.orphanHours * 3_600_000, Date.now()).catch(() => undefined);
    })().catch((error: unknown) => {
      prepared = null;
      throw error;
    });
    return prepared;
  }

  /** What leaves the adapter speaks of what was being done, and is one of our errors. */
  async function told<T>(doing: string, work: () => Promise<T>, missing?: () => Error): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof StoreFault)) throw error;
      throw (error.kind === 'missing' && missing?.()) || storeError(error, doing, bucket);
    }
  }

  const blobs: Blobs = {
    async put(org, bytes, maxBytes) {
      const orgName = orgToWrite(org);
      await prepare();
      const { path, handle } = await stagingFile(stagingDir);
      try {
        const blob = await spool(handle, bytes, maxBytes);
        await told('storing a blob', () => upload(store, store.place(orgName, blob.digest), handle, blob));
        return blob;
      } finally {
        await handle.close().catch(() => undefined); // only read again or given up: nothing can be lost
        await rm(path, { force: true }).catch(() => undefined);
      }
    },

    async *get(org, digest) {
      const at = addressToRead(org, digest);
      const chunks = download(store, store.place(at.org, at.digest), at.digest);
      const missing = (): Error => blobMissing(org, digest);
      const read = (): ReturnType<typeof chunks.next> => told('reading a blob', () => chunks.next(), missing);
      try {
        let next = await read();
        for (; next.done !== true; next = await read()) yield next.value;
        if (!next.value) throw blobDamaged(org, digest);
      } finally {
        await chunks.return(false);
      }
    },
  };

  return {
    blobs,
    keyOf(org, digest) {
      const at = addressToRead(org, digest);
      return store.place(at.org, at.digest).Key;
    },
    async presignedGet(org, digest, seconds, filename) {
      const at = addressToRead(org, digest);
      if (!Number.isInteger(seconds) || seconds < 1 || seconds > maxExpirySeconds) {
        throw new BadInput({
          code: 'BAD_EXPIRY',
          message: `An address cannot be valid for ${seconds} seconds. Give a whole number from 1 to ${maxExpirySeconds}.`,
        });
      }
      const command = new GetObjectCommand({
        ...store.place(at.org, at.digest),
        ...(filename === undefined
          ? {}
          : { ResponseContentDisposition: `attachment; filename="${filename}"` }),
      });
      return told('signing an address', () =>
        getSignedUrl(store.client, command, { expiresIn: seconds }).catch((error: unknown) => {
          throw faultOf(error); // credentials that cannot be had
        }),
      );
    },
    check: () => told('looking for the bucket', () => checkBucket(store)),
    createBucket: () => told('making the bucket', () => makeBucket(store)),
    async close() {
      store.close();
      await sweeping;
    },
  };
}
