import { expect, it } from 'vitest';
import { systemClock } from '../../../../streams/runtime/clock.ts';
import { noFaults } from '../../../../streams/runtime/faults.ts';
import { MemoryLog } from '../../../../streams/runtime/memory/log.ts';
import { MemoryUnits } from '../../../../streams/runtime/memory/units.ts';
import { Relays } from '../../../../streams/runtime/run/relay.ts';
import { runWorker } from '../../../../streams/runtime/run/worker.ts';
import { Signals } from '../../../../streams/runtime/signals.ts';
import type { Outbox, PendingRecord } from '../../../../streams/runtime/units.ts';

it('what the last batch before a stop emitted is in the log when the worker ends', async () => {
  const log = new MemoryLog();
  for (const name of ['in', 'out']) await log.createTopic({ name, partitions: 1 });
  const record = { key: 'k', partition: 0, value: null, headers: {}, timestamp: 1 };
  log.appendNow([{ ...record, topic: 'in' }]);
  let rows: PendingRecord[] = [];
  const outbox: Outbox = {
    pending: () => Promise.resolve({ records: rows, more: false }),
    published: () => {
      rows = [];
      return Promise.resolve();
    },
    backlog: () => Promise.resolve(new Map()),
    waiting: () => Promise.resolve([]),
  };
  const store = new MemoryUnits(log);
  const stop = new AbortController();
  await runWorker(
    {
      unit: 'u',
      partition: 0,
      inputs: ['in'],
      async process(batch, owner) {
        stop.abort();
        await store.transact(owner, undefined, (tx) => tx.save(batch.next, {}));
        rows = [{ ...record, id: 1, topic: 'out' }];
        return { ignored: 0, repeated: 0, dead: 0, emitted: 1 };
      },
    },
    {
      log,
      store,
      clock: systemClock,
      signals: new Signals(),
      faults: noFaults,
      limits: { maxRecords: 9, maxBytes: 1e6 },
      pollMs: 1,
      relays: new Relays({ log, outbox, faults: noFaults }),
    },
    stop.signal,
  );
  expect(await log.ends('out')).toEqual([1]);
});
