/** `rightstream check`: whether topology.yaml and the code say the same. */
import { Command } from 'commander';
import { checkTopology } from '../../../streams/runtime/topology/check.ts';
import { formatProblem } from '../../../streams/runtime/topology/problems.ts';
import { exitCodes, print, printJson } from '../context.ts';
import { codeOf, readChecked } from '../topology-files.ts';

interface Options {
  readonly root: string;
  readonly json?: boolean;
}

/** The command. */
export function checkCommand(): Command {
  return new Command('check')
    .description('Compare topology.yaml with the code: topics, events, units, tables and files.')
    .option('--root <folder>', 'checkout of the repository', '.')
    .option('--json', 'print one JSON value for scripts')
    .addHelpText(
      'after',
      '\nExit codes: 0 they say the same, 1 there are problems.\n\nExamples:\n  $ rightstream check\n  $ rightstream check --json',
    )
    .action(async ({ root, json }: Options) => {
      const problems = checkTopology(await readChecked(root, 'topology.yaml'), await codeOf(root));
      if (json === true) printJson({ ok: problems.length === 0, problems });
      else if (problems.length === 0) print('topology.yaml and the code say the same.');
      else for (const problem of problems) print(formatProblem(problem));
      process.exitCode = problems.length === 0 ? exitCodes.done : exitCodes.failed;
    });
}
