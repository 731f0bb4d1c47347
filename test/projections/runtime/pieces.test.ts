import { beforeEach, expect, it } from 'vitest';
import { defineProjection } from '../../../projections/runtime/define.ts';
import { projectionWork, tableSetOf } from '../../../projections/runtime/projection-work.ts';
import { c, table } from '../../../projections/runtime/table.ts';
import { systemClock } from '../../../streams/runtime/clock.ts';
import { noFaults } from '../../../streams/runtime/faults.ts';
import { MemoryLog } from '../../../streams/runtime/memory/log.ts';
import { MemoryUnits } from '../../../streams/runtime/memory/units.ts';
import type { Emission } from '../../../streams/runtime/ports.ts';
import { derivedRecord } from '../../../streams/runtime/records.ts';
import { readInputs } from '../../../streams/runtime/run/inputs.ts';
import { Signals } from '../../../streams/runtime/signals.ts';
import type { UnitStore } from '../../../streams/runtime/units.ts';
import { codec } from './tally.ts';

const limits = { maxRecords: 1_000, maxBytes: 1e6 };
const dated = () =>
  table({
    comment: 'Things with a time.',
    key: ['name'],
    sets: true,
    columns: { name: c.text('Which.'), org_id: c.text('Whose.'), at: c.int8('When.') },
  });

/** Remembers each refusal, and forgets what is older than an expiry. */
const shelf = defineProjection({
  id: 'shelf',
  version: 1,
  about: 'Things.',
  from: ['in'],
  emits: [],
  tables: { first: dated(), second: dated() },
  reads: {},
  fold: {
    UploadRefused(rows, { upload_id: name, org_id, message }) {
      for (const one of [rows.first, rows.second]) one.put({ name, org_id, at: Number(message) });
    },
    HistoryExpired(rows, { before }) {
      for (const one of [rows.first, rows.second]) one.removeWhere({}, { column: 'at', value: before });
    },
  },
  decide: {},
});

let log: MemoryLog;
let store: MemoryUnits;
let sent = 0;

function send(type: Emission['type'], data: object): void {
  const derivation = { origin: 'given/x/0', seq: [sent++, 1, 0] as const, causedBy: '', headers: {} };
  log.appendNow([derivedRecord(codec, { topic: 'in', key: '+0', type, data } as Emission, derivation, 1)]);
}
const put = (name: string, at: number): void => {
  send('UploadRefused', { upload_id: name, org_id: 'o', digest: 'd', code: 'X', message: String(at) });
};

/** The store, counting what each transaction removes; `dies` fails behind so many of them. */
function counting(removals: number[], dies = Infinity): UnitStore {
  return {
    claim: (unit, partition) => store.claim(unit, partition),
    positions: (unit) => store.positions(unit),
    async transact(owner, set, work) {
      if (removals.length >= dies) throw new Error('killed');
      let removed = 0;
      const value = await store.transact(owner, set, (tx) =>
        work({
          ...tx,
          remove: async (...args) => {
            const count = await tx.remove(...args);
            removed += count;
            return count;
          },
        }),
      );
      if (removed > 0) removals.push(removed);
      return value;
    },
  };
}

async function work(over: UnitStore): Promise<void> {
  const deps = {
    log,
    store: over,
    codec,
    limits,
    clock: systemClock,
    signals: new Signals(),
    faults: noFaults,
  };
  const unit = projectionWork(shelf, 0, { ...deps, pollMs: 1 }, { maxRemovedRows: 4 });
  const owner = await over.claim('shelf', 0);
  const from = (await store.positions('shelf')).get(0) ?? {};
  await unit.process(await readInputs(log, ['in'], 0, from, limits), owner);
}

const names = (name: string): unknown[] => store.rows('shelf', name).map((row) => row['name']);
const position = async () => (await store.positions('shelf')).get(0)?.['in'];

beforeEach(async () => {
  log = new MemoryLog();
  store = new MemoryUnits(log);
  await log.createTopic({ name: 'in', partitions: 1 });
  await log.createTopic({ name: 'dead-letters', partitions: 1 });
  for (let i = 0; i < 11; i++) put(`old-${i}`, i);
  await work(store);
  put('late', 5);
  send('HistoryExpired', { rows_of: 'x', before: 100 });
  put('new', 5);
});

it('many rows are removed in several transactions, each bounded, and the records beside keep their order', async () => {
  expect(tableSetOf(shelf).tables['first']?.sets).toBe(true);
  const removals: number[] = [];
  await work(counting(removals));
  expect(removals.reduce((sum, n) => sum + n, 0)).toBe(24);
  expect(Math.max(...removals)).toBe(4);
  expect([names('first'), names('second')]).toEqual([['new'], ['new']]);
  expect(await position()).toBe(14);
  expect(await log.ends('dead-letters')).toEqual([0]);
});

it('whoever dies between two of them leaves the position behind; the next one removes the rest', async () => {
  await expect(work(counting([], 3))).rejects.toThrow('killed');
  expect(names('first')).toHaveLength(0);
  expect(names('second')).toHaveLength(12);
  expect(await position()).toBe(12);
  await work(store);
  expect([names('first'), names('second')]).toEqual([['new'], ['new']]);
  expect(await position()).toBe(14);
});
