import { createGunzip, type Gunzip } from 'node:zlib';
import { codeOf, messageOf } from '../../streams/runtime/errors.ts';
import type { ArchiveLimits } from './limits.ts';
import { refuse } from './refusal.ts';

/** Twice as fast as the default of 16 KiB. */
const outputBytes = 256 * 1024;
/** Input is fed in pieces of this size, so that the outcome depends on the bytes and not on how the store cuts them. */
const inputBytes = 64 * 1024;

/** How far a {@link inflate} may go, and what it is called when it goes further. */
export type InflateLimits = Pick<ArchiveLimits, 'totalBytes' | 'ratio' | 'ratioAfterBytes'>;

/**
 * The unpacked bytes of a gzip stream (members one after another count as one; zero padding at the end is ignored).
 * Driven by the reader: nothing is unpacked before it is asked for, at most one input piece and one output chunk wait.
 * Errors: Terminal NOT_GZIP, TRUNCATED_GZIP, CORRUPT_GZIP, ARCHIVE_TOO_LARGE, SUSPICIOUS_RATIO; errors of `source` as they are.
 */
export async function* inflate(
  source: AsyncIterable<Uint8Array>,
  limits: InflateLimits,
): AsyncGenerator<Buffer> {
  const driver = drive(createGunzip({ chunkSize: outputBytes }));
  let packed = 0;
  let unpacked = 0;
  try {
    for await (const piece of pieces(source)) {
      if (packed === 0 && !isGzip(piece)) throw notGzip();
      const before = driver.consumed();
      for await (const chunk of driver.push(piece, packed)) {
        unpacked += chunk.byteLength;
        check(unpacked, packed + piece.byteLength, limits);
        yield chunk;
      }
      // What the decoder left over is padding, or something that does not belong here.
      const rest = piece.subarray(driver.consumed() - before);
      if (rest.some((byte) => byte !== 0)) throw trailing(packed + piece.byteLength - rest.byteLength);
      packed += piece.byteLength;
    }
    if (packed === 0) throw notGzip();
    for await (const chunk of driver.end(packed)) {
      unpacked += chunk.byteLength;
      check(unpacked, packed, limits);
      yield chunk;
    }
  } finally {
    driver.destroy();
  }
}

/** The two magic bytes, or the first of them when no more came. */
export function isGzip(start: Uint8Array): boolean {
  return start[0] === 0x1f && (start.byteLength === 1 || start[1] === 0x8b);
}

function check(unpacked: number, packed: number, limits: InflateLimits): void {
  if (unpacked > limits.totalBytes) {
    throw refuse(
      'ARCHIVE_TOO_LARGE',
      `The upload unpacks to more than ${limits.totalBytes} bytes, which is the limit. Split it into several uploads, or raise the limit.`,
    );
  }
  if (unpacked > limits.ratioAfterBytes && unpacked > packed * limits.ratio) {
    throw refuse(
      'SUSPICIOUS_RATIO',
      `The upload unpacks to more than ${limits.ratio} times its size, which reports never do. Send the reports themselves, packed once with gzip.`,
    );
  }
}

interface Driver {
  push(piece: Uint8Array, packedBefore: number): AsyncGenerator<Buffer>;
  end(packed: number): AsyncGenerator<Buffer>;
  /** Packed bytes that were understood so far. */
  consumed(): number;
  destroy(): void;
}

/** Turns the event-driven decoder into one that is asked: strictly one piece in, then all that comes out of it. */
function drive(gunzip: Gunzip): Driver {
  let failure: Error | null = null;
  let ended = false;
  let wake = (): void => undefined;
  gunzip.on('error', (error) => {
    failure = error;
    wake();
  });
  gunzip.on('end', () => {
    ended = true;
    wake();
  });
  gunzip.on('readable', () => {
    wake();
  });

  async function* outputs(done: () => boolean, packed: number): AsyncGenerator<Buffer> {
    for (;;) {
      const chunk = gunzip.read() as Buffer | null;
      if (chunk !== null) yield chunk;
      else if (failure !== null) throw translate(failure, packed);
      else if (done()) return;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  }

  return {
    push(piece, packedBefore) {
      let taken = ended;
      if (!ended) {
        gunzip.write(piece, () => {
          taken = true;
          wake();
        });
      }
      return outputs(() => taken, packedBefore);
    },
    end(packed) {
      gunzip.end();
      return outputs(() => ended, packed);
    },
    consumed: () => gunzip.bytesWritten,
    destroy: () => gunzip.destroy(),
  };
}

/** Cuts a stream anew into pieces of exactly {@link inputBytes}, but for the last. */
async function* pieces(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let waiting: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of source) {
    for (let start = 0; start < chunk.byteLength;) {
      const part = chunk.subarray(start, start + inputBytes - size);
      start += part.byteLength;
      size += part.byteLength;
      waiting.push(part);
      if (size < inputBytes) continue;
      yield waiting.length === 1 ? part : Buffer.concat(waiting);
      waiting = [];
      size = 0;
    }
  }
  if (size > 0) yield Buffer.concat(waiting);
}

/** zlib's complaints in words of ours, which stay the same when the library changes. */
const reasons: Readonly<Record<string, string>> = {
  'incorrect data check': 'the checksum does not fit',
  'incorrect length check': 'the length at the end does not fit',
  'incorrect header check': 'something else than gzip follows',
  'unknown compression method': 'the compression method is unknown',
  'unknown header flags set': 'the header has unknown flags',
  'header crc mismatch': 'the checksum of the header does not fit',
};

function translate(error: Error, packed: number): Error {
  if (codeOf(error) === 'Z_BUF_ERROR') {
    return refuse(
      'TRUNCATED_GZIP',
      `The upload breaks off after ${packed} bytes: the end of the gzip stream is missing. Send the whole file again.`,
      { byte_offset: packed },
    );
  }
  return refuse(
    'CORRUPT_GZIP',
    `The gzip stream is damaged at or after byte ${packed} of the upload (${reasons[messageOf(error)] ?? 'the compressed data makes no sense'}). Pack the files again and send the new file.`,
    { byte_offset: packed },
  );
}

function trailing(offset: number): Error {
  return refuse(
    'CORRUPT_GZIP',
    `The gzip stream ends at byte ${offset} of the upload, but other bytes follow. Pack the files again and send the new file.`,
    { byte_offset: offset },
  );
}

function notGzip(): Error {
  return refuse(
    'NOT_GZIP',
    'The upload is not a gzip stream. Send a .tar.gz of reports, or one .csv or .csv.gz.',
    {
      byte_offset: 0,
    },
  );
}
