/** Where the outside test data lies: the folder named by CONFORMANCE_DATA; nothing of it is part of this repository. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

const root = process.env['CONFORMANCE_DATA'];

/** The kruize folder, or null when the data is not at hand. */
export const kruizeData: string | null =
  root !== undefined && existsSync(join(root, 'kruize')) ? join(root, 'kruize') : null;

/** Suffix of suite names: says why they are skipped when they are. */
export const whySkipped =
  kruizeData === null ? ' (skipped: CONFORMANCE_DATA does not name a folder with kruize/)' : '';

if (whySkipped !== '') console.warn(`kruize conformance${whySkipped}`);

/** A file's text. */
export function text(path: string): string {
  return readFileSync(join(kruizeData ?? '', path), 'utf8');
}

/** A JSON file, unchecked: the caller names its shape. */
export function json(path: string): unknown {
  return JSON.parse(text(path));
}

/** The objects of a gzipped file with one JSON text per line. */
export function* jsonLines(path: string): Generator {
  const all = gunzipSync(readFileSync(join(kruizeData ?? '', path))).toString('utf8');
  for (const line of all.split('\n')) if (line !== '') yield JSON.parse(line);
}
