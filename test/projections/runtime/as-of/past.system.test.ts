import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openApp } from '../../../../connectors/cli/app.ts';
import type { App } from '../../../../connectors/cli/app.ts';
import { openPast, servedBounds } from '../../../../connectors/cli/past.ts';
import { caughtUp, tryRun } from '../../../../connectors/cli/running.ts';
import { serve } from '../../../../connectors/cli/serving.ts';
import { units } from '../../../../connectors/cli/units.ts';
import { positionsText } from '../../../../projections/runtime/as-of/text.ts';
import type { ProjectionDefinition } from '../../../../projections/runtime/define.ts';
import type { PastReads, PositionVector, TableHash } from '../../../../projections/runtime/ports.ts';
import { projectionInputs, tableSetOf } from '../../../../projections/runtime/projection-work.ts';
import { rebuild } from '../../../../projections/runtime/rebuild.ts';
import type { LogRecord } from '../../../../streams/runtime/ports.ts';
import { ingest, ORG, reports } from '../../../support/crash-reports.ts';
import { identityOf } from '../../../support/http-server.ts';
import { startPostgres } from '../../../support/postgres.ts';
import type { TestPostgres } from '../../../support/postgres.ts';

const wide = { maxRecords: 10_000, maxBytes: 1 << 30 };
const PARTITIONS = 2;
let server: TestPostgres;
let url: string;
let app: App;
let past: PastReads;

beforeAll(async () => {
  server = await startPostgres();
  url = await server.database();
  app = await openApp({ databaseUrl: url, dataDir: server.folder('data'), partitions: PARTITIONS });
  await ingest(app, reports());
  const running = (await tryRun(app))!;
  await Promise.race([caughtUp(app, new AbortController().signal), running.failed]);
  await running.stop();
  past = openPast(app, servedBounds);
});
afterAll(async () => {
  await past.close();
  await app.close();
  await server.close();
});

function definitionOf(id: string): ProjectionDefinition {
  return units.projections.find((projection) => projection.id === id)!;
}

/** All records of a projection's inputs, by the time they were made, each partition in its own order. */
async function history(definition: ProjectionDefinition): Promise<LogRecord[]> {
  const queues: LogRecord[][] = [];
  for (const topic of projectionInputs(definition)) {
    for (let partition = 0; partition < PARTITIONS; partition++) {
      queues.push([...(await app.log.read({ topic, partition }, 0, wide)).records]);
    }
  }
  const merged: LogRecord[] = [];
  for (;;) {
    const left = queues.filter((queue) => queue.length > 0);
    if (left.length === 0) return merged;
    merged.push(left.reduce((a, b) => (b[0]!.timestamp < a[0]!.timestamp ? b : a)).shift()!);
  }
}

/** Positions behind these records. */
function behind(records: readonly LogRecord[]): PositionVector {
  const at = new Map<number, Record<string, number>>();
  for (let partition = 0; partition < PARTITIONS; partition++) at.set(partition, {});
  for (const { topic, partition, offset } of records) at.get(partition)![topic] = offset + 1;
  return at;
}

function hashesAt(table: string, asOf: string): Promise<readonly TableHash[]> {
  return past.read({ table, org: ORG, asOf }, (then) => then.hashes());
}

async function rowsAt(
  table: string,
  asOf: string,
  more: Record<string, string> = {},
  org = ORG,
): Promise<readonly Record<string, unknown>[]> {
  const where = Object.entries(more).map(([column, value]) => ({ column, op: 'eq', value }) as const);
  return past.read({ table, org, where, asOf }, (then) => then.select({ table, org, where, limit: 10_000 }));
}

describe('a table as it was', () => {
  it.each([
    ['recommendations', 'recommendations'],
    ['uploads', 'uploads'],
  ])('%s: at every offset it equals a fresh replay that stopped there', async (id, table) => {
    const definition = definitionOf(id);
    const inputs = projectionInputs(definition);
    const records = await history(definition);
    expect(records.length).toBeGreaterThan(15);
    // A log that grows by one record at a time, replayed from its start each time.
    const mirror = await openApp({
      databaseUrl: await server.database(),
      dataDir: server.folder(`mirror-${id}`),
      partitions: PARTITIONS,
    });
    const seen = new Set<string>();
    try {
      for (let n = 0; n <= records.length; n++) {
        if (n > 0) await mirror.log.append([records[n - 1]!]);
        const at = behind(records.slice(0, n));
        for (const [partition, positions] of at) {
          const owner = await mirror.store.claim(id, partition);
          await mirror.store.transact(owner, undefined, (tx) => tx.save(positions, {}));
        }
        const { rebuilt } = await rebuild(
          definition,
          { ...mirror.pipeline, generations: mirror.generations },
          { verify: false },
        );
        const asOf = positionsText(at, inputs);
        expect(await hashesAt(table, asOf), `${n}: ${asOf}`).toEqual(rebuilt);
        seen.add(JSON.stringify(rebuilt));
      }
    } finally {
      await mirror.close();
    }
    expect(seen.size).toBeGreaterThan(records.length / 2);
    expect(await hashesAt(table, positionsText(behind(records), inputs))).toEqual(
      await app.generations.hashes(tableSetOf(definition)),
    );
  });

  it('of one key, it is what the whole table says', async () => {
    const definition = definitionOf('recommendations');
    const records = await history(definition);
    let compared = 0;
    for (const share of [0.3, 0.6, 1]) {
      const at = behind(records.slice(0, Math.floor(records.length * share)));
      const asOf = positionsText(at, projectionInputs(definition));
      for (const table of ['workloads', 'containers', 'recommendations']) {
        for (const row of await rowsAt(table, asOf)) {
          const { cluster_id, namespace, workload_type, workload } = row as Record<string, string>;
          const key = {
            cluster_id: cluster_id!,
            namespace: namespace!,
            workload_type: workload_type!,
            workload: workload!,
          };
          expect(await rowsAt(table, asOf, key)).toContainEqual(row);
          const [id] = Object.keys(row).filter((name) => name === `${table.slice(0, -1)}_id`);
          expect(await rowsAt(table, asOf, { [id!]: String(row[id!]) })).toEqual([row]);
          compared += 1;
        }
      }
    }
    expect(compared).toBeGreaterThan(10);
  });

  it('at a time, it is as at the positions before the first later record', async () => {
    const definition = definitionOf('recommendations');
    const inputs = projectionInputs(definition);
    const records = await history(definition);
    const times = [...new Set(records.map(({ timestamp }) => timestamp))];
    for (const time of [times[0]! - 1, times[0]!, times[times.length >> 1]!, times.at(-1)!, Date.now()]) {
      const expected = new Map<number, Record<string, number>>();
      for (let p = 0; p < PARTITIONS; p++) {
        expected.set(
          p,
          Object.fromEntries(
            inputs.map((topic) => {
              const own = records.filter((record) => record.topic === topic && record.partition === p);
              const later = own.filter(({ timestamp }) => timestamp > time).map(({ offset }) => offset);
              return [topic, later.length === 0 ? own.length : Math.min(...later)];
            }),
          ),
        );
      }
      for (const asOf of [String(time), new Date(time).toISOString()]) {
        const positions = await past.read({ table: 'workloads', org: ORG, asOf }, (then) =>
          Promise.resolve(then.positions),
        );
        expect(positions).toBe(positionsText(expected, inputs));
      }
    }
    expect(await rowsAt('workloads', String(times[0]! - 1))).toEqual([]);
  });

  it('shows intervals, and nothing to another organisation', async () => {
    const asOf = String(Date.now());
    const live = await app.readModels.select({ table: 'container_usage_intervals', org: ORG, limit: 10_000 });
    expect(live.length).toBeGreaterThan(10);
    expect(await rowsAt('container_usage_intervals', asOf)).toEqual(live);
    for (const table of app.readModels.tables().map(({ name }) => name)) {
      expect(await rowsAt(table, asOf, {}, 'org-other'), table).toEqual([]);
    }
  });
});

describe('over HTTP', () => {
  it('pages give the rows of then, positions and all, whatever comes meanwhile', async () => {
    const served = await serve(app, { port: 0 });
    const headers = identityOf(ORG);
    const get = (path: string, more = headers): Promise<Response> =>
      fetch(new URL(path, served.url), { headers: more });
    try {
      const records = await history(definitionOf('recommendations'));
      const middle = new Date(records[records.length >> 1]!.timestamp).toISOString();
      const whole = await rowsAt('workloads', middle);
      expect(whole.length).toBeGreaterThan(1);
      const rows: unknown[] = [];
      const vectors = new Set<string | null>();
      let pages = 0;
      for (
        let next: string | undefined = `/tables/workloads?limit=1&as_of=${encodeURIComponent(middle)}`;
        next !== undefined;
        pages++
      ) {
        const answer = await get(next);
        expect(answer.status).toBe(200);
        const body = (await answer.json()) as {
          data: unknown[];
          meta: { as_of: string };
          links: { next?: string };
        };
        vectors.add(answer.headers.get('x-rightstream-positions')).add(body.meta.as_of);
        rows.push(...body.data);
        next = body.links.next;
      }
      expect(rows).toEqual(whole);
      expect(pages).toBe(whole.length + 1);
      expect(vectors.size).toBe(1);
      const list = async (
        query: string,
        more = headers,
      ): Promise<{ data: { recommendation_id: string }[]; meta: { count: number } }> =>
        (await (await get(`/api/rightstream/v1/recommendations?${query}`, more)).json()) as never;
      const then = await list(`as_of=${[...vectors][0]!}`);
      expect(then.meta.count).toBe((await rowsAt('recommendations', middle)).length);
      expect((await list('')).meta.count).toBeGreaterThan(then.meta.count);
      const one = `/api/rightstream/v1/recommendations/${(await list('')).data[0]!.recommendation_id}`;
      expect((await get(`${one}?as_of=0`)).status).toBe(404);
      const found = await get(`${one}?as_of=${Date.now()}`);
      expect(await found.json()).toMatchObject({ data: (await list('')).data[0]!, explanation: null });
      expect((await list(`as_of=${Date.now()}`, identityOf('org-other'))).data).toEqual([]);
      expect((await get('/api/rightstream/v1/savings?as_of=0')).status).toBe(200);
      const bad = await get('/tables/workloads?as_of=soon');
      expect([bad.status, ((await bad.json()) as { code: string }).code]).toEqual([400, 'BAD_AS_OF']);
    } finally {
      await served.stop();
    }
  });
});

describe('leaves nothing behind', () => {
  async function traces(): Promise<Record<string, unknown>> {
    const { rows } = await app.pool.query<Record<string, unknown>>(
      `SELECT (SELECT count(*) FROM pg_class WHERE relpersistence = 't') AS temporary,
        (SELECT count(*) FROM log.owners) AS owners,
        (SELECT string_agg(nspname, ' ' ORDER BY nspname) FROM pg_namespace WHERE nspname NOT LIKE 'pg_%') AS schemas,
        (SELECT sum(next_offset) FROM log.partitions) AS records`,
    );
    return rows[0]!;
  }

  it('when the process that reads the past is killed', async () => {
    await past.close();
    past = openPast(app, servedBounds);
    while (Number((await traces())['temporary']) > 0) await sleep(20);
    const before = await traces();
    const child = spawn(process.execPath, ['--import', 'tsx', 'test/support/as-of-child.ts'], {
      env: { ...process.env, RIGHTSTREAM_TEST_DATA: server.folder('child'), RIGHTSTREAM_TEST_DATABASE: url },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    expect(Number((await traces())['temporary'])).toBeGreaterThan(0);
    child.kill('SIGKILL');
    await once(child, 'exit');
    while (Number((await traces())['temporary']) > 0) await sleep(20);
    expect(await traces()).toEqual(before);
  });

  it('when another one takes its place', async () => {
    const one = openPast(app, { jobs: 1, kept: 1, keepMs: 60_000 });
    const temporary = async (): Promise<number> => Number((await traces())['temporary']);
    const rows = (table: string, asOf: string): Promise<readonly unknown[]> =>
      one.read({ table, org: ORG, asOf }, (then) => then.select({ table, org: ORG, limit: 10 }));
    expect(await rows('workloads', String(Date.now()))).not.toEqual([]);
    const many = await temporary();
    expect(await rows('workloads', '1')).toEqual([]);
    expect(await rows('dead_letters', '1')).toEqual([]);
    while ((await temporary()) >= many) await sleep(20);
    await one.close();
    while ((await temporary()) > 0) await sleep(20);
  });

  it('when it is done: no row, no schema, no record, no position', async () => {
    const before = await traces();
    const other = openPast(app, servedBounds);
    const asOf = String(Date.now());
    for (const table of ['workloads', 'uploads', 'dead_letters']) {
      await other.read({ table, org: ORG, asOf }, (then) => then.hashes());
    }
    await other.close();
    while (Number((await traces())['temporary']) > 0) await sleep(20);
    expect(await traces()).toEqual(before);
  });
});
