/** How fast the API server is asked, and how long to wait after failures. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Postponed } from './errors.ts';
import type { ClusterSettings } from './settings.ts';

/** Lets requests out, one after the other, not more than the settings allow. */
export interface Pace {
  /** Resolves when the next request may go out; rejects with the signal's reason. */
  turn(signal: AbortSignal): Promise<void>;
  /** Nothing goes out for so long: the server asked for it. */
  pause(ms: number): void;
}

/** A bucket of `burst` turns that fills with `qps` a second. `now` is in ms and only goes forward. */
export function paceOf(
  { qps, burst, retryLastMs }: Pick<ClusterSettings, 'qps' | 'burst' | 'retryLastMs'>,
  now: () => number = () => performance.now(),
): Pace {
  const interval = 1000 / qps;
  const slack = (burst - 1) * interval;
  /** When the bucket is full again. */
  let full = -Infinity;
  let notBefore = -Infinity;
  return {
    async turn(signal) {
      signal.throwIfAborted();
      const at = Math.max(now(), full - slack);
      full = Math.max(full, at) + interval;
      await until(at, now, signal);
      while (now() < notBefore) await until(notBefore, now, signal);
    },
    pause(ms) {
      notBefore = Math.max(notBefore, now() + Math.min(ms, retryLastMs));
    },
  };
}

async function until(time: number, now: () => number, signal: AbortSignal): Promise<void> {
  const ms = time - now();
  if (ms > 0) await pause(ms, signal);
}

/** Waits; rejects with the signal's reason when it is aborted. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => {
    signal.throwIfAborted();
  });
}

/** How long to wait before try number `tries` (1 and up) is repeated, ms: doubling, a random half of it, and what the server asks for. */
export function backOff(
  { retryFirstMs, retryLastMs }: Pick<ClusterSettings, 'retryFirstMs' | 'retryLastMs'>,
  tries: number,
  error?: unknown,
): number {
  const full = Math.min(retryLastMs, retryFirstMs * 2 ** Math.min(tries - 1, 30));
  const asked = error instanceof Postponed ? (error.retryAfterMs ?? 0) : 0;
  return Math.max(full * (0.5 + Math.random() / 2), Math.min(asked, retryLastMs));
}
