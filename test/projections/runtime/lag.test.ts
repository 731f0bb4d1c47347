import { expect, it } from 'vitest';
import { pipelineLag } from '../../../projections/runtime/pipeline.ts';
import { MemoryLog } from '../../../streams/runtime/memory/log.ts';
import type { UnitStore } from '../../../streams/runtime/units.ts';

it('"caught up" was said while a stream had just appended for a projection', async () => {
  const log = new MemoryLog();
  for (const name of ['in', 'out']) await log.createTopic({ name, partitions: 1 });
  const append = (topic: string) =>
    log.appendNow([{ topic, key: 'k', value: null, headers: {}, timestamp: 1 }]);
  append('in');
  let taken = 0;
  const store: Pick<UnitStore, 'positions'> = {
    positions(unit) {
      const now = new Map([[0, unit === 'stream' ? { in: taken } : { out: 0 }]]);
      return Promise.resolve(now);
    },
  };
  const ends = log.ends.bind(log);
  log.ends = async (topic) => {
    const found = await ends(topic);
    if (topic === 'out' && taken === 0) {
      // The stream commits between two reads of the observer.
      taken = 1;
      append('out');
    }
    return found;
  };
  const inputs = [
    { id: 'stream', kind: 'stream', inputs: ['in'] },
    { id: 'projection', kind: 'projection', inputs: ['out'] },
  ] as const;
  const lags = await pipelineLag(inputs, { log, store: store as UnitStore });
  expect(lags.some(({ lag }) => lag > 0)).toBe(true);
  expect(lags.every(({ lag }) => lag >= 0)).toBe(true);
});
