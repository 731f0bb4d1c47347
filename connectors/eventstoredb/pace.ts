/** Waiting for the log, and doing several things at a time. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { EventLog } from '../../streams/runtime/ports.ts';

/** Hints that something was appended. */
export interface WakeUps {
  count(): number;
  /** Waits until there was a hint after `seen`, the time is over or `stop`. */
  wait(seen: number, ms: number, stop: AbortSignal): Promise<void>;
  stop(): void;
}

/** Listens to appends to these topics. */
export function wakeUps(log: Pick<EventLog, 'onAppend'>, topics: readonly string[]): WakeUps {
  let count = 0;
  let release: (() => void) | undefined;
  const off = log.onAppend((topic) => {
    if (!topics.includes(topic)) return;
    count += 1;
    release?.();
  });
  return {
    count: () => count,
    async wait(seen, ms, stop) {
      if (count !== seen || stop.aborted) return;
      const early = new AbortController();
      release = () => {
        early.abort();
      };
      stop.addEventListener('abort', release);
      await sleep(ms, undefined, { signal: early.signal }).catch(() => undefined);
      stop.removeEventListener('abort', release);
      release = undefined;
    },
    stop: off,
  };
}

/** Does work on all items, at most `width` at a time. All have ended when it does; then the first error is thrown. */
export async function inParallel<T>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const errors: unknown[] = [];
  const rest = items.values();
  const lane = async (): Promise<void> => {
    for (const item of rest) {
      // one failure is enough: what is under way ends, nothing new begins
      if (errors.length > 0) return;
      await work(item).catch((error: unknown) => errors.push(error));
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, lane));
  if (errors.length > 0) throw errors[0];
}
