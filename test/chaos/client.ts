/** A client that uploads through whichever process answers, and repeats under the same request id until it is accepted. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Member } from './member.ts';
import type { Sending } from './uploads.ts';

/** How long a client waits for an answer before it asks another process, ms. */
const PATIENCE_MS = 4_000;
const GIVE_UP_MS = 90_000;

/** Resolves with the id of the upload. Throws when nobody accepts it for a long time. */
export async function uploadUntilAccepted(
  members: () => readonly Member[],
  first: number,
  upload: Sending,
): Promise<string> {
  const until = Date.now() + GIVE_UP_MS;
  let last: unknown = new Error('nobody was asked');
  for (let turn = first; Date.now() < until; turn++) {
    const all = members();
    const giveUp = new AbortController();
    try {
      return await Promise.race([
        all[turn % all.length]!.upload(upload),
        sleep(PATIENCE_MS, undefined, { signal: giveUp.signal }).then(() =>
          Promise.reject(new Error(`no answer within ${PATIENCE_MS} ms`)),
        ),
      ]);
    } catch (error) {
      last = error;
      await sleep(50);
    } finally {
      giveUp.abort();
    }
  }
  throw new Error(`${upload.requestId} was not accepted within ${GIVE_UP_MS / 1000} s: ${String(last)}`);
}
