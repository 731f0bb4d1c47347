/**
 * Kruize's own scale test plan: 5,000 experiments of two containers with fifteen days of results, one each quarter of an hour. Here as
 * day-long reports over HTTP into the built program with its bundled Postgres; at the end the recommendations are checked by formulas
 * written down independently.
 */
import { openAsBlob, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import { openEmbedded } from '../../connectors/postgres/embedded/embedded.ts';
import { createPool } from '../../connectors/postgres/pool.ts';
import { startKruize } from '../support/program.ts';
import type { KruizeServer } from '../support/program.ts';
import { expectEqual, figure } from './figures.ts';
import { watch } from './footprint.ts';
import type { Footprint } from './footprint.ts';
import { checkRecommendations } from './scale-check.ts';
import { dayEnd, INTERVALS, ScaleReports } from './scale-data.ts';

/** How much of the plan. */
export interface ScalePlanOptions {
  /** All 5,000 experiments; else 500. */
  readonly whole?: boolean;
  readonly days?: number;
  /** Containers whose recommendations are checked at the end; drawn by seed when it is not all of them. */
  readonly sample?: number;
}

const ORG = 'scale';
const CONTAINERS_PER_EXPERIMENT = 2;
const EXPERIMENTS_PER_CLUSTER = 500;
/** Days that are generated at a time, while the clock stands. */
const DAYS_AT_ONCE = 5;
const UPLOADS_AT_ONCE = 2;
const SEED = 20_261;
const MIB = 1024 ** 2;

/** What Kruize publishes for the whole plan (0.10-rc3, ten replicas, up to 8.4 cores), kruize/autotune tests/test_plans/test_plan_rel_0.10.md. */
const KRUIZE = {
  seconds: 16_620,
  memoryGb: 41.7,
  databaseGb: 21.8,
  results: 7_200_000,
  recommendations: 300_000,
};

interface Totals {
  seconds: number;
  footprint: Footprint;
}

/** Runs it, checks it, prints it. */
export async function benchScalePlan({
  whole = false,
  days = 15,
  sample = 1_000,
}: ScalePlanOptions = {}): Promise<void> {
  const clusters = Array.from({ length: whole ? 10 : 1 }, (_, i) => clusterId(i));
  const containers = EXPERIMENTS_PER_CLUSTER * CONTAINERS_PER_EXPERIMENT;
  const reports = new ScaleReports(clusters, containers, sample, SEED);
  const rows = clusters.length * containers * INTERVALS * days;
  console.log(
    `scale-plan: ${figure(clusters.length * EXPERIMENTS_PER_CLUSTER)} experiments × ${CONTAINERS_PER_EXPERIMENT} containers × ${days} days, ${whole ? 'the whole plan' : 'a tenth of the plan; --whole for all of it'}: ${figure(rows / CONTAINERS_PER_EXPERIMENT)} results, ${figure(rows)} container rows in ${clusters.length * days} reports of ${figure(containers)} containers × ${INTERVALS} intervals`,
  );
  const server = await startKruize();
  const database = await openEmbedded({ dataDir: server.dir });
  const pool = createPool({ url: database.url, applicationName: 'rightstream scale-plan', max: 2 });
  try {
    // The oracle reckons with usage as it was reported.
    const { status } = await server.ask(ORG, 'PUT', '/api/rightstream/v1/policies', { precision: 'exact' });
    expectEqual('policy', status, 200);
    const totals = await feed(server, pool, reports, clusters, containers, days);
    await counts(pool, rows, clusters.length * containers);
    const { rows: sizes } = await pool.query<{ bytes: number; made: number }>(
      `SELECT pg_database_size(current_database())::float8 AS bytes,
         (SELECT count(*)::float8 FROM public.recommendation_history WHERE org_id = $1) AS made`,
      [ORG],
    );
    print(rows, sizes[0]!, totals);
    console.log(
      await checkRecommendations(
        pool,
        ORG,
        reports.sampled(),
        clusters.length * containers,
        dayEnd(days - 1),
      ),
    );
  } finally {
    await pool.end();
    await database.close();
    await server.stop();
  }
}

function clusterId(number: number): string {
  return `5ca1e000-0000-4000-8000-${String(number).padStart(12, '0')}`;
}

/** Uploads everything and waits until it can be read; the clock stands while reports are made up. */
async function feed(
  server: KruizeServer,
  pool: Pool,
  reports: ScaleReports,
  clusters: readonly string[],
  containers: number,
  days: number,
): Promise<Totals> {
  const postmaster = Number(
    readFileSync(join(server.dir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0],
  );
  const watching = watch(server.pid, [postmaster]);
  let [seconds, done] = [0, 0];
  for (let first = 0; first < days; first += DAYS_AT_ONCE) {
    const last = Math.min(days, first + DAYS_AT_ONCE);
    const files: { readonly path: string; readonly cluster: string }[] = [];
    for (let day = first; day < last; day++)
      for (const [number, cluster] of clusters.entries()) {
        const path = join(server.dir, `scale-${day}-${number}.csv`);
        await reports.write(path, cluster, number, day);
        files.push({ path, cluster });
      }
    const begun = performance.now();
    const waiting = [...files];
    const uploader = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await upload(server, next);
    };
    await Promise.all(Array.from({ length: UPLOADS_AT_ONCE }, uploader));
    await readable(pool, dayEnd(last - 1), clusters.length * containers);
    seconds += (performance.now() - begun) / 1_000;
    done += files.length;
    for (const { path } of files) await rm(path);
    const rate = (done * containers * INTERVALS) / seconds;
    const left = ((clusters.length * days - done) * containers * INTERVALS) / rate;
    console.log(
      `scale-plan:   day ${last} of ${days}: ${figure(done * containers * INTERVALS)} rows in ${seconds.toFixed(1)} s, ${figure(rate)} rows/s, about ${left.toFixed(0)} s left`,
    );
  }
  return { seconds, footprint: watching.stop() };
}

async function upload(
  server: KruizeServer,
  { path, cluster }: { path: string; cluster: string },
): Promise<void> {
  const form = new FormData();
  form.set('cluster_id', cluster);
  form.set('file', await openAsBlob(path, { type: 'text/csv' }), 'report.csv');
  const identity = Buffer.from(JSON.stringify({ identity: { org_id: ORG } })).toString('base64');
  const answer = await fetch(`${server.url}/api/ingress/v1/upload`, {
    method: 'POST',
    headers: { 'x-rh-identity': identity },
    body: form,
  });
  expectEqual(`${path}: ${await answer.text()}`, answer.status, 202);
}

const POLL_MS = 100;

/** Waits until every container has a recommendation for this interval end. */
async function readable(pool: Pool, end: number, containers: number): Promise<void> {
  for (;;) {
    const { rows } = await pool.query<{ n: number }>(
      'SELECT count(*)::float8 AS n FROM public.recommendations WHERE org_id = $1 AND monitoring_end_time >= $2',
      [ORG, new Date(end)],
    );
    if (rows[0]!.n >= containers) return;
    await sleep(POLL_MS);
  }
}

async function counts(pool: Pool, rows: number, containers: number): Promise<void> {
  const { rows: found } = await pool.query(
    `SELECT (SELECT sum(accepted)::float8 FROM public.upload_files WHERE org_id = $1) AS accepted,
       (SELECT count(*)::float8 FROM public.recommendations WHERE org_id = $1) AS recommended,
       (SELECT count(*)::float8 FROM public.dead_letters) AS dead`,
    [ORG],
  );
  expectEqual('rows and containers', found[0], { accepted: rows, recommended: containers, dead: 0 });
}

function print(
  rows: number,
  { bytes, made }: { bytes: number; made: number },
  { seconds, footprint }: Totals,
): void {
  const { treeBytes, nodeBytes, nodeCpu, treeCpu } = footprint;
  const results = rows / CONTAINERS_PER_EXPERIMENT;
  const share = results / KRUIZE.results;
  const line = (what: string, ours: string, theirs: string): void => {
    console.log(`scale-plan:   ${what.padEnd(30)} ${ours.padEnd(36)} ${theirs}`);
  };
  console.log(
    'scale-plan: Kruize 0.10 ran the whole plan on other hardware (ten replicas, up to 8.4 cores):',
  );
  line('', 'Rightstream', 'Kruize, as published');
  line('share of the plan', `${(share * 100).toFixed(0)} %`, '100 %');
  line('time, upload → readable', `${seconds.toFixed(1)} s`, '4 h 37 min');
  line('container rows/s', figure(rows / seconds), figure((KRUIZE.results * 2) / KRUIZE.seconds));
  line(
    'peak memory, all processes',
    `${figure(treeBytes / MIB)} MiB (proportional)`,
    `${KRUIZE.memoryGb} GB resident`,
  );
  line('  Node alone', `${figure(nodeBytes / MIB)} MiB`, '');
  line('database', `${(bytes / 1e9).toFixed(2)} GB`, `${KRUIZE.databaseGb} GB`);
  line(
    'recommendations made',
    `${figure(made)} of a container each`,
    `${figure(KRUIZE.recommendations)} of an experiment each`,
  );
  line(
    'CPU µs per row',
    `${((treeCpu / rows) * 1e6).toFixed(1)} (Node ${((nodeCpu / rows) * 1e6).toFixed(1)})`,
    '',
  );
}
