import { beforeEach, expect, it } from 'vitest';
import { derivedRecord } from '../../../streams/runtime/records.ts';
import type { UnitStore } from '../../../streams/runtime/units.ts';
import { applyBatch } from '../../../projections/runtime/apply.ts';
import { tableSetOf } from '../../../projections/runtime/projection-work.ts';
import { Marks } from '../../../streams/runtime/seq.ts';
import { Bench, codec, tally } from './tally.ts';

let bench: Bench;

/** A store that refuses one organisation's row, as a database does with a key that is too long for its index. */
function refusing(store: UnitStore, org: string): UnitStore {
  return {
    claim: (unit, partition) => store.claim(unit, partition),
    positions: (unit) => store.positions(unit),
    transact: (owner, set, work) =>
      store.transact(owner, set, (tx) =>
        work({
          ...tx,
          store: (name, puts, deletes) =>
            puts.some((row) => row['org_id'] === org)
              ? Promise.reject(new Error('index row size exceeds maximum'))
              : tx.store(name, puts, deletes),
        }),
      ),
  };
}

function sendPoison(): void {
  const data = { upload_id: 'u', org_id: 'poison', digest: 'd', code: 'X', message: 'm' };
  const derivation = { origin: 'poisoner/x/0', seq: [0, 1, 0] as const, causedBy: '', headers: {} };
  bench.log.appendNow([
    derivedRecord(codec, { topic: 'in', key: 'o', type: 'UploadRefused', data }, derivation, 1),
  ]);
}

beforeEach(async () => {
  bench = new Bench();
  await bench.open();
});

it('a record whose rows the database refuses dies alone; the others of its batch have their effect once', async () => {
  bench.send(['X', 'X']);
  sendPoison();
  bench.send(['X', 'X', 'X']);
  await bench.step({ store: refusing(bench.memory, 'poison') });
  expect(await bench.faults(5)).toEqual([]);
  expect(await bench.log.ends('dead-letters')).toEqual([1]);
  const { records } = await bench.log.read({ topic: 'dead-letters', partition: 0 }, 0, {
    maxRecords: 1,
    maxBytes: 1e6,
  });
  expect(codec.decode(records[0]!.value!)).toMatchObject({
    type: 'RecordDied',
    data: { topic: 'in', offset: 2, message: 'index row size exceeds maximum' },
  });
});

it('the batch is not taken again afterwards', async () => {
  sendPoison();
  await bench.step({ store: refusing(bench.memory, 'poison') });
  const before = await bench.state();
  await bench.step({ store: refusing(bench.memory, 'poison') });
  expect(await bench.state()).toBe(before);
});

it('a batch that emits more than its bound ends with an error and leaves nothing behind', async () => {
  bench.send(['X', 'X', 'X']);
  const { records } = await bench.log.read({ topic: 'in', partition: 0 }, 0, {
    maxRecords: 9,
    maxBytes: 1e6,
  });
  const owner = await bench.memory.claim('tally', 0);
  const before = await bench.state();
  const apply = (maxEmittedBytes: number): Promise<unknown> =>
    bench.memory.transact(owner, tableSetOf(tally), (tx) =>
      applyBatch(tally, records, tx, {
        codec,
        now: () => 1,
        live: true,
        marks: new Marks(),
        maxEmittedBytes,
      }),
    );
  await expect(apply(1)).rejects.toThrow();
  expect(await bench.state()).toBe(before);
  expect(await bench.log.ends('dead-letters')).toEqual([0]);
  await expect(apply(1e6)).resolves.toMatchObject({ applied: 3, emitted: 3 });
});
