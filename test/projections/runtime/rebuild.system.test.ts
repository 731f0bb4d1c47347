import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { openApp } from '../../../connectors/cli/app.ts';
import type { App } from '../../../connectors/cli/app.ts';
import { caughtUp, tryRun } from '../../../connectors/cli/running.ts';
import { units } from '../../../connectors/cli/units.ts';
import { tableSetOf } from '../../../projections/runtime/projection-work.ts';
import { rebuild } from '../../../projections/runtime/rebuild.ts';
import type { RebuildDeps, RebuildResult } from '../../../projections/runtime/rebuild.ts';
import { ingest, reports } from '../../support/crash-reports.ts';
import { startPostgres } from '../../support/postgres.ts';
import type { TestPostgres } from '../../support/postgres.ts';

const recommendations = units.projections.find(({ id }) => id === 'recommendations')!;
const signal = new AbortController().signal;
let server: TestPostgres;
let app: App;
let made = 0;

beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.close());
beforeEach(async () => {
  made += 1;
  app = await openApp({ databaseUrl: await server.database(), dataDir: server.folder(`data-${made}`) });
});
afterEach(() => app.close());

function deps(over: Partial<RebuildDeps> = {}): RebuildDeps {
  return { ...app.pipeline, generations: app.generations, ...over };
}

async function generation(): Promise<number> {
  const { rows } = await app.pool.query<{ generation: number }>(
    "SELECT generation FROM log.projections WHERE projection = 'recommendations'",
  );
  return rows[0]!.generation;
}

async function filled(): Promise<void> {
  await ingest(app, reports());
  const running = (await tryRun(app))!;
  await Promise.race([caughtUp(app, signal), running.failed]);
  await running.stop();
}

it('equals the live tables while events keep arriving, and views answer all the time', async () => {
  const [first, ...rest] = reports();
  await ingest(app, [first!]);
  const running = (await tryRun(app))!;
  await Promise.race([caughtUp(app, signal), running.failed]);
  const counts: number[] = [];
  let reading = true;
  const reader = (async () => {
    while (reading) {
      const { rows } = await app.pool.query<{ n: number }>(
        'SELECT count(*) AS n FROM public.recommendations',
      );
      counts.push(rows[0]!.n);
    }
  })();
  const results: RebuildResult[] = [];
  for (const payload of rest) {
    const arriving = ingest(app, [payload]);
    results.push(await rebuild(recommendations, deps(), { verify: true }));
    await arriving;
  }
  await Promise.race([caughtUp(app, signal), running.failed]);
  results.push(await rebuild(recommendations, deps(), { verify: true }));
  reading = false;
  await reader;
  await running.stop();
  expect(results.map(({ equal, swapped }) => [equal, swapped])).toEqual(results.map(() => [true, true]));
  expect(await generation()).toBe(1 + results.length);
  expect(Math.min(...counts)).toBeGreaterThan(0);
});

it('goes on where an interrupted rebuild stopped', async () => {
  await filled();
  let batches = 0;
  const store: RebuildDeps['store'] = {
    claim: (unit, partition) => app.store.claim(unit, partition),
    positions: (unit) => app.store.positions(unit),
    transact(owner, set, work) {
      batches += 1;
      return batches === 3 ? Promise.reject(new Error('interrupted')) : app.store.transact(owner, set, work);
    },
  };
  const limits = { maxRecords: 3, maxBytes: 1 << 20 };
  await expect(rebuild(recommendations, deps({ store, limits }), { verify: true })).rejects.toThrow(
    'interrupted',
  );
  const result = await rebuild(recommendations, deps(), { verify: true });
  expect(result).toMatchObject({ equal: true, swapped: true });
  const total = [...result.positions.values()].reduce(
    (sum, at) => sum + Object.values(at).reduce((a, b) => a + b, 0),
    0,
  );
  expect(result.events).toBeGreaterThan(0);
  expect(result.events).toBeLessThan(total);
});

it('says that a changed row is not what the log says, and does not swap', async () => {
  await filled();
  const before = await app.generations.hashes(tableSetOf(recommendations));
  await app.pool.query(
    `UPDATE recommendations_v${recommendations.version}_g1.workloads SET containers = '["planted"]'
     WHERE workload_id = (SELECT min(workload_id) FROM recommendations_v${recommendations.version}_g1.workloads)`,
  );
  const result = await rebuild(recommendations, deps(), { verify: true });
  expect(result).toMatchObject({ equal: false, swapped: false });
  const differing = result.live.filter(({ sha256 }, i) => sha256 !== result.rebuilt[i]!.sha256);
  expect(differing.map(({ table }) => table)).toEqual(['workloads']);
  expect(await generation()).toBe(1);
  expect(await rebuild(recommendations, deps(), { verify: false })).toMatchObject({ swapped: true });
  expect(await app.generations.hashes(tableSetOf(recommendations))).toEqual(before);
});

it('hashes say how many rows a table has, each time, whatever line breaks are in them', async () => {
  await filled();
  await app.pool.query("UPDATE public.containers SET image = E'line\\nbreak\\\\n'");
  const set = tableSetOf(recommendations);
  const expected: [string, number][] = [];
  for (const table of Object.keys(set.tables).sort()) {
    const { rows } = await app.pool.query<{ n: number }>(`SELECT count(*)::int AS n FROM public.${table}`);
    expected.push([table, rows[0]!.n]);
  }
  for (let time = 0; time < 30; time++) {
    const found = await app.generations.hashes(set);
    expect(found.map(({ table, rows }) => [table, rows])).toEqual(expected);
  }
});
