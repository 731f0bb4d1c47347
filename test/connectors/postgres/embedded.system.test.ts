import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Interface, createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { accountFor } from '../../../connectors/postgres/embedded/account.ts';
import { findBinaries } from '../../../connectors/postgres/embedded/binaries.ts';
import { type Embedded, openEmbedded } from '../../../connectors/postgres/embedded/embedded.ts';
import { folderAt, postmasterOf } from '../../../connectors/postgres/embedded/folder.ts';
import { isAlive } from '../../../connectors/postgres/embedded/process.ts';
import { type Host, initialise, start, stop } from '../../../connectors/postgres/embedded/server.ts';
import { createPool } from '../../../connectors/postgres/pool.ts';
import { codeOf } from '../../../streams/runtime/errors.ts';

let dataDir: string;
let children: Child[];
let open: Embedded[];

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'rightstream-embedded-'));
  // reachable for whoever Postgres runs as
  chmodSync(dataDir, 0o755);
  children = [];
  open = [];
});

afterEach(async () => {
  await Promise.all(open.map((embedded) => embedded.close()));
  for (const child of children) child.kill();
  const left = postmasterOf(folderAt(dataDir));
  if (left !== undefined) {
    process.kill(left.pid, 'SIGQUIT');
    await gone(left.pid);
  }
  rmSync(dataDir, { recursive: true, force: true });
});

async function openHere(settings: { keep?: boolean; dataDir?: string } = {}): Promise<Embedded> {
  const embedded = await openEmbedded({ dataDir, ...settings });
  open.push(embedded);
  return embedded;
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const pool = createPool({ url, applicationName: 'rightstream-test', max: 1 });
  try {
    return (await pool.query(sql)).rows as unknown[];
  } finally {
    await pool.end();
  }
}

function pid(): number | undefined {
  return postmasterOf(folderAt(dataDir))?.pid;
}

async function gone(process: number): Promise<void> {
  await expect.poll(() => isAlive(process), { interval: 10, timeout: 30_000 }).toBe(false);
}

/** Another process that uses the same folder. */
class Child {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;
  readonly #reader: Interface;
  complaints = '';

  constructor() {
    this.#process = spawn(process.execPath, [
      '--import',
      'tsx',
      join(import.meta.dirname, 'embedded-child.ts'),
      dataDir,
    ]);
    this.#reader = createInterface({ input: this.#process.stdout });
    this.#lines = this.#reader[Symbol.asyncIterator]();
    this.#process.stderr.on('data', (chunk: Buffer) => (this.complaints += chunk.toString()));
    children.push(this);
  }

  async answer(): Promise<Record<string, unknown>> {
    const { value, done } = await this.#lines.next();
    if (done === true) throw new Error(`the process ended: ${this.complaints}`);
    return JSON.parse(value) as Record<string, unknown>;
  }

  async send(command: string): Promise<Record<string, unknown>> {
    this.#process.stdin.write(`${command}\n`);
    return this.answer();
  }

  /** kill -9. */
  kill(): void {
    this.#process.kill('SIGKILL');
  }
}

describe('a fresh folder', () => {
  it('gets a durable, local cluster with a password of its own', async () => {
    const embedded = await openHere();
    expect(embedded.startedHere).toBe(true);
    expect(statSync(join(dataDir, 'postgres.password')).mode & 0o777).toBe(0o600);
    const [row] = (await query(
      embedded.url,
      `SELECT current_setting('fsync') fsync, current_setting('synchronous_commit') commit,
         current_setting('listen_addresses') listen, current_setting('server_encoding') encoding,
         current_setting('data_checksums') checksums, current_setting('TimeZone') zone,
         (SELECT datlocale FROM pg_database WHERE datname = 'postgres') locale, 'b' < 'Ä' AND 'B' < 'a' AS by_code_point`,
    )) as [Record<string, unknown>];
    expect(row).toEqual({
      ...{ fsync: 'on', commit: 'on', listen: '127.0.0.1', encoding: 'UTF8', checksums: 'on', zone: 'UTC' },
      ...{ locale: 'C.UTF-8', by_code_point: true },
    });
    const stranger = new URL(embedded.url);
    stranger.password = 'wrong';
    await expect(query(stranger.href, 'SELECT 1')).rejects.toThrow(/password authentication failed/);
  });

  it('keeps its rows over a restart, and nothing runs after close', async () => {
    const first = await openHere();
    await query(first.url, 'CREATE TABLE kept AS SELECT 42 AS n');
    const running = pid()!;
    await first.close();
    expect(isAlive(running)).toBe(false);
    const second = await openHere();
    expect(second.startedHere).toBe(true);
    expect(await query(second.url, 'SELECT n FROM kept')).toEqual([{ n: 42 }]);
  });

  it('starts over when the making of a cluster was cut short', async () => {
    mkdirSync(join(dataDir, 'postgres.unfinished'));
    writeFileSync(join(dataDir, 'postgres.unfinished', 'PG_VERSION'), '18\n');
    const embedded = await openHere();
    expect(await query(embedded.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it.runIf(process.getuid?.() === 0)('works for root below a folder that is closed to others', async () => {
    const closed = join(dataDir, 'home');
    mkdirSync(closed, { mode: 0o700 });
    const embedded = await openHere({ dataDir: join(closed, 'data') });
    await query(embedded.url, 'CREATE TABLE t AS SELECT 1 AS n; CHECKPOINT');
    expect(await query(embedded.url, 'SELECT n FROM t')).toEqual([{ n: 1 }]);
    await embedded.close();
  });

  it.runIf(process.getuid?.() === 0)(
    'works for root when the programs are below a closed folder, too',
    async () => {
      const closed = join(dataDir, 'home');
      mkdirSync(closed, { mode: 0o700 });
      const installed = dirname(dirname(findBinaries().postgres));
      cpSync(installed, join(closed, 'native'), { recursive: true, verbatimSymlinks: true });
      const bin = join(closed, 'native', 'bin');
      const folder = folderAt(dataDir);
      const host: Host = {
        folder,
        binaries: { ...findBinaries(), postgres: join(bin, 'postgres'), initdb: join(bin, 'initdb') },
        account: accountFor(folder.root, folder.cluster),
        log: () => undefined,
      };
      await initialise(host);
      const started = await start(host, undefined);
      expect(started.ready).toBe(true);
      await stop(host, started.pid);
      expect(isAlive(started.pid)).toBe(false);
    },
  );
});

describe('several processes', () => {
  it('two that start at once share one Postgres', async () => {
    const [a, b] = [new Child(), new Child()];
    const answers = await Promise.all([a.answer(), b.answer(), openHere(), openHere()]);
    expect(new Set(answers.map((answer) => answer.url)).size).toBe(1);
    expect(answers.filter((answer) => answer.startedHere)).toHaveLength(1);
  });

  it('the last one out stops it, whoever started it', async () => {
    const here = await openHere();
    const child = new Child();
    expect(await child.answer()).toEqual({ url: here.url, startedHere: false });
    const running = pid()!;
    await here.close();
    expect(isAlive(running)).toBe(true);
    expect(await child.send('sql SELECT 1 AS one')).toEqual({ rows: [{ one: 1 }] });
    await child.send('close');
    expect(isAlive(running)).toBe(false);
  });

  it('goes on after close when asked to', async () => {
    await (await openHere({ keep: true })).close();
    expect(pid()).toBeDefined();
    const next = await openHere();
    expect(next.startedHere).toBe(false);
    await next.close();
    expect(pid()).toBeUndefined();
  });
});

describe('sudden death', () => {
  it('kill -9 of the process that started it: the next adopts Postgres, loses nothing and stops it', async () => {
    const child = new Child();
    const { url } = await child.answer();
    await child.send('sql CREATE TABLE kept AS SELECT 7 AS n');
    const orphan = pid()!;
    child.kill();
    const here = await openHere();
    expect(here).toMatchObject({ url, startedHere: false });
    expect(await query(here.url, 'SELECT n FROM kept')).toEqual([{ n: 7 }]);
    await here.close();
    expect(isAlive(orphan)).toBe(false);
  });

  it('kill -9 of process and Postgres: it recovers what was committed', async () => {
    const child = new Child();
    await child.answer();
    await child.send('sql CREATE TABLE kept (n int)');
    await child.send('sql INSERT INTO kept SELECT generate_series(1, 1000)');
    const orphan = pid()!;
    child.kill();
    process.kill(orphan, 'SIGKILL');
    await gone(orphan);
    const here = await openHere();
    expect(here.startedHere).toBe(true);
    expect(await query(here.url, 'SELECT count(*) AS n FROM kept')).toEqual([{ n: 1000 }]);
  });

  it('starts although the process id it left belongs to another program now', async () => {
    await (await openHere()).close();
    const folder = folderAt(dataDir);
    writeFileSync(
      join(folder.cluster, 'postmaster.pid'),
      `${process.pid}\n${folder.cluster}\n1\n5432\n\n127.0.0.1\n\nready\n`,
    );
    expect((await openHere()).startedHere).toBe(true);
  });

  it('kill -9 of Postgres alone: it comes back under the same address', async () => {
    const here = await openHere();
    await query(here.url, 'CREATE TABLE kept AS SELECT 1 AS n');
    const killed = pid()!;
    process.kill(killed, 'SIGKILL');
    await expect
      .poll(async () => query(here.url, 'SELECT n FROM kept').catch(() => []), { timeout: 30_000 })
      .toEqual([{ n: 1 }]);
    expect(pid()).not.toBe(killed);
  });
});

describe('refusals', () => {
  async function refusal(settings: { dataDir?: string } = {}): Promise<{ code: string; message: string }> {
    const error = await openHere(settings).then(
      () => new Error('it was opened'),
      (thrown: unknown) => thrown as Error,
    );
    return { code: codeOf(error), message: error.message };
  }

  it('a folder that is a file', async () => {
    const file = join(dataDir, 'file');
    writeFileSync(file, '');
    expect((await refusal({ dataDir: file })).code).toBe('DATA_DIR_NOT_WRITABLE');
  });

  it('a folder with something else in the place of the cluster', async () => {
    mkdirSync(join(dataDir, 'postgres'));
    writeFileSync(join(dataDir, 'postgres', 'thesis.tex'), '');
    expect((await refusal()).code).toBe('DATA_DIR_IN_USE');
  });

  it('a cluster of another version, and a damaged one with the end of the log', async () => {
    await (await openHere()).close();
    const version = join(dataDir, 'postgres', 'PG_VERSION');
    const text = readFileSync(version, 'utf8');
    writeFileSync(version, '15\n');
    expect((await refusal()).code).toBe('POSTGRES_VERSION_DIFFERS');
    writeFileSync(version, text);
    rmSync(join(dataDir, 'postgres', 'global', 'pg_control'));
    expect(await refusal()).toMatchObject({
      code: 'POSTGRES_FAILED_TO_START',
      message: expect.stringContaining('could not find the database system') as string,
    });
  });
});
