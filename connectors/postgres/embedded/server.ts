/** Makes, starts and stops the Postgres of a data folder. Call these only with the folder's lock held. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BadInput, Retryable } from '../../../streams/runtime/errors.ts';
import { type Account, give, launch } from './account.ts';
import type { Binaries } from './binaries.ts';
import { type Folder, type Postmaster, boundLog, hasPidFile, logTail, postmasterOf } from './folder.ts';
import { isAlive } from './process.ts';
import { initArguments, serverArguments } from './settings.ts';

/** Name of the superuser. */
export const USER = 'rightstream';

const POLL_MS = 10;
const START_ATTEMPTS = 5;
const RETRY_MS = 200;
const STOP_MS = 60_000;

/** What is needed to run Postgres on a folder. */
export interface Host {
  readonly folder: Folder;
  readonly binaries: Binaries;
  readonly account: Account;
  readonly log: (message: string) => void;
}

/** Makes the cluster when there is none. A run that was cut short leaves nothing that counts. */
export async function initialise(host: Host): Promise<void> {
  const { folder, binaries, account } = host;
  const versionFile = join(folder.cluster, 'PG_VERSION');
  if (existsSync(versionFile)) {
    const version = readFileSync(versionFile, 'utf8').trim();
    if (version === binaries.major) return;
    throw new BadInput({
      code: 'POSTGRES_VERSION_DIFFERS',
      message: `${folder.cluster} was made by Postgres ${version}, the bundled one is ${binaries.major}. Export with the version of Rightstream that made it and import into a new folder.`,
      coordinates: { folder: folder.cluster },
    });
  }
  if (existsSync(folder.cluster)) {
    throw new BadInput({
      code: 'DATA_DIR_IN_USE',
      message: `${folder.cluster} is there but is no Postgres cluster. Choose another data folder.`,
      coordinates: { folder: folder.cluster },
    });
  }
  rmSync(folder.unfinished, { recursive: true, force: true });
  mkdirSync(folder.unfinished, { mode: 0o700 });
  give(folder.unfinished, account);
  await writeFile(folder.password, randomBytes(24).toString('base64url'), { mode: 0o600, flush: true });
  give(folder.password, account);
  await runInitdb(host);
  renameSync(folder.unfinished, folder.cluster);
}

async function runInitdb({ folder, binaries, account }: Host): Promise<void> {
  const args = initArguments(folder.unfinished, folder.password, USER);
  const { command, args: all, ...ids } = launch(binaries.initdb, args, account, [folder.unfinished]);
  const child = spawn(command, all, {
    ...ids,
    cwd: '/',
    env: childEnvironment,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaint = (complaint + chunk.toString('utf8')).slice(-2_000);
  });
  const code = await new Promise<number | string>((resolve) => {
    child.once('error', (error) => {
      resolve(error.message);
    });
    child.once('close', (exit, signal) => {
      resolve(exit ?? signal ?? 'unknown');
    });
  });
  if (code !== 0) {
    throw new Retryable({
      code: /No space left/i.test(complaint) ? 'STORAGE_FULL' : 'POSTGRES_FAILED_TO_START',
      message: `initdb could not make ${folder.cluster} (${code}): ${complaint.trim()}`,
      coordinates: { folder: folder.cluster },
    });
  }
}

/** Starts Postgres and waits until it takes connections, recovery included. Prefers `port`, but takes another when it is in use. */
export async function start(host: Host, port: number | undefined): Promise<Postmaster> {
  const { folder } = host;
  let tail = '';
  for (let attempt = 1; attempt <= START_ATTEMPTS; attempt++) {
    // left by a Postgres that died: its process id may be another program's by now, and Postgres would not start
    if (hasPidFile(folder)) rmSync(join(folder.cluster, 'postmaster.pid'), { force: true });
    boundLog(folder);
    const before = `--- start ${attempt} ${randomBytes(4).toString('hex')}`;
    const started = await startOnce(host, await freePort(attempt === 1 ? port : undefined), before);
    if (started !== undefined) return started;
    const all = logTail(folder, 16_384);
    tail = all.slice(all.indexOf(before) + before.length).trim();
    const passing =
      /Address already in use|could not bind|shared memory block|pre-existing shared memory/i.test(tail);
    if (!passing) break;
    // helpers of a Postgres that was killed go away by themselves
    await sleep(RETRY_MS * attempt);
  }
  throw new Retryable({
    code: /No space left/i.test(tail) ? 'STORAGE_FULL' : 'POSTGRES_FAILED_TO_START',
    message: `Postgres did not start on ${folder.cluster}. The end of ${folder.log}:\n${tail.slice(-2_000)}`,
    coordinates: { folder: folder.cluster },
  });
}

async function startOnce(host: Host, port: number, mark: string): Promise<Postmaster | undefined> {
  const { folder, binaries, account } = host;
  const args = serverArguments(folder.cluster, port);
  const { command, args: all, ...ids } = launch(binaries.postgres, args, account, [folder.cluster]);
  await writeFile(folder.log, `${mark}\n`, { flag: 'a', mode: 0o600 });
  give(folder.log, account);
  const log = openSync(folder.log, 'a');
  // a session of its own: Ctrl-C in the terminal is for us alone, and a kill of ours leaves it running
  const child = spawn(command, all, {
    ...ids,
    cwd: '/',
    env: childEnvironment,
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  let exited = false;
  child.once('exit', () => {
    exited = true;
  });
  child.once('error', (error) => {
    host.log(`cannot run ${command}: ${error.message}`);
    exited = true;
  });
  child.unref();
  while (!exited) {
    const running = postmasterOf(folder);
    if (running?.ready === true && running.pid === child.pid) return running;
    await sleep(POLL_MS);
  }
  return undefined;
}

/** Waits until a Postgres that somebody else started takes connections; undefined when it goes away instead. */
export async function untilReady(folder: Folder): Promise<Postmaster | undefined> {
  for (;;) {
    const running = postmasterOf(folder);
    if (running === undefined || running.ready) return running;
    await sleep(POLL_MS);
  }
}

/** Stops Postgres: sessions are ended, everything is written (fast shutdown). Resolves when the process is gone. */
export async function stop(host: Host, pid: number): Promise<void> {
  const deadline = Date.now() + STOP_MS;
  process.kill(pid, 'SIGINT');
  while (isAlive(pid)) {
    if (Date.now() > deadline) {
      throw new Retryable({
        code: 'POSTGRES_DOES_NOT_STOP',
        message: `Postgres (process ${pid}) did not stop within ${STOP_MS / 1000} s; it is still finishing. Its log: ${host.folder.log}`,
        coordinates: { pid },
      });
    }
    await sleep(POLL_MS);
  }
}

/** A port that is free now, `wanted` when that is. */
async function freePort(wanted: number | undefined): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error) => {
      if (wanted === undefined) reject(error);
      else resolve(freePort(undefined));
    });
    probe.listen(wanted ?? 0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => {
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
  });
}

/** Nothing of ours: PGDATA, PGPORT and the like would change what Postgres does. */
const childEnvironment = { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };
