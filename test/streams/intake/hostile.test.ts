import { gzipSync, gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { tarGz } from '../../support/tar.ts';
import { hostileUploads } from './corpus.ts';
import { goodArchive, manifest, openBytes, report } from './upload.ts';

const table: string[] = [];

describe(`${hostileUploads.length} hostile uploads`, () => {
  it.each(hostileUploads)('$title: $code', async ({ title, code, bytes, limits }) => {
    const upload = bytes();
    const before = process.memoryUsage();
    const started = performance.now();
    const outcome = await openBytes(upload, limits === undefined ? {} : { limits });
    const seconds = (performance.now() - started) / 1000;
    const after = process.memoryUsage();
    expect(outcome).toMatchObject({ type: 'UploadRefused', data: { code } });
    const { message } = outcome.data as { message: string };
    expect(message.length).toBeLessThan(500);
    expect(message).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(message, 'says what to do next').toMatch(/(Send|Pack|Keep|Split|Rename|Add|Correct|Write)[^.]*\./);
    expect(seconds).toBeLessThan(5);
    expect(after.rss - before.rss).toBeLessThan(200 * 1024 * 1024);
    table.push(`${title} → ${code}: ${message}`);
  });

  it('have their messages in one table', () => {
    expect(table).toHaveLength(hostileUploads.length);
    expect(table.join('\n')).toMatchSnapshot();
  });
});

it('names the member, its position and its byte', async () => {
  const outcome = await openBytes(tarGz(report, { name: '../evil\n.csv', body: 'x' }, manifest()));
  expect(outcome.data).toMatchObject({
    message: expect.stringContaining(
      'member 1 "../evil\\u{a}.csv" (byte 2048 of the unpacked archive)',
    ) as string,
  });
});

it('cut off at every byte: never read, always said why', async () => {
  const whole = goodArchive();
  const codes = new Set<string>();
  for (let length = 0; length < whole.length; length++) {
    const { type, data } = await openBytes(whole.subarray(0, length));
    expect([length, type]).toEqual([length, 'UploadRefused']);
    codes.add((data as { code: string }).code);
  }
  expect([...codes]).toEqual(['EMPTY_UPLOAD', 'TRUNCATED_GZIP']);
});

it('the tar inside cut off anywhere, at every block edge above all: no report is taken for whole', async () => {
  const whole = gunzipSync(goodArchive());
  const members = whole.length - 1024;
  for (let length = 0; length < members + 512; length++) {
    const fromEdge = Math.abs(length - Math.round(length / 512) * 512);
    if (fromEdge > 2 && length % 13 !== 0) continue;
    const { type, data } = await openBytes(gzipSync(whole.subarray(0, length), { level: 1 }));
    // Less than one header is not known to be a tar at all.
    if (length >= 512)
      expect([length, type, data]).toMatchObject([length, 'UploadRefused', { code: 'TRUNCATED_TAR' }]);
    else if (type === 'UploadOpened')
      expect(data.files).toMatchObject([{ kind: 'other', code: 'NOT_A_USAGE_REPORT' }]);
  }
});

it('any byte changed: one answer, with a code of ours', async () => {
  const packed = goodArchive();
  const plain = gunzipSync(packed);
  const known = new Set([...hostileUploads.map((upload) => upload.code), 'MANIFEST_INVALID']);
  const judge = async (bytes: Uint8Array): Promise<void> => {
    const outcome = await openBytes(bytes);
    if (outcome.type === 'UploadRefused') expect(known).toContain(outcome.data.code);
  };
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.nat(255), fc.boolean(), async (at, value, inside) => {
      const changed = Buffer.from(inside ? plain : packed);
      changed[at % changed.length] = value;
      await judge(inside ? gzipSync(changed, { level: 1 }) : changed);
    }),
    { numRuns: 400 },
  );
});

const unhandled: unknown[] = [];
const note = (reason: unknown): number => unhandled.push(reason);
process.on('unhandledRejection', note);
afterAll(() => {
  process.off('unhandledRejection', note);
  expect(unhandled).toEqual([]);
});
