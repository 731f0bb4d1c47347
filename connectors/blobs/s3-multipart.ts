import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  UploadPartCommand,
  type CompletedPart,
} from '@aws-sdk/client-s3';
import { StoreFault } from './s3-errors.ts';
import { partSizes, readPart } from './s3-parts.ts';
import type { Place, Store } from './s3-store.ts';

/** Uploads in parts, several at a time; when anything fails, the upload is aborted and its parts are gone. */
export async function uploadParts(
  store: Store,
  place: Place,
  condition: { readonly IfNoneMatch?: string },
  file: FileHandle,
  size: number,
): Promise<void> {
  const { client } = store;
  const { UploadId } = await store.ask((options) =>
    client.send(
      new CreateMultipartUploadCommand({
        ...place,
        ContentType: 'application/octet-stream',
        ChecksumAlgorithm: 'SHA256',
      }),
      options,
    ),
  );
  if (UploadId === undefined) throw new StoreFault('passing', 'NoUploadId');
  const upload = { ...place, UploadId };
  try {
    const Parts = await allParts(store, upload, file, size);
    await store.ask((options) =>
      client.send(
        new CompleteMultipartUploadCommand({ ...upload, ...condition, MultipartUpload: { Parts } }),
        options,
      ),
    );
  } catch (error) {
    await abortUpload(store, upload);
    throw error;
  }
}

/** A multipart upload that was begun. */
export interface BegunUpload extends Place {
  readonly UploadId: string;
}

/** Aborts an upload, with little effort: what stays is found by the sweep. @returns whether it is gone. */
export async function abortUpload(store: Store, upload: BegunUpload): Promise<boolean> {
  const bounds = { attempts: 2, totalMs: 5_000 };
  return store
    .ask((options) => store.client.send(new AbortMultipartUploadCommand(upload), options), { bounds })
    .then(
      () => true,
      (error: unknown) => error instanceof StoreFault && error.kind === 'no-upload',
    );
}

async function allParts(
  store: Store,
  upload: BegunUpload,
  file: FileHandle,
  size: number,
): Promise<CompletedPart[]> {
  const { bytes, count } = partSizes(size);
  const parts = Array.from<CompletedPart>({ length: count });
  const ended = new AbortController();
  const end = (): void => ended.abort();
  store.closing.addEventListener('abort', end);
  let next = 0;

  async function worker(): Promise<void> {
    while (next < count && !ended.signal.aborted) {
      const index = next++;
      await store.withPart(async () => {
        const at = index * bytes;
        const Body = await readPart(file, at, Math.min(bytes, size - at));
        const ChecksumSHA256 = createHash('sha256').update(Body).digest('base64'); // the store compares
        const PartNumber = index + 1;
        const command = new UploadPartCommand({ ...upload, PartNumber, Body, ChecksumSHA256 });
        const { ETag } = await store.ask((options) => store.client.send(command, options), {
          stop: ended.signal,
        });
        parts[index] = { PartNumber, ETag, ChecksumSHA256 };
      });
    }
  }

  // All must have ended before the upload is aborted: a part that arrives later would stay.
  const workers = Array.from({ length: Math.min(store.settings.partsInFlight, count) }, () =>
    worker().catch((error: unknown) => {
      end();
      throw error;
    }),
  );
  const ends = await Promise.allSettled(workers);
  store.closing.removeEventListener('abort', end);
  const reasons = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason as unknown] : []));
  const first = reasons.find((reason) => !(reason instanceof StoreFault && reason.kind === 'stopped'));
  if (reasons.length > 0) throw first ?? reasons[0];
  return parts;
}
