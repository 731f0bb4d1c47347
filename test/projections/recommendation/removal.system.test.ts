import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { openApp } from '../../../connectors/cli/app.ts';
import type { App } from '../../../connectors/cli/app.ts';
import { caughtUp, tryRun } from '../../../connectors/cli/running.ts';
import { units } from '../../../connectors/cli/units.ts';
import { findAll } from '../../../connectors/cli/verifying.ts';
import { destroyedEvent } from '../../../connectors/platform/sources-event.ts';
import { rebuild } from '../../../projections/runtime/rebuild.ts';
import { derivedRecord } from '../../../streams/runtime/records.ts';
import { csv } from '../../support/csv-rows.ts';
import { startPostgres } from '../../support/postgres.ts';
import type { TestPostgres } from '../../support/postgres.ts';

const signal = new AbortController().signal;
let server: TestPostgres;
let app: App;
let made = 0;
let sent = 0;

beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.close());
beforeEach(async () => {
  made += 1;
  app = await openApp({ databaseUrl: await server.database(), dataDir: server.folder(`data-${made}`) });
});
afterEach(() => app.close());

/** Uploads a report of one cluster: workloads enough for every partition. */
async function upload(org: string, source: string, cluster: string, hour = 0): Promise<void> {
  const at = (minute: number): string =>
    `2025-08-10 ${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
  const rows = Array.from({ length: 12 }, (_, n) => ({
    interval_start: `${at(0)}:01 +0000 UTC`,
    interval_end: `${at(15)}:00 +0000 UTC`,
    workload: `w${n}`,
    container_name: 'main',
  }));
  await app.uploads.accept({
    ...{ org, account: null, requestId: null, filename: 'a.csv', mediaType: 'text/csv', channel: 'cli' },
    ...{ sourceId: source, clusterId: cluster, clusterAlias: cluster, maxBytes: 1e8 },
    bytes: (async function* () {
      await Promise.resolve();
      yield csv('container', rows);
    })(),
  });
}

/** The platform says that the application of a source is gone. */
async function destroy(org: string, source: string): Promise<void> {
  const emission = destroyedEvent({ id: '1', source_id: source, application_type_id: '2', tenant: org });
  const seq = [sent++, 1, 0] as const;
  const derivation = { origin: 'platform/sources/0', seq, causedBy: '', headers: { org } };
  await app.log.append([derivedRecord(app.codec, emission, derivation, Date.now())]);
}

async function work(): Promise<void> {
  const running = (await tryRun(app))!;
  await Promise.race([caughtUp(app, signal), running.failed]);
  await running.stop();
}

/** Rows of each table that has clusters, per cluster. */
async function rowsOf(cluster: string, org = '1'): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const table of [
    ...['clusters', 'reports', 'workloads', 'containers', 'container_usage', 'usage_signals'],
    ...['recommendations', 'recommendation_history', 'recommendation_advice', 'decided_under'],
  ]) {
    const { rows } = await app.pool.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM public.${table} WHERE cluster_id = $1 AND org_id = $2`,
      [cluster, org],
    );
    counts[table] = rows[0]!.n;
  }
  return counts;
}

const full = (ends = 1, reports = ends): Record<string, number> => ({
  ...{ clusters: 1, reports, workloads: 12, containers: 12, container_usage: 12, usage_signals: 12 },
  ...{ recommendations: 12, recommendation_history: 12 * ends, recommendation_advice: 24, decided_under: 12 },
});
const none = Object.fromEntries(Object.keys(full()).map((table) => [table, 0]));

/** Everything folded again from the log is what is there, byte for byte. */
async function verify(): Promise<void> {
  for (const projection of units.projections) {
    const result = await rebuild(
      projection,
      { ...app.pipeline, generations: app.generations },
      { verify: true },
    );
    expect([projection.id, result.equal]).toEqual([projection.id, true]);
  }
}

it('removes what the clusters of a source reported, of its organisation alone, and takes it in anew', async () => {
  await upload('1', '7', 'c1');
  await upload('1', '8', 'c2');
  await upload('2', '7', 'c1');
  await work();
  expect([await rowsOf('c1'), await rowsOf('c2'), await rowsOf('c1', '2')]).toEqual([full(), full(), full()]);
  await destroy('1', '7');
  await destroy('2', '8');
  await destroy('1', '7');
  await work();
  expect([await rowsOf('c1'), await rowsOf('c2'), await rowsOf('c1', '2')]).toEqual([none, full(), full()]);
  await verify();
  await upload('1', '7', 'c1');
  await upload('1', '7', 'c1', 1);
  await work();
  expect(await rowsOf('c1')).toEqual(full(2));
  await verify();
  for await (const { row, differences } of findAll(app, '1')) {
    expect([row.workload, differences]).toEqual([row.workload, []]);
  }
});

it('whatever was behind when it came, a replay is equal: decisions are made later than the removal was written', async () => {
  await upload('1', '7', 'c1');
  await work();
  // Waits in the log together; the decisions on the first report carry a later time than the removal.
  await upload('1', '7', 'c1', 1);
  const streams = { ...app.units, projections: [units.projections.find(({ id }) => id === 'uploads')!] };
  await (async () => {
    const running = (await tryRun(app, streams))!;
    await Promise.race([caughtUp(app, signal, streams), running.failed]);
    await destroy('1', '7');
    await Promise.race([caughtUp(app, signal, streams), running.failed]);
    await running.stop();
  })();
  await new Promise((resolve) => setTimeout(resolve, 5));
  await work();
  expect(await rowsOf('c1')).toEqual(none);
  await verify();
  await upload('1', '7', 'c1', 2);
  await work();
  expect(await rowsOf('c1')).toEqual(full());
  await verify();
});
