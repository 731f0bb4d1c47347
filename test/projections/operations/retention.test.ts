import { beforeEach, expect, it } from 'vitest';
import retention from '../../../projections/operations/retention.projection.ts';
import { applyBatch } from '../../../projections/runtime/apply.ts';
import { tableSetOf } from '../../../projections/runtime/projection-work.ts';
import { expiryAt } from '../../../schemas/retention.ts';
import { topics } from '../../../schemas/topics.ts';
import { MemoryLog } from '../../../streams/runtime/memory/log.ts';
import { MemoryUnits } from '../../../streams/runtime/memory/units.ts';
import { partitionKeys } from '../../../streams/runtime/partitioner.ts';
import { decodeRecord, derivedRecord } from '../../../streams/runtime/records.ts';
import type { Emission } from '../../../streams/runtime/ports.ts';
import { Marks } from '../../../streams/runtime/seq.ts';
import { codec } from '../runtime/tally.ts';

const DAY = 86_400_000;
const T = Date.UTC(2026, 2, 20, 13, 5);
let log: MemoryLog;
let store: MemoryUnits;
let sent = 0;

beforeEach(async () => {
  log = new MemoryLog();
  store = new MemoryUnits(log);
  for (const name of [topics.ticks, topics.retention, 'dead-letters'])
    await log.createTopic({ name, partitions: 2 });
});

/** Takes an event of partition 1; what is decided on it. */
async function take(emission: Pick<Emission, 'topic' | 'type' | 'data'>): Promise<unknown[]> {
  const derivation = { origin: 'given/x/0', seq: [sent++, 1, 0] as const, causedBy: '', headers: {} };
  const key = partitionKeys(2)[1]!;
  const record = derivedRecord(codec, { ...emission, key } as Emission, derivation, 1);
  const [, end] = await log.ends(topics.retention);
  await store.transact(await store.claim('retention', 1), tableSetOf(retention), async (tx) => {
    const options = { codec, now: () => 2, live: true, marks: new Marks(), partitions: 2 };
    await applyBatch(retention, [{ ...record, partition: 1, offset: sent }], tx, options);
  });
  const limits = { maxRecords: 100, maxBytes: 1e6 };
  const { records } = await log.read({ topic: topics.retention, partition: 1 }, end!, limits);
  return records.map((one) => decodeRecord(codec, one).data);
}

const tick = (at: number): Promise<unknown[]> => take({ topic: topics.ticks, type: 'Ticked', data: { at } });
const set = (rows_of: string, days: number | null): Promise<unknown[]> =>
  take({ topic: topics.retention, type: 'RetentionSet', data: { rows_of, days } });

it('keeps everything for ever until a period is set', async () => {
  expect(await tick(T)).toEqual([]);
});

it('decides once a day, for its partition, what has expired', async () => {
  await set('rejected_rows', 3);
  const before = Date.UTC(2026, 2, 17);
  expect(await tick(T)).toEqual([{ rows_of: 'rejected_rows', before }]);
  expect(await tick(T + 60_000)).toEqual([]);
  expect(await tick(T + DAY)).toEqual([{ rows_of: 'rejected_rows', before: before + DAY }]);
  expect(await log.ends(topics.retention)).toEqual([0, 2]);
});

it('a longer period, or time that runs back, brings nothing back; a shorter one takes more', async () => {
  await set('rejected_rows', 3);
  await tick(T);
  await set('rejected_rows', 30);
  expect(await tick(T + DAY)).toEqual([]);
  await set('rejected_rows', 2);
  expect(await tick(T - 5 * DAY)).toEqual([]);
  expect(await tick(T)).toEqual([{ rows_of: 'rejected_rows', before: Date.UTC(2026, 2, 18) }]);
});

it('one period for all, other ones for some; usage is kept as long as a term looks back', async () => {
  await set('*', 5);
  await set('rejected_rows', 50);
  const decided = (await tick(T)) as { rows_of: string; before: number }[];
  expect(
    new Map(decided.map(({ rows_of, before }) => [rows_of, (Date.UTC(2026, 2, 20) - before) / DAY])),
  ).toEqual(
    new Map([
      ['usage', 17],
      ['recommendation_history', 5],
      ['rejected_rows', 50],
      ['experiment_results', 17],
      ['experiment_answers', 5],
      ['performance_profile_answers', 5],
      ['loads', 5],
      ['scaling_decisions', 5],
      ['request_ids', 5],
    ]),
  );
  await set('rejected_rows', null);
  expect(await tick(T)).toEqual([{ rows_of: 'rejected_rows', before: expiryAt('rejected_rows', 5, T) }]);
});
