/** Waiting out what is away while dead letters are read and sent: a command over thousands must not end for one of them. */
import { Retryable } from '../../../streams/runtime/errors.ts';
import type { App } from '../app.ts';

/** Waits between attempts when something is away, ms: half a minute in all. */
const PATIENCE = [100, 300, 1_000, 3_000, 5_000, 10_000, 10_000];

/** Tries work that may be repeated until it succeeds; what fails for longer than half a minute, or for good, is thrown. */
export async function patiently<T>(app: App, work: () => Promise<T>): Promise<T> {
  for (const ms of PATIENCE) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Retryable)) throw error;
      await app.pipeline.clock.sleep(ms / 2 + Math.random() * (ms / 2));
    }
  }
  return work();
}
