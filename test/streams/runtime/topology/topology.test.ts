import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { units } from '../../../../connectors/cli/units.ts';
import { eventSchemas } from '../../../../schemas/generated/events.ts';
import { topics } from '../../../../schemas/topics.ts';
import { checkTopology } from '../../../../streams/runtime/topology/check.ts';
import { formatProblem } from '../../../../streams/runtime/topology/problems.ts';

const root = resolve(import.meta.dirname, '../../../..');

it('topology.yaml and the code say the same', () => {
  const files = ['streams', 'projections', 'connectors'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((path) => `${folder}/${path}`),
  );
  const code = { ...units, eventSchemas, topics: Object.values(topics), files };
  const problems = checkTopology(readFileSync(join(root, 'topology.yaml'), 'utf8'), code);
  expect(problems.map(formatProblem)).toEqual([]);
});
