import { expect, test } from 'vitest';
import { redriveRecords } from '../../../connectors/cli/dead-letters/records.ts';
import type { LogRecord, NewRecord } from '../../../streams/runtime/ports.ts';
import { Bench, codec } from './tally.ts';

/** What becomes of retry records on their way to the log. */
type Submitting = (record: NewRecord, original: LogRecord, seq: number) => NewRecord;

const asSubmitted: Submitting = (record, _original, seq) => ({
  ...record,
  headers: { ...record.headers, origin: 'redrive/submissions/0', seq: `${seq}.1.0` },
});

/** Planted: the record keeps its place in the order of its first origin. */
const withFirstOrigin: Submitting = (record, original) => ({
  ...record,
  headers: { ...record.headers, origin: original.headers['origin']!, seq: original.headers['seq']! },
});

/** Planted: every request counts as new, the same attempt again as well. */
const withoutIdentity: Submitting = (record) => record;

/** Two records die; the later one is redriven first, the earlier one dies once more before its fix; each request comes twice. */
async function faults(submitting: Submitting): Promise<string[]> {
  const bench = new Bench();
  await bench.open();
  bench.send(['X', 'BOOM', 'BOOM', 'X']);
  await bench.step();
  const { records } = await bench.log.read({ topic: 'in', partition: 0 }, 0, {
    maxRecords: 9,
    maxBytes: 9e9,
  });
  const healed = codec.encode('UploadRefused', {
    upload_id: 'u',
    org_id: 'o',
    digest: 'd',
    code: 'X',
    message: 'm',
  });
  const redrives = [
    { record: records[2]!, attempt: 1, heal: true },
    { record: records[1]!, attempt: 1, heal: false },
    { record: records[1]!, attempt: 2, heal: true },
  ];
  for (const [seq, { record, attempt, heal }] of redrives.entries()) {
    const edited = { headers: record.headers, value: heal ? healed : record.value! };
    const redrive = { unit: 'tally', record, attempt, edited, by: 'me', host: 'h', reason: '' };
    const [, retry] = redriveRecords(codec, redrive, 2);
    for (let repeat = 0; repeat < 2; repeat++) bench.log.appendNow([submitting(retry, record, seq)]);
    await bench.step();
  }
  return bench.faults(4);
}

test('each redriven record takes effect once, in any order, however often it comes', async () => {
  expect(await faults(asSubmitted)).toEqual([]);
});

test('planted, a redrive that is dropped as a repeat is found', async () => {
  expect(await faults(withFirstOrigin)).toContain('counted 3');
});

test('planted, an attempt without identity is found', async () => {
  expect(await faults(withoutIdentity)).toContain('counted 6');
});
