/** `rightstream plan` and `rightstream apply`: bringing the live system to what topology.yaml and the schemas say. */
import { Command } from 'commander';
import { applyChanges } from '../../../streams/runtime/topology/apply.ts';
import type { Wanted } from '../../../streams/runtime/topology/live.ts';
import { planChanges } from '../../../streams/runtime/topology/plan.ts';
import { isChange } from '../../../streams/runtime/topology/steps.ts';
import type { Step } from '../../../streams/runtime/topology/steps.ts';
import { common, defaultDataDir, exitCodes, openFrom, print, printJson } from '../context.ts';
import type { GlobalOptions } from '../context.ts';
import { planCommands, SHOW_KAFKA, showStock, toolNames } from '../kafka-tools.ts';
import type { LiveSystem } from '../live.ts';
import { planCode, planJson, planSummary, stepText } from '../planning.ts';
import { profileFrom } from '../profile.ts';
import type { Profile } from '../profile.ts';
import { wholeNumber } from '../where.ts';

interface Options extends GlobalOptions {
  readonly replicationFactor?: string;
  readonly showKafka?: boolean;
}

const EMBEDDED =
  'The topics are tables of the database and the schemas are part of this program: every start creates what is missing.';

/** The command that shows. */
export function planCommand(): Command {
  return withOptions(new Command('plan'))
    .description('Compare Kafka, the schema registry and the bucket with topology.yaml; changes nothing.')
    .addHelpText(
      'after',
      '\nExit codes: 0 nothing to do, 2 something is refused, 3 there are changes.\n\nExamples:\n  $ rightstream plan\n  $ rightstream plan --json',
    )
    .action(async (options: Options) => {
      const outcome = await onLive(options, (_live, _wanted, steps, profile) => {
        if (options.showKafka === true) {
          showStock(options, profile, planCommands(toolNames(profile), steps));
          return Promise.resolve(exitCodes.done);
        }
        if (options.json === true) printJson(planJson(steps));
        else print([...steps.map(stepText), planSummary(steps)].join('\n'));
        return Promise.resolve(planCode(steps));
      });
      if (outcome === undefined) tellEmbedded(options);
      process.exitCode = outcome ?? exitCodes.done;
    });
}

/** The command that does. */
export function applyCommand(): Command {
  return withOptions(new Command('apply'))
    .description('Make the changes that `plan` shows: topics, settings, schemas, the bucket.')
    .addHelpText(
      'after',
      '\nDoes nothing at all while one step is refused. Exit codes: 0 done, 2 something is refused.\n\nExamples:\n  $ rightstream plan && rightstream apply\n  $ rightstream apply --replication-factor 3',
    )
    .action(async (options: Options) => {
      const outcome = await onLive(options, (live, wanted, steps, profile) => {
        if (options.showKafka !== true) return make(options, live, wanted, steps);
        showStock(options, profile, planCommands(toolNames(profile), steps));
        return Promise.resolve(exitCodes.done);
      });
      if (outcome === undefined) {
        await (await openFrom(options)).close(); // creates what is missing
        tellEmbedded(options);
      }
      process.exitCode = outcome ?? exitCodes.done;
    });
}

async function make(
  options: Options,
  live: LiveSystem,
  wanted: Wanted,
  steps: readonly Step[],
): Promise<number> {
  const told = options.json === true ? () => undefined : (step: Step) => print(stepText(step));
  const code = planCode(steps);
  if (code === exitCodes.badInput) {
    for (const step of steps) told(step);
    if (options.json === true) printJson(planJson(steps));
    else print(planSummary(steps));
    return code;
  }
  await applyChanges(steps, wanted, live.changer, told);
  for (const step of steps) if (!isChange(step)) told(step);
  const made = steps.filter(isChange).length;
  if (options.json === true) printJson({ ...planJson(steps), applied: made });
  else print(made === 0 ? 'Nothing to do.' : `Done: ${made === 1 ? '1 change' : `${made} changes`}.`);
  return exitCodes.done;
}

function withOptions(command: Command): Command {
  return common(command)
    .option(
      '--replication-factor <n>',
      'copies of each new topic (default: 3, or as many as there are brokers)',
    )
    .option(...SHOW_KAFKA);
}

/** Runs work on the plan of the live system; undefined in the embedded profile. */
async function onLive(
  options: Options,
  work: (live: LiveSystem, wanted: Wanted, steps: readonly Step[], profile: Profile) => Promise<number>,
): Promise<number | undefined> {
  const profile = await profileFrom(process.env);
  if (profile.kind !== 'kafka') return undefined;
  const { replicationFactor: text } = options;
  const replication = text === undefined ? undefined : wholeNumber('--replication-factor', text, 1, 32_767);
  const { lookAround, openLive } = await import('../live.ts');
  const live = openLive(profile, options.dataDir ?? defaultDataDir());
  try {
    const wanted = await live.wanted(replication);
    return await work(live, wanted, planChanges(wanted, await lookAround(live, wanted)), profile);
  } finally {
    await live.close();
  }
}

function tellEmbedded({ json }: Options): void {
  if (json === true) printJson({ profile: 'embedded', changes: 0, refused: 0, steps: [] });
  else print(`${EMBEDDED}\nNothing to do.`);
}
