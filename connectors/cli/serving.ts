/** The running system: units, HTTP and dashboard in one process. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { pipelineLag, unitInputs } from '../../projections/runtime/pipeline.ts';
import type { Units } from '../../projections/runtime/pipeline.ts';
import { explainStored } from './explaining.ts';
import type { HttpDeps } from '../http/deps.ts';
import { createHttpServer } from '../http/server.ts';
import { httpSettings } from '../http/settings.ts';
import { packageRoot, readSettings } from '../define.ts';
import type { PipelineState, PipelineStatus } from '../../streams/runtime/ports.ts';
import { BadInput, codeOf } from '../../streams/runtime/errors.ts';
import type { ManifestSettings } from '../kubernetes/manifests/settings.ts';
import type { App } from './app.ts';
import { keepFolder } from './folder-keeping.ts';
import { openPast, servedBounds } from './past.ts';
import type { Timekeeping } from './retention.ts';
import { sweep, tryRun } from './running.ts';
import type { Running } from './running.ts';
import { readTopology } from './topology.ts';

/** A served system. */
export interface Served {
  /** Absent when HTTP is not served here. */
  readonly url: string | undefined;
  /** The same at further ports. */
  readonly moreUrls: readonly string[];
  /** Rejects when a unit fails for good. */
  readonly failed: Promise<never>;
  stop(): Promise<void>;
}

/** Which parts of the system a process is. */
export interface Parts {
  readonly units: Units;
  readonly http: boolean;
  /** Leave the units to other processes when there are any. */
  readonly guest?: boolean;
  /** Embedded: the data folder, when a second thread is to take a share of the projections. */
  readonly helperDir?: string;
  /** A folder that is kept as decided, in place of a cluster. */
  readonly manifests?: { readonly folder: string; readonly settings: ManifestSettings };
  /** It writes ticks, when it runs units. */
  readonly timekeeping?: Timekeeping;
}

/** Serves, and keeps the folder of manifests meanwhile where there is one. */
export async function serve(...given: Parameters<typeof serveParts>): Promise<Served> {
  const [app, , { manifests } = { manifests: undefined }] = given;
  const served = await serveParts(...given);
  if (manifests === undefined) return served;
  const kept = keepFolder(app, manifests.folder, manifests.settings, (line) => {
    process.stderr.write(`rightstream: ${line}\n`);
  });
  return {
    ...served,
    async stop() {
      await kept.stop();
      await served.stop();
    },
  };
}

/**
 * Runs the units and serves HTTP, or the parts that are asked for. Embedded, another process that runs the units on the same data:
 * BadInput ALREADY_RUNNING.
 */
async function serveParts(
  app: App,
  settings: Readonly<Record<string, unknown>>,
  parts: Parts = { units: app.units, http: true },
  more: Pick<HttpDeps, 'authorize'> = {},
): Promise<Served> {
  const none = unitInputs(parts.units).length === 0;
  const running = none
    ? sweeping(app)
    : await tryRun(app, parts.units, {
        alone: parts.guest === true,
        ...(parts.helperDir === undefined ? {} : { helperDir: parts.helperDir }),
        ...(parts.timekeeping === undefined ? {} : { timekeeping: parts.timekeeping }),
      }).then((it) => (it === undefined && parts.guest === true ? sweeping(app) : it));
  if (running === undefined) {
    throw new BadInput({
      code: 'ALREADY_RUNNING',
      message: 'another rightstream process runs on this data: stop it first, or choose another --data-dir',
    });
  }
  if (!parts.http)
    return { url: undefined, moreUrls: [], failed: running.failed, stop: () => running.stop() };
  const parsed = readSettings('http', httpSettings, settings);
  const state = { ready: false };
  // A rebuild that fails is told by `failed`.
  running.ready.then(() => (state.ready = true)).catch(() => undefined);
  const past = openPast(app, servedBounds);
  try {
    const server = await createHttpServer({
      readModels: app.readModels,
      past,
      uploads: app.uploads,
      wishes: app.wishes,
      pipeline: pipelineStatus(app, state),
      topology: await readTopology(),
      settings: parsed,
      ...more,
      version: { version: packageVersion(), commit: 'unknown' },
      explain: (org, id) => explainStored(app, org, id),
      logError: (error, request) => {
        process.stderr.write(
          `${request.method} ${request.url}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
        );
      },
    });
    const url = await listen(server, parsed.host, parsed.port);
    const doors = await openDoors(server, parsed.host, parsed.morePorts);
    return {
      url,
      moreUrls: doors.map(({ url: door }) => door),
      failed: running.failed,
      async stop() {
        // Balancers see that no more should come; what is here is answered.
        state.ready = false;
        // First, so that nobody who waits for the past keeps the server from closing.
        await past.close();
        for (const { close } of doors) close();
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

/** A process without units: it still publishes what it accepted. */
function sweeping(app: App): Running {
  const stop = new AbortController();
  const work = sweep(app, stop.signal);
  return {
    ready: Promise.resolve(),
    failed: work.then(() => new Promise<never>(() => undefined)),
    async stop() {
      stop.abort();
      await work.catch(() => undefined);
    },
  };
}

async function listen(server: FastifyInstance, host: string, port: number): Promise<string> {
  try {
    return await server.listen({ host, port });
  } catch (error) {
    await server.close();
    if (codeOf(error) !== 'EADDRINUSE') throw error;
    throw portInUse(host, port);
  }
}

function portInUse(host: string, port: number): BadInput {
  return new BadInput({
    code: 'PORT_IN_USE',
    message: `${host}:${port} is taken by another program: choose another --port, or 0 for a free one`,
  });
}

interface Door {
  readonly url: string;
  close(): void;
}

/** Lets connections to further ports in to the same server, whose time-outs and end they share. */
async function openDoors(server: FastifyInstance, host: string, ports: readonly number[]): Promise<Door[]> {
  const doors: Door[] = [];
  for (const port of ports) {
    const door = createServer((socket) => server.server.emit('connection', socket));
    try {
      door.listen(port, host);
      await once(door, 'listening');
    } catch (error) {
      for (const { close } of doors) close();
      await server.close();
      throw codeOf(error) === 'EADDRINUSE' ? portInUse(host, port) : error;
    }
    const { port: taken } = door.address() as AddressInfo;
    doors.push({
      url: `http://${host.includes(':') ? `[${host}]` : host}:${taken}`,
      close: () => door.close(),
    });
  }
  return doors;
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
function pipelineStatus(app: App, process: { readonly ready: boolean }): PipelineStatus {
  const inputs = unitInputs(app.units);
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
      ready: process.ready,
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
