import { describe, expect, it } from 'vitest';
import { Retryable } from '../../../../streams/runtime/errors.ts';
import { noFaults } from '../../../../streams/runtime/faults.ts';
import { MemoryLog } from '../../../../streams/runtime/memory/log.ts';
import type { EventLog, NewRecord } from '../../../../streams/runtime/ports.ts';
import { relay, Relays } from '../../../../streams/runtime/run/relay.ts';
import { Marks } from '../../../../streams/runtime/seq.ts';
import type { Outbox, PendingRecord } from '../../../../streams/runtime/units.ts';

/** An outbox of one unit and partition that gives pages of two. */
class Box implements Outbox {
  rows: PendingRecord[] = [];
  #next = 1;

  emit(n: number): void {
    for (let i = 0; i < n; i++) {
      const id = this.#next++;
      const headers = { origin: 'u/in/0', seq: `${id}.1.0` };
      this.rows.push({ id, topic: 't', key: String(id), partition: 0, value: null, headers, timestamp: 1 });
    }
  }

  pending(): Promise<{ records: readonly PendingRecord[]; more: boolean }> {
    return Promise.resolve({ records: this.rows.slice(0, 2), more: this.rows.length >= 2 });
  }

  published(ids: readonly number[]): Promise<void> {
    this.rows = this.rows.filter(({ id }) => !ids.includes(id));
    return Promise.resolve();
  }

  backlog(): Promise<ReadonlyMap<string, number>> {
    return Promise.resolve(new Map([['u', this.rows.length]]));
  }

  waiting(): Promise<readonly { unit: string; partition: number }[]> {
    return Promise.resolve([]);
  }
}

async function logged(log: MemoryLog): Promise<string[]> {
  const { records } = await log.read({ topic: 't', partition: 0 }, 0, { maxRecords: 1e3, maxBytes: 1e6 });
  return records.map(({ key }) => key!);
}

/** Keys that a reader takes: repeats dropped by origin and seq. */
async function taken(log: MemoryLog): Promise<string[]> {
  const marks = new Marks();
  const { records } = await log.read({ topic: 't', partition: 0 }, 0, { maxRecords: 1e3, maxBytes: 1e6 });
  return records.filter(({ topic, headers }) => !marks.seen(topic, headers)).map(({ key }) => key!);
}

async function open(): Promise<{ box: Box; log: MemoryLog }> {
  const log = new MemoryLog();
  await log.createTopic({ name: 't', partitions: 1 });
  return { box: new Box(), log };
}

const keys = (n: number): string[] => Array.from({ length: n }, (_, i) => String(i + 1));

describe('the relay', () => {
  it('publishes what waits in order, page after page, and forgets it', async () => {
    const { box, log } = await open();
    box.emit(5);
    await relay({ log, outbox: box, faults: noFaults }, 'u', 0);
    expect(await logged(log)).toEqual(keys(5));
    expect(box.rows).toEqual([]);
  });

  it('forgets nothing that the log refused', async () => {
    const { box, log } = await open();
    box.emit(3);
    const away = { ...log, append: () => Promise.reject(new Retryable({ code: 'AWAY', message: '' })) };
    await expect(
      relay({ log: away as unknown as EventLog, outbox: box, faults: noFaults }, 'u', 0),
    ).rejects.toThrow();
    expect(box.rows).toHaveLength(3);
  });

  it.each(['outbox.produced', 'outbox.forgotten'] as const)(
    'killed at %s: the next relay repeats at most a page, and readers take each record once',
    async (point) => {
      const { box, log } = await open();
      box.emit(5);
      let left = 2;
      const faults = (at: string): void => {
        if (at === point && --left === 0) throw new Error('killed');
      };
      await expect(relay({ log, outbox: box, faults }, 'u', 0)).rejects.toThrow('killed');
      await relay({ log, outbox: box, faults: noFaults }, 'u', 0);
      expect(await taken(log)).toEqual(keys(5));
      expect((await logged(log)).length).toBeLessThanOrEqual(7);
    },
  );

  it('two at once repeat records, and readers take each once', async () => {
    const { box, log } = await open();
    box.emit(9);
    const deps = { log, outbox: box, faults: noFaults };
    await Promise.all([relay(deps, 'u', 0), relay(deps, 'u', 0)]);
    expect(await taken(log)).toEqual(keys(9));
  });

  it('while others keep emitting, whoever waits for a record of its own waits for no record of theirs', async () => {
    const { box, log } = await open();
    let appends = 0;
    const busy = {
      append: (records: readonly NewRecord[]) => {
        if (++appends > 9) throw new Error('it never ends');
        box.emit(1);
        return log.append(records);
      },
    } as unknown as EventLog;
    box.emit(1);
    await relay({ log: busy, outbox: box, faults: noFaults }, 'u', 0);
    expect(await logged(log)).toEqual(keys(1));
  });

  it('one that published above a high-water mark would lose records: the reader shows it', async () => {
    const { box, log } = await open();
    box.emit(3);
    // row 2 was not committed yet when 3 was published, and 3 became the mark
    const late = box.rows.splice(1, 1);
    await relay({ log, outbox: box, faults: noFaults }, 'u', 0);
    box.rows = late;
    await relay({ log, outbox: box, faults: noFaults }, 'u', 0);
    expect(await taken(log)).toEqual(['1', '3']);
  });
});

describe('relays of one process', () => {
  it('run one at a time, and a flush covers what was committed before it was asked for', async () => {
    const { box, log } = await open();
    let [running, most] = [0, 0];
    const slow = {
      append: async (records: readonly NewRecord[]) => {
        running += 1;
        most = Math.max(most, running);
        await new Promise((resolve) => setImmediate(resolve));
        running -= 1;
        return log.append(records);
      },
    } as unknown as EventLog;
    const relays = new Relays({ log: slow, outbox: box, faults: noFaults });
    box.emit(3);
    const first = relays.flush('u', 0);
    await new Promise((resolve) => setImmediate(resolve));
    box.emit(4);
    await Promise.all([relays.flush('u', 0), relays.flush('u', 0)]);
    expect(await logged(log)).toEqual(keys(7));
    await first;
    expect(most).toBe(1);
    box.emit(1);
    await relays.flush('u', 0);
    expect(await logged(log)).toEqual(keys(8));
  });

  it('one that fails does not keep the next from trying', async () => {
    const { box, log } = await open();
    let fails = 1;
    const flaky = {
      append: (records: readonly NewRecord[]) =>
        fails-- > 0 ? Promise.reject(new Retryable({ code: 'AWAY', message: '' })) : log.append(records),
    } as unknown as EventLog;
    const relays = new Relays({ log: flaky, outbox: box, faults: noFaults });
    box.emit(2);
    const [one, two] = await Promise.allSettled([relays.flush('u', 0), relays.flush('u', 0)]);
    expect([one.status, two.status]).toEqual(['rejected', 'fulfilled']);
    expect(await logged(log)).toEqual(keys(2));
  });
});
