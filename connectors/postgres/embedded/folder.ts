/** Where things are in a data folder, and reading what Postgres says there about itself. */
import {
  closeSync,
  existsSync,
  ftruncateSync,
  openSync,
  readFileSync,
  readSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { commandLine, isAlive } from './process.ts';

/** Paths within a data folder. */
export interface Folder {
  readonly root: string;
  /** The cluster. */
  readonly cluster: string;
  /** A cluster that is being made; it becomes `cluster` in one step. */
  readonly unfinished: string;
  /** The password of the superuser, mode 0600. */
  readonly password: string;
  readonly lock: string;
  readonly log: string;
}

/** The paths within `root`. */
export function folderAt(root: string): Folder {
  return {
    root,
    cluster: join(root, 'postgres'),
    unfinished: join(root, 'postgres.unfinished'),
    password: join(root, 'postgres.password'),
    lock: join(root, 'postgres.lock'),
    log: join(root, 'postgres.log'),
  };
}

/** A Postgres that runs on a cluster. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  /** False while it starts, recovers or stops. */
  readonly ready: boolean;
}

/**
 * The Postgres that runs on the cluster, from postmaster.pid; undefined when there is none. A file that was left by a
 * Postgres that died does not count, also when its process id belongs to another program by now.
 */
export function postmasterOf(folder: Folder): Postmaster | undefined {
  let lines: string[];
  try {
    lines = readFileSync(join(folder.cluster, 'postmaster.pid'), 'utf8').split('\n');
  } catch {
    return undefined;
  }
  const pid = Number(lines[0]);
  if (!(pid > 0) || !isAlive(pid)) return undefined;
  // absent only where command lines cannot be read: then the process id has to do
  const command = commandLine(pid);
  if (command !== undefined && command !== '' && !command.includes(folder.cluster)) return undefined;
  return { pid, port: Number(lines[3] ?? 0), ready: (lines[7] ?? '').startsWith('ready') };
}

/** Whether a postmaster.pid is there. */
export function hasPidFile(folder: Folder): boolean {
  return existsSync(join(folder.cluster, 'postmaster.pid'));
}

const LOG_LIMIT_BYTES = 2 * 1024 * 1024;
const LOG_KEPT_BYTES = 256 * 1024;

/** The end of the log, at most `bytes`, whole lines; empty when there is none. */
export function logTail(folder: Folder, bytes: number): string {
  let file: number;
  try {
    file = openSync(folder.log, 'r');
  } catch {
    return '';
  }
  try {
    const size = statSync(folder.log).size;
    const out = Buffer.alloc(Math.min(size, bytes));
    readSync(file, out, 0, out.length, size - out.length);
    const text = out.toString('utf8');
    return size > bytes ? text.slice(text.indexOf('\n') + 1) : text;
  } finally {
    closeSync(file);
  }
}

/** Cuts a log that has grown beyond 2 MiB to its end. Postgres appends, so it goes on behind what is kept. */
export function boundLog(folder: Folder): void {
  if (!existsSync(folder.log) || statSync(folder.log).size <= LOG_LIMIT_BYTES) return;
  const kept = logTail(folder, LOG_KEPT_BYTES);
  const file = openSync(folder.log, 'r+');
  try {
    ftruncateSync(file, 0);
    writeSync(file, kept, 0);
  } finally {
    closeSync(file);
  }
}
