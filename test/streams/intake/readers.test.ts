import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseInstant } from '../../../streams/intake/instant.ts';
import { member, parseJson } from '../../../streams/intake/json.ts';
import { readManifest } from '../../../streams/intake/manifest.ts';
import { reportKind } from '../../../streams/intake/report-kind.ts';
import { scanFile } from '../../../streams/intake/scan.ts';
import { containerHeader, costHeader, manifest, namespaceHeader, streamed } from './upload.ts';

describe('moments', () => {
  it.each([
    ['2023-03-30T14:13:36.377076593Z', '2023-03-30T14:13:36.377Z'],
    ['2119-02-05 16:18:40.706683', '2119-02-05T16:18:40.706Z'],
    ['2023-03-30 14:13:36 +0000 UTC', '2023-03-30T14:13:36.000Z'],
    ['2023-03-30T14:13:36+05:30', '2023-03-30T08:43:36.000Z'],
    ['2023-03-30T00:13:36-0230', '2023-03-30T02:43:36.000Z'],
    ['2023-03-30', '2023-03-30T00:00:00.000Z'],
    ['2024-02-29T00:00', '2024-02-29T00:00:00.000Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
    ['2023-03-30T14:13:36.5Z', '2023-03-30T14:13:36.500Z'],
  ])('%s', (text, iso) => {
    expect(new Date(parseInstant(text)!).toISOString()).toBe(iso);
  });

  it.each([
    '',
    'today',
    '2023-02-29',
    '2023-13-01',
    '2023-00-10',
    '2023-01-01T24:00',
    '2023-01-01T00:60',
    '2023-01-01T00:00:60',
    '2023-1-1',
    '2023-01-01T00:00:00+24:00',
    '2023-01-01T00:00:00 CET',
    ' 2023-01-01',
    '2023-01-01\n',
  ])('%j is none', (text) => {
    expect(parseInstant(text)).toBeNull();
  });

  it('agrees with the platform on what it prints', () => {
    fc.assert(
      fc.property(fc.date({ min: new Date(0), max: new Date('2300-01-01'), noInvalidDate: true }), (date) => {
        expect(parseInstant(date.toISOString())).toBe(date.getTime());
      }),
    );
  });
});

describe('header lines', () => {
  it.each([
    ['container', containerHeader],
    ['container', `\uFEFF${containerHeader}\r`],
    ['container', containerHeader.split(',').reverse().join(',')],
    [
      'container',
      containerHeader
        .split(',')
        .map((name) => `"${name}"`)
        .join(','),
    ],
    ['container', `${containerHeader},accelerator_model_name,accelerator_profile_name`],
    ['container', containerHeader.split(',').slice(0, 19).join(',')],
    ['namespace', namespaceHeader],
    ['namespace', namespaceHeader.split(',').slice(0, 13).join(',')],
    ['other', costHeader],
    ['other', containerHeader.split(',').slice(0, 10).join(',')],
    ['other', ''],
    ['other', '{"uuid":1}'],
    ['other', ','.repeat(10_000)],
  ])('%s: %.60s', (kind, line) => {
    expect(reportKind(line)).toBe(kind);
  });
});

describe('scanning a file', () => {
  it('finds kind, digest and size however the bytes are cut', async () => {
    const bytes = Buffer.from(`${namespaceHeader}\n${'1,2,3\n'.repeat(50)}`);
    const whole = {
      kind: 'namespace',
      digest: createHash('sha256').update(bytes).digest('hex'),
      size: bytes.length,
    };
    for (const size of [1, 7, 100, bytes.length])
      expect(await scanFile(streamed(bytes, size))).toEqual(whole);
    const noNewline = Buffer.from(namespaceHeader);
    expect(await scanFile(streamed(noNewline, 64))).toMatchObject({
      kind: 'namespace',
      size: noNewline.length,
    });
  });

  it('gives up on a first line that does not end', async () => {
    const endless = Buffer.from(`${containerHeader},${'x,'.repeat(100_000)}`);
    expect(await scanFile(streamed(endless, 5_000))).toEqual({
      kind: 'other',
      digest: '',
      size: endless.length,
    });
  });
});

describe('manifests', () => {
  const read = (changes: object): ReturnType<typeof readManifest> =>
    readManifest(Buffer.from(manifest({ ...changes }).body!));

  it('keeps what is known and ignores the rest', () => {
    const full = read({
      uuid: '795EB333-370A-4653-AA40-0F7FD911B61B',
      version: '26502d5',
      start: '2023-03-15T13:00:00Z',
      end: '',
      files: ['a.csv'],
      cr_status: { deep: [{ er: {} }] },
      certified: false,
    });
    expect(full.manifest).toMatchObject({
      uuid: '795eb333-370a-4653-aa40-0f7fd911b61b',
      version: '26502d5',
      end: null,
    });
    expect(full.manifest.start).toBe(Date.UTC(2023, 2, 15, 13));
    expect([...full.costFiles, ...full.reportFiles]).toEqual(['a.csv', 'ros.csv']);
  });

  it('may begin with a byte order mark', () => {
    expect(readManifest(Buffer.from(`\uFEFF${manifest().body!.toString()}`)).manifest.version).toBeNull();
  });

  it('names the field at fault', () => {
    expect(() => read({ files: ['ok', 'a/b'] })).toThrow('"files[1]" must be a single name without a path');
  });
});

it('JSON of any shape within the depth is read as the platform does', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 5 }), (text) => {
      expect(parseJson(text, 64)).toEqual({ ok: true, value: JSON.parse(text) as unknown });
    }),
  );
  expect(parseJson('{"a":"[[[[\\"[["}', 1)).toMatchObject({ ok: true });
  expect(parseJson('[[1]]', 1)).toMatchObject({ ok: false });
});

it('what every object inherits is no member', () => {
  for (const name of ['toString', 'constructor', '__proto__']) expect(member({}, name)).toBeUndefined();
});
