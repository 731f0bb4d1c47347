import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { archiveReader } from '../../../connectors/archive/reader.ts';
import { memoryBlobs } from '../../../connectors/blobs/memory.ts';
import { Retryable } from '../../../streams/runtime/errors.ts';
import { tarGz, type TarMember } from '../../support/tar.ts';
import {
  containerHeader,
  costHeader,
  goodArchive,
  manifest,
  namespaceHeader,
  open,
  openBytes,
  received,
  report,
} from './upload.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

async function opened(bytes: Uint8Array, options: Parameters<typeof openBytes>[1] = {}) {
  const outcome = await openBytes(bytes, options);
  if (outcome.type !== 'UploadOpened') throw new Error(`${outcome.data.code}: ${outcome.data.message}`);
  return outcome.data;
}

describe('an archive', () => {
  it('opens with its manifest and what its report is', async () => {
    const bytes = goodArchive();
    expect(await opened(bytes, { event: { cluster_alias: 'shop', source_id: 's1' } })).toEqual({
      upload_id: '11111111-1111-4111-8111-111111111111',
      org_id: '12345',
      digest: createHash('sha256').update(bytes).digest('hex'),
      format: 'archive',
      manifest: {
        uuid: '795eb333-370a-4653-aa40-0f7fd911b61b',
        cluster_id: '023d9b0e-7ca6-481d-b04f-ea606becd54e',
        date: Date.UTC(2023, 2, 30, 14, 13, 36, 377),
        version: null,
        start: null,
        end: null,
      },
      cluster_id: '023d9b0e-7ca6-481d-b04f-ea606becd54e',
      cluster_alias: 'shop',
      source_id: 's1',
      files: [
        {
          name: 'ros.csv',
          member: 0,
          kind: 'container',
          digest: sha256(`${containerHeader}\n`),
          size: containerHeader.length + 1,
          code: null,
          message: null,
        },
      ],
    });
  });

  it('says of each file whether it is read, in archive order, listed ones that did not come last', async () => {
    const files: TarMember[] = [
      { name: 'cost.csv', body: `${costHeader}\n1` },
      { name: 'namespace.csv', body: `${namespaceHeader}\n` },
      manifest({
        files: ['cost.csv', 'mislabelled.csv'],
        resource_optimization_files: ['later.csv', 'namespace.csv', 'odd.csv', 'namespace.csv'],
      }),
      { name: 'unlisted.csv', body: containerHeader },
      { name: 'mislabelled.csv', body: containerHeader },
      { name: 'odd.csv', body: 'a,b\n1,2\n' },
      { name: 'readme.txt', body: 'hello' },
      { name: '._namespace.csv', body: 'metadata of macOS' },
      { name: 'folder/', type: '5' },
    ];
    const { files: found } = await opened(tarGz(...files));
    expect(found.map(({ name, member, kind, code }) => [name, member, kind, code])).toEqual([
      ['cost.csv', 0, 'other', 'COST_FILE'],
      ['namespace.csv', 1, 'namespace', null],
      ['unlisted.csv', 3, 'container', 'UNLISTED_FILE'],
      ['mislabelled.csv', 4, 'container', 'UNLISTED_FILE'],
      ['odd.csv', 5, 'other', 'NOT_A_USAGE_REPORT'],
      ['readme.txt', 6, 'other', 'NOT_A_USAGE_REPORT'],
      ['later.csv', null, 'other', 'LISTED_FILE_ABSENT'],
    ]);
    expect(found.map((file) => file.digest === '')).toEqual([true, false, false, false, true, true, true]);
    expect(found.filter((file) => file.code !== null && file.message === null)).toEqual([]);
  });

  it('a split payload opens: one of many listed reports is enough, or a cost file alone', async () => {
    const many = manifest({
      files: ['cost.csv'],
      resource_optimization_files: ['a.csv', 'ros.csv', 'b.csv'],
    });
    expect((await opened(tarGz(many, report))).files.map((file) => file.code)).toEqual([
      null,
      'LISTED_FILE_ABSENT',
      'LISTED_FILE_ABSENT',
    ]);
    const cost = await opened(tarGz(many, { name: 'cost.csv', body: costHeader }));
    expect(cost.files.map((file) => file.code)).toEqual([
      'COST_FILE',
      ...Array<string>(3).fill('LISTED_FILE_ABSENT'),
    ]);
  });

  it('a manifest that lists nothing, or null, opens', async () => {
    expect((await opened(tarGz(manifest({ files: null, resource_optimization_files: null })))).files).toEqual(
      [],
    );
  });

  it('a leading ./ does not matter', async () => {
    const bytes = tarGz(
      { name: './', type: '5' },
      { ...report, name: './ros.csv' },
      { ...manifest(), name: './manifest.json' },
    );
    expect((await opened(bytes)).files).toMatchObject([{ name: 'ros.csv', member: 1, code: null }]);
  });

  it('the same bytes give the same event, however the store cuts them', async () => {
    const bytes = goodArchive();
    const blobs = memoryBlobs();
    const whole = await openBytes(bytes, { blobs });
    const dripping = {
      ...blobs,
      async *get(org: string, digest: string) {
        for await (const chunk of blobs.get(org, digest)) {
          for (const byte of chunk) yield Uint8Array.of(byte);
        }
      },
    };
    expect(await openBytes(bytes, { blobs: dripping })).toEqual(whole);
  });

  it('stays below 512 KiB as an event, else is refused', async () => {
    const names = (count: number): string[] =>
      Array.from({ length: count }, (_, index) => `${'x'.repeat(200)}-${index}.csv`);
    const small = manifest({ resource_optimization_files: ['ros.csv', ...names(1_000)] });
    expect(JSON.stringify(await opened(tarGz(report, small))).length).toBeLessThan(512 * 1024);
    const large = manifest({ resource_optimization_files: ['ros.csv', ...names(1_900)] });
    expect((await openBytes(tarGz(report, large))).data).toMatchObject({ code: 'TOO_MANY_FILES' });
  });
});

describe('a bare file', () => {
  const csv = Buffer.from(`${namespaceHeader}\n`);

  it('belongs to the default cluster and source unless the sender says otherwise', async () => {
    const expected = {
      format: 'csv',
      manifest: null,
      files: [{ name: 'upload.bin', member: null, kind: 'namespace', code: null }],
    };
    expect(await opened(csv)).toMatchObject({
      ...expected,
      cluster_id: '00000000-0000-0000-0000-000000000000',
      cluster_alias: 'default',
      source_id: 'local',
    });
    expect(await opened(csv, { event: { cluster_id: 'c1', source_id: 's1' } })).toMatchObject({
      ...expected,
      cluster_id: 'c1',
      cluster_alias: null,
      source_id: 's1',
    });
  });

  it('compressed: digest and size are those of the bytes inside', async () => {
    expect(await opened(gzipSync(csv))).toMatchObject({
      format: 'gzip',
      files: [{ kind: 'namespace', digest: sha256(csv.toString()), size: csv.length }],
    });
  });

  it('that is no usage report opens as other', async () => {
    expect(await opened(Buffer.from('a,b\n'))).toMatchObject({
      files: [{ kind: 'other', code: 'NOT_A_USAGE_REPORT', digest: '' }],
    });
  });
});

it('a failing store is no refusal: the error comes through as it is', async () => {
  const away = new Retryable({ code: 'STORAGE_UNAVAILABLE', message: 'away' });
  const blobs = memoryBlobs();
  const { digest } = await blobs.put('12345', [goodArchive()] as never, 1e6);
  for (const after of [0, 1, 40]) {
    let reads = 0;
    const failing = {
      ...blobs,
      async *get(org: string, name: string) {
        reads++;
        for await (const chunk of blobs.get(org, name)) yield chunk.subarray(0, after);
        throw away;
      },
    };
    await expect(open(received(digest), archiveReader({ blobs: failing }))).rejects.toBe(away);
    expect(reads).toBeGreaterThan(0);
  }
});

it('a stored upload that is gone stays an error, for it is not the fault of the sender', async () => {
  const archives = archiveReader({ blobs: memoryBlobs() });
  await expect(open(received('a'.repeat(64)), archives)).rejects.toMatchObject({ code: 'BLOB_MISSING' });
});
