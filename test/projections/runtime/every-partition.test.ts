import { describe, expect, it } from 'vitest';
import { MemoryLog } from '../../../streams/runtime/memory/log.ts';
import { MemoryUnits } from '../../../streams/runtime/memory/units.ts';
import { partitionKeys, partitionOf, reachesPartition } from '../../../streams/runtime/partitioner.ts';
import { recordKey } from '../../../schemas/keys.ts';
import type { EventLog } from '../../../streams/runtime/ports.ts';
import type { UnitStore } from '../../../streams/runtime/units.ts';
import { everyPartitionContract, noticeTopics, PARTITIONS, refuse, work } from './every-partition.ts';
import { codec } from './tally.ts';

describe('keys for every partition', () => {
  it.each([1, 2, 3, 4, 6, 12, 50, 200])('reach each of %i partitions once', (count) => {
    const keys = partitionKeys(count);
    expect(keys.map((key) => partitionOf(key, count))).toEqual(Array.from({ length: count }, (_, p) => p));
    expect(keys.filter((key) => !/^\+\d+(\.\d+)?$/.test(key))).toEqual([]);
    expect(keys.every(reachesPartition)).toBe(true);
  });

  it('are keys of nothing else', () => {
    expect(reachesPartition(recordKey('+0', 'c1'))).toBe(false);
    expect(reachesPartition(null)).toBe(false);
  });
});

describe('in memory', () => {
  everyPartitionContract(async () => {
    const log = new MemoryLog();
    for (const name of [...noticeTopics, 'dead-letters']) {
      await log.createTopic({ name, partitions: PARTITIONS });
    }
    const store = new MemoryUnits(log);
    return { log, store, codec, rows: () => Promise.resolve(store.rows('notices', 'notices')) };
  });
});

it('asks for nothing outside while it holds a transaction: with every connection in use, all would wait for each other', async () => {
  const log = new MemoryLog();
  for (const name of [...noticeTopics, 'dead-letters'])
    await log.createTopic({ name, partitions: PARTITIONS });
  const units = new MemoryUnits(log);
  let open = 0;
  const asked: number[] = [];
  const store: UnitStore = {
    claim: (unit, partition) => units.claim(unit, partition),
    positions: (unit) => units.positions(unit),
    async transact(owner, set, run) {
      open += 1;
      try {
        return await units.transact(owner, set, run);
      } finally {
        open -= 1;
      }
    },
  };
  const watched: EventLog = {
    topics: () => log.topics(),
    createTopic: (topic) => log.createTopic(topic),
    append: (records) => log.append(records),
    read: (at, from, limits) => log.read(at, from, limits),
    offsetsAt: (topic, time) => log.offsetsAt(topic, time),
    onAppend: (wake) => log.onAppend(wake),
    ends(topic) {
      asked.push(open);
      return log.ends(topic);
    },
  };
  const rows = () => Promise.resolve(units.rows('notices', 'notices'));
  await refuse({ log, store, codec, rows });
  await work({ log: watched, store, codec, rows });
  expect(asked.length).toBeGreaterThan(0);
  expect(asked.filter((count) => count > 0)).toEqual([]);
});
