/** What connectors share: where the package lies, and settings that name every mistake at once. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { z } from 'zod';
import { BadInput } from '../streams/runtime/errors.ts';

/** The folder of this package, found upwards from this module: the same from the sources and from the bundle in dist/. */
export function packageRoot(from: string = import.meta.url): string {
  for (let folder = dirname(fileURLToPath(from)); ; folder = dirname(folder)) {
    const file = join(folder, 'package.json');
    if (existsSync(file) && nameIn(file) === 'rightstream') return folder;
    if (dirname(folder) === folder)
      throw new Error(`no package.json of rightstream above ${fileURLToPath(from)}`);
  }
}

/** Checks settings and fills in defaults; all mistakes are named in one BadInput BAD_SETTINGS. */
export function readSettings<S extends z.ZodType>(connector: string, schema: S, input: unknown): z.output<S> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const mistakes = result.error.issues.map(
    ({ path, message }) => `${[connector, ...path.map(String)].join('.')}: ${message}`,
  );
  throw new BadInput({ code: 'BAD_SETTINGS', message: `settings are wrong: ${mistakes.join('; ')}` });
}

function nameIn(file: string): unknown {
  return (JSON.parse(readFileSync(file, 'utf8')) as { name?: unknown }).name;
}
