/**
 * A lock between processes: a file that names its holder. A holder that died is replaced; the file that guards the
 * replacing is named for the dead holder, so two that notice the death at once do not replace each other.
 */
import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Retryable } from '../../../streams/runtime/errors.ts';
import { processToken } from './process.ts';

const POLL_MS = 25;
/** A file without a holder is being written; after this long its writer is taken for dead. */
const WRITING_MS = 2_000;

let acquired = 0;

/** Waits for the lock; resolves to how to give it up. Held longer than `patienceMs`: Retryable LOCK_TIMEOUT. */
export async function acquireLock(path: string, patienceMs: number): Promise<() => void> {
  const deadline = Date.now() + patienceMs;
  // the count makes the holder unique within this process, too
  const mine = `${processToken(process.pid) ?? process.pid}#${++acquired}`;
  while (!tryAcquire(path, mine)) {
    if (Date.now() > deadline) {
      throw new Retryable({
        code: 'LOCK_TIMEOUT',
        message: `${path} is held by process ${holderOf(path) ?? '(unknown)'} for more than ${patienceMs / 1000} s. Is that process stuck?`,
        coordinates: { file: path },
      });
    }
    await sleep(POLL_MS);
  }
  return () => {
    release(path, mine);
  };
}

function tryAcquire(path: string, mine: string): boolean {
  try {
    writeFileSync(path, mine, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const holder = holderOf(path);
  if (holder === undefined || !isDead(path, holder)) return false;
  const guard = `${path}.${holder.replaceAll(/[^A-Za-z0-9]+/g, '-')}`;
  if (!tryAcquire(guard, mine)) return false;
  try {
    if (holderOf(path) !== holder) return false;
    const next = `${guard}.next`;
    writeFileSync(next, mine, { mode: 0o600 });
    renameSync(next, path);
    return true;
  } finally {
    release(guard, mine);
  }
}

function isDead(path: string, holder: string): boolean {
  if (holder === '') return Date.now() - statSync(path).mtimeMs > WRITING_MS;
  const token = holder.slice(0, holder.lastIndexOf('#'));
  return processToken(Number.parseInt(token, 10)) !== token;
}

function holderOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function release(path: string, mine: string): void {
  if (holderOf(path) === mine) rmSync(path, { force: true });
}
