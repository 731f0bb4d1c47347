import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { openApp } from '../../../connectors/cli/app.ts';
import type { App } from '../../../connectors/cli/app.ts';
import { beat, periods, setPeriod } from '../../../connectors/cli/retention.ts';
import { caughtUp, tryRun } from '../../../connectors/cli/running.ts';
import { units } from '../../../connectors/cli/units.ts';
import { rebuild } from '../../../projections/runtime/rebuild.ts';
import { codeOf } from '../../../streams/runtime/errors.ts';
import { csv } from '../../support/csv-rows.ts';
import { startPostgres } from '../../support/postgres.ts';
import type { TestPostgres } from '../../support/postgres.ts';

const DAY = 86_400_000;
const signal = new AbortController().signal;
const today = Math.floor(Date.now() / DAY) * DAY;
let server: TestPostgres;
let app: App;
let made = 0;
/** Days that the clock of the tests is ahead. */
let ahead = 0;

beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.close());
beforeEach(async () => {
  made += 1;
  ahead = 0;
  app = await openApp({ databaseUrl: await server.database(), dataDir: server.folder(`data-${made}`) });
});
afterEach(() => app.close());

const stamp = (at: number): string =>
  `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} +0000 UTC`;

/** A report with a quarter of an hour, of so many days ago, of each workload; and a row that is no good. */
async function upload(daysAgo: number): Promise<void> {
  const at = today - daysAgo * DAY;
  const rows = Array.from({ length: 12 }, (_, n) => ({
    interval_start: stamp(at + 1_000),
    interval_end: stamp(at + 900_000),
    workload: `w${n}`,
  }));
  const bad = { ...rows[0]!, interval_end: 'never' };
  await app.uploads.accept({
    ...{ org: '1', account: null, requestId: null, filename: 'a.csv', mediaType: 'text/csv', channel: 'cli' },
    ...{ sourceId: '7', clusterId: 'c1', clusterAlias: 'c1', maxBytes: 1e8 },
    bytes: (async function* () {
      await Promise.resolve();
      yield csv('container', [...rows, bad]);
    })(),
  });
}

async function work(): Promise<void> {
  const running = (await tryRun(app))!;
  await Promise.race([caughtUp(app, signal), running.failed]);
  await running.stop();
}

/** One tick, so many days ahead. */
async function tick(days: number): Promise<void> {
  ahead = days;
  const clock = { ...app.pipeline.clock, now: () => Date.now() + ahead * DAY };
  await beat({ ...app, pipeline: { ...app.pipeline, clock } });
}

async function count(table: string, where = 'true'): Promise<number> {
  const { rows } = await app.pool.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM ${table} WHERE ${where}`,
  );
  return rows[0]!.n;
}

const days = async (table: string): Promise<number[]> => {
  const { rows } = await app.pool.query<{ day: string }>(`SELECT DISTINCT day::text FROM public.${table}`);
  return rows.map(({ day }) => (today - Date.parse(day)) / DAY).sort((a, b) => a - b);
};

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

it('removes what is older, takes nothing older in, and a replay is equal', async () => {
  for (const ago of [25, 20, 3]) await upload(ago);
  await work();
  expect(await days('container_usage')).toEqual([3, 20, 25]);
  await setPeriod(app, '*', 22);
  await work();
  await tick(0);
  await work();
  expect([await days('container_usage'), await count('public.recommendation_history')]).toEqual([
    [3, 20],
    24,
  ]);
  expect(await count('public.rejected_rows')).toBe(3);
  await upload(24);
  await upload(21);
  await work();
  expect(await days('container_usage')).toEqual([3, 20, 21]);
  expect(await days('usage_signals')).toEqual([3]);
  expect(await count('public.recommendation_history')).toBe(36);
  await verify();
  await tick(30);
  await work();
  for (const table of ['container_usage', 'usage_signals', 'superseded_rows', 'recommendation_history'])
    expect([table, await count(`public.${table}`)]).toEqual([table, 0]);
  // Five uploads, and a period that was set in four partitions.
  expect([await count('public.rejected_rows'), await count('log.idempotency_keys')]).toEqual([0, 9]);
  expect(await count('public.workloads')).toBe(12);
  await tick(30.1);
  expect(await count('log.idempotency_keys')).toBe(0);
  await verify();
});

it('whichever topic is read first, the tables are the same', async () => {
  await setPeriod(app, '*', 20);
  for (const ago of [30, 25, 19, 2]) await upload(ago);
  const others = {
    ...app.units,
    projections: app.units.projections.filter(({ id }) => id !== 'recommendations'),
  };
  for (const [at, some] of [
    [0, others],
    [3, others],
    [0, undefined],
  ] as const) {
    if (at > 0 || some !== undefined) await tick(at);
    const running = (await tryRun(app, some ?? app.units))!;
    await Promise.race([caughtUp(app, signal, some ?? app.units), running.failed]);
    await running.stop();
  }
  expect(await days('container_usage')).toEqual([2]);
  await verify();
});

it('a minute has one tick, whoever comes first, and a pause has none', async () => {
  await Promise.all([tick(1), tick(1), tick(1)]);
  await tick(1);
  await tick(3);
  const ends = await app.log.ends('ticks');
  expect(ends.every((end) => end === 2 || end === 3)).toBe(true);
  expect(new Set(ends).size).toBe(1);
});

it('refuses to keep what it does not know', async () => {
  const error = await setPeriod(app, 'secrets', 3).catch((thrown: unknown) => thrown);
  expect(codeOf(error)).toBe('UNKNOWN_ROWS');
  expect(await periods(app)).toEqual([]);
});
