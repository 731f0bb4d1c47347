/** What every log must do, and the auditor that follows a log while writers append. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeOf } from '../../../streams/runtime/errors.ts';
import { murmur2, partitionOf } from '../../../streams/runtime/partitioner.ts';
import type { EventLog, LogRecord, NewRecord } from '../../../streams/runtime/ports.ts';

/** A log under test. */
export interface OpenLog {
  readonly log: EventLog;
  close(): Promise<void>;
}

const wide = { maxRecords: 1_000, maxBytes: 1 << 20 };

/** A record of a test. */
export function record(over: Partial<NewRecord> = {}): NewRecord {
  return {
    topic: 't',
    key: 'k',
    value: Buffer.from('v'),
    headers: {},
    timestamp: 1_700_000_000_123,
    ...over,
  };
}

/** What a follower saw of one partition. */
export interface Audit {
  readonly written: number;
  readonly missing: readonly string[];
  readonly repeated: readonly string[];
}

/** Appends with `writers` at once, `each` records apiece, while a reader follows from offset 0 in pages of 7. */
export async function audit(log: EventLog, writers: number, each: number): Promise<Audit> {
  const topic = 'followed';
  await log.createTopic({ name: topic, partitions: 1 });
  const seen: string[] = [];
  let next = 0;
  const page = async (): Promise<number> => {
    const page = await log.read({ topic, partition: 0 }, next, { maxRecords: 7, maxBytes: 1 << 20 });
    for (const one of page.records) seen.push(one.key!);
    next = page.next;
    return page.records.length;
  };
  let writing = true;
  const reader = (async () => {
    while (writing) {
      await page();
      await new Promise((resolve) => setImmediate(resolve));
    }
  })();
  const expected: string[] = [];
  const write = async (writer: number): Promise<void> => {
    for (let i = 0; i < each; i++) {
      const key = `${writer}-${i}`;
      expected.push(key);
      await log.append([record({ topic, key, partition: 0 })]);
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 3));
    }
  };
  try {
    await Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)));
  } finally {
    writing = false;
    await reader;
  }
  while ((await page()) > 0);
  const counts = new Map<string, number>();
  for (const key of seen) counts.set(key, (counts.get(key) ?? 0) + 1);
  return {
    written: expected.length,
    missing: expected.filter((key) => !counts.has(key)),
    repeated: [...counts].filter(([, n]) => n > 1).map(([key]) => key),
  };
}

/** The suite; `open` gives an empty log. */
export function logContract(name: string, open: () => Promise<OpenLog>): void {
  describe(name, () => {
    let opened: OpenLog;
    let log: EventLog;
    beforeAll(async () => {
      opened = await open();
      log = opened.log;
      await log.createTopic({ name: 't', partitions: 4 });
      await log.createTopic({ name: 'one', partitions: 1 });
    });
    afterAll(() => opened.close());

    const all = async (topic: string, partition = 0): Promise<readonly LogRecord[]> =>
      (await log.read({ topic, partition }, 0, wide)).records;

    it('hashes keys as the Java client of Kafka does', () => {
      const known: [string, number][] = [
        ['21', -973932308],
        ['foobar', -790332482],
        ['a-little-bit-long-string', -985981536],
        ['a-little-bit-longer-string', -1486304829],
        ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
      ];
      for (const [key, hash] of known) expect(murmur2(Buffer.from(key)), key).toBe(hash);
    });

    it('gives offsets without gaps, in the order of the records, per partition', async () => {
      await log.createTopic({ name: 'gaps', partitions: 4 });
      const keys = Array.from({ length: 40 }, (_, i) => `key-${i}`);
      const placed = [
        ...(await log.append(keys.slice(0, 25).map((key) => record({ topic: 'gaps', key })))),
        ...(await log.append(keys.slice(25).map((key) => record({ topic: 'gaps', key })))),
      ];
      expect(placed.map(({ partition }) => partition)).toEqual(keys.map((key) => partitionOf(key, 4)));
      const ends = await log.ends('gaps');
      for (let partition = 0; partition < 4; partition++) {
        const records = await all('gaps', partition);
        expect(records.map(({ offset }) => offset)).toEqual(records.map((_, i) => i));
        expect(records.map(({ key }) => key)).toEqual(
          keys.filter((key) => partitionOf(key, 4) === partition),
        );
        expect(ends[partition]).toBe(records.length);
      }
    });

    it('gives back what it was given', async () => {
      const given = [
        record({
          key: 'a/ä %2F',
          headers: { 'event-id': 'x@1.1.0', empty: '' },
          value: Buffer.from([0, 255, 10]),
        }),
        record({ key: null, partition: 2, value: Buffer.alloc(0) }),
        record({ key: 'gone', value: null, timestamp: 1 }),
        record({ key: 'ms', timestamp: 1_774_742_399_999 }),
      ];
      const placed = await log.append(given);
      for (const [i, { partition, offset }] of placed.entries()) {
        const back = await log.read({ topic: 't', partition }, offset, { maxRecords: 1, maxBytes: 1 });
        expect(back.next).toBe(offset + 1);
        expect(back.records[0]).toEqual({ ...given[i]!, partition, offset });
      }
    });

    it('keeps the limits of a read, but reads at least one record', async () => {
      await log.append(Array.from({ length: 10 }, () => record({ topic: 'one', value: Buffer.alloc(100) })));
      const read = async (from: number, maxRecords: number, maxBytes: number): Promise<number[]> =>
        (await log.read({ topic: 'one', partition: 0 }, from, { maxRecords, maxBytes })).records.map(
          ({ offset }) => offset,
        );
      expect(await read(2, 3, 1 << 20)).toEqual([2, 3, 4]);
      expect(await read(2, 100, 250)).toEqual([2, 3, 4]);
      expect(await read(2, 100, 1)).toEqual([2]);
      expect(await read(10, 100, 1 << 20)).toEqual([]);
    });

    it('need not hand over again what a unit emitted itself in this partition; everything else whole', async () => {
      await log.createTopic({ name: 'own', partitions: 2 });
      const from = (origin: string, type: string): NewRecord => ({
        ...record({ topic: 'own', partition: 1, value: Buffer.alloc(100, 7) }),
        headers: { origin, 'event-type': type },
      });
      const given = [
        ...[from('unit/in/1', 'A'), from('unit/in/1', 'RecordDied'), from('unit/in/0', 'A')],
        ...[from('unit-2/in/1', 'A'), from('un%t/in/1', 'A'), from('unit/in/1', 'B')],
        record({ topic: 'own', partition: 1 }),
      ];
      await log.append(given);
      const read = async (withoutOwnOf: string, maxBytes = 1 << 20): Promise<(number | undefined)[]> =>
        (
          await log.read({ topic: 'own', partition: 1 }, 0, { maxRecords: 10, maxBytes, withoutOwnOf })
        ).records.map(({ value }) => value?.length);
      const spared = await read('unit');
      for (const [i, size] of [100, 100, 100, 100, 100, 100, 1].entries())
        expect(spared[i] ?? ([0, 5].includes(i) ? size : 'lost'), `record ${i}`).toBe(size);
      expect(await read('un_t')).toEqual([100, 100, 100, 100, 100, 100, 1]);
      expect(spared[0] === undefined ? await read('unit', 150) : []).toHaveLength(
        spared[0] === undefined ? 3 : 0,
      );
    });

    it('finds the earliest offset of a time, whatever the order of times within a partition', async () => {
      await log.createTopic({ name: 'times', partitions: 3 });
      expect(await log.offsetsAt('times', 0)).toEqual([0, 0, 0]);
      const base = 1_774_742_399_999;
      const at = (partition: number, ...later: number[]): NewRecord[] =>
        later.map((ms) => record({ topic: 'times', partition, timestamp: base + ms }));
      await log.append([...at(0, 0, 10, 5, 10, 20, 15), ...at(1, 7)]);
      expect(await log.offsetsAt('times', 0)).toEqual([0, 0, 0]);
      expect(await log.offsetsAt('times', base)).toEqual([0, 0, 0]);
      expect(await log.offsetsAt('times', base + 1)).toEqual([1, 0, 0]);
      expect(await log.offsetsAt('times', base + 7)).toEqual([1, 0, 0]);
      expect(await log.offsetsAt('times', base + 8)).toEqual([1, 1, 0]);
      expect(await log.offsetsAt('times', base + 10)).toEqual([1, 1, 0]);
      expect(await log.offsetsAt('times', base + 11)).toEqual([4, 1, 0]);
      expect(await log.offsetsAt('times', base + 20)).toEqual([4, 1, 0]);
      expect(await log.offsetsAt('times', base + 21)).toEqual([6, 1, 0]);
    });

    it('refuses unknown topics and partitions, and another count of partitions', async () => {
      const failures = [
        log.append([record({ topic: 'nowhere' })]),
        log.ends('never').then(() => undefined),
        log.offsetsAt('never', 0).then(() => undefined),
        log.createTopic({ name: 't', partitions: 5 }),
        log.append([record({ partition: 9 })]),
      ].map((failure) => failure.then(() => 'nothing', codeOf));
      expect(await Promise.all(failures)).toEqual([
        'UNKNOWN_TOPIC',
        'UNKNOWN_TOPIC',
        'UNKNOWN_TOPIC',
        'PARTITION_COUNT_DIFFERS',
        'UNKNOWN_PARTITION',
      ]);
      await log.createTopic({ name: 't', partitions: 4 });
    });

    it('appends all or nothing', async () => {
      const before = await log.ends('t');
      await expect(log.append([record(), record({ topic: 'nowhere' })])).rejects.toThrow('nowhere');
      await expect(log.append([record(), record({ partition: 9 })])).rejects.toThrow('partition');
      expect(await log.ends('t')).toEqual(before);
    });

    it('wakes listeners until they stop', async () => {
      const woken: string[] = [];
      const stop = log.onAppend((topic) => woken.push(topic));
      await log.append([record({ topic: 'one' })]);
      expect(woken).toContain('one');
      stop();
      woken.length = 0;
      await log.append([record({ topic: 't' })]);
      expect(woken).toEqual([]);
    });

    it('shows a follower every record exactly once while many write', async () => {
      expect(await audit(log, 8, 25)).toEqual({ written: 200, missing: [], repeated: [] });
    });
  });
}
