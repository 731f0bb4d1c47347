import { PassThrough } from 'node:stream';
import { expect, it, vi } from 'vitest';
import { clusterSettings } from '../../../connectors/kubernetes/settings.ts';
import type { Transport } from '../../../connectors/kubernetes/transport.ts';
import { watch } from '../../../connectors/kubernetes/watch.ts';

const tries: number[] = [];
vi.mock(import('../../../connectors/kubernetes/pace.ts'), async (original) => ({
  ...(await original()),
  backOff: (_, failures) => {
    tries.push(failures);
    return 1;
  },
}));

/** Watches streams that break after so long, ms, until three have; how many failures in a row each was. */
async function broken(ms: number, retryLastMs: number): Promise<number[]> {
  tries.length = 0;
  const ends = new AbortController();
  const transport = {
    stream: () => {
      const answer = new PassThrough();
      setTimeout(() => answer.destroy(new Error('broken')), ms);
      return Promise.resolve(answer);
    },
  } as unknown as Transport;
  const none = () => undefined;
  const handlers = {
    ...{ synced: none, changed: none, gone: none },
    interrupted: () => {
      if (tries.length === 2) setTimeout(() => ends.abort(), 0);
    },
  };
  const list = () => Promise.resolve({ objects: [], resourceVersion: '1' });
  const settings = clusterSettings.parse({ retryFirstMs: 1, retryLastMs });
  await watch({ transport, settings, list }, { kind: 'Pod' }, handlers, ends.signal);
  return tries.slice(0, 3);
}

it('a watch that has lasted is resumed soon, however often that happens', async () => {
  expect(await broken(60, 30)).toEqual([1, 1, 1]);
});

it('one that breaks at once is resumed later each time', async () => {
  expect(await broken(0, 60_000)).toEqual([1, 2, 3]);
});
