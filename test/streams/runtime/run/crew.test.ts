import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../../streams/runtime/clock.ts';
import { Fatal } from '../../../../streams/runtime/errors.ts';
import { noFaults } from '../../../../streams/runtime/faults.ts';
import { MemoryLog } from '../../../../streams/runtime/memory/log.ts';
import { MemoryUnits } from '../../../../streams/runtime/memory/units.ts';
import type { Membership } from '../../../../streams/runtime/ports.ts';
import { runCrew } from '../../../../streams/runtime/run/crew.ts';
import type { InputBatch } from '../../../../streams/runtime/run/inputs.ts';
import type { WorkerDeps } from '../../../../streams/runtime/run/worker.ts';
import { Signals } from '../../../../streams/runtime/signals.ts';
import type { Owner } from '../../../../streams/runtime/units.ts';

const PARTITIONS = 3;

/** Membership that a test hands out by hand. */
class ByHand implements Membership {
  give: (partitions: readonly number[]) => void = () => undefined;
  fail: (error: Error) => void = () => undefined;
  left = false;

  join(_unit: unknown, changed: (partitions: readonly number[]) => void) {
    this.give = changed;
    const failed = new Promise<never>((_, reject) => (this.fail = reject));
    failed.catch(() => undefined);
    return Promise.resolve({
      failed,
      at: () => undefined,
      leave: () => {
        this.left = true;
        return Promise.resolve();
      },
    });
  }

  members(): Promise<number> {
    return Promise.resolve(1);
  }
}

/** A log with some records, and a store whose effects are counted by record. */
async function place() {
  const log = new MemoryLog();
  for (const topic of ['in', 'u.retry']) await log.createTopic({ name: topic, partitions: PARTITIONS });
  const store = new MemoryUnits(log);
  const effects: string[] = [];
  const send = (n: number): void => {
    for (let i = 0; i < n; i++)
      log.appendNow([
        { topic: 'in', key: null, partition: i % PARTITIONS, value: null, headers: {}, timestamp: 1 },
      ]);
  };
  return { log, store, effects, send };
}

type Place = Awaited<ReturnType<typeof place>>;

function start(here: Place, gate: () => Promise<void> = () => Promise.resolve()) {
  const membership = new ByHand();
  const stop = new AbortController();
  const deps: WorkerDeps & { membership: Membership } = {
    log: here.log,
    store: here.store,
    clock: { ...systemClock, sleep: (ms, signal) => systemClock.sleep(Math.min(ms, 5), signal) },
    signals: new Signals(),
    faults: noFaults,
    limits: { maxRecords: 2, maxBytes: 1e6 },
    pollMs: 5,
    membership,
  };
  const process = async (batch: InputBatch, owner: Owner) => {
    await gate();
    await here.store.transact(owner, undefined, async (tx) => {
      await tx.save(batch.next, {});
      for (const { partition, offset } of batch.records) here.effects.push(`${partition}/${offset}`);
    });
    return { ignored: 0, repeated: 0, dead: 0, emitted: 0 };
  };
  const inputs = ['in', 'u.retry'];
  const unit = { id: 'u', version: 1, inputs };
  const done = runCrew(
    { ...unit, work: (partition) => ({ unit: 'u', partition, inputs, process }) },
    deps,
    stop.signal,
  );
  done.catch(() => undefined);
  return { membership, stop, done };
}

/** Each record had its effect once. */
async function once(here: Place, n: number): Promise<void> {
  await expect.poll(() => new Set(here.effects).size).toBe(n);
  expect(here.effects).toHaveLength(n);
}

describe('a crew', () => {
  it('works on the partitions that it is given, and on no others', async () => {
    const here = await place();
    here.send(9);
    const crew = start(here);
    await expect.poll(() => crew.membership.give.length).toBe(1);
    crew.membership.give([0, 2]);
    await once(here, 6);
    expect(here.effects.some((effect) => effect.startsWith('1/'))).toBe(false);
    crew.membership.give([1, 2]);
    await once(here, 9);
    crew.stop.abort();
    await crew.done;
    expect(crew.membership.left).toBe(true);
  });

  it('one that keeps working on what another was given has no effect any more, and takes it back when it is to', async () => {
    const here = await place();
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    const zombie = start(here, () => gate);
    here.send(6);
    await expect.poll(() => zombie.membership.give.length).toBe(1);
    zombie.membership.give([0, 1, 2]);
    // it holds a batch of every partition when it falls silent, and another crew is given everything
    await expect.poll(async () => (await here.store.positions('u')).size).toBe(PARTITIONS);
    const heir = start(here);
    await expect.poll(() => heir.membership.give.length).toBe(1);
    heir.membership.give([0, 1, 2]);
    await once(here, 6);
    open();
    heir.membership.give([0]);
    zombie.membership.give([1, 2]);
    here.send(6);
    await once(here, 12);
    for (const crew of [zombie, heir]) {
      crew.stop.abort();
      await crew.done;
    }
  });

  it('a partition that comes back while its last batch is finished is worked on again', async () => {
    const here = await place();
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    let held = false;
    const crew = start(here, () => {
      held = true;
      return gate;
    });
    here.send(9);
    await expect.poll(() => crew.membership.give.length).toBe(1);
    crew.membership.give([0]);
    await expect.poll(() => held).toBe(true);
    crew.membership.give([]);
    crew.membership.give([0]);
    open();
    await once(here, 3);
    crew.stop.abort();
    await crew.done;
  });

  it('works on nothing that it is given while it stops: nobody would stop that any more', async () => {
    const here = await place();
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    let held = false;
    const crew = start(here, () => {
      held = true;
      return gate;
    });
    here.send(9);
    await expect.poll(() => crew.membership.give.length).toBe(1);
    crew.membership.give([0]);
    await expect.poll(() => held).toBe(true);
    crew.stop.abort();
    // the batch in hand is being finished, and another member leaves
    await new Promise((resolve) => setImmediate(resolve));
    crew.membership.give([0, 1]);
    open();
    await crew.done;
    const claimed = await here.store.positions('u');
    expect([...claimed.keys()]).toEqual([0]);
  });

  it('ends with what its membership or a worker fails with, and leaves', async () => {
    const here = await place();
    const gone = start(here);
    await expect.poll(() => gone.membership.give.length).toBe(1);
    gone.membership.fail(new Fatal({ code: 'GONE', message: 'gone' }));
    await expect(gone.done).rejects.toThrow('gone');
    expect(gone.membership.left).toBe(true);
    const broken = start(here, () => Promise.reject(new Fatal({ code: 'BROKEN', message: 'broken' })));
    await expect.poll(() => broken.membership.give.length).toBe(1);
    here.send(3);
    broken.membership.give([0, 1]);
    await expect(broken.done).rejects.toThrow('broken');
    expect(broken.membership.left).toBe(true);
    expect(here.effects).toEqual([]);
  });
});
