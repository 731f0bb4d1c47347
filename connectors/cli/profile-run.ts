/** Runs a plan of scales against a cluster: scales by wishes, reads what logs of requests grew by, records profiles as events. */
import { open, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { limits } from '../../projections/placement/judge.ts';
import { readLog } from '../../projections/placement/profiling/logs.ts';
import { runPlan } from '../../projections/placement/profiling/plan.ts';
import type {
  Pauses,
  ProfilingPlan,
  ProfilingPorts,
  RunOutcome,
} from '../../projections/placement/profiling/plan.ts';
import { profileOf } from '../../projections/placement/profiling/profile.ts';
import type { Requests } from '../../projections/placement/profiling/profile.ts';
import { BadInput } from '../../streams/runtime/errors.ts';
import { checkedBody, text } from '../http/routes/placement/body.ts';
import { readServiceChanges } from '../http/routes/placement/declare.ts';
import { rowsOf } from '../http/routes/placement/state.ts';
import { PLACEMENT_ANSWERS } from '../http/routes/placement/wish.ts';
import type { App } from './app.ts';
import { wishesOf } from './cluster-wishes.ts';
import type { ClusterOptions } from './cluster-wishes.ts';
import { profileFacts } from './profile-facts.ts';
import { deciding, wished } from './wishing.ts';

/** Most bytes of a log that one run may add. */
const MAX_GROWTH = 16 * 1024 * 1024;

const scales = z.record(text, z.int().min(0).max(limits.replicas));
const runs = z
  .record(text, scales)
  .refine((it) => Object.keys(it).length > 0 && Object.keys(it).length <= 100, {
    message: 'a plan has 1 to 100 runs',
  });
const planBody = z.union([
  z.strictObject({ name: text, seconds: z.int().min(1).max(86_400).default(600), runs }),
  z.looseObject({ profiling_time: z.number().positive().max(1_440).default(10), profiling_scales: runs }),
]);

/** A plan of a file: ours, or the profiling configuration of ROHE (minutes). */
export function readPlan(body: unknown): ProfilingPlan {
  const read = checkedBody(planBody, body);
  const named = (all: Record<string, Record<string, number>>) =>
    Object.entries(all).map(([name, it]) => ({ name, scales: it }));
  return 'profiling_scales' in read
    ? { name: 'profiling', seconds: 60 * read.profiling_time, runs: named(read.profiling_scales) }
    : { name: read.name, seconds: read.seconds, runs: named(read.runs) };
}

/** Logs of requests by service, from SERVICE=FILE. */
export function readLogNames(given: readonly string[]): Map<string, string> {
  return new Map(
    given.map((pair) => {
      const at = pair.indexOf('=');
      if (at < 1 || at === pair.length - 1)
        throw new BadInput({ code: 'BAD_OPTION', message: `--requests ${pair}: write SERVICE=FILE` });
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}

/** Runs it; how each run ended. */
export function profileCluster(
  app: App,
  options: ClusterOptions,
  plan: ProfilingPlan,
  logs: ReadonlyMap<string, string>,
  pauses: Pauses,
  signal: AbortSignal,
): Promise<RunOutcome[]> {
  return deciding(app, 'rightstream services', () =>
    runPlan(plan, portsOf(app, options, plan, logs, signal), signal, pauses),
  );
}

function portsOf(
  app: App,
  options: ClusterOptions,
  plan: ProfilingPlan,
  logs: ReadonlyMap<string, string>,
  signal: AbortSignal,
): ProfilingPorts {
  const { org, cluster } = options;
  const services = () => rowsOf(app, 'services', org, cluster);
  return {
    replicas: async () =>
      Object.fromEntries((await services()).map((row) => [String(row['name']), Number(row['replicas'])])),
    scale: async (wanted) => {
      const changes = Object.entries(wanted).map(([name, replicas]) => ({ name, replicas }));
      const changed = readServiceChanges({ services: changes }, await services());
      await wished(app, org, PLACEMENT_ANSWERS, wishesOf(options, 'ServicesRequested', 'services', changed));
    },
    lacking: async () =>
      (await rowsOf(app, 'unplaceable', org, cluster)).map((row) => String(row['service'])),
    wait: async (seconds) => {
      await sleep(seconds * 1000, undefined, { signal }).catch(() => undefined);
    },
    measure: async (run) => {
      const before = new Map<string, number>();
      for (const [service, path] of logs) before.set(service, await sizeOf(path));
      const started_at = Date.now();
      return async (outcome) => {
        const facts = { plan: plan.name, run: run.name, outcome, scales: run.scales, started_at };
        const events = [];
        for (const service of Object.keys(run.scales)) {
          const path = logs.get(service);
          const alone = path === undefined ? nothing : await grown(path, before.get(service)!);
          const profile = profileOf({ alone, shared: nothing, uses: [] });
          events.push(...profileFacts(options, { service, profile }, { ...facts, ended_at: Date.now() }));
        }
        await app.wishes.accept({ org, requestId: null, digest: '', events });
      };
    },
  };
}

const nothing: Requests = { latencies: [], ends: [] };

async function sizeOf(path: string): Promise<number> {
  const info = await stat(path).catch((error: unknown) => {
    throw new BadInput({ code: 'FILE_NOT_FOUND', message: `cannot read ${path}` }, { cause: error });
  });
  return info.size;
}

/** Requests of the whole lines that a log has grown by; at most 16 MiB of them. */
async function grown(path: string, from: number): Promise<Requests> {
  const file = await open(path);
  try {
    const head = await file.read(Buffer.alloc(1_000), 0, 1_000, 0);
    const [header = ''] = head.buffer.toString('utf8', 0, head.bytesRead).split('\n', 1);
    const { size } = await file.stat();
    const bytes = Buffer.alloc(Math.min(MAX_GROWTH, Math.max(0, size - from)));
    const { bytesRead } = await file.read(bytes, 0, bytes.length, from);
    const added = bytes.toString('utf8', 0, bytesRead);
    const lines = added.slice(0, added.lastIndexOf('\n') + 1);
    // A log that was empty before has its header among what it has grown by.
    const log = readLog(from === 0 ? lines || header : `${header}\n${lines}`, path);
    return log.kind === 'requests' ? log.requests : nothing;
  } finally {
    await file.close();
  }
}
