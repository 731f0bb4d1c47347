import { extract, type Extract, type Header } from 'tar-stream';
import { messageOf } from '../../streams/runtime/errors.ts';
import { memberAt, refuse, shown } from './refusal.ts';

const block = 512;

/** One header of a tar file and the bytes that belong to it. */
export interface TarEntry {
  /** Among all entries, from 0. */
  readonly position: number;
  readonly name: string;
  /** null when the type is none that tar-stream knows (a sparse file, a volume label …). */
  readonly type: Header['type'] | null;
  readonly size: number;
  /** Where its bytes begin, in the unpacked archive. */
  readonly byteOffset: number;
  /** pax attributes; null when it has none. */
  readonly pax: Readonly<Record<string, string>> | null;
  /** May be left unread or half read. */
  readonly bytes: AsyncIterable<Uint8Array>;
}

/**
 * The entries of a tar stream, in order, each read to its end before the next is looked for.
 * Errors: Terminal CORRUPT_TAR, TRUNCATED_TAR; errors of `source` as they are.
 * When the reader stops early, the source has been closed by the time `return` resolves.
 */
export async function* untar(source: AsyncIterable<Uint8Array>): AsyncGenerator<TarEntry> {
  // Headers of the oldest tar have no magic, only a checksum; the option is missing in the types.
  const tar = extract({ allowUnknownFormat: true } as Parameters<typeof extract>[0]);
  const entries = tar[Symbol.asyncIterator]();
  // Asked before anything is fed: then an entry always meets a waiting reader, whatever goes wrong behind it.
  let next = entries.next();
  const feeding = feed(source, tar);
  let last: TarEntry | null = null;

  async function* bytesOf(entry: AsyncIterator<Uint8Array, undefined>): AsyncGenerator<Uint8Array> {
    for (;;) {
      const part = await explained(entry.next());
      if (part.done === true) return;
      yield part.value;
    }
  }

  /** Rejects with what is really wrong: the failure of the source if there is one, else the parser's in our words. */
  async function explained<T>(step: Promise<T>): Promise<T> {
    try {
      return await step;
    } catch (error) {
      const { failure } = await feeding;
      throw failure === null ? translate(error, last) : failure.error;
    }
  }

  try {
    for (let position = 0; ; position++) {
      const found = await explained(next);
      if (found.done === true) break;
      const parts = found.value[Symbol.asyncIterator]() as AsyncIterator<Uint8Array, undefined>;
      last = describe(found.value.header, position, bytesOf(parts));
      yield last;
      // Not by for-await: leaving one early would destroy the parser.
      while ((await explained(parts.next())).done !== true);
      next = entries.next();
    }
    const { fed, failure } = await feeding;
    if (failure !== null) throw failure.error;
    if (fed < endOf(last) + block) throw withoutEnd(fed);
  } finally {
    tar.destroy();
    await feeding;
  }
}

interface Fed {
  readonly fed: number;
  readonly failure: { readonly error: unknown } | null;
}

/** Hands chunks to the parser as it takes them; never rejects. A failing source ends the parser, the reader then asks why. */
async function feed(source: AsyncIterable<Uint8Array>, tar: Extract): Promise<Fed> {
  let fed = 0;
  let failure: Fed['failure'] = null;
  try {
    for await (const chunk of source) {
      fed += chunk.byteLength;
      if (!(await taken(tar, chunk))) break;
    }
  } catch (error) {
    failure = { error };
  }
  tar.end(null);
  return { fed, failure };
}

/** Resolves when the parser wants more (true) or is gone (false). */
async function taken(tar: Extract, chunk: Uint8Array): Promise<boolean> {
  if (tar.destroying) return false;
  if (!tar.write(chunk)) {
    await new Promise<void>((resolve) => {
      const done = (): void => {
        tar.off('drain', done);
        tar.off('close', done);
        resolve();
      };
      tar.on('drain', done);
      tar.on('close', done);
    });
  }
  return !tar.destroying;
}

function describe(header: Header, position: number, bytes: AsyncIterable<Uint8Array>): TarEntry {
  const { name, type, size, byteOffset, pax } = header as Header & {
    byteOffset: number; // missing in the types
    pax: Record<string, string> | null;
  };
  return { position, name, type, size, byteOffset, pax, bytes };
}

function endOf(entry: TarEntry | null): number {
  return entry === null ? 0 : entry.byteOffset + Math.ceil(entry.size / block) * block;
}

function translate(error: unknown, last: TarEntry | null): Error {
  const after =
    last === null
      ? 'before the first member'
      : `in or after ${memberAt(last.position, last.name, last.byteOffset)}`;
  const at =
    last === null
      ? { byte_offset: 0 }
      : { member: shown(last.name), position: last.position, byte_offset: last.byteOffset };
  const reason = reasonOf(messageOf(error));
  return reason === null
    ? refuse(
        'TRUNCATED_TAR',
        `The archive breaks off ${after}. Pack the files again and send the new archive.`,
        at,
      )
    : refuse(
        'CORRUPT_TAR',
        `The archive cannot be understood ${after} (${reason}). Pack the files again and send the new archive.`,
        at,
      );
}

/** tar-stream's complaints in words of ours, which stay the same when the library changes; null for a missing end. */
function reasonOf(complaint: string): string | null {
  if (complaint === 'Unexpected end of data') return null;
  if (complaint.startsWith('Invalid tar header')) return 'a header block is damaged';
  if (complaint === 'Invalid header') return 'a header gives an impossible size';
  if (complaint === 'Header exceeds max size') return 'an extended header is larger than 4 MiB';
  return 'a header cannot be decoded';
}

function withoutEnd(fed: number): Error {
  return refuse(
    'TRUNCATED_TAR',
    `The archive breaks off after ${fed} unpacked bytes: its end mark is missing. Pack the files again and send the new archive.`,
    { byte_offset: fed },
  );
}
