/** A Postgres of its own for a test file, with a fresh database per test. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbedded } from '../../connectors/postgres/embedded/embedded.ts';
import { createPool } from '../../connectors/postgres/pool.ts';

/** A running server. */
export interface TestPostgres {
  /** Creates an empty database and returns its address. */
  database(): Promise<string>;
  /** A new folder, removed with the server. */
  folder(name: string): string;
  close(): Promise<void>;
}

/** Starts a server in a temporary folder. */
export async function startPostgres(): Promise<TestPostgres> {
  const root = mkdtempSync(join(tmpdir(), 'rightstream-test-'));
  chmodSync(root, 0o755);
  const embedded = await openEmbedded({ dataDir: join(root, 'server') });
  const pool = createPool({ url: embedded.url, applicationName: 'rightstream-test', max: 1 });
  let made = 0;
  return {
    async database() {
      made += 1;
      const name = `test_${made}`;
      await pool.query(`CREATE DATABASE ${name}`);
      const url = new URL(embedded.url);
      url.pathname = `/${name}`;
      return url.href;
    },
    folder: (name) => join(root, name),
    async close() {
      await pool.end();
      await embedded.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
}
