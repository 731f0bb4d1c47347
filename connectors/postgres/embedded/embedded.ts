/** The bundled Postgres of a data folder: made on first use, shared by the processes that use the folder, stopped by the last. */
import { accessSync, constants, mkdirSync, readFileSync, realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BadInput, Retryable, messageOf } from '../../../streams/runtime/errors.ts';
import { accountFor, give } from './account.ts';
import { findBinaries } from './binaries.ts';
import { boundLog, folderAt, postmasterOf } from './folder.ts';
import { type Keeper, keep } from './keeper.ts';
import { acquireLock } from './lock.ts';
import { type Host, USER, initialise, start, stop, untilReady } from './server.ts';

/** How to use a data folder. */
export interface EmbeddedSettings {
  /** The data folder; made when absent. The cluster is in `<dataDir>/postgres`. */
  readonly dataDir: string;
  /** Leaves Postgres running on close. */
  readonly keep?: boolean;
  /** Told what happens, a sentence at a time. */
  readonly log?: (message: string) => void;
}

/** A running Postgres. */
export interface Embedded {
  /** postgres://…@127.0.0.1:port/postgres, superuser. The same until close, also when Postgres dies and is started again. */
  readonly url: string;
  /** False when it was running already: for another process, or left by one that was killed. */
  readonly startedHere: boolean;
  /** Stops Postgres unless other clients of ours are connected. End your own pools first: they count. */
  close(): Promise<void>;
}

const LOCK_PATIENCE_MS = 120_000;
const LOG_CHECK_MS = 60_000;
const RESTART_MS = 1_000;

/**
 * Connects to the Postgres of a folder, starting it when needed. Throws BadInput DATA_DIR_NOT_WRITABLE,
 * DATA_DIR_NOT_REACHABLE, DATA_DIR_IN_USE, POSTGRES_NOT_BUNDLED, POSTGRES_INCOMPLETE, POSTGRES_NEEDS_A_USER,
 * POSTGRES_VERSION_DIFFERS; Retryable POSTGRES_FAILED_TO_START (with the end of its log), STORAGE_FULL, LOCK_TIMEOUT.
 */
export async function openEmbedded(settings: EmbeddedSettings): Promise<Embedded> {
  const host = prepare(settings);
  let session = await connect(host, undefined);
  const { url, startedHere } = session;
  const closing = new AbortController();

  /** Brings Postgres back whenever it goes away before close. */
  async function watch(): Promise<void> {
    for (;;) {
      await session.keeper.ended;
      if (closing.signal.aborted) return;
      try {
        host.log('Postgres went away; it is started again');
        session = await reconnect(host, url);
        // close came meanwhile: it is this one that it must leave
        if (closing.signal.aborted) return;
      } catch (error) {
        host.log(`Postgres cannot be started again yet: ${messageOf(error)}`);
        await sleep(RESTART_MS, undefined, { signal: closing.signal }).catch(() => undefined);
        if (closing.signal.aborted) return;
      }
    }
  }
  const watching = watch();
  const logCheck = setInterval(() => {
    boundLog(host.folder);
  }, LOG_CHECK_MS).unref();

  async function close(): Promise<void> {
    clearInterval(logCheck);
    closing.abort();
    // while connected, the watch ends with the connection; otherwise it is bringing Postgres back just now
    if (!session.keeper.connected) await watching;
    await leave(host, session.keeper, settings.keep === true);
    await watching;
  }

  let closed: Promise<void> | undefined;
  return { url, startedHere, close: () => (closed ??= close()) };
}

interface Session {
  readonly url: string;
  readonly startedHere: boolean;
  readonly keeper: Keeper;
}

function prepare(settings: EmbeddedSettings): Host {
  const root = resolve(settings.dataDir);
  const log = settings.log ?? (() => undefined);
  try {
    const made = mkdirSync(root, { recursive: true, mode: 0o755 });
    accessSync(root, constants.R_OK | constants.W_OK | constants.X_OK);
    const folder = folderAt(realpathSync(root));
    const account = accountFor(folder.root, folder.cluster);
    if (made !== undefined) give(folder.root, account);
    return { folder, account, log, binaries: findBinaries() };
  } catch (error) {
    if (error instanceof BadInput) throw error;
    throw new BadInput(
      {
        code: 'DATA_DIR_NOT_WRITABLE',
        message: `The data folder ${root} cannot be used: ${messageOf(error)}. Choose another or change its owner.`,
        coordinates: { folder: root },
      },
      { cause: error },
    );
  }
}

async function connect(host: Host, port: number | undefined): Promise<Session> {
  const { folder } = host;
  const unlock = await lock(host);
  try {
    await initialise(host);
    let running = await untilReady(folder);
    const startedHere = running === undefined;
    running ??= await start(host, port);
    host.log(
      `Postgres ${startedHere ? 'started' : 'is running'} (process ${running.pid}, port ${running.port})`,
    );
    const url = `postgres://${USER}:${readFileSync(folder.password, 'utf8').trim()}@127.0.0.1:${running.port}/postgres`;
    const keeper = await keep(url).catch((error: unknown) => {
      throw new Retryable(
        {
          code: 'POSTGRES_FAILED_TO_START',
          message: `Postgres runs (process ${running.pid}, port ${running.port}) but does not take connections: ${messageOf(error)}. Its log: ${folder.log}`,
        },
        { cause: error },
      );
    });
    if (keeper.folder !== folder.cluster) {
      await keeper.release();
      throw new Retryable({
        code: 'POSTGRES_FAILED_TO_START',
        message: `Port ${running.port} answers for ${keeper.folder}, not for ${folder.cluster}.`,
      });
    }
    return { url, startedHere, keeper };
  } finally {
    unlock();
  }
}

async function reconnect(host: Host, url: string): Promise<Session> {
  const session = await connect(host, Number(new URL(url).port));
  if (session.url === url) return session;
  // whoever was given the address cannot be told another one
  await session.keeper.release();
  throw new Retryable({
    code: 'POSTGRES_MOVED',
    message: `Postgres is back under another port than ${new URL(url).port}: restart this process.`,
  });
}

async function leave(host: Host, keeper: Keeper, stays: boolean): Promise<void> {
  const unlock = await lock(host);
  try {
    if (!keeper.connected) return;
    const others = stays ? undefined : await keeper.others();
    await keeper.release();
    if (others === undefined) return;
    const running = postmasterOf(host.folder);
    if (others > 0) host.log(`Postgres goes on for ${others} other connections`);
    else if (running !== undefined) {
      await stop(host, running.pid);
      host.log('Postgres stopped');
    }
  } finally {
    unlock();
  }
}

async function lock(host: Host): Promise<() => void> {
  return acquireLock(host.folder.lock, LOCK_PATIENCE_MS);
}
