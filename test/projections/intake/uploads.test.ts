import { beforeEach, expect, it } from 'vitest';
import uploads from '../../../projections/intake/uploads.projection.ts';
import { applyBatch } from '../../../projections/runtime/apply.ts';
import { tableSetOf } from '../../../projections/runtime/projection-work.ts';
import { createCodec, localRegistry } from '../../../schemas/codec/codec.ts';
import type { UploadOpened } from '../../../schemas/generated/events.ts';
import { MemoryLog } from '../../../streams/runtime/memory/log.ts';
import { MemoryUnits } from '../../../streams/runtime/memory/units.ts';
import type { Emission } from '../../../streams/runtime/ports.ts';
import { derivedRecord } from '../../../streams/runtime/records.ts';
import { Marks } from '../../../streams/runtime/seq.ts';

const codec = createCodec(localRegistry());
const ids = { org_id: 'acme', cluster_id: 'c' };

let log: MemoryLog;
let store: MemoryUnits;
let sent: number;

beforeEach(async () => {
  log = new MemoryLog();
  store = new MemoryUnits(log);
  sent = 0;
  for (const name of ['intake', 'dead-letters']) await log.createTopic({ name, partitions: 1 });
});

/** Takes one event, and returns the types of what is decided on it. */
async function take(type: Emission['type'], data: unknown): Promise<string[]> {
  const emission = { topic: 'intake', key: 'acme', type, data } as Emission;
  const derivation = { origin: 'given/x/0', seq: [sent++, 1, 0] as const, causedBy: '', headers: {} };
  const record = derivedRecord(codec, emission, derivation, 1);
  const [end] = await log.ends('intake');
  log.appendNow([record]);
  await store.transact(await store.claim('uploads', 0), tableSetOf(uploads), async (tx) => {
    const options = { codec, now: () => 2, live: true, marks: new Marks() };
    await applyBatch(uploads, [{ ...record, partition: 0, offset: end! }], tx, options);
  });
  const limits = { maxRecords: 100, maxBytes: 1e6 };
  const { records } = await log.read({ topic: 'intake', partition: 0 }, end! + 1, limits);
  return records.map(({ headers }) => headers['event-type']!);
}

async function received(upload: string): Promise<void> {
  await take('UploadReceived', {
    ...{ upload_id: upload, org_id: 'acme', request_id: upload, account: null, channel: 'http' },
    ...{ filename: 'f', digest: 'd', size: 1, media_type: '', source_id: null, cluster_id: null },
    ...{ cluster_alias: null, received_at: 1 },
  });
}

const opened = (upload: string, digests: readonly string[]): UploadOpened => ({
  ...ids,
  upload_id: upload,
  digest: 'd',
  format: 'archive',
  manifest: null,
  cluster_alias: null,
  source_id: null,
  files: digests.map((digest, i) => ({
    ...{ name: `${i}.csv`, member: i, kind: 'container', digest, size: 1, code: null, message: null },
  })),
});

function read(upload: string, digest: string): Promise<string[]> {
  return take('ReportRead', {
    ...{
      ...ids,
      upload_id: upload,
      digest,
      name: 'f',
      kind: 'container',
      position: 0,
      code: null,
      message: null,
      rows: 5,
      accepted: 5,
    },
    ...{ rejected: 0, reasons: [], groups: 5, workloads: 1, first_interval_start: null },
    ...{ last_interval_end: null, last_seqs: [] },
  });
}

const statuses = (): unknown[] => store.rows('uploads', 'upload_files').map((row) => row['status']);

it('an upload that is opened again, by a redrive or by newer code, is not called a duplicate of itself', async () => {
  await received('u');
  expect(await take('UploadOpened', opened('u', ['a']))).toEqual(['UsageReportFound']);
  expect(await take('UploadOpened', opened('u', ['a']))).toEqual([]);
  await read('u', 'a');
  expect(statuses()).toEqual(['accepted']);
  expect(await take('UploadOpened', opened('u', ['a']))).toEqual([]);
  expect(statuses()).toEqual(['accepted']);
  expect(store.rows('uploads', 'upload_files')[0]).toMatchObject({ rows: 5, accepted: 5 });
});

it('a file that stands twice in one upload is read once, however often the upload is opened', async () => {
  await received('u');
  const both = opened('u', ['a', 'a']);
  expect(await take('UploadOpened', both)).toEqual(['UsageReportFound', 'UsageReportRepeated']);
  await read('u', 'a');
  await take('UploadOpened', both);
  expect(statuses()).toEqual(['accepted', 'duplicate']);
});

it('a report that another upload brought before is a duplicate', async () => {
  await received('u');
  await take('UploadOpened', opened('u', ['a']));
  await received('v');
  expect(await take('UploadOpened', opened('v', ['a']))).toEqual(['UsageReportRepeated']);
  expect(statuses()).toEqual(['reading', 'duplicate']);
});
