/** The files of this repository as text, for the rules that they keep. */
import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Text by path from the root, with `/`. */
export type Files = ReadonlyMap<string, string>;

/** A rule that a file breaks. */
export interface Breach {
  readonly file: string;
  readonly message: string;
}

/** The root of the repository. */
export const root = resolve(import.meta.dirname, '../..');

const textual = /(\.(ts|mjs|js|json|ya?ml|md|avsc|html|css|sh|txt)|^\.[a-z]+|LICENSE)$/;

/** Every text file that is not ignored by git (by the plain names in .gitignore). */
export function readRepository(): Files {
  const ignored = new Set([
    '.git',
    ...readFileSync(join(root, '.gitignore'), 'utf8')
      .split('\n')
      .map((line) => line.replace(/\/$/, '').trim()),
  ]);
  const files = new Map<string, string>();
  function walk(folder: string): void {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (ignored.has(entry.name)) continue;
      if (entry.isDirectory()) walk(path);
      else if (textual.test(entry.name)) files.set(path, readFileSync(join(root, path), 'utf8'));
    }
  }
  walk('');
  return files;
}

/** Breaches as lines. */
export function shown(breaches: readonly Breach[]): string[] {
  return breaches.map(({ file, message }) => `${file}: ${message}`);
}
