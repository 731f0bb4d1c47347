import type { Archives } from '../../streams/runtime/ports.ts';
import { inflate, isGzip } from './inflate.ts';
import type { ArchiveLimits } from './limits.ts';
import { refuse } from './refusal.ts';

type Format = Awaited<ReturnType<Archives['detect']>>;

const block = 512;

/** First bytes of formats that people send by mistake. */
const foreign: readonly (readonly [string, readonly number[]])[] = [
  ['a zip archive', [0x50, 0x4b, 0x03, 0x04]],
  ['a bzip2 file', [0x42, 0x5a, 0x68]],
  ['an xz file', [0xfd, 0x37, 0x7a, 0x58, 0x5a]],
  ['a Zstandard file', [0x28, 0xb5, 0x2f, 0xfd]],
  ['a 7z archive', [0x37, 0x7a, 0xbc, 0xaf]],
];

/**
 * archive (gzip of a tar), gzip (of anything else) or csv, by the first bytes.
 * Errors: Terminal NOT_GZIP for formats that are neither, and those of {@link inflate}.
 */
export async function detectFormat(
  open: () => AsyncIterable<Uint8Array>,
  limits: ArchiveLimits,
): Promise<Format> {
  const start = await firstBytes(open(), block);
  if (isGzip(start)) {
    return isTarHeader(await firstBytes(inflate(open(), limits), block)) ? 'archive' : 'gzip';
  }
  const name = isTarHeader(start)
    ? 'a tar archive that is not compressed'
    : (foreign.find(([, magic]) => magic.every((byte, index) => start[index] === byte))?.[0] ??
      (start.includes(0) ? 'a binary file' : null));
  if (name === null) return 'csv';
  throw refuse(
    'NOT_GZIP',
    `The upload is ${name}, not gzip. Send a .tar.gz of reports, or one .csv or .csv.gz.`,
    { byte_offset: 0 },
  );
}

async function firstBytes(bytes: AsyncIterable<Uint8Array>, wanted: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of bytes) {
    parts.push(part);
    size += part.byteLength;
    if (size >= wanted) break;
  }
  return Buffer.concat(parts).subarray(0, wanted);
}

/** A tar header by magic or by checksum, or the zero block of an empty archive. */
function isTarHeader(bytes: Uint8Array): boolean {
  if (bytes.byteLength < block) return false;
  const header = Buffer.from(bytes);
  if (header.toString('latin1', 257, 262) === 'ustar') return true;
  if (header.every((byte) => byte === 0)) return true;
  const said = Number.parseInt(header.toString('latin1', 148, 156).trim(), 8);
  const sum = header.reduce((total, byte, index) => total + (index >= 148 && index < 156 ? 32 : byte), 0);
  return said === sum;
}
