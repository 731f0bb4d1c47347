/** What the sink relies on in a server: held by the real EventStoreDB and by the stand-in. */
import { randomUUID } from 'node:crypto';
import { EventStoreDBClient } from '@eventstore/db-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AuditStore, NewEvent } from '../../../connectors/eventstoredb/store.ts';
import { emptyLog, expectedTrails, fill, runOnce, storeAt, storedTrails } from './harness.ts';

/** The suite; `url` is asked for when the tests run. */
export function auditContract(url: () => string): void {
  let store: AuditStore;
  beforeAll(() => {
    store = storeAt(url(), 10_000);
  });
  afterAll(async () => {
    await store.close();
  });

  let made = 0;
  const run = randomUUID().slice(0, 8);
  const newName = (): string => `contract${run}.${(made += 1)}`;
  const event = (n: number): NewEvent => ({
    id: randomUUID(),
    type: 'Tested',
    data: { n },
    metadata: { of: n },
  });

  /** The numbers that `event` was made with, newest first. */
  async function numbers(stream: string, max: number, before?: bigint): Promise<unknown[]> {
    const events = await store.readBack(stream, max, before);
    return events === 'closed' ? [events] : events.map(({ data }) => (data as { n: number }).n);
  }

  describe('appending', () => {
    it('at the end of a stream counts its revisions from 0', async () => {
      const stream = newName();
      expect(await store.append(stream, [event(0)], 'no_stream')).toEqual({ kind: 'appended', revision: 0n });
      const both = [event(1), event(2)];
      expect(await store.append(stream, both, 0n)).toEqual({ kind: 'appended', revision: 2n });
      expect(await numbers(stream, 10)).toEqual([2, 1, 0]);
    });

    it('the same events at the same place again has no effect', async () => {
      const stream = newName();
      const [zero, one, two] = [event(0), event(1), event(2)];
      await store.append(stream, [zero], 'no_stream');
      await store.append(stream, [one, two], 0n);
      expect(await store.append(stream, [zero], 'no_stream')).toMatchObject({ kind: 'appended' });
      expect(await store.append(stream, [one, two], 0n)).toMatchObject({ kind: 'appended' });
      expect(await store.append(stream, [one], 0n)).toMatchObject({ kind: 'appended' });
      expect(await numbers(stream, 10)).toEqual([2, 1, 0]);
    });

    it('anything else there is a conflict that says where the stream ends', async () => {
      const stream = newName();
      const [zero, one] = [event(0), event(1)];
      expect(await store.append(stream, [zero], 4n)).toEqual({ kind: 'conflict', current: 'no_stream' });
      await store.append(stream, [zero, one], 'no_stream');
      const conflict = { kind: 'conflict', current: 1n };
      expect(await store.append(stream, [event(9)], 'no_stream')).toEqual(conflict);
      expect(await store.append(stream, [one], 'no_stream')).toEqual(conflict);
      expect(await store.append(stream, [event(9)], 0n)).toEqual(conflict);
      expect(await store.append(stream, [event(9)], 7n)).toEqual(conflict);
      // the first is there, the second is not: neither is a repeat
      expect(await store.append(stream, [zero, one, event(9)], 'no_stream')).toEqual(conflict);
      expect(await numbers(stream, 10)).toEqual([1, 0]);
    });

    it('to a stream that was deleted for good is refused', async () => {
      const stream = newName();
      await store.append(stream, [event(0)], 'no_stream');
      const client = EventStoreDBClient.connectionString(url());
      await client.tombstoneStream(stream);
      await client.dispose();
      expect(await store.append(stream, [event(1)], 0n)).toEqual({ kind: 'closed' });
      expect(await store.readBack(stream, 1)).toBe('closed');
    });
  });

  describe('reading back', () => {
    it('goes page by page from the end', async () => {
      const stream = newName();
      await store.append(stream, [0, 1, 2, 3, 4].map(event), 'no_stream');
      expect(await numbers(stream, 2)).toEqual([4, 3]);
      expect(await numbers(stream, 2, 3n)).toEqual([2, 1]);
      expect(await numbers(stream, 2, 1n)).toEqual([0]);
      expect(await numbers(stream, 2, 0n)).toEqual([]);
    });

    it('a stream that is not there finds nothing', async () => {
      expect(await store.readBack(newName(), 1)).toEqual([]);
    });

    it('finds ids, data, metadata and revisions as they were', async () => {
      const stream = newName();
      const text = {
        ...event(0),
        data: { n: 0, text: 'ä "€" 😀' },
        metadata: { marks: { 'a/b/0@c': '1.1.0' } },
      };
      await store.append(stream, [text], 'no_stream');
      expect(await store.readBack(stream, 1)).toMatchObject([{ ...text, revision: 0n }]);
    });

    it('a shortened stream finds its last events, which keep their revisions', async () => {
      const stream = newName();
      await store.append(stream, [0, 1, 2, 3, 4].map(event), 'no_stream');
      await store.keepLast(stream, 2);
      await store.keepLast(stream, 4);
      expect(await numbers(stream, 10)).toEqual([4, 3]);
      expect(await store.append(stream, [event(5)], 4n)).toEqual({ kind: 'appended', revision: 5n });
      expect(await numbers(stream, 10)).toEqual([5, 4]);
    });
  });

  it('the audit of a log is whole, and is not written twice', async () => {
    const log = await emptyLog();
    await fill(log);
    const prefix = newName();
    const two = storeAt(url(), 10_000);
    await Promise.all([store, two].map((one, i) => runOnce({ log, store: one, prefix, batch: 2 + i })));
    await two.close();
    const expected = await expectedTrails(log, prefix);
    expect(await storedTrails(store, expected.keys())).toEqual(expected);
    expect(await runOnce({ log, store, prefix })).toMatchObject({ appended: 0, repeated: 0 });
  });
}
