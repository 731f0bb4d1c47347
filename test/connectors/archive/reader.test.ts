import { randomBytes } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { pack } from 'tar-stream';
import { describe, expect, it } from 'vitest';
import type { ArchiveLimits } from '../../../connectors/archive/limits.ts';
import { archiveReader } from '../../../connectors/archive/reader.ts';
import { memoryBlobs } from '../../../connectors/blobs/memory.ts';
import { Retryable, Terminal } from '../../../streams/runtime/errors.ts';
import type { Archives, Blobs } from '../../../streams/runtime/ports.ts';
import { gnuLongName, pax, tar, tarEnd, tarGz, tarHeader } from '../../support/tar.ts';

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  yield bytes;
}

async function readAll(bytes: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of bytes) parts.push(part);
  return Buffer.concat(parts);
}

interface Stored {
  readonly archives: Archives;
  readonly digest: string;
  /** Streams of the store that are open. */
  readonly opened: () => number;
  /** Bytes that were taken from the store. */
  readonly taken: () => number;
}

async function stored(bytes: Uint8Array, limits: Partial<ArchiveLimits> = {}, chunk = 4096): Promise<Stored> {
  const blobs = memoryBlobs();
  const { digest } = await blobs.put('o', once(bytes), 1e9);
  let open = 0;
  let taken = 0;
  const watched: Blobs = {
    ...blobs,
    async *get(org, name) {
      open++;
      try {
        for await (const part of blobs.get(org, name)) {
          for (let start = 0; start < part.byteLength; start += chunk) {
            const piece = part.subarray(start, start + chunk);
            taken += piece.byteLength;
            yield piece;
          }
        }
      } finally {
        await new Promise((resolve) => setImmediate(resolve)); // as closing a file takes a turn
        open--;
      }
    },
  };
  return {
    archives: archiveReader({ blobs: watched, limits }),
    digest,
    opened: () => open,
    taken: () => taken,
  };
}

async function list(bytes: Uint8Array, limits?: Partial<ArchiveLimits>): Promise<[number, string, string][]> {
  const { archives, digest } = await stored(bytes, limits);
  const found: [number, string, string][] = [];
  for await (const member of archives.members('o', digest)) {
    found.push([member.position, member.name, (await readAll(member.bytes)).toString()]);
  }
  return found;
}

const two = tarGz(
  { name: 'a.csv', body: 'first' },
  { name: 'd/', type: '5' },
  { name: 'b.csv', body: 'second' },
);

describe('detect', () => {
  it.each([
    ['archive', two],
    ['archive', gzipSync(tar({ name: 'old', body: 'v7', format: 'v7' }))],
    ['archive', gzipSync(tarEnd)],
    ['gzip', gzipSync('a,b\n1,2\n')],
    ['gzip', gzipSync('x'.repeat(100_000))],
    ['gzip', gzipSync('')],
    ['csv', Buffer.from('a,b\n1,2\n')],
    ['csv', Buffer.from('\uFEFFa,b\n')],
    ['csv', Buffer.alloc(0)],
  ])('%s, by the bytes', async (format, bytes) => {
    const { archives, digest, opened } = await stored(bytes);
    expect(await archives.detect('o', digest)).toBe(format);
    expect(opened()).toBe(0);
  });

  it('reads no more than the start', async () => {
    const { archives, digest, taken } = await stored(gzipSync(randomBytes(5e5)));
    await archives.detect('o', digest);
    expect(taken()).toBeLessThan(200_000);
  });
});

describe('members', () => {
  it('come in order with their positions; folders and ._ files count but are passed over', async () => {
    expect(await list(two)).toEqual([
      [0, 'a.csv', 'first'],
      [2, 'b.csv', 'second'],
    ]);
    expect(
      await list(tarGz({ name: '._a', body: 'mac' }, { name: 'd/._b' }, { name: './a', body: 'x' })),
    ).toEqual([[2, 'a', 'x']]);
  });

  it.each([
    [
      'pax',
      tarGz(pax({ path: `${'ü'.repeat(60)}.csv` }), { name: 'short', body: 'x' }),
      `${'ü'.repeat(60)}.csv`,
    ],
    [
      'GNU',
      tarGz(gnuLongName('n'.repeat(150)), { name: 'short', body: 'x', format: 'gnu' }),
      'n'.repeat(150),
    ],
    ['ustar prefix', tarGz({ name: 'f.csv', prefix: 'folder', body: 'x' }), 'folder/f.csv'],
    ['old v7 header', tarGz({ name: 'f.csv', body: 'x', format: 'v7' }), 'f.csv'],
    [
      'pax global header before',
      tarGz(pax({ comment: 'made by git' }, 'g'), { name: 'f.csv', body: 'x' }),
      'f.csv',
    ],
    [
      'pax __proto__',
      tarGz(pax({ __proto: 'x', ['__proto__']: 'y' }), { name: 'f.csv', body: 'x' }),
      'f.csv',
    ],
    [
      'gzip in many members',
      Buffer.concat([
        gzipSync(tar({ name: 'f.csv', body: 'x' }).subarray(0, 700)),
        gzipSync(tar({ name: 'f.csv', body: 'x' }).subarray(700)),
      ]),
      'f.csv',
    ],
    [
      'zeros behind the gzip end',
      Buffer.concat([tarGz({ name: 'f.csv', body: 'x' }), Buffer.alloc(100_000)]),
      'f.csv',
    ],
  ])('%s', async (_, bytes, name) => {
    expect(await list(bytes)).toEqual([[0, name, 'x']]);
  });

  it('agree with what tar-stream packs, however the store cuts the bytes', async () => {
    const file = fc.record({
      name: fc.stringMatching(/^[a-z]{1,150}$/),
      body: fc.uint8Array({ maxLength: 3_000 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(file, { maxLength: 6, selector: (f) => f.name }),
        fc.integer({ min: 1, max: 900 }),
        async (files, chunk) => {
          const packer = pack();
          for (const { name, body } of files) packer.entry({ name }, Buffer.from(body));
          packer.finalize();
          const { archives, digest } = await stored(
            gzipSync(await readAll(packer as AsyncIterable<Uint8Array>)),
            {},
            chunk,
          );
          const found: { name: string; body: Uint8Array }[] = [];
          for await (const { name, bytes } of archives.members('o', digest)) {
            found.push({ name, body: new Uint8Array(await readAll(bytes)) });
          }
          expect(found).toEqual(files.map(({ name, body }) => ({ name, body: new Uint8Array(body) })));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('may be left unread or half read', async () => {
    const body = Buffer.alloc(3_000_000, 'x,y\n');
    const { archives, digest, opened } = await stored(
      tarGz({ name: 'a', body }, { name: 'b', body }, { name: 'c', body: 'end' }),
    );
    const names: string[] = [];
    for await (const { name, bytes } of archives.members('o', digest)) {
      names.push(name);
      if (name === 'b') for await (const part of bytes) if (part.byteLength > 0) break;
    }
    expect([names, opened()]).toEqual([['a', 'b', 'c'], 0]);
  });

  it('100,000 of them are refused at the limit, long before the end', async () => {
    const headers = Array.from({ length: 100_000 }, (_, index) => tarHeader({ name: `m${index}` }));
    const bytes = gzipSync(Buffer.concat([...headers, tarEnd]), { level: 1 });
    const { archives, digest, taken } = await stored(bytes);
    let seen = 0;
    const run = async (): Promise<void> => {
      for await (const member of archives.members('o', digest)) seen += member.size + 1;
    };
    await expect(run()).rejects.toMatchObject({
      code: 'TOO_MANY_MEMBERS',
      coordinates: { position: 10_000 },
    });
    expect(seen).toBe(10_000);
    expect(taken()).toBeLessThan(bytes.length / 5);
  });
});

describe('file', () => {
  it('gives one member by position, without reading on', async () => {
    const { archives, digest, opened } = await stored(two);
    const at = { org: 'o', blob: digest, format: 'archive' };
    expect((await readAll(archives.file({ ...at, member: 2 }))).toString()).toBe('second');
    expect(opened()).toBe(0);
    await expect(readAll(archives.file({ ...at, member: 1 }))).rejects.toMatchObject({
      code: 'MEMBER_MISSING',
    });
    await expect(readAll(archives.file({ ...at, member: 9 }))).rejects.toMatchObject({
      code: 'MEMBER_MISSING',
    });
  });

  it('gives the bytes of gzip and csv', async () => {
    for (const [format, bytes] of [
      ['gzip', gzipSync('a,b')],
      ['csv', Buffer.from('a,b')],
    ] as const) {
      const { archives, digest } = await stored(bytes);
      expect(
        (await readAll(archives.file({ org: 'o', blob: digest, format, member: null }))).toString(),
      ).toBe('a,b');
    }
  });
});

describe('stopping and failing', () => {
  it('a reader that stops anywhere closes everything behind it', async () => {
    const body = randomBytes(1_000_000);
    const { archives, digest, opened } = await stored(tarGz({ name: 'a', body }, { name: 'b', body }));
    for await (const member of archives.members('o', digest)) {
      expect(member.position).toBe(0);
      break;
    }
    expect(opened()).toBe(0);
    for await (const member of archives.members('o', digest)) {
      for await (const part of member.bytes) {
        expect(part.byteLength).toBeGreaterThan(0);
        break;
      }
      break;
    }
    expect(opened()).toBe(0);
    for await (const part of archives.file({ org: 'o', blob: digest, format: 'archive', member: 1 })) {
      expect(part.byteLength).toBeGreaterThan(0);
      break;
    }
    expect(opened()).toBe(0);
    const failing = async (): Promise<void> => {
      for await (const member of archives.members('o', digest)) throw new Error(member.name);
    };
    await expect(failing()).rejects.toThrow('a');
    expect(opened()).toBe(0);
  });

  it('a slow reader holds the store back', async () => {
    const noise = Buffer.alloc(4_000_000);
    for (let index = 0, state = 1; index < noise.length; index++) {
      state = (state * 48_271) % 2_147_483_647;
      noise[index] = state;
    }
    const { archives, digest, taken } = await stored(tarGz({ name: 'a', body: noise }));
    for await (const member of archives.members('o', digest)) {
      const reader = member.bytes[Symbol.asyncIterator]();
      await reader.next();
      for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
      expect(taken()).toBeLessThan(1_000_000);
      break;
    }
  });

  it('unpacks 512 MiB in bounded memory', async () => {
    const block = Buffer.alloc(16 * 1024 * 1024, 'some,thing,that,repeats\n');
    const parts = Array<Buffer>(32).fill(gzipSync(block, { level: 1 }));
    const bytes = Buffer.concat([
      gzipSync(tarHeader({ name: 'big.csv', size: 32 * block.length })),
      ...parts,
      gzipSync(tarEnd),
    ]);
    const { archives, digest } = await stored(bytes, { ratio: Infinity });
    const memory = (): number => process.memoryUsage().arrayBuffers;
    const before = memory();
    let [size, peak] = [0, 0];
    for await (const member of archives.members('o', digest)) {
      for await (const part of member.bytes) {
        size += part.byteLength;
        peak = Math.max(peak, memory() - before);
      }
    }
    expect(size).toBe(512 * 1024 * 1024);
    expect(peak).toBeLessThan(96 * 1024 * 1024);
  });

  it('a failing store is passed on as it is, wherever it fails', async () => {
    const away = new Retryable({ code: 'STORAGE_UNAVAILABLE', message: 'away' });
    const bytes = tarGz({
      name: 'a',
      body: randomBytes(20_000),
    });
    for (const after of [0, 5, 12, 600, 10_000, bytes.length]) {
      const blobs: Blobs = {
        ...memoryBlobs(),
        async *get() {
          yield* once(bytes.subarray(0, after));
          throw away;
        },
      };
      const run = async (): Promise<void> => {
        for await (const member of archiveReader({ blobs }).members('o', 'd')) await readAll(member.bytes);
      };
      await expect(run()).rejects.toBe(away);
    }
  });

  it('damage is the fault of the store when the stored bytes changed, not of the sender', async () => {
    const damage = new Retryable({ code: 'BLOB_DAMAGED', message: 'not the bytes that came' });
    const changed = tarGz({ name: 'a', body: randomBytes(300_000) });
    changed.fill(255, 700, 900);
    const blobs: Blobs = {
      ...memoryBlobs(),
      async *get() {
        yield* once(changed);
        throw damage;
      },
    };
    const archives = archiveReader({ blobs });
    const run = async (): Promise<void> => {
      for await (const member of archives.members('o', 'd')) await readAll(member.bytes);
    };
    await expect(run()).rejects.toBe(damage);
    changed[3] = 255;
    await expect(archives.detect('o', 'd')).rejects.toBe(damage);
  });

  it('refusals are Terminal and carry coordinates', async () => {
    const bytes = tarGz({ name: 'ok' }, { name: 'link', type: '2', linkname: '/etc/passwd' });
    const refusal: unknown = await list(bytes).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(Terminal);
    expect(refusal).toMatchObject({
      code: 'UNSUPPORTED_MEMBER',
      coordinates: { member: 'link', position: 1, byte_offset: 1024 },
    });
  });

  it('a pax header of no bytes misleads nobody into reading what is not there', async () => {
    const zero = gunzipSync(
      tarGz({ name: 'x', type: 'x' }, { name: 'a', body: 'abc' }, { name: 'b', body: 'def' }),
    );
    const found = await list(gzipSync(zero)).catch((error: unknown) => error);
    if (Array.isArray(found))
      expect(found).toEqual([
        [0, 'a', 'abc'],
        [1, 'b', 'def'],
      ]);
    else expect(found).toMatchObject({ code: 'CORRUPT_TAR' });
  });
});
