import { expect, it } from 'vitest';
import { helperPays, sharing, threadOf } from '../../../connectors/cli/helping.ts';
import type { Thread } from '../../../connectors/cli/helping.ts';
import type { Membership } from '../../../streams/runtime/ports.ts';

const everything: Membership = {
  members: () => Promise.resolve(0),
  join: (_unit, changed) => {
    changed([0, 1, 2, 3, 4, 5]);
    return Promise.resolve({
      failed: new Promise<never>(() => undefined),
      at: () => undefined,
      leave: () => Promise.resolve(),
    });
  },
};

async function partitionsOf(thread: Thread, id: string): Promise<readonly number[]> {
  let had: readonly number[] = [];
  const membership = sharing(everything, thread, (unit) => unit === 'projection');
  await membership.join({ id, version: 1, inputs: [] }, (partitions) => (had = partitions));
  return had;
}

it('each partition of a projection is worked on by one of two threads, streams by the first alone', async () => {
  const [main, helper] = await Promise.all([
    partitionsOf('main', 'projection'),
    partitionsOf('helper', 'projection'),
  ]);
  expect([...main, ...helper].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5]);
  expect(main).toEqual([0, 4]);
  expect(await partitionsOf('main', 'stream')).toEqual([0, 1, 2, 3, 4, 5]);
  expect(await partitionsOf('helper', 'stream')).toEqual([]);
  expect(threadOf('stream', 3)).toBe('main');
});

it('no second thread beside a crash point, which counts what one thread does', () => {
  expect(helperPays({ RIGHTSTREAM_CRASH_AT: 'transaction.saved:2' })).toBe(false);
});
