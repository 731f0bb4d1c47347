import { beforeEach, describe, expect, it } from 'vitest';
import { codeOf, Fenced, Retryable } from '../../../streams/runtime/errors.ts';
import { decodeRecord } from '../../../streams/runtime/records.ts';
import type { Owner, UnitStore, UnitTransaction } from '../../../streams/runtime/units.ts';
import { Bench, codec } from './tally.ts';

let bench: Bench;
beforeEach(async () => {
  bench = new Bench();
  await bench.open();
});

async function deaths(): Promise<unknown[]> {
  const { records } = await bench.log.read({ topic: 'dead-letters', partition: 0 }, 0, {
    maxRecords: 100,
    maxBytes: 1 << 20,
  });
  return records.map((record) => {
    const { type, data } = decodeRecord(codec, record);
    if (type !== 'RecordDied') throw new Error(type);
    const { topic, partition, offset, code } = data;
    return { topic, partition, offset, code };
  });
}

/** A store whose transactions are changed on their way. */
function planted(change: (tx: UnitTransaction) => UnitTransaction): UnitStore {
  const { memory } = bench;
  return {
    claim: (unit, partition) => memory.claim(unit, partition),
    positions: (unit) => memory.positions(unit),
    transact: (owner, set, work) => memory.transact(owner, set, (tx) => work(change(tx))),
  };
}

describe('every event has its effect once', () => {
  it('a batch has its effect, and its own facts come back without a second one', async () => {
    bench.send(['X', 'X', 'X']);
    await bench.step();
    expect(await bench.faults(3)).toEqual([]);
    await bench.step();
    await bench.step();
    expect(await bench.faults(3)).toEqual([]);
  });

  it('the same batch or a suffix again is refused and changes nothing', async () => {
    bench.send(['X', 'X', 'X']);
    await bench.step();
    const before = await bench.state();
    for (const from of [0, 1, 2]) {
      const error = await bench.step({ from: { in: from, out: 3 } }).catch((thrown: unknown) => thrown);
      expect(codeOf(error)).toBe('POSITION_BEHIND');
    }
    expect(await bench.state()).toBe(before);
  });

  it('drops what was appended again by its origin and seq', async () => {
    bench.send(['X', 'X', 'X']);
    await bench.step();
    bench.send(['X', 'X', 'X', 'X'], [1, 2, 2, 3]);
    await bench.step();
    expect(await bench.faults(4)).toEqual([]);
  });

  it('passes over a type that only newer code knows: while both run, it is not for the old one to bury', async () => {
    const headers = { 'event-type': 'SomethingNewer' };
    bench.log.appendNow([
      { topic: 'in', key: 'o', value: Buffer.from([0, 0, 0, 9, 9, 1]), headers, timestamp: 1 },
    ]);
    bench.send(['X']);
    await bench.step();
    expect(await bench.faults(1)).toEqual([]);
    expect(await bench.log.ends('dead-letters')).toEqual([0]);
  });

  it('refuses a batch that starts above the stored position', async () => {
    bench.send(['X', 'X', 'X']);
    const error = await bench.step({ from: { in: 1 } }).catch((thrown: unknown) => thrown);
    expect(codeOf(error)).toBe('POSITION_MISMATCH');
    expect(await bench.faults(0)).toEqual([]);
  });
});

describe('what cannot be processed', () => {
  it('becomes a dead letter with its coordinates; its rows are undone, the others stay', async () => {
    bench.send(['X', 'BOOM', 'X']);
    await bench.step();
    expect(await deaths()).toEqual([{ topic: 'in', partition: 0, offset: 1, code: 'UNEXPECTED' }]);
    expect(await bench.faults(2)).toEqual([]);
  });

  it('becomes a dead letter when its bytes are no event', async () => {
    bench.log.appendNow([
      { topic: 'in', key: 'o', value: Buffer.from('nonsense'), headers: {}, timestamp: 1 },
      { topic: 'in', key: 'o', value: null, headers: {}, timestamp: 1 },
    ]);
    bench.send(['X']);
    await bench.step();
    expect(await deaths()).toMatchObject([{ offset: 0 }, { offset: 1, code: 'TOMBSTONE' }]);
    expect(await bench.faults(1)).toEqual([]);
  });

  it.each([
    ['PEEK', 'UNDECLARED_READ'],
    ['AWAY', 'AWAY'],
  ])('%s stops the batch, and nothing of it is kept', async (code, expected) => {
    bench.send(['X', code]);
    const before = await bench.log.ends('dead-letters');
    const error = await bench.step().catch((thrown: unknown) => thrown);
    expect(codeOf(error)).toBe(expected);
    if (code === 'AWAY') expect(error).toBeInstanceOf(Retryable);
    expect(await bench.faults(0)).toEqual([]);
    expect(await bench.log.ends('dead-letters')).toEqual(before);
  });

  it('a former owner writes nothing', async () => {
    bench.send(['X']);
    const zombie = await bench.memory.claim('tally', 0);
    await bench.memory.claim('tally', 0);
    await expect(bench.step({ owner: zombie })).rejects.toBeInstanceOf(Fenced);
    expect(await bench.faults(0)).toEqual([]);
  });
});

describe('the auditor notices planted mistakes', () => {
  it('marks forgotten', async () => {
    const store = planted((tx) => ({ ...tx, state: { ...tx.state, marks: {} } }));
    bench.send(['X', 'X']);
    await bench.step({ store });
    bench.send(['X'], [1]);
    await bench.step({ store });
    expect(await bench.faults(2)).toEqual(['counted 3', 'folded 3 facts', 'emitted 3 facts']);
  });

  it('a position saved before its effect', async () => {
    const { memory } = bench;
    const early: UnitStore = {
      ...planted((tx) => tx),
      async transact(owner, set, work) {
        await memory.transact(owner, undefined, (tx) => tx.save({ in: 1 }, {}));
        return memory.transact(owner, set, work).catch(() => {
          throw new Error('killed');
        });
      },
    };
    bench.send(['X']);
    await expect(bench.step({ store: early })).rejects.toThrow('killed');
    await bench.step();
    expect(await bench.faults(1)).toContain('counted 0');
  });

  it('a former owner that is let through, reading from where it stood', async () => {
    const { memory } = bench;
    const unfenced: UnitStore = {
      ...planted((tx) => tx),
      async transact(_owner: Owner, set, work) {
        const now = await memory.claim('tally', 0);
        return memory.transact(now, set, (tx) =>
          work({ ...tx, state: { ...tx.state, positions: { out: 1 }, marks: {} } }),
        );
      },
    };
    bench.send(['X']);
    await bench.step();
    await bench.step({ store: unfenced, from: { out: 1 } });
    expect(await bench.faults(1)).toContain('counted 2');
  });

  it('deciding again on a replay', async () => {
    bench.send(['X']);
    await bench.step();
    const replaying = planted((tx) => ({
      ...tx,
      state: { ...tx.state, positions: { out: 1 }, marks: {} },
      load: () => Promise.resolve([]),
    }));
    await bench.step({ store: replaying, from: { out: 1 } });
    expect(await bench.faults(1)).toEqual(['emitted 2 facts']);
  });
});
