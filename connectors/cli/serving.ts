/** The running system: units, HTTP and dashboard in one process. */
import { pipelineLag, unitInputs } from '../../projections/runtime/pipeline.ts';
import { explainStored } from './explaining.ts';
import { createHttpServer } from '../http/server.ts';
import { httpSettings } from '../http/settings.ts';
import { readSettings } from '../define.ts';
import type { PipelineState, PipelineStatus } from '../../streams/runtime/ports.ts';
import { BadInput } from '../../streams/runtime/errors.ts';
import type { App } from './app.ts';
import { tryRun } from './running.ts';
import { topologyOf } from './topology.ts';
import { units } from './units.ts';

/** A served system. */
export interface Served {
  readonly url: string;
  /** Rejects when a unit fails for good. */
  readonly failed: Promise<never>;
  stop(): Promise<void>;
}

/** Runs the units and serves HTTP. Another process that runs them on the same data: BadInput ALREADY_RUNNING. */
export async function serve(app: App, settings: Readonly<Record<string, unknown>>): Promise<Served> {
  const running = await tryRun(app);
  if (running === undefined) {
    throw new BadInput({
      code: 'ALREADY_RUNNING',
      message: 'another rightstream process runs on this data: stop it first, or choose another --data-dir',
    });
  }
  const parsed = readSettings('http', httpSettings, settings);
  try {
    const server = await createHttpServer({
      readModels: app.readModels,
      uploads: app.uploads,
      pipeline: pipelineStatus(app),
      topology: await topologyOf(app),
      settings: parsed,
      explain: (org, id) => explainStored(app, org, id),
      logError: (error, request) => {
        process.stderr.write(
          `${request.method} ${request.url}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
        );
      },
    });
    const url = await server.listen({ host: parsed.host, port: parsed.port });
    return {
      url,
      failed: running.failed,
      async stop() {
        await server.close();
        await running.stop();
      },
    };
  } catch (error) {
    await running.stop();
    throw error;
  }
}

/** What the dashboard and metrics watch. */
function pipelineStatus(app: App): PipelineStatus {
  const inputs = unitInputs(units);
  const errors = new Map<string, string>();
  const dead = new Map<string, number>();
  app.signals.on((signal) => {
    if (signal.kind === 'rebuild') return;
    const name = `${signal.unit}/${signal.partition}`;
    if (signal.kind === 'retry') errors.set(name, `${signal.code}: ${signal.message}`);
    else errors.delete(name);
    if (signal.kind === 'batch' && signal.dead > 0) dead.set(name, (dead.get(name) ?? 0) + signal.dead);
  });
  async function status(): Promise<PipelineState> {
    const lags = await pipelineLag(inputs, app.log, app.store);
    const topics = await Promise.all(
      (await app.log.topics()).map(async ({ name, partitions }) => {
        const ends = await app.log.ends(name);
        return { name, partitions, end: ends.reduce((sum, end) => sum + end, 0) };
      }),
    );
    return {
      ready: true,
      units: lags.map((unit) => {
        const name = `${unit.id}/${unit.partition}`;
        const lastError = errors.get(name);
        return {
          ...unit,
          deadLetters: dead.get(name) ?? 0,
          ...(lastError === undefined ? {} : { lastError }),
        };
      }),
      topics,
    };
  }
  return {
    status,
    subscribe: (listener) =>
      app.signals.on((signal) => {
        if (signal.kind === 'batch' || signal.kind === 'retry') listener();
      }),
  };
}
