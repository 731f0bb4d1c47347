/** Packages that benchmarks compare with: a lockfile of their own, installed when a benchmark first asks. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const HOME = join(import.meta.dirname, 'peers');

/** A peer's module, and the version that is installed. `T` is the part of it that a benchmark uses. */
export async function peer<T>(name: string): Promise<{ readonly module: T; readonly version: string }> {
  if (!existsSync(join(HOME, 'node_modules'))) {
    console.log(`installing the peers of the benchmarks (npm ci in ${HOME})`);
    execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: HOME });
  }
  const found = createRequire(join(HOME, 'package.json')).resolve(name);
  return { module: (await import(pathToFileURL(found).href)) as T, version: versionOf(name) };
}

function versionOf(name: string): string {
  const text = readFileSync(join(HOME, 'node_modules', name, 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
