/** The topology and the code it is compared with, from a checkout of the repository. */
import { readdir, readFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { eventSchemas } from '../../schemas/generated/events.ts';
import { topics } from '../../schemas/topics.ts';
import { BadInput } from '../../streams/runtime/errors.ts';
import type { Code } from '../../streams/runtime/topology/code.ts';
import { units } from './units.ts';

/** A file of the checkout. Absent: BadInput NO_CHECKOUT. */
export async function readChecked(root: string, name: string): Promise<string> {
  return readFile(join(root, name), 'utf8').catch(() => {
    throw new BadInput({
      code: 'NO_CHECKOUT',
      message: `${join(root, name)} cannot be read: run this in a checkout of the repository, or name it with --root`,
    });
  });
}

/** What the code says: the units of this program, and the files of the checkout. */
export async function codeOf(root: string): Promise<Code> {
  const files: string[] = [];
  for (const folder of ['streams', 'projections', 'connectors']) {
    const found = await readdir(join(root, folder), { recursive: true }).catch(() => []);
    for (const path of found) files.push(`${folder}/${path.replaceAll(sep, '/')}`);
  }
  return { ...units, eventSchemas, topics: Object.values(topics), files };
}
