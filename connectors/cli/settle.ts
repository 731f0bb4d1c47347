/** Waiting until everything that is in the log now has taken effect. */
import type { App } from './app.ts';
import { caughtUp, tryRun } from './running.ts';
import { units } from './units.ts';

/** Runs the units here unless another process does, until they have taken everything. */
export async function settle(app: App): Promise<void> {
  const running = await tryRun(app, units, { alone: true });
  const stop = new AbortController();
  try {
    const done = caughtUp(app, stop.signal);
    await (running === undefined ? done : Promise.race([done, running.failed]));
  } finally {
    stop.abort();
    await running?.stop();
  }
}
