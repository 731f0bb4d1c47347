import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import recommendations from '../../../projections/recommendation/recommendations.projection.ts';
import { applyBatch } from '../../../projections/runtime/apply.ts';
import { tableSetOf } from '../../../projections/runtime/projection-work.ts';
import { topics } from '../../../schemas/topics.ts';
import { MemoryLog } from '../../../streams/runtime/memory/log.ts';
import { MemoryUnits } from '../../../streams/runtime/memory/units.ts';
import type { Emission, LogRecord } from '../../../streams/runtime/ports.ts';
import { derivedRecord } from '../../../streams/runtime/records.ts';
import { Marks } from '../../../streams/runtime/seq.ts';
import { csv } from '../../support/csv-rows.ts';
import { readCsv } from '../../support/usage-report.ts';
import { codec } from '../runtime/tally.ts';

const DAY = 86_400_000;
const FIRST = Date.UTC(2025, 7, 1);
/** Records of usage by report, each in the order of its topic. */
let usage: LogRecord[];
let decided: LogRecord[];

const stamp = (at: number): string =>
  `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} +0000 UTC`;

function recordOf(emission: Emission, offset: number, origin = 'given/x/0'): LogRecord {
  const derivation = { origin, seq: [offset, 1, 0] as const, causedBy: '', headers: {} };
  return { ...derivedRecord(codec, emission, derivation, FIRST + offset), partition: 0, offset };
}

const tablesOf = (store: MemoryUnits): Record<string, string[]> =>
  Object.fromEntries(
    Object.keys(recommendations.tables).map((name) => [
      name,
      store
        .rows('recommendations', name)
        .map((row) => JSON.stringify(row))
        .sort(),
    ]),
  );

/** Folds the records in this order, so many in a batch; `live` also decides. */
async function folded(records: readonly LogRecord[], size: number, live = false) {
  const log = new MemoryLog();
  for (const name of [topics.recommendations, 'dead-letters']) await log.createTopic({ name, partitions: 1 });
  const store = new MemoryUnits(log);
  const owner = await store.claim('recommendations', 0);
  const marks = new Marks();
  for (let at = 0; at < records.length; at += size) {
    await store.transact(owner, tableSetOf(recommendations), async (tx) => {
      const options = { codec, now: () => FIRST, live, marks };
      await applyBatch(recommendations, records.slice(at, at + size), tx, options);
    });
  }
  const { records: emitted } = await log.read({ topic: topics.recommendations, partition: 0 }, 0, {
    maxRecords: 10_000,
    maxBytes: 1e9,
  });
  return { tables: tablesOf(store), emitted };
}

beforeAll(async () => {
  usage = [];
  // Days 0 to 29, overlapping: the reports disagree, so some rows are superseded.
  for (const [n, days] of [
    [0, 1, 2, 3],
    [2, 3, 4],
    [20, 21],
    [1, 22],
    [29, 3],
  ].entries()) {
    const rows = days.flatMap((day) =>
      ['a', 'b'].map((workload) => ({
        interval_start: stamp(FIRST + day * DAY + 1_000),
        interval_end: stamp(FIRST + day * DAY + 900_000),
        workload,
        cpu_usage_container_avg: `${n + 1}`,
      })),
    );
    const found = { digest: `${n}`.repeat(64), payload: `p${n}`, payload_date: n };
    for (const emission of (await readCsv(csv('container', rows), { found })).emissions)
      if (emission.topic === topics.usage) usage.push(recordOf(emission, usage.length));
  }
  decided = [...(await folded(usage, 1, true)).emitted];
});

it('whatever comes first of usage, decisions and expiries, and in what batches, the tables are the same', async () => {
  const expiry = fc.record({
    rows_of: fc.constantFrom('usage', 'recommendation_history'),
    day: fc.integer({ min: 0, max: 30 }),
  });
  let removed = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(expiry, { maxLength: 4 }),
      fc.infiniteStream(fc.nat(2)),
      fc.integer({ min: 1, max: 9 }),
      async (expiries, choices, size) => {
        const expired = expiries.map(({ rows_of, day }, n): LogRecord => {
          const data = { rows_of, before: FIRST + day * DAY };
          return recordOf(
            { topic: topics.retention, key: '+0', type: 'HistoryExpired', data },
            n,
            'retention/x/0',
          );
        });
        const queues = [[...usage], [...decided], expired];
        const inOrder = queues.flat();
        const mixed: LogRecord[] = [];
        while (queues.some((queue) => queue.length > 0)) {
          const choice = queues[choices.next().value as number]!;
          const next = (choice.length > 0 ? choice : queues.find((queue) => queue.length > 0)!).shift()!;
          mixed.push(next);
        }
        const expected = (await folded(inOrder, 1_000)).tables;
        removed += expected['container_usage']!.length < 20 ? 1 : 0;
        expect((await folded(mixed, size)).tables).toEqual(expected);
      },
    ),
    { numRuns: 120 },
  );
  expect(removed).toBeGreaterThan(0);
  expect(decided.length).toBeGreaterThan(5);
});
