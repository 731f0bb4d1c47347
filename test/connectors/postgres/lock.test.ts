import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { acquireLock } from '../../../connectors/postgres/embedded/lock.ts';
import { processToken } from '../../../connectors/postgres/embedded/process.ts';
import { codeOf } from '../../../streams/runtime/errors.ts';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rightstream-lock-'));
  path = join(folder, 'lock');
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Takes the lock many times at once and returns how many held it together at most. */
async function contend(takers: number): Promise<number> {
  let holders = 0;
  let most = 0;
  await Promise.all(
    Array.from({ length: takers }, async () => {
      const unlock = await acquireLock(path, 20_000);
      most = Math.max(most, ++holders);
      await new Promise((resolve) => setImmediate(resolve));
      holders--;
      unlock();
    }),
  );
  return most;
}

/** The token of a process that ran and is gone. */
function deadHolder(): string {
  const { pid } = spawnSync('true');
  return `${pid}@12345#1`;
}

it('lets one in at a time and leaves nothing behind', async () => {
  expect(await contend(12)).toBe(1);
  expect(readdirSync(folder)).toEqual([]);
});

it('is taken over from a dead holder, by one of many who notice at once', async () => {
  writeFileSync(path, deadHolder());
  expect(await contend(12)).toBe(1);
  expect(readdirSync(folder)).toEqual([]);
});

it('is taken over when the one that was taking it over died, too', async () => {
  const dead = deadHolder();
  writeFileSync(path, dead);
  writeFileSync(`${path}.${dead.replaceAll(/[^A-Za-z0-9]+/g, '-')}`, deadHolder());
  expect(await contend(4)).toBe(1);
});

it('knows a holder whose process id belongs to another program now', async () => {
  writeFileSync(path, `${process.pid}@1#1`);
  (await acquireLock(path, 5_000))();
  expect(existsSync(path)).toBe(false);
});

it('is taken over when its holder died before it wrote its name', async () => {
  writeFileSync(path, '');
  utimesSync(path, 1, 1);
  (await acquireLock(path, 5_000))();
});

it('gives up after a while and says who holds it', async () => {
  const unlock = await acquireLock(path, 1_000);
  const error = await acquireLock(path, 50).catch((thrown: unknown) => thrown);
  expect(codeOf(error)).toBe('LOCK_TIMEOUT');
  expect((error as Error).message).toContain(processToken(process.pid));
  unlock();
});
