/** Freshness: from an accepted upload to its last recommendation in the table, while uploads keep coming. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expectEqual, figure, percentile, spreadOf } from './figures.ts';
import { ORG, reportOf, startServers } from './deployments.ts';
import type { Deployment, ProfileKind, Servers } from './deployments.ts';

/** What is uploaded. */
export interface FreshnessOptions {
  readonly uploads?: number;
  /** Two containers each. */
  readonly workloads?: number;
  readonly intervals?: number;
  /** Share of the time that the pipeline is busy. */
  readonly load?: number;
}

const CONTAINERS_PER_WORKLOAD = 2;
const WARM_UP = 5;
const POLL_MS = 10;

/** Prints p50, p99 and max per profile. */
export async function benchFreshness(options: FreshnessOptions = {}): Promise<void> {
  const { uploads = 200, workloads = 100, intervals = 4, load = 0.5 } = options;
  const servers = await startServers();
  try {
    console.log(`freshness: ${servers.versions}`);
    for (const kind of ['embedded', 'kafka'] as const) {
      const { ages, everyMs, seconds } = await measure(servers, kind, {
        uploads,
        workloads,
        intervals,
        load,
      });
      console.log(
        `freshness: ${kind}: ${uploads} uploads of ${figure(workloads)} workloads (${figure(workloads * CONTAINERS_PER_WORKLOAD)} containers × ${intervals} intervals), one every ${figure(everyMs)} ms (about ${load * 100} % load), ${seconds.toFixed(0)} s: accepted → recommendations readable p50 ${figure(percentile(ages, 0.5))} ms, p99 ${figure(percentile(ages, 0.99))} ms, max ${figure(Math.max(...ages))} ms`,
      );
    }
    console.log(
      'freshness: readable = every container of the upload has its recommendation for the last interval of it',
    );
  } finally {
    await servers.close();
  }
}

async function measure(
  servers: Servers,
  kind: ProfileKind,
  { uploads, workloads, intervals, load }: Required<FreshnessOptions>,
): Promise<{ readonly ages: number[]; readonly everyMs: number; readonly seconds: number }> {
  const deployment = await servers.open(kind);
  try {
    const shape = { containers: workloads * CONTAINERS_PER_WORKLOAD, intervals };
    const alone: number[] = [];
    for (let n = 0; n < WARM_UP; n++) {
      const { csv, end } = reportOf(n, shape);
      const started = performance.now();
      await deployment.upload(csv);
      await readable(deployment, end, shape.containers);
      if (n > 0) alone.push(performance.now() - started);
    }
    const everyMs = spreadOf(alone).median / load;
    const begun = performance.now();
    const ages = await Promise.all(
      Array.from({ length: uploads }, async (_, i) => {
        const due = begun + i * everyMs;
        await sleep(Math.max(0, due - performance.now()));
        const { csv, end } = reportOf(WARM_UP + i, shape);
        await deployment.upload(csv);
        const accepted = performance.now();
        await readable(deployment, end, shape.containers);
        return performance.now() - accepted;
      }),
    );
    const seconds = (performance.now() - begun) / 1000;
    await check(deployment, shape, WARM_UP + uploads);
    return { ages, everyMs, seconds };
  } finally {
    await deployment.close();
  }
}

/** Waits until every container has a recommendation for this interval end or a later one. */
async function readable({ app }: Deployment, end: number, containers: number): Promise<void> {
  for (;;) {
    const { rows } = await app.pool.query<{ n: number }>({
      name: 'bench-readable',
      text: 'SELECT count(*)::float8 AS n FROM public.recommendations WHERE org_id = $1 AND monitoring_end_time >= $2',
      values: [ORG, new Date(end)],
    });
    if (rows[0]!.n >= containers) return;
    await sleep(POLL_MS);
  }
}

async function check(
  { app, kind }: Deployment,
  { containers, intervals }: { readonly containers: number; readonly intervals: number },
  uploads: number,
): Promise<void> {
  const { rows } = await app.pool.query<{ accepted: number }>(
    'SELECT coalesce(sum(accepted), 0)::float8 AS accepted FROM public.upload_files WHERE org_id = $1',
    [ORG],
  );
  expectEqual(`${kind}: rows accepted`, rows[0]!.accepted, containers * intervals * uploads);
}
