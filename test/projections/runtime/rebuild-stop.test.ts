import { expect, it } from 'vitest';
import { Folding } from '../../../projections/runtime/folding.ts';
import { tableSetOf } from '../../../projections/runtime/projection-work.ts';
import { systemClock } from '../../../streams/runtime/clock.ts';
import { MemoryLog } from '../../../streams/runtime/memory/log.ts';
import { MemoryUnits } from '../../../streams/runtime/memory/units.ts';
import { derivedRecord } from '../../../streams/runtime/records.ts';
import { Signals } from '../../../streams/runtime/signals.ts';
import type { UnitStore } from '../../../streams/runtime/units.ts';
import { Bench, codec, tally } from './tally.ts';

it('a rebuild ends soon when it is to stop, and the next one goes on where it was', async () => {
  const bench = new Bench();
  await bench.open();
  bench.send(['X', 'X', 'X']);
  const stop = new AbortController();
  const signals = new Signals();
  // stopped after its first batch
  signals.on(() => {
    stop.abort();
  });
  const set = { ...tableSetOf(tally), generation: 2 };
  const deps = {
    log: bench.log,
    store: bench.memory,
    codec,
    clock: systemClock,
    limits: { maxRecords: 1, maxBytes: 1e6 },
  };
  const target = new Map([[0, { in: 3 }]]);
  const first = new Folding(tally, set, { ...deps, signals, signal: stop.signal });
  await first.claim([0]);
  await expect(first.to(target)).rejects.toMatchObject({ name: 'Retryable', code: 'REBUILD_STOPPED' });
  const next = new Folding(tally, set, { ...deps, signals: new Signals() });
  await next.claim([0]);
  await next.to(target);
  expect([first.events, next.events]).toEqual([1, 2]);
});

it('a rebuild of which one partition fails leaves no other at work behind it', async () => {
  const log = new MemoryLog();
  for (const name of ['in', 'out', 'tally.retry', 'dead-letters'])
    await log.createTopic({ name, partitions: 2 });
  const refused = { upload_id: 'u', org_id: 'o', digest: 'd', code: 'X', message: 'm' };
  for (let seq = 0; seq < 20; seq++) {
    const emission = { topic: 'in', key: 'o', type: 'UploadRefused', data: refused } as const;
    const derivation = { origin: 'maker/x/0', seq: [seq, 1, 0], causedBy: '', headers: {} } as const;
    log.appendNow([{ ...derivedRecord(codec, emission, derivation, 1), partition: 0 }]);
  }
  const memory = new MemoryUnits(log);
  let [begun, ended] = [0, 0];
  const store: UnitStore = {
    claim: (unit, partition) => memory.claim(unit, partition),
    positions: (unit) => memory.positions(unit),
    async transact(owner, set, work) {
      if (owner.partition === 1) throw new Error('partition 1 fails');
      begun += 1;
      const value = await memory.transact(owner, set, work);
      await new Promise((resolve) => setTimeout(resolve, 1));
      ended += 1;
      return value;
    },
  };
  log.appendNow([{ topic: 'in', key: 'o', value: null, headers: {}, timestamp: 1, partition: 1 }]);
  const set = { ...tableSetOf(tally), generation: 2 };
  const limits = { maxRecords: 1, maxBytes: 1e6 };
  const deps = { log, store, codec, clock: systemClock, signals: new Signals(), limits, atOnce: 2 };
  const folding = new Folding(tally, set, deps);
  await folding.claim([0, 1]);
  const target = new Map([
    [0, { in: 20 }],
    [1, { in: 1 }],
  ]);
  await expect(folding.to(target)).rejects.toThrow('partition 1 fails');
  const atRejection = begun;
  expect(ended).toBe(begun);
  expect(begun).toBeLessThan(20);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(begun).toBe(atRejection);
});
