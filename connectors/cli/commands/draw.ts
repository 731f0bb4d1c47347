/** `rightstream draw`: the topology as a drawing in README.md. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { BadInput } from '../../../streams/runtime/errors.ts';
import { drawInto, drawTopology } from '../../../streams/runtime/topology/draw.ts';
import { loadTopology } from '../../../streams/runtime/topology/load.ts';
import { formatProblem } from '../../../streams/runtime/topology/problems.ts';
import { exitCodes, print, printJson } from '../context.ts';
import { readChecked } from '../topology-files.ts';

interface Options {
  readonly root: string;
  readonly print?: boolean;
  readonly check?: boolean;
  readonly json?: boolean;
}

/** The command. */
export function drawCommand(): Command {
  return new Command('draw')
    .description('Draw topology.yaml into README.md, between its markers.')
    .option('--root <folder>', 'checkout of the repository', '.')
    .option('--print', 'print the drawing (Mermaid) and change nothing')
    .option('--check', 'change nothing; exit 1 when the drawing in README.md is stale')
    .option('--json', 'print one JSON value for scripts')
    .addHelpText('after', '\nExamples:\n  $ rightstream draw\n  $ rightstream draw --print > topology.mmd')
    .action((options: Options) => draw(options));
}

async function draw({ root, print: only, check, json }: Options): Promise<void> {
  const { topology, problems } = loadTopology(await readChecked(root, 'topology.yaml'));
  if (problems.length > 0) {
    throw new BadInput({ code: 'TOPOLOGY_BROKEN', message: problems.map(formatProblem).join('\n') });
  }
  if (only === true) {
    if (json === true) printJson({ mermaid: drawTopology(topology) });
    else print(drawTopology(topology));
    return;
  }
  const { text, fresh } = drawInto(await readChecked(root, 'README.md'), topology);
  if (!fresh && check !== true) await writeFile(join(root, 'README.md'), text);
  const did = fresh ? 'fresh' : check === true ? 'stale' : 'drawn';
  if (json === true) printJson({ readme: did });
  else if (did === 'stale') print('The drawing in README.md is stale: run `rightstream draw`.');
  else print(did === 'fresh' ? 'The drawing in README.md is fresh.' : 'Drawn into README.md.');
  process.exitCode = did === 'stale' ? exitCodes.failed : exitCodes.done;
}
