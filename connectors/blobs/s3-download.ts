import { createHash } from 'node:crypto';
import { openBody, type Body, type Progress } from './s3-body.ts';
import { StoreFault, faultOf } from './s3-errors.ts';
import type { Place, Store } from './s3-store.ts';

const chunkBytes = 256 * 1024;

/**
 * Streams an object in chunks of 256 KiB and goes on where a connection broke. Failures count per chunk: as long as
 * chunks come, reading goes on; there are at most attempts × (chunks + 1) requests.
 * @returns whether the bytes have this digest; throws {@link StoreFault}, of kind `missing` when the store said so twice.
 */
export async function* download(
  store: Store,
  place: Place,
  digest: string,
): AsyncGenerator<Uint8Array, boolean> {
  const hash = createHash('sha256');
  const chunks = resuming(store, place);
  try {
    for (let chunk = await chunks.next(); chunk !== null; chunk = await chunks.next()) {
      hash.update(chunk);
      yield chunk;
    }
  } finally {
    chunks.close();
  }
  return hash.digest('hex') === digest;
}

/** The chunks of an object, over as many connections as it takes. */
function resuming(store: Store, place: Place): { next(): Promise<Uint8Array | null>; close(): void } {
  const progress: Progress = { at: 0, total: null, etag: undefined };
  const patience = store.patience();
  let body: Body | null = null;
  let missed = false;

  function close(): void {
    body?.drop();
    body = null;
  }

  /** Fills `chunk` from `filled` on with what the connection gives. @returns how much of it is filled; less at the end. */
  async function fill(chunk: Uint8Array, from: number): Promise<void> {
    const open = (body ??= await openBody(store, place, progress));
    if (open === null) {
      progress.total = 0;
      return;
    }
    const end = progress.at - from + chunk.length;
    // A store that drips would never be late with the next byte, so the time is that of a whole chunk.
    const timer = setTimeout(open.drop, store.settings.chunkMs);
    try {
      while (progress.at < end) {
        const piece = await open.read(end - progress.at);
        if (piece === null) break;
        chunk.set(piece, chunk.length - (end - progress.at));
        progress.at += piece.length;
      }
      if (progress.at < end) {
        if (progress.at < (progress.total ?? 0)) throw new StoreFault('passing', 'CutShort');
        progress.total = progress.at;
      }
      // Reading the end lets the connection be used again.
      if (progress.at === progress.total) await open.read(1).catch(() => null);
    } finally {
      clearTimeout(timer);
    }
  }

  function passingIfDoubtful(fault: StoreFault): StoreFault {
    // A dead letter is for good and a store behind replicas may say 404 for a moment, so it is asked twice.
    const doubtful = fault.kind === 'missing' && (!missed || progress.at > 0);
    missed ||= fault.kind === 'missing';
    return doubtful ? new StoreFault('passing', fault.storeCode, fault.status) : fault;
  }

  return {
    async next() {
      const start = progress.at;
      if (start === progress.total) return null;
      const chunk = Buffer.allocUnsafeSlow(chunkBytes);
      patience.reset();
      for (;;) {
        try {
          await fill(chunk, progress.at - start);
          return progress.at === start ? null : chunk.subarray(0, progress.at - start);
        } catch (error) {
          close();
          await patience.failed(passingIfDoubtful(faultOf(error)));
        }
      }
    },
    close,
  };
}
