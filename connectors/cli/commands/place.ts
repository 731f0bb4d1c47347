/** `rightstream place`: where replicas would go. */
import { Command } from 'commander';
import { problemOf } from '../../../projections/placement/declared.ts';
import { againstNodes, againstServices } from '../../../projections/placement/judge.ts';
import { defaultOptions, place } from '../../../projections/placement/placer/place.ts';
import type { QueueRule } from '../../../projections/placement/placer/queue.ts';
import { noQuirks, upstreamQuirks } from '../../../projections/placement/placer/quirks.ts';
import { strategies, strategyNamed } from '../../../projections/placement/placer/strategies/index.ts';
import { readNodes, readServices } from '../../../projections/placement/rohe/bodies.ts';
import { BadInput } from '../../../streams/runtime/errors.ts';
import { exitCodes, print, printJson } from '../context.ts';
import { readJson } from '../json-file.ts';
import { planJson, planText } from '../placing-text.ts';
import { wholeNumber } from '../where.ts';
import { terminalWidth } from './query.ts';

interface Options {
  readonly dryRun?: boolean;
  readonly nodes: string;
  readonly services: string;
  readonly strategy: string;
  readonly priority: string;
  readonly balance: string;
  readonly times: string;
  readonly upstream?: boolean;
  readonly json?: boolean;
}

/** The command. */
export function placeCommand(): Command {
  return new Command('place')
    .description('Choose a node for every replica of declared services, and say why others have none.')
    .requiredOption('--nodes <file>', 'JSON: the body of ADD NODE or add-node of ROHE')
    .requiredOption('--services <file>', 'JSON: the body of ADD SERVICE or add-service of ROHE')
    .requiredOption('--dry-run', 'print the plan and change nothing; there is no other way yet')
    .option(
      '--strategy <name>',
      [...strategies.values()].map((it) => `${it.name}: ${it.about}`).join(' '),
      'dense',
    )
    .option('--priority <kind>', 'none, cpu or memory: services sensitive to it go first', 'none')
    .option('--balance <n>', 'services with priority before one without gets its turn', '3')
    .option('--times <n>', 'so many times the declared replicas', '1')
    .option('--upstream', 'decide as ROHE does, slips included, for comparing')
    .option('--json', 'print one JSON value for scripts')
    .addHelpText(
      'after',
      `
Exit codes: 0 all replicas have a place, 2 bad input, 3 some have none.

Examples:
  $ rightstream place --dry-run --nodes nodes.json --services services.json
  $ rightstream place --dry-run --nodes nodes.json --services services.json --strategy spread --times 3 --json`,
    )
    .action(async (options: Options) => {
      const strategy = strategyNamed(options.strategy);
      const queue = queueOf(options);
      const times = wholeNumber('--times', options.times, 1, 1_000);
      const [nodes, declared] = await Promise.all([
        readJson(options.nodes).then(readNodes),
        readJson(options.services).then(readServices),
      ]);
      const services = [...declared.values()].map((it) => ({ ...it, replicas: times * it.replicas }));
      const why = againstNodes([...nodes.values()], new Set()) ?? againstServices(services, []);
      if (why !== undefined) throw new BadInput(why);
      const problem = problemOf([...nodes.values()], services);
      const quirks = options.upstream === true ? upstreamQuirks : noQuirks;
      const plan = place(problem, strategy, { ...defaultOptions, queue }, quirks);
      if (options.json === true) printJson(planJson(strategy.name, plan));
      else print(planText(strategy.name, problem, plan, terminalWidth()));
      process.exitCode = plan.unplaced.length === 0 ? exitCodes.done : exitCodes.partlyRejected;
    });
}

function queueOf({ priority, balance }: Options): QueueRule {
  const kinds = new Map([
    ['none', 0],
    ['cpu', 1],
    ['memory', 2],
  ] as const);
  const found = [...kinds].find(([name]) => name === priority);
  if (found === undefined) {
    throw new BadInput({
      code: 'BAD_OPTION',
      message: `--priority ${priority} is unknown; use one of ${[...kinds.keys()].join(', ')}`,
    });
  }
  return { priority: found[1], balance: wholeNumber('--balance', balance, 1, 1_000) };
}
