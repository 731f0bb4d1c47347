import { expect, it } from 'vitest';
import { createCodec, localRegistry } from '../../../../schemas/codec/codec.ts';
import { systemClock } from '../../../../streams/runtime/clock.ts';
import { BadInput, Terminal } from '../../../../streams/runtime/errors.ts';
import { noFaults } from '../../../../streams/runtime/faults.ts';
import { MemoryLog } from '../../../../streams/runtime/memory/log.ts';
import { MemoryUnits } from '../../../../streams/runtime/memory/units.ts';
import type { Emission, LogRecord, NewRecord } from '../../../../streams/runtime/ports.ts';
import { derivingWork } from '../../../../streams/runtime/run/stream-work.ts';
import { Signals } from '../../../../streams/runtime/signals.ts';
import type { UnitStore } from '../../../../streams/runtime/units.ts';

const definition = { id: 'u', version: 1, from: ['in'] };
const limits = { maxRecords: 100, maxBytes: 1e6 };

async function place(wrap: (store: UnitStore) => UnitStore, follow: (record: LogRecord) => Emission[]) {
  const log = new MemoryLog();
  for (const name of ['in', 'u.retry', 'out', 'dead-letters']) await log.createTopic({ name, partitions: 1 });
  const memory = new MemoryUnits(log);
  const work = derivingWork(
    definition,
    0,
    {
      log,
      store: wrap(memory),
      clock: systemClock,
      signals: new Signals(),
      faults: noFaults,
      limits,
      pollMs: 1,
      codec: createCodec(localRegistry()),
    },
    follow,
  );
  const owner = await memory.claim('u', 0);
  async function step(record: Partial<NewRecord>): Promise<void> {
    log.appendNow([
      { topic: 'in', key: 'k', partition: 0, value: null, headers: {}, timestamp: 1, ...record },
    ]);
    const { records, next } = await log.read({ topic: 'in', partition: 0 }, 0, limits);
    await work.process({ records, from: {}, next: { in: next, 'u.retry': 0 } }, owner);
  }
  return { log, step };
}

const emission = (message: string): Emission => ({
  topic: 'out',
  key: 'o',
  type: 'UploadRefused',
  data: { upload_id: 'u', org_id: 'o', digest: 'd', code: 'X', message },
});

it('a log that refuses a part of what follows from a record does not kill the record', async () => {
  const refusing = (store: UnitStore): UnitStore => ({
    claim: (unit, partition) => store.claim(unit, partition),
    positions: (unit) => store.positions(unit),
    transact: (owner, set, work) =>
      store.transact(owner, set, (tx) =>
        work({
          ...tx,
          append: (records) =>
            records.some(({ topic }) => topic === 'out')
              ? Promise.reject(new BadInput({ code: 'UNKNOWN_TOPIC', message: 'no topic out' }))
              : tx.append(records),
        }),
      ),
  });
  const part = 'x'.repeat(800_000);
  const { log, step } = await place(refusing, () => Array.from({ length: 12 }, () => emission(part)));
  await expect(step({})).rejects.toMatchObject({ code: 'UNKNOWN_TOPIC' });
  expect(await log.ends('dead-letters')).toEqual([0]);
});

const failing = (): Emission[] => {
  throw new Terminal({ code: 'BROKEN', message: 'm'.repeat(900_000) });
};

it('a record with texts as long as the log takes them dies, and does not stop its unit for ever', async () => {
  const { log, step } = await place((store) => store, failing);
  const long = 'h'.repeat(600_000);
  await step({ key: 'k'.repeat(600_000), value: Buffer.alloc(300_000), headers: { junk: long, org: long } });
  const { records } = await log.read({ topic: 'dead-letters', partition: 0 }, 0, limits);
  expect(records).toHaveLength(1);
  const [{ value, headers }] = records as [LogRecord];
  expect(value!.length + JSON.stringify(headers).length).toBeLessThan(900_000);
});

it('an event whose key is too long for the log kills the record that it follows from', async () => {
  const { log, step } = await place(
    (store) => store,
    () => [{ ...emission('m'), key: 'k'.repeat(1_000_000) } as Emission],
  );
  await step({});
  expect(await log.ends('out')).toEqual([0]);
  expect(await log.ends('dead-letters')).toEqual([1]);
});
