/** Running the units in this process. */
import type { Client } from 'pg';
import { pipelineLag, runPipeline, unitInputs } from '../../projections/runtime/pipeline.ts';
import type { Units } from '../../projections/runtime/pipeline.ts';
import { rebuild } from '../../projections/runtime/rebuild.ts';
import { BadInput, codeOf, Fatal, Retryable } from '../../streams/runtime/errors.ts';
import { findLive } from '../postgres/generations.ts';
import { withLock } from '../postgres/transaction.ts';
import { createClient } from '../postgres/pool.ts';
import type { App } from './app.ts';
import { runHelper, sharing } from './helping.ts';
import { keepTime } from './retention.ts';
import type { Timekeeping } from './retention.ts';

/** Advisory lock that the one process which runs the units holds. */
const RUNNER_LOCK = 7_265_618;

/** Name of the lock that whoever rebuilds a projection holds meanwhile. */
export function rebuildLock(projection: string): string {
  return `rebuild ${projection}`;
}

/** Units at work in this process. */
export interface Running {
  /** Resolves when outdated tables are rebuilt and the units work. */
  readonly ready: Promise<void>;
  /** Rejects when a unit fails for good. */
  readonly failed: Promise<never>;
  stop(): Promise<void>;
}

/** How units are run. */
export interface RunOptions {
  /** Kafka: not when others run them. */
  readonly alone?: boolean;
  /** Embedded: a second thread takes a share of the projections; the data folder, which it opens too. */
  readonly helperDir?: string;
  /** It writes ticks; absent: it does not. */
  readonly timekeeping?: Timekeeping;
}

/**
 * Starts the units. Embedded: undefined when another process runs them. Kafka: processes share them, however many; with `alone`
 * undefined when others do.
 */
export async function tryRun(
  app: App,
  units: Units = app.units,
  options: RunOptions = {},
): Promise<Running | undefined> {
  if (app.profile.kind === 'kafka') {
    if (options.alone === true && (await othersRun(app, units))) return undefined;
    await platformTopics(app, app.profile.kafka.foreignTopics);
    return start(app, units, undefined, options);
  }
  const lock = await tryRunnerLock(app);
  return lock && start(app, units, lock, options);
}

/** The connection that holds the runner lock; undefined when another process does. */
async function tryRunnerLock(app: App): Promise<Client | undefined> {
  const lock = createClient(app.url, 'rightstream runner');
  lock.on('error', () => undefined);
  await lock.connect();
  const { rows } = await lock.query<{ held: boolean }>('SELECT pg_try_advisory_lock($1) AS held', [
    RUNNER_LOCK,
  ]);
  if (rows[0]?.held === true) return lock;
  await lock.end();
  return undefined;
}

/** Works while no process runs the units; embedded, none can start meanwhile. One that does: BadInput ALREADY_RUNNING. */
export async function whileNobodyRuns<T>(app: App, work: () => Promise<T>): Promise<T> {
  const kafka = app.profile.kind === 'kafka';
  const lock = kafka ? undefined : await tryRunnerLock(app);
  if (kafka ? await othersRun(app, app.units) : lock === undefined) {
    throw new BadInput({
      code: 'ALREADY_RUNNING',
      message: 'another process runs the units of this place: stop it first',
    });
  }
  try {
    return await work();
  } finally {
    await lock?.end();
  }
}

/** No start creates a topic: without those of others that the settings name nothing is started. */
async function platformTopics(app: App, names: readonly string[]): Promise<void> {
  for (const name of names) {
    await app.log.ends(name).catch((error: unknown) => {
      if (codeOf(error) !== 'UNKNOWN_TOPIC') throw error;
      throw new BadInput({
        code: 'PLATFORM_TOPIC_MISSING',
        message: `there is no topic ${name}: \`rightstream apply\` creates it, or leave the PLATFORM_ setting that names it away`,
      });
    });
  }
}

async function othersRun(app: App, units: Units): Promise<boolean> {
  const names = unitInputs(units).map(({ id }) => id);
  return (await app.membership.members(names)) > 0;
}

/**
 * Rebuilds projections whose tables are of an older version than the code, one process at a time; the units that this code may run.
 * Tables of newer code are left to the processes that have it.
 */
async function rebuildOutdated(app: App, units: Units, signal: AbortSignal): Promise<Units> {
  const projections: Units['projections'][number][] = [];
  for (const projection of units.projections) {
    const refresh = async (): Promise<number | undefined> => {
      const live = await findLive(app.pool, projection.id);
      if (live === undefined || live.version >= projection.version) return live?.version;
      await rebuild(projection, { ...app.pipeline, generations: app.generations, signal }, { verify: false });
      return projection.version;
    };
    const version = await withLock(app.pool, rebuildLock(projection.id), refresh, signal);
    if (version === undefined || version === projection.version) projections.push(projection);
    else app.outdated.add(projection.id);
  }
  return { ...units, projections };
}

function start(app: App, units: Units, lock: Client | undefined, options: RunOptions): Running {
  const { helperDir, timekeeping } = options;
  const stop = new AbortController();
  const lost = new Promise<never>((_, reject) => {
    lock?.on('end', () => {
      if (!stop.signal.aborted)
        reject(
          new Fatal({
            code: 'RUNNER_LOCK_LOST',
            message: 'the database connection that holds the runner lock is gone',
          }),
        );
    });
  });
  const current = holding(app, stop.signal).then(() => rebuildOutdated(app, units, stop.signal));
  const ready = current.then(() => undefined);
  // Not everybody waits for it; `failed` tells all.
  ready.catch(() => undefined);
  const work = Promise.all([
    current.then((able) =>
      helperDir === undefined || lock === undefined
        ? runPipeline(able, app.pipeline, stop.signal)
        : runInTwo(app, able, helperDir, stop.signal),
    ),
    sweep(app, stop.signal),
    ready.then(() => timekeeping && keepTime(app, timekeeping, stop.signal)),
  ]);
  const failed = Promise.race([lost, work.then(() => new Promise<never>(() => undefined))]);
  failed.catch(() => {
    stop.abort();
  });
  return {
    ready,
    failed,
    async stop() {
      stop.abort();
      await work.catch(() => undefined);
      await lock?.end();
    },
  };
}

/** The units in two threads; when one fails, the other stops. */
async function runInTwo(app: App, units: Units, helperDir: string, signal: AbortSignal): Promise<void> {
  const either = new AbortController();
  const both = AbortSignal.any([signal, either.signal]);
  const projections = new Set(units.projections.map(({ id }) => id));
  const membership = sharing(app.pipeline.membership, 'main', (id) => projections.has(id));
  const ended = await Promise.allSettled(
    [runPipeline(units, { ...app.pipeline, membership }, both), runHelper(app, helperDir, units, both)].map(
      (work) =>
        work.catch((error: unknown) => {
          either.abort();
          throw error;
        }),
    ),
  );
  for (const end of ended) if (end.status === 'rejected') throw end.reason as Error;
}

/** Between two looks at whether another deployment has come, ms. */
const HOLD_MS = 30_000;
const AWAY_MS = 500;

/** Holds the topics for the first time; waits for a Kafka that is away. */
async function holding(app: App, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    if ((await unlessAway(() => app.hold().then(() => true))) === true) return;
    await app.pipeline.clock.sleep(AWAY_MS, signal);
  }
}

/** Between two looks at what processes that died left in the outbox, ms. */
const SWEEP_MS = 2_000;

/**
 * Publishes what waits in the outbox and nobody's worker relays: submissions whose process died before the log had them. Keeps
 * hold of the topics meanwhile; throws BadInput DEPLOYMENT_TAKEN when another deployment has them.
 */
export async function sweep(app: App, signal: AbortSignal): Promise<void> {
  const { outbox, relays, clock } = app.pipeline;
  if (outbox === undefined || relays === undefined) return;
  let held = 0;
  while (!signal.aborted) {
    if (clock.now() - held >= HOLD_MS) {
      await unlessAway(() => app.hold());
      held = clock.now();
    }
    const waiting = await unlessAway(() => outbox.waiting(clock.now() - SWEEP_MS));
    for (const { unit, partition } of waiting ?? []) {
      await unlessAway(
        () => relays.flush(unit, partition),
        (error) => {
          const { code, message } = error;
          app.signals.emit({ kind: 'retry', unit, partition, code, message, inMs: SWEEP_MS });
        },
      );
    }
    await clock.sleep(SWEEP_MS, signal);
  }
}

async function unlessAway<T>(
  work: () => Promise<T>,
  tell: (error: Retryable) => void = () => undefined,
): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Retryable)) throw error;
    tell(error);
    return undefined;
  }
}

/** Waits until every projection has passed the ends of its inputs as they are now, and the streams before them too. */
export async function caughtUp(app: App, signal: AbortSignal, units: Units = app.units): Promise<void> {
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
