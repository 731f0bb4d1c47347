import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BadInput, Terminal } from '../../../streams/runtime/errors.ts';
import type { Blobs } from '../../../streams/runtime/ports.ts';

/** What a contract run needs: a fresh store, and a way to list everything that it keeps (blobs and leftovers). */
export interface BlobsUnderTest {
  readonly blobs: Blobs;
  readonly kept: () => Promise<readonly string[]>;
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** A stream of chunks that may fail at its end. */
export async function* chunks(parts: readonly Uint8Array[], failure?: Error): AsyncGenerator<Uint8Array> {
  for (const part of parts) {
    await Promise.resolve();
    yield part;
  }
  if (failure) throw failure;
}

/** All bytes of a stream. */
export async function readAll(bytes: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of bytes) parts.push(part);
  return Buffer.concat(parts);
}

/** What every adapter of port `Blobs` must do. */
export function blobsContract(name: string, fresh: () => Promise<BlobsUnderTest>): void {
  describe(`${name}: contract of Blobs`, () => {
    it('gives back what was put, under the sha256 of the bytes', async () => {
      const { blobs } = await fresh();
      await fc.assert(
        fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 5_000 }), { maxLength: 6 }), async (parts) => {
          const whole = Buffer.concat(parts);
          expect(await blobs.put('12345', chunks(parts), 1e6)).toEqual({
            digest: sha256(whole),
            size: whole.length,
          });
          expect(await readAll(blobs.get('12345', sha256(whole)))).toEqual(whole);
        }),
        { numRuns: 20 },
      );
    });

    it('reads in chunks of at most 256 KiB that stay valid', async () => {
      const { blobs } = await fresh();
      const whole = Buffer.alloc(1_000_000, 'rightstream');
      const { digest } = await blobs.put('o', chunks([whole]), 1e7);
      const seen: Uint8Array[] = [];
      for await (const chunk of blobs.get('o', digest)) seen.push(chunk);
      expect(Math.max(...seen.map((chunk) => chunk.byteLength))).toBe(256 * 1024);
      expect(Buffer.concat(seen).equals(whole)).toBe(true);
    });

    it('a put that is cut off anywhere leaves nothing behind', async () => {
      const { blobs, kept } = await fresh();
      await fc.assert(
        fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 3_000 }), { maxLength: 5 }), async (parts) => {
          const gone = new Error('the client went away');
          await expect(blobs.put('12345', chunks(parts, gone), 1e6)).rejects.toBe(gone);
          expect(await kept()).toEqual([]);
        }),
        { numRuns: 20 },
      );
    });

    it('refuses one byte more than the limit, tells the sender to stop and leaves nothing', async () => {
      const { blobs, kept } = await fresh();
      let stopped = false;
      async function* endless(): AsyncGenerator<Uint8Array> {
        try {
          for (;;) {
            await Promise.resolve();
            yield new Uint8Array(1_000);
          }
        } finally {
          stopped = true;
        }
      }
      const refusal = await blobs.put('12345', endless(), 10_500).catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(BadInput);
      expect(refusal).toMatchObject({ code: 'BLOB_TOO_LARGE', coordinates: { max_bytes: 10_500 } });
      expect(stopped).toBe(true);
      expect(await kept()).toEqual([]);
      expect(await blobs.put('12345', chunks([new Uint8Array(10_500)]), 10_500)).toMatchObject({
        size: 10_500,
      });
    });

    it('keeps the same bytes once, also when they come many times at once', async () => {
      const { blobs, kept } = await fresh();
      const part = Buffer.from('the same');
      const answers = await Promise.all(
        Array.from({ length: 8 }, () => blobs.put('12345', chunks([part]), 100)),
      );
      expect(new Set(answers.map((answer) => answer.digest))).toEqual(new Set([sha256(part)]));
      await blobs.put('12345', chunks([part]), 100);
      expect(await kept()).toHaveLength(1);
    });

    it('keeps organisations apart', async () => {
      const { blobs } = await fresh();
      const { digest } = await blobs.put('a', chunks([Buffer.from('secret')]), 100);
      await expect(readAll(blobs.get('b', digest))).rejects.toMatchObject({ code: 'BLOB_MISSING' });
    });

    it.each(['..', '.', '../x', '/etc', 'a/b', 'a\\b', 'a\0b', '.staging', '%2e%2e', 'ü', "'*!()", 'con '])(
      'organisation %j names one folder of its own',
      async (org) => {
        const { blobs, kept } = await fresh();
        const { digest } = await blobs.put(org, chunks([Buffer.from(org)]), 100);
        expect((await readAll(blobs.get(org, digest))).toString()).toBe(org);
        expect(await kept()).toHaveLength(1);
        expect((await kept())[0]).toMatch(/^[A-Za-z0-9_~%-]+\//);
      },
    );

    it.each(['', 'x'.repeat(201), '\ud800'])('organisation %j is refused', async (org) => {
      const { blobs, kept } = await fresh();
      await expect(blobs.put(org, chunks([Buffer.from('x')]), 100)).rejects.toMatchObject({
        name: 'BadInput',
        code: 'INVALID_ORG',
      });
      await expect(readAll(blobs.get(org, sha256(Buffer.from('x'))))).rejects.toMatchObject({
        code: 'BLOB_MISSING',
      });
      expect(await kept()).toEqual([]);
    });

    it.each([
      '',
      '..',
      '../../etc/passwd',
      'A'.repeat(64),
      'a'.repeat(63),
      'a'.repeat(64),
      `${'a'.repeat(64)}\n`,
    ])('digest %j is missing', async (digest) => {
      const { blobs } = await fresh();
      const missing = await readAll(blobs.get('12345', digest)).catch((error: unknown) => error);
      expect(missing).toBeInstanceOf(Terminal);
      expect(missing).toMatchObject({ code: 'BLOB_MISSING' });
    });
  });
}
