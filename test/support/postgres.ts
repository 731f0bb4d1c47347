/** A Postgres of its own for a test file, with a fresh database per test; it can be ended hard and brought back. */
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { accountFor, give } from '../../connectors/postgres/embedded/account.ts';
import { findBinaries } from '../../connectors/postgres/embedded/binaries.ts';
import { folderAt } from '../../connectors/postgres/embedded/folder.ts';
import { isAlive } from '../../connectors/postgres/embedded/process.ts';
import { type Host, USER, initialise, start, stop } from '../../connectors/postgres/embedded/server.ts';
import { createPool } from '../../connectors/postgres/pool.ts';
import { watchOver } from './real/process.ts';

/** A running server. Nothing brings it back but `start`. */
export interface TestPostgres {
  /** Creates an empty database and returns its address. */
  database(): Promise<string>;
  /** Drops one of them and whoever is connected: recovery from a crash looks at the files of every database there is. */
  drop(url: string): Promise<void>;
  /** What it logged last: why it does not answer. */
  lastLines(): string;
  /** A new folder, removed with the server. */
  folder(name: string): string;
  /** Ends it without finishing anything, like `pg_ctl stop -m immediate`. What was committed stays. */
  immediateStop(): Promise<void>;
  /** SIGKILL to the postmaster. */
  kill9(): Promise<void>;
  /** Brings it back on the same port with the same data, recovery included. */
  start(): Promise<void>;
  close(): Promise<void>;
}

const GONE_POLL_MS = 10;
const LAST_LINES = 30;

/** Starts a server in a new folder, of the system's temporary one unless told otherwise. */
export async function startPostgres(within = tmpdir()): Promise<TestPostgres> {
  const root = mkdtempSync(join(within, 'rightstream-test-'));
  chmodSync(root, 0o755);
  const dataDir = join(root, 'server');
  mkdirSync(dataDir);
  const folder = folderAt(dataDir);
  const account = accountFor(folder.root, folder.cluster);
  give(dataDir, account);
  const host: Host = { folder, account, binaries: findBinaries(), log: () => undefined };
  await initialise(host);
  let running = await start(host, undefined);
  let forget = watchOver(running.pid);
  const { port } = running;
  const server = `postgres://${USER}:${readFileSync(folder.password, 'utf8').trim()}@127.0.0.1:${port}`;
  const pool = createPool({ url: `${server}/postgres`, applicationName: 'rightstream-test', max: 1 });

  async function end(signal: 'SIGQUIT' | 'SIGKILL'): Promise<void> {
    if (isAlive(running.pid)) process.kill(running.pid, signal);
    while (isAlive(running.pid)) await new Promise((resolve) => setTimeout(resolve, GONE_POLL_MS));
    forget();
  }

  let made = 0;
  return {
    async database() {
      made += 1;
      const name = `test_${made}`;
      await pool.query(`CREATE DATABASE ${name}`);
      return `${server}/${name}`;
    },
    async drop(url) {
      const name = new URL(url).pathname.slice(1);
      if (!/^test_\d+$/.test(name)) throw new Error(`${name} is none of these databases`);
      await pool.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    },
    lastLines: () =>
      readFileSync(join(dataDir, 'postgres.log'), 'utf8').split('\n').slice(-LAST_LINES).join('\n'),
    folder: (name) => join(root, name),
    immediateStop: () => end('SIGQUIT'),
    kill9: () => end('SIGKILL'),
    async start() {
      if (isAlive(running.pid)) return;
      running = await start(host, port);
      forget = watchOver(running.pid);
      if (running.port !== port) throw new Error(`Postgres came back on ${running.port}, not on ${port}`);
    },
    async close() {
      await pool.end();
      if (isAlive(running.pid)) await stop(host, running.pid);
      forget();
      rmSync(root, { recursive: true, force: true });
    },
  };
}
