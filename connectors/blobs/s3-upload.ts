import type { FileHandle } from 'node:fs/promises';
import { HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { Retryable } from '../../streams/runtime/errors.ts';
import { StoreFault, faultOf } from './s3-errors.ts';
import { uploadParts } from './s3-multipart.ts';
import { partBytes, readPart } from './s3-parts.ts';
import type { Place, Store } from './s3-store.ts';

/** From this size on, asking whether a blob is there is cheaper than sending it to be told. */
const askFirstBytes = 1024 * 1024;

/** A condition that fails and then does not (the object was deleted in between) starts over; so often. */
const maxRounds = 3;

/** What is known of the bytes in hand. */
interface Blob {
  readonly digest: string;
  readonly size: number;
}

/**
 * Brings the bytes of a file into the store, once: whoever comes second finds them there.
 * Another size under the key is damage: the good bytes in hand replace it.
 */
export async function upload(store: Store, place: Place, file: FileHandle, blob: Blob): Promise<void> {
  const { size } = blob;
  let found = size >= askFirstBytes ? await sizeOf(store, place) : null;
  for (let round = 1; found !== size; round++) {
    try {
      await write(store, place, file, blob, found === null);
      return;
    } catch (error) {
      const fault = faultOrThrow(error);
      if ((fault.kind !== 'taken' && fault.kind !== 'no-upload') || round === maxRounds) throw fault;
    }
    // Somebody else was faster, or our own acknowledgement was lost.
    found = await sizeOf(store, place);
  }
}

/** Errors of the disk go through as they are. */
function faultOrThrow(error: unknown): StoreFault {
  if (error instanceof Retryable) throw error;
  return faultOf(error);
}

/** The size of an object, or null when there is none. */
async function sizeOf(store: Store, place: Place): Promise<number | null> {
  try {
    const head = await store.ask((options) => store.client.send(new HeadObjectCommand(place), options));
    return head.ContentLength ?? null;
  } catch (error) {
    if (error instanceof StoreFault && error.kind === 'not-found') return null;
    throw error;
  }
}

async function write(
  store: Store,
  place: Place,
  file: FileHandle,
  { digest, size }: Blob,
  onlyIfAbsent: boolean,
): Promise<void> {
  const condition = onlyIfAbsent ? { IfNoneMatch: '*' } : {};
  if (size > partBytes) return uploadParts(store, place, condition, file, size);
  await store.withPart(async () => {
    const part = {
      Body: await readPart(file, 0, size),
      ChecksumSHA256: Buffer.from(digest, 'hex').toString('base64'),
    };
    const body = { ...place, ...condition, ...part, ContentType: 'application/octet-stream' };
    await store.ask((options) => store.client.send(new PutObjectCommand(body), options));
  });
}
