import { describe, expect, it } from 'vitest';
import { MemoryLog } from '../../../streams/runtime/memory/log.ts';
import { MemoryUnits } from '../../../streams/runtime/memory/units.ts';
import { partitionKeys, partitionOf, reachesPartition } from '../../../streams/runtime/partitioner.ts';
import { recordKey } from '../../../schemas/keys.ts';
import { everyPartitionContract, noticeTopics, PARTITIONS } from './every-partition.ts';
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
