import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { cacheRoot, installStep, once } from './cache.ts';
import { startChild } from './process.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'rightstream-cache-'));
  vi.stubEnv('XDG_CACHE_HOME', home);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(home, { recursive: true, force: true });
});

const quiet = (): void => undefined;

describe('the cache', () => {
  it('is filled once, however many ask at once', async () => {
    let fills = 0;
    async function fill(folder: string): Promise<void> {
      fills += 1;
      writeFileSync(join(folder, 'a'), 'a');
      expect(existsSync(join(cacheRoot(), 'thing-1'))).toBe(false);
      await Promise.resolve();
    }
    const folders = await Promise.all([1, 2, 3].map(() => once('thing-1', fill, quiet)));
    expect(new Set(folders)).toEqual(new Set([join(home, 'rightstream', 'thing-1')]));
    expect(fills).toBe(1);
    expect(readdirSync(cacheRoot())).toEqual(['thing-1']);
  });

  it('keeps nothing of an installation that failed', async () => {
    async function fail(folder: string): Promise<void> {
      writeFileSync(join(folder, 'half'), '');
      await Promise.reject(new Error('offline'));
    }
    await expect(once('thing-1', fail, quiet)).rejects.toThrow('offline');
    expect(readdirSync(cacheRoot())).toEqual([]);
  });

  it('goes on where a process died while it installed', async () => {
    const dead = await startChild({ file: 'true', args: [] });
    await dead.exited;
    mkdirSync(cacheRoot(), { recursive: true });
    writeFileSync(join(cacheRoot(), 'thing-1.lock'), String(dead.pid));
    await once('thing-1', () => Promise.resolve(), quiet);
    expect(readdirSync(cacheRoot())).toEqual(['thing-1']);
  });
});

describe('a step of an installation', () => {
  it('says what is missing and what to do', async () => {
    const needs = { needs: 'Install it.' };
    await expect(installStep('no-such-program', [], needs)).rejects.toThrow(
      /no-such-program[^]*Install it\./,
    );
    await expect(installStep('sh', ['-c', 'echo gone; exit 2'], needs)).rejects.toThrow(
      /ended with 2[^]*gone[^]*Install it\./,
    );
  });
});
