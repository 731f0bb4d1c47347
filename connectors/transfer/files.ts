/** Files of lines, compressed and hashed while they are written; read back as a stream, bounded. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { constants, createGunzip, createGzip } from 'node:zlib';
import { BadInput, codeOf, messageOf } from '../../streams/runtime/errors.ts';
import { damaged } from './damage.ts';
import { MAX_LINE_BYTES } from './lines.ts';

const PIECE_BYTES = 256 * 1024;

/** A file as the manifest knows it. */
export interface FileEntry {
  readonly lines: number;
  readonly bytes: number;
  readonly sha256: string;
}

/** Writes lines as they come; durable when it resolves. `name` is relative to the folder. */
export async function writeLines(
  folder: string,
  name: string,
  lines: AsyncIterable<Buffer>,
): Promise<FileEntry> {
  const path = join(folder, name);
  await mkdir(dirname(path), { recursive: true });
  const handle = await open(path, 'wx');
  const hash = createHash('sha256');
  let [count, bytes] = [0, 0];
  // Each piece costs the compressor a turn of a thread: a line is too small for one.
  const pieces = async function* (): AsyncGenerator<Buffer> {
    let [held, size] = [[] as Buffer[], 0];
    for await (const line of lines) {
      count += 1;
      held.push(line);
      size += line.length;
      if (size < PIECE_BYTES) continue;
      yield Buffer.concat(held);
      [held, size] = [[], 0];
    }
    yield Buffer.concat(held);
  };
  try {
    // Values are packed and the text around them is not: the fastest level takes most of what there is to gain.
    const packed = createGzip({ level: constants.Z_BEST_SPEED });
    await pipeline(pieces, packed, async (chunks: AsyncIterable<Buffer>) => {
      for await (const chunk of chunks) {
        hash.update(chunk);
        bytes += chunk.length;
        await handle.writeFile(chunk);
      }
    });
    await handle.sync();
  } finally {
    await handle.close();
  }
  return { lines: count, bytes, sha256: hash.digest('hex') };
}

/** The lines of a file, without their line feeds. What cannot be read: BadInput FILE_DAMAGED with the record. */
export async function* readLines(folder: string, name: string): AsyncGenerator<Buffer> {
  const source = createReadStream(join(folder, name), { highWaterMark: 256 * 1024 });
  const text = createGunzip({ chunkSize: 256 * 1024 });
  source.on('error', (error) => text.destroy(error));
  source.pipe(text);
  let held: Buffer[] = [];
  let [bytes, record] = [0, 1];
  try {
    for await (const chunk of text as AsyncIterable<Buffer>) {
      let from = 0;
      for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, from)) {
        held.push(chunk.subarray(from, at));
        yield held.length === 1 ? held[0]! : Buffer.concat(held);
        [held, bytes, from] = [[], 0, at + 1];
        record += 1;
      }
      held.push(chunk.subarray(from));
      bytes += chunk.length - from;
      if (bytes > MAX_LINE_BYTES) throw damaged(name, `it is longer than ${MAX_LINE_BYTES} bytes`, record);
    }
  } catch (error) {
    if (error instanceof BadInput) throw error;
    throw codeOf(error) === 'ENOENT' ? missing(name) : damaged(name, messageOf(error), record);
  } finally {
    source.destroy();
    text.destroy();
  }
  if (bytes > 0) throw damaged(name, 'it ends early', record);
}

/** Checks a file against the manifest, byte for byte, without reading it as lines. */
export async function hashOf(folder: string, name: string): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    for await (const chunk of createReadStream(join(folder, name), { highWaterMark: 1024 * 1024 })) {
      hash.update(chunk as Buffer);
      bytes += (chunk as Buffer).length;
    }
  } catch (error) {
    throw codeOf(error) === 'ENOENT' ? missing(name) : error;
  }
  return { bytes, sha256: hash.digest('hex') };
}

function missing(name: string): BadInput {
  return damaged(name, 'it is not there');
}
