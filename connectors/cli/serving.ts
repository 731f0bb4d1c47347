/** The running system: units, HTTP and dashboard in one process. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { pipelineLag, unitInputs } from '../../projections/runtime/pipeline.ts';
import { explainStored } from './explaining.ts';
import { createHttpServer } from '../http/server.ts';
import { httpSettings } from '../http/settings.ts';
import { packageRoot, readSettings } from '../define.ts';
import type { PipelineState, PipelineStatus } from '../../streams/runtime/ports.ts';
import { BadInput, codeOf } from '../../streams/runtime/errors.ts';
import type { App } from './app.ts';
import { openPast, servedBounds } from './past.ts';
import { tryRun } from './running.ts';
import { readTopology } from './topology.ts';
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
  const past = openPast(app, servedBounds);
  try {
    const server = await createHttpServer({
      readModels: app.readModels,
      past,
      uploads: app.uploads,
      pipeline: pipelineStatus(app),
      topology: await readTopology(),
      settings: parsed,
      version: { version: packageVersion(), commit: 'unknown' },
      explain: (org, id) => explainStored(app, org, id),
      logError: (error, request) => {
        process.stderr.write(
          `${request.method} ${request.url}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
        );
      },
    });
    const url = await listen(server, parsed.host, parsed.port);
    return {
      url,
      failed: running.failed,
      async stop() {
        // First, so that nobody who waits for the past keeps the server from closing.
        await past.close();
        await server.close();
        await running.stop();
      },
    };
  } catch (error) {
    await past.close();
    await running.stop();
    throw error;
  }
}

async function listen(server: FastifyInstance, host: string, port: number): Promise<string> {
  try {
    return await server.listen({ host, port });
  } catch (error) {
    await server.close();
    if (codeOf(error) !== 'EADDRINUSE') throw error;
    throw new BadInput({
      code: 'PORT_IN_USE',
      message: `${host}:${port} is taken by another program: choose another --port, or 0 for a free one`,
    });
  }
}

/** Records that are dead now, per unit and partition. */
async function deadLetters(app: App): Promise<ReadonlyMap<string, number>> {
  const { rows } = await app.pool.query<{ name: string; n: number }>(
    `SELECT unit || '/' || partition AS name, count(*)::int AS n FROM public.dead_letters WHERE status = 'dead' GROUP BY 1`,
  );
  return new Map(rows.map(({ name, n }) => [name, n]));
}

function packageVersion(): string {
  const text = readFileSync(join(packageRoot(), 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

/** What the dashboard and metrics watch. */
function pipelineStatus(app: App): PipelineStatus {
  const inputs = unitInputs(units);
  const errors = new Map<string, string>();
  app.signals.on((signal) => {
    if (signal.kind === 'rebuild') return;
    const name = `${signal.unit}/${signal.partition}`;
    if (signal.kind === 'retry') errors.set(name, `${signal.code}: ${signal.message}`);
    else errors.delete(name);
  });
  async function status(): Promise<PipelineState> {
    const lags = await pipelineLag(inputs, app.pipeline);
    const dead = await deadLetters(app);
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
