import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openApp } from '../../../connectors/cli/app.ts';
import type { App } from '../../../connectors/cli/app.ts';
import { prepareProjection } from '../../../connectors/postgres/generations.ts';
import type { ProjectionDefinition } from '../../../projections/runtime/define.ts';
import { tableSetOf } from '../../../projections/runtime/projection-work.ts';
import { rebuild } from '../../../projections/runtime/rebuild.ts';
import { c } from '../../../projections/runtime/table.ts';
import type { AnyRow } from '../../../streams/runtime/units.ts';
import { startPostgres } from '../../support/postgres.ts';
import type { TestPostgres } from '../../support/postgres.ts';
import { everyPartitionContract, notices, noticeTopics, PARTITIONS } from './every-partition.ts';
import { refuse, told, toldIn, work } from './every-partition.ts';
import type { NoticeBench } from './every-partition.ts';

let server: TestPostgres;
let app: App;
let made = 0;

beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.close());
afterEach(() => app.close());

describe('in Postgres', () => {
  const bench = everyPartitionContract(open);

  it('a new version may have other tables and columns: it is rebuilt beside the old one, and goes live', async () => {
    await refuse(bench());
    await work(bench());
    const { notices: before } = notices.tables;
    const columns = { ...before!.columns, more: c.text.nullable('Nothing yet.') };
    const newer: ProjectionDefinition = {
      ...notices,
      version: 2,
      tables: { notices: { ...before!, columns }, others: before! },
      fold: {
        UsageReportRepeated(rows, event, meta) {
          const told = { partition: meta.partition, org_id: event.org_id, told: 1 };
          rows['notices']!.put({ ...told, more: null });
          rows['others']!.put(told);
        },
      },
    };
    const deps = { ...app.pipeline, generations: app.generations };
    await expect(rebuild(newer, deps, { verify: true })).rejects.toMatchObject({
      code: 'TABLES_OF_OTHER_VERSION',
      message: expect.stringMatching(/of version 1, .* version 2 .*`rightstream replay notices`/) as string,
    });
    expect(await rebuild(newer, deps, { verify: false })).toMatchObject({ live: [], swapped: true });
    await expect(
      rebuild({ ...notices, tables: { notices: { ...before!, columns }, x: before! } }, deps, {
        verify: true,
      }),
    ).rejects.toThrow('newer code made them');
    const { rows } = await app.pool.query('SELECT * FROM public.others NATURAL JOIN public.notices');
    expect(rows).toHaveLength(PARTITIONS * PARTITIONS);
  });

  it('a new version with the same tables and columns is compared with the old one', async () => {
    await refuse(bench());
    await work(bench());
    const deps = { ...app.pipeline, generations: app.generations };
    const { equal, live } = await rebuild({ ...notices, version: 2 }, deps, { verify: false });
    expect([equal, live.map(({ table }) => table)]).toEqual([true, ['notices']]);
    // What is live now is newer than the code that asks.
    expect(await rebuild(notices, deps, { verify: true })).toMatchObject({ equal: true });
  });

  it('a rebuild has the same rows, byte for byte', async () => {
    await refuse(bench());
    await refuse(bench());
    await work(bench());
    const deps = { ...app.pipeline, generations: app.generations };
    expect(await rebuild(notices, deps, { verify: true })).toMatchObject({ equal: true, swapped: true });
    expect(await toldIn(bench())).toEqual(told(2));
    await refuse(bench());
    await work(bench());
    expect(await rebuild(notices, deps, { verify: true })).toMatchObject({ equal: true, swapped: true });
  });
});

async function open(): Promise<NoticeBench> {
  made += 1;
  app = await openApp({
    databaseUrl: await server.database(),
    dataDir: server.folder(`data-${made}`),
    partitions: PARTITIONS,
  });
  for (const name of noticeTopics) await app.log.createTopic({ name, partitions: PARTITIONS });
  await prepareProjection(app.pool, tableSetOf(notices));
  const rows = async (): Promise<AnyRow[]> =>
    (await app.pool.query<AnyRow>('SELECT * FROM public.notices')).rows;
  return { log: app.log, store: app.store, codec: app.codec, rows };
}
