import type { Readable } from 'node:stream';
import { GetObjectCommand, type GetObjectCommandOutput } from '@aws-sdk/client-s3';
import { StoreFault, faultOf } from './s3-errors.ts';
import type { Place, Store } from './s3-store.ts';

/** How far an object has been read. */
export interface Progress {
  /** Bytes received. */
  at: number;
  /** Bytes in all; null until the store has said it. */
  total: number | null;
  /** What must not have changed when reading goes on. */
  etag: string | undefined;
}

/** The rest of an object, on one connection. */
export interface Body {
  /** At most `max` bytes, null at the end; throws when the connection breaks. */
  read(max: number): Promise<Uint8Array | null>;
  /** Gives the connection up; a pending read fails. */
  drop(): void;
}

/**
 * Asks, once, for what follows `progress.at`, and checks what the store announces against what is known.
 * @returns null when the object is empty, for which a range cannot be asked.
 */
export async function openBody(store: Store, place: Place, progress: Progress): Promise<Body | null> {
  const { at, etag } = progress;
  const command = new GetObjectCommand({
    ...place,
    Range: `bytes=${at}-`,
    ...(etag === undefined ? {} : { IfMatch: etag }),
  });
  let answer: GetObjectCommandOutput;
  try {
    answer = await store.once((options) => store.client.send(command, options));
  } catch (error) {
    const fault = faultOf(error);
    if (fault.kind !== 'past-end') throw fault;
    if (at > 0) throw new StoreFault('taken', fault.storeCode, fault.status);
    return null;
  }
  const body = bodyOf(answer.Body as Readable);
  try {
    progress.total = announced(answer, progress);
    progress.etag ??= answer.ETag;
    return body;
  } catch (error) {
    body.drop();
    throw error;
  }
}

/** The size of the whole object by the headers; null when they do not say. */
function announced(
  { ContentRange, ContentLength }: GetObjectCommandOutput,
  { at, total }: Progress,
): number | null {
  const range = /^bytes (\d+)-\d+\/(\d+)$/.exec(ContentRange ?? '');
  const start = range === null ? 0 : Number(range[1]);
  if (start !== at) throw new StoreFault('passing', 'WrongRange');
  const whole = range === null ? ContentLength : Number(range[2]);
  if (whole === undefined) return total;
  if (total !== null && whole !== total) throw new StoreFault('taken', 'SizeChanged');
  if (ContentLength !== undefined && ContentLength !== whole - at)
    throw new StoreFault('passing', 'WrongLength');
  return whole;
}

function bodyOf(stream: Readable): Body {
  stream.on('error', () => undefined); // a drop between two reads is told by the next one
  const pieces = stream[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
  let rest: Uint8Array = new Uint8Array();
  return {
    async read(max) {
      while (rest.length === 0) {
        const piece = await pieces.next();
        if (piece.done === true) return null;
        rest = piece.value;
      }
      const part = rest.subarray(0, max);
      rest = rest.subarray(part.length);
      return part;
    },
    drop: () => void stream.destroy(new StoreFault('passing', 'TimedOut')),
  };
}
