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

/**
 * Brings the bytes of a file into the store, once: whoever comes second finds them there.
 * Another size under the key is damage: the good bytes in hand replace it.
 */
export async function upload(store: Store, place: Place, file: FileHandle, size: number): Promise<void> {
  for (let round = 1; ; round++) {
    let found = round > 1 || size >= askFirstBytes ? await sizeOf(store, place) : null;
    if (found === size) return;
    try {
      await write(store, place, file, size, found === null);
      return;
    } catch (error) {
      const fault = faultOrThrow(error);
      if ((fault.kind !== 'taken' && fault.kind !== 'no-upload') || round === maxRounds) throw fault;
      found = await sizeOf(store, place);
    }
    // Also after an acknowledgement that was lost.
    if (found === size) return;
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
  size: number,
  onlyIfAbsent: boolean,
): Promise<void> {
  const condition = onlyIfAbsent ? { IfNoneMatch: '*' } : {};
  if (size > partBytes) return uploadParts(store, place, condition, file, size);
  await store.withPart(async () => {
    const part = await readPart(file, 0, size);
    const body = { ...place, ...condition, ...part, ContentType: 'application/octet-stream' };
    await store.ask((options) => store.client.send(new PutObjectCommand(body), options));
  });
}
