import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { lead } from '../../../connectors/kubernetes/lease.ts';
import type { Call, Transport } from '../../../connectors/kubernetes/transport.ts';

const place = { namespace: 'shop', name: 'lease' };

/** A server that keeps what is written at once and answers after so long, ms. */
function slow(ms: number): Transport {
  return {
    find: () => Promise.resolve(undefined),
    async json({ body, signal }: Call) {
      await sleep(ms, undefined, { signal });
      const object = body as { metadata: object };
      return { ...object, metadata: { ...object.metadata, resourceVersion: '1' } };
    },
  } as unknown as Transport;
}

it('a lease that was answered after it was over is not held', async () => {
  const taken = await lead(slow(60), { leaseSeconds: 0.06 }, place, new AbortController().signal);
  expect(taken.signal.aborted).toBe(true);
  await taken.release();
});
