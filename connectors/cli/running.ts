/** Running the units in this process, unless another process on the same database does. */
import type { Client } from 'pg';
import { pipelineLag, runPipeline, unitInputs } from '../../projections/runtime/pipeline.ts';
import type { Units } from '../../projections/runtime/pipeline.ts';
import { rebuild } from '../../projections/runtime/rebuild.ts';
import { Fatal } from '../../streams/runtime/errors.ts';
import { createClient } from '../postgres/pool.ts';
import type { App } from './app.ts';
import { units as allUnits } from './units.ts';

/** Advisory lock that the one process which runs the units holds. */
const RUNNER_LOCK = 7_265_618;

/** Units at work in this process. */
export interface Running {
  /** Rejects when a unit fails for good. */
  readonly failed: Promise<never>;
  stop(): Promise<void>;
}

/** Starts the units when nobody else runs them; undefined when somebody does. */
export async function tryRun(app: App, units: Units = allUnits): Promise<Running | undefined> {
  const lock = createClient(app.url, 'rightstream runner');
  lock.on('error', () => undefined);
  await lock.connect();
  const { rows } = await lock.query<{ held: boolean }>('SELECT pg_try_advisory_lock($1) AS held', [
    RUNNER_LOCK,
  ]);
  if (rows[0]?.held !== true) {
    await lock.end();
    return undefined;
  }
  await rebuildOutdated(app, units);
  return start(app, units, lock);
}

/** Rebuilds projections whose tables are of another version than the code. */
async function rebuildOutdated(app: App, units: Units): Promise<void> {
  for (const projection of units.projections) {
    const live = app.live.get(projection.id);
    if (live === undefined || live.version === projection.version) continue;
    await rebuild(projection, { ...app.pipeline, generations: app.generations }, { verify: false });
  }
}

function start(app: App, units: Units, lock: Client): Running {
  const stop = new AbortController();
  const lost = new Promise<never>((_, reject) => {
    lock.on('end', () => {
      if (!stop.signal.aborted)
        reject(
          new Fatal({
            code: 'RUNNER_LOCK_LOST',
            message: 'the database connection that holds the runner lock is gone',
          }),
        );
    });
  });
  const work = runPipeline(units, app.pipeline, stop.signal);
  const failed = Promise.race([lost, work.then(() => new Promise<never>(() => undefined))]);
  failed.catch(() => {
    stop.abort();
  });
  return {
    failed,
    async stop() {
      stop.abort();
      await work.catch(() => undefined);
      await lock.end();
    },
  };
}

/** Waits until every projection has passed the ends of its inputs as they are now, and the streams before them too. */
export async function caughtUp(app: App, signal: AbortSignal, units: Units = allUnits): Promise<void> {
  const inputs = unitInputs(units);
  while (!signal.aborted) {
    const seen = new AbortController();
    const off = app.log.onAppend(() => {
      seen.abort();
    });
    const lags = await pipelineLag(inputs, app.pipeline);
    if (lags.every((lag) => lag.lag === 0)) {
      off();
      return;
    }
    await app.pipeline.clock.sleep(20, signal);
    off();
  }
}
