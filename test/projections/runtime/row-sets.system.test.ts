import { afterAll, beforeAll, describe } from 'vitest';
import { openApp } from '../../../connectors/cli/app.ts';
import type { App } from '../../../connectors/cli/app.ts';
import { prepareProjection } from '../../../connectors/postgres/generations.ts';
import { loadRows } from '../../../connectors/postgres/rows.ts';
import { postgresTemporary } from '../../../connectors/postgres/temporary.ts';
import { startPostgres } from '../../support/postgres.ts';
import type { TestPostgres } from '../../support/postgres.ts';
import { pageContract, pieceContract, rowSetContract, shelfSet } from './row-sets.ts';

let server: TestPostgres;
let app: App;
let temporary: ReturnType<typeof postgresTemporary>;

beforeAll(async () => {
  server = await startPostgres();
  app = await openApp({ databaseUrl: await server.database(), dataDir: server.folder('data') });
  await prepareProjection(app.pool, shelfSet);
  temporary = postgresTemporary(app.url, 1);
});
afterAll(async () => {
  await temporary.close();
  await app.close();
  await server.close();
});

const things = Array.from({ length: 10 }, (_, i) => `${i >= 5 ? 1 : 0}${i % 5}`);

describe('in Postgres', () => {
  const open = async () => {
    await app.pool.query('DELETE FROM shelves_v1_g1.shelf');
    const { shelf } = shelfSet.tables;
    const rows = async () => {
      const client = await app.pool.connect();
      try {
        return await loadRows(
          client,
          'shelves_v1_g1.shelf',
          shelf!,
          things.map((key) => ({ table: 'shelf', key: [key] })),
        );
      } finally {
        client.release();
      }
    };
    return { store: app.store, rows };
  };
  rowSetContract(open, 60);
  pieceContract(open);
  pageContract(() => Promise.resolve({ store: app.store }), 40);
});

describe('in temporary tables', () => {
  rowSetContract(async () => {
    const tables = await temporary.open(shelfSet);
    const rows = async () => {
      const owner = await tables.store.claim('shelves', 0);
      const all = await tables.store.transact(owner, shelfSet, (tx) =>
        tx.load(
          'shelf',
          things.map((key) => ({ table: 'shelf', key: [key] })),
        ),
      );
      await tables.close();
      return all;
    };
    return { store: tables.store, rows };
  }, 40);
});
