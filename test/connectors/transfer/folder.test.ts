import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bringPartition, verifyFile } from '../../../connectors/transfer/bringing.ts';
import { readLines } from '../../../connectors/transfer/files.ts';
import type { FileEntry } from '../../../connectors/transfer/files.ts';
import { recordLine, recordOf } from '../../../connectors/transfer/lines.ts';
import { fileNames, makeFolder, readManifest, writeManifest } from '../../../connectors/transfer/manifest.ts';
import type { Manifest } from '../../../connectors/transfer/manifest.ts';
import { idRewriter } from '../../../connectors/transfer/schema-ids.ts';
import { takeTopic } from '../../../connectors/transfer/taking.ts';
import { recordRewriter } from '../../../connectors/transfer/dead-values.ts';
import { createCodec, localRegistry } from '../../../schemas/codec/codec.ts';
import type { Codec } from '../../../schemas/codec/codec.ts';
import { schemaHistory } from '../../../schemas/generated/history.ts';
import { Retryable } from '../../../streams/runtime/errors.ts';
import { MemoryLog } from '../../../streams/runtime/memory/log.ts';
import type { LogRecord, NewRecord } from '../../../streams/runtime/ports.ts';

/** A codec whose ids are so much higher. */
const shifted = (by: number): Codec =>
  createCodec(localRegistry(schemaHistory.map((schema) => ({ ...schema, id: schema.id + by }))));
const place = { unit: 'u', topic: 't', partition: 0, offset: 7 };
const redriven = {
  ...place,
  ...{ attempt: 1, by: 'me', edited: false, event_id: 'e', value_sha256: 's', host: 'h', reason: 'r' },
};
const deadRecord = {
  ...place,
  ...{ event_id: 'e', org_id: 'o', key: null, code: 'X', message: 'm', headers: {} },
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rightstream-transfer-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const WHOLE = { maxRecords: 10_000, maxBytes: 1e9 };
const keep = <T>(record: T): Promise<T> => Promise.resolve(record);
const nothing = (): void => undefined;

const anyRecord = fc.record({
  topic: fc.constant('t'),
  partition: fc.nat(1),
  key: fc.option(fc.string({ unit: 'binary' }), { nil: null }),
  value: fc.option(
    fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
    { nil: null },
  ),
  headers: fc.dictionary(fc.stringMatching(/^[a-z-]{1,9}$/), fc.string()),
  timestamp: fc.nat(),
});

async function logOf(records: readonly NewRecord[]): Promise<MemoryLog> {
  const log = new MemoryLog();
  await log.createTopic({ name: 't', partitions: 2 });
  await log.append(records);
  return log;
}

const all = async (log: MemoryLog): Promise<(readonly LogRecord[])[]> =>
  Promise.all([0, 1].map(async (partition) => (await log.read({ topic: 't', partition }, 0, WHOLE)).records));

const numbered = (n: number): NewRecord[] =>
  Array.from({ length: n }, (_, i) => ({
    topic: 't',
    partition: 0,
    key: `k${i}`,
    value: Buffer.from([0, 0, 0, 0, 1, i & 255]),
    headers: { 'event-id': `e${i}` },
    timestamp: i,
  }));

async function taken(log: MemoryLog): Promise<FileEntry[]> {
  return takeTopic(log, folder, 't', await log.ends('t'), nothing);
}

describe('records', () => {
  it('come out of a folder as they went in', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyRecord, { maxLength: 40 }), async (records) => {
        const here = mkdtempSync(join(folder, 'run-'));
        const source = await logOf(records);
        const files = await takeTopic(source, here, 't', await source.ends('t'), nothing);
        const target = await logOf([]);
        for (const [partition, { lines }] of files.entries()) {
          await bringPartition(
            { log: target, folder: here, rewrite: keep, brought: nothing },
            { topic: 't', partition },
            lines,
          );
        }
        expect(await all(target)).toEqual(await all(source));
      }),
      { numRuns: 60 },
    );
  });

  it('a planted bit in any place of a line is found', () => {
    const line = recordLine({
      offset: 7,
      timestamp: 1,
      key: 'k',
      headers: { a: 'b' },
      value: Buffer.from('v'),
    });
    const body = line.subarray(0, -1);
    expect(recordOf(body, 'f', 1).offset).toBe(7);
    for (let at = 0; at < body.length; at++) {
      const damaged = Buffer.from(body);
      damaged[at]! ^= 1;
      expect(() => recordOf(damaged, 'f', 8), `byte ${at}`).toThrow('f, record 8');
    }
  });

  it('are taken up to the ends only, and records that come later are left', async () => {
    const log = await logOf(numbered(5));
    const [first] = await takeTopic(log, folder, 't', [3, 0], nothing);
    expect(first!.lines).toBe(3);
  });

  it.each([
    ['a marker of a transaction', 2],
    ['history that was cut', 0],
  ])('%s is refused, with its offset', async (_why, hole) => {
    const log = await logOf(numbered(5));
    const read: MemoryLog['read'] = async (at, from, limits) => {
      const page = await log.read(at, from, limits);
      return { ...page, records: page.records.filter(({ offset }) => offset !== hole) };
    };
    await expect(takeTopic({ read }, folder, 't', [5, 0], nothing)).rejects.toMatchObject({
      code: 'OFFSETS_MISSING',
      coordinates: { topic: 't', partition: 0, offset: hole },
    });
  });
});

describe('a file', () => {
  const name = fileNames.partition('t', 0);
  let entry: FileEntry;
  beforeEach(async () => {
    entry = (await taken(await logOf(numbered(50))))[0]!;
  });

  it('that is whole is verified', async () => {
    await verifyFile(folder, name, entry);
  });

  it.each([
    ['cut short', (bytes: Buffer) => bytes.subarray(0, bytes.length / 2), {}],
    ['gone', () => Buffer.alloc(0), {}],
    ['changed in record 20', change20, { record: 20 }],
    ['of other records', () => gzipSync(''), {}],
  ])('that is %s is refused with its name', async (_what, change, more) => {
    const path = join(folder, name);
    writeFileSync(path, change(readFileSync(path)));
    await expect(verifyFile(folder, name, entry)).rejects.toMatchObject({
      code: 'FILE_DAMAGED',
      coordinates: { file: name, ...more },
    });
  });

  it('that is not there is refused', async () => {
    rmSync(join(folder, name));
    await expect(verifyFile(folder, name, entry)).rejects.toMatchObject({ code: 'FILE_DAMAGED' });
  });

  it('is read as lines in bounded pieces', async () => {
    let lines = 0;
    for await (const line of readLines(folder, name)) lines += line.length > 0 ? 1 : 0;
    expect(lines).toBe(50);
  });

  function change20(bytes: Buffer): Buffer {
    const lines = gunzipSync(bytes).toString().split('\n');
    lines[19] = lines[19]!.replace('"k19"', '"k99"');
    return gzipSync(lines.join('\n'));
  }
});

describe('bringing', () => {
  const at = { topic: 't', partition: 0 };

  it('goes on behind what is there already', async () => {
    const source = await logOf(numbered(1_200));
    await taken(source);
    const target = await logOf(numbered(700));
    let brought = 0;
    const count = (n: number): void => {
      brought += n;
    };
    await bringPartition({ log: target, folder, rewrite: keep, brought: count }, at, 1_200);
    expect(await all(target)).toEqual(await all(source));
    expect(brought).toBe(1_200);
  });

  it('does not go on behind records of somebody else', async () => {
    await taken(await logOf(numbered(10)));
    const target = await logOf(numbered(5).map((record) => ({ ...record, key: 'other' })));
    await expect(
      bringPartition({ log: target, folder, rewrite: keep, brought: nothing }, at, 10),
    ).rejects.toMatchObject({ code: 'TOPIC_NOT_EMPTY' });
  });

  it('stops when somebody else appends meanwhile', async () => {
    await taken(await logOf(numbered(1_200)));
    const target = await logOf([]);
    const append: MemoryLog['append'] = async (records) => {
      if (records[0]!.timestamp >= 500) await target.append(numbered(1));
      return target.append(records);
    };
    const log = { append, ends: (t: string) => target.ends(t), read: target.read.bind(target) };
    await expect(
      bringPartition({ log, folder, rewrite: keep, brought: nothing }, at, 1_200),
    ).rejects.toMatchObject({ code: 'OFFSETS_DIFFER', coordinates: { offset: 500 } });
  });

  it('a failure that left a part of a batch is gone on from', async () => {
    const source = await logOf(numbered(1_200));
    await taken(source);
    const target = await logOf([]);
    let failures = 0;
    const append: MemoryLog['append'] = async (records) => {
      if (failures++ > 0) return target.append(records);
      await target.append(records.slice(0, 123));
      throw new Retryable({ code: 'KAFKA_AWAY', message: 'away' });
    };
    const log = { append, ends: (t: string) => target.ends(t), read: target.read.bind(target) };
    await bringPartition({ log, folder, rewrite: keep, brought: nothing }, at, 1_200);
    expect(await all(target)).toEqual(await all(source));
  });
});

describe('schema ids', () => {
  const value = (id: number): Buffer => Buffer.from([0, 0, 0, 0, id, 9]);

  it('become those of the target; what meant nothing keeps meaning nothing', async () => {
    const rewrite = idRewriter({ same: new Map([[1, 40]]), isKnown: (id) => Promise.resolve(id === 7) });
    const [ours, foreign, unknown, short, text] = [
      value(1),
      value(7),
      value(8),
      Buffer.from([0, 0]),
      Buffer.from('{"a":1}'),
    ];
    for (const each of [ours, foreign, unknown, short, text, null]) await rewrite(each);
    expect(ours.readUInt32BE(1)).toBe(40);
    expect(foreign.readUInt32BE(1)).toBe(0x8000_0007);
    expect(unknown.readUInt32BE(1)).toBe(8);
    expect([short, text]).toEqual([Buffer.from([0, 0]), Buffer.from('{"a":1}')]);
  });
});

describe('a record that died', () => {
  it('has the ids of the target, in its own bytes and in those that it carries', async () => {
    const [there, here] = [shifted(0), shifted(50)];
    const inner = (codec: Codec): Buffer => codec.encode('RecordRedriven', redriven);
    const died = (codec: Codec, value: Buffer): Buffer =>
      codec.encode('RecordDied', { ...deadRecord, event_type: 'RecordRedriven', value });
    const twice = (codec: Codec): Buffer =>
      codec.encode('RecordDied', {
        ...deadRecord,
        event_type: 'RecordDied',
        value: died(codec, inner(codec)),
      });
    const same = new Map(schemaHistory.map(({ id }) => [id, id + 50]));
    const rewriteId = idRewriter({ same, isKnown: () => Promise.resolve(true) });
    const rewrite = recordRewriter(here, rewriteId, () => Promise.resolve(true));
    const record = { offset: 0, timestamp: 0, key: null, headers: { 'event-type': 'RecordDied' } };
    const once = await rewrite({ ...record, value: died(there, inner(there)) });
    expect(once.value).toEqual(died(here, inner(here)));
    expect((await rewrite({ ...record, value: twice(there) })).value).toEqual(twice(here));
    const unreadable = { ...record, value: Buffer.from([0, 0, 0, 0, 9, 9]) };
    expect((await rewrite(unreadable)).value).toEqual(Buffer.from([0, 0, 0, 0, 59, 9]));
  });
});

describe('a manifest', () => {
  const entry = { lines: 5, bytes: 10, sha256: 'a'.repeat(64) };
  const manifest = (over: Partial<Manifest> = {}): Manifest => ({
    format: 1,
    made_at: '2026-03-29T00:00:00.000Z',
    profile: 'embedded',
    topics: [{ name: 't', partitions: [entry] }],
    schemas: [],
    units: [{ unit: 'u', partition: 0, epoch: 3, positions: { t: 5 }, marks: { 'a/t/0@t': '1.1.0' } }],
    submissions: [{ sender: 'ingress', partition: 0, next_seq: 4 }],
    versions: { u: 1 },
    projections: [{ id: 'u', version: 1, tables: [] }],
    keys: entry,
    blobs: null,
    missing_blobs: 0,
    ...over,
  });
  const change = (from: string, to: string): void => {
    const path = join(folder, fileNames.manifest);
    writeFileSync(path, readFileSync(path, 'utf8').replace(from, to));
  };

  it('is read as it was written', async () => {
    await writeManifest(folder, manifest());
    expect((await readManifest(folder)).manifest).toEqual(manifest());
  });

  it.each([
    ['that is not there', nothing, 'MANIFEST_MISSING'],
    ['of another format', () => change('"format": 1', '"format": 2'), 'FORMAT_UNKNOWN'],
    ['that was changed', () => change('"epoch": 3', '"epoch": 4'), 'FILE_DAMAGED'],
    ['with a word that nobody knows', () => change('"profile"', '"profil"'), 'FILE_DAMAGED'],
    ['that was cut', () => change('"sha256"', ''), 'FILE_DAMAGED'],
  ])('%s is refused', async (what, plant, code) => {
    if (what !== 'that is not there') await writeManifest(folder, manifest());
    plant();
    await expect(readManifest(folder)).rejects.toMatchObject({ code });
  });

  it('with a position beyond the end is refused', async () => {
    const [unit] = manifest().units;
    await writeManifest(folder, manifest({ units: [{ ...unit!, positions: { t: 6 } }] }));
    await expect(readManifest(folder)).rejects.toThrow('u/0 is at 6 of t, which ends at 5');
  });

  it('goes into a folder that is empty', async () => {
    await makeFolder(join(folder, 'new'));
    await writeManifest(folder, manifest());
    await expect(makeFolder(folder)).rejects.toMatchObject({ code: 'FOLDER_NOT_EMPTY' });
  });
});
