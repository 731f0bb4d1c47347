import { beforeEach, expect, it } from 'vitest';
import { createCodec, localRegistry } from '../../../../schemas/codec/codec.ts';
import type { UploadRefused } from '../../../../schemas/generated/events.ts';
import { systemClock } from '../../../../streams/runtime/clock.ts';
import { Retryable, Terminal } from '../../../../streams/runtime/errors.ts';
import { noFaults } from '../../../../streams/runtime/faults.ts';
import { MemoryLog } from '../../../../streams/runtime/memory/log.ts';
import { MemoryUnits } from '../../../../streams/runtime/memory/units.ts';
import type { LogRecord, Said, Sink } from '../../../../streams/runtime/ports.ts';
import { sinkDeps, sinkWork } from '../../../../streams/runtime/run/sink-work.ts';
import { step } from '../../../../streams/runtime/run/worker.ts';
import { Signals } from '../../../../streams/runtime/signals.ts';

const codec = createCodec(localRegistry());
const limits = { maxRecords: 3, maxBytes: 1e6 };
let log: MemoryLog;
let store: MemoryUnits;
/** How many of the next batches are not stored. */
let failing: number;

beforeEach(async () => {
  log = new MemoryLog();
  for (const name of ['in', 's.retry', 'out', 'dead-letters']) await log.createTopic({ name, partitions: 1 });
  store = new MemoryUnits(log);
  failing = 0;
});

const said = (text: string, rank?: number): Said => ({
  record: { topic: 'out', key: null, partition: 0, value: Buffer.from(text), headers: {}, timestamp: 1 },
  ...(rank === undefined ? {} : { highest: { of: 'x', rank } }),
});

/** Says the code of each refusal; one with a number has that rank. */
const sink: Sink = {
  id: 's',
  version: 1,
  about: '',
  from: ['in'],
  after: {},
  types: new Set(['UploadRefused'] as const),
  *take({ data }) {
    const { code } = data as { code: string };
    yield said(code, Number(code.slice(1)) || undefined);
    if (code === 'BAD') throw new Terminal({ code: 'BAD', message: 'bad' });
  },
};

function refused(...codes: string[]): void {
  for (const code of codes) {
    const data = { upload_id: 'u', org_id: 'o', digest: 'd', code, message: '' };
    const value = codec.encode('UploadRefused', data);
    log.appendNow([{ topic: 'in', key: 'k', partition: 0, value, headers: {}, timestamp: 1 }]);
  }
}

async function texts(topic: string): Promise<string[]> {
  const { records } = await log.read({ topic, partition: 0 }, 0, { maxRecords: 99, maxBytes: 1e6 });
  return records.map(({ value }) => value?.toString() ?? '');
}

/** Works on until there is nothing to do; a batch that is not stored is taken again, as the loop does. */
async function worker(over: Partial<Sink> = {}, { once = false } = {}): Promise<() => Promise<void>> {
  const definition = { ...sink, ...over };
  const base = { log, store, codec, limits, pollMs: 1, clock: systemClock, faults: noFaults };
  const deps = sinkDeps(definition, { ...base, signals: new Signals() });
  const work = sinkWork(definition, 0, {
    ...deps,
    store: {
      claim: (unit, partition) => store.claim(unit, partition),
      positions: (unit) => store.positions(unit),
      transact: (owner, set, run) =>
        store.transact(owner, set, (tx) =>
          run({
            ...tx,
            save(positions, marks) {
              if (failing-- > 0) throw new Retryable({ code: 'AWAY', message: 'away' });
              return tx.save(positions, marks);
            },
          }),
        ),
    },
  });
  const owner = await store.claim('s', 0);
  await work.begin!(owner);
  return async () => {
    for (;;) {
      const from = (await store.positions('s')).get(0) ?? {};
      const next = await step(work, deps, owner, from).catch((error: unknown) => {
        if (error instanceof Retryable && !once) return from;
        throw error;
      });
      if (next === undefined) return;
    }
  };
}

it('begins at the end of what is there, and goes on where it was', async () => {
  refused('before');
  const first = await worker();
  refused('A');
  await first();
  refused('B');
  await (
    await worker()
  )();
  expect(await texts('out')).toEqual(['A', 'B']);
});

it('says the highest of a batch, then only what is higher, also when a batch has to be taken again', async () => {
  const work = await worker();
  refused('r2', 'r5', 'r4', 'r5', 'A', 'r3', 'r7');
  failing = 2;
  await work();
  expect(await texts('out')).toEqual(['r5', 'A', 'r7']);
});

it('says what it can of a record that dies', async () => {
  const work = await worker();
  refused('BAD', 'A');
  await work();
  expect(await texts('out')).toEqual(['BAD', 'A']);
  expect(await log.ends('dead-letters')).toEqual([1]);
});

it('a topic that is gone is waited for', async () => {
  const gone = (text: string): Said => ({ record: { ...said(text).record, topic: 'gone' } });
  const definition = {
    *take({ data }) {
      yield gone((data as { code: string }).code);
    },
  } as Partial<Sink>;
  const work = await worker(definition, { once: true });
  refused('A');
  await expect(work()).rejects.toMatchObject({ code: 'OUTBOX_BLOCKED' });
  await log.createTopic({ name: 'gone', partitions: 1 });
  await work();
  expect(await texts('gone')).toEqual(['A']);
});

it('waits until the projection that comes first has taken a record', async () => {
  const work = await worker({ after: { in: 'first' } });
  refused('A', 'B');
  const owner = await store.claim('first', 0);
  await work();
  expect(await texts('out')).toEqual([]);
  await store.transact(owner, undefined, (tx) => tx.save({ in: 1 }, {}));
  await work();
  expect(await texts('out')).toEqual(['A']);
});

it('finds the event from which one was derived, and none where there is none', async () => {
  const causes: unknown[] = [];
  const work = await worker({
    async *take(event, _, cause) {
      const found = await cause();
      causes.push((found?.data as UploadRefused | undefined)?.code);
      if (causes.length > 9) yield said(event.type);
    },
  } as Partial<Sink>);
  refused('cause');
  const { records } = await log.read({ topic: 'in', partition: 0 }, 0, limits);
  const derived = (origin: string, seq: string): LogRecord => ({ ...records[0]!, headers: { origin, seq } });
  log.appendNow([derived('u/in/0', '0.1.0'), derived('u/in/0', '77.1.0'), derived('u/none/0', '0.1.0')]);
  const redriven = { 'redrive-of': 'in/0/1', 'redrive-attempt': '1' };
  log.appendNow([{ ...records[0]!, topic: 's.retry', headers: redriven }]);
  await work();
  expect(causes.sort()).toEqual(['cause', 'cause', undefined, undefined, undefined]);
});
