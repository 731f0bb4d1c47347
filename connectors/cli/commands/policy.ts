/** `rightstream policy`: which engine decides for whom, and how. */
import { Command } from 'commander';
import { BadInput } from '../../../streams/runtime/errors.ts';
import type { PolicyScope } from '../../../projections/recommendation/policy/scope.ts';
import { NotYetDecided } from '../../http/ask.ts';
import {
  listPolicies,
  POLICY_ANSWERS,
  policyWish,
  untilInForce,
} from '../../http/routes/recommendation/policies.ts';
import type { App } from '../app.ts';
import { common, exitCodes, print, printJson, withApp } from '../context.ts';
import type { GlobalOptions } from '../context.ts';
import { tableText } from '../table-text.ts';
import { deciding, wished } from '../wishing.ts';
import { terminalWidth } from './query.ts';

interface ScopeOptions extends GlobalOptions {
  readonly org: string;
  readonly cluster?: string;
  readonly namespace?: string;
  readonly workload?: string;
}

interface SetOptions extends ScopeOptions {
  readonly engine?: string;
  readonly tunable?: readonly string[];
  readonly riskBudget?: string;
  readonly precision?: string;
  readonly decide?: string;
  readonly severityCpu?: string;
  readonly severityMemory?: string;
}

/** The command. */
export function policyCommand(): Command {
  const command = new Command('policy').description('Which engine decides for whom, and how.');
  for (const make of [listCommand, setCommand, removeCommand]) command.addCommand(make());
  return command;
}

function listCommand(): Command {
  return common(new Command('list'))
    .description('List the policies of an organisation.')
    .option('--org <org>', 'organisation that owns the data', 'local')
    .addHelpText('after', '\nExamples:\n  $ rightstream policy list')
    .action((options: ScopeOptions) => withApp(options, (app) => list(app, options)));
}

function scoped(command: Command): Command {
  return common(command)
    .option('--cluster <id>', 'only this cluster')
    .option('--namespace <name>', 'only this namespace')
    .option('--workload <name>', 'only this workload; goes with --namespace')
    .option('--org <org>', 'organisation that owns the data', 'local');
}

function setCommand(): Command {
  return scoped(new Command('set'))
    .description('Set the policy of a scope, instead of one that is there; without a scope: of all.')
    .option('--engine <name>', 'whose advice is the proposal')
    .option('--tunable <name=number...>', 'numbers of that engine')
    .option('--risk-budget <share>', 'share of rows that may need more CPU than `balanced` advises')
    .option('--precision <exact|compact>', 'how exactly usage is kept for deciding')
    .option('--decide <at-once|daily>', 'with every report, or as seldom as the poller of ROS')
    .option('--severity-cpu <cores>', 'least changes that are critical, a warning and ok: 0.5,0.25,0.1')
    .option('--severity-memory <MiB>', 'the same of memory: 500,250,100')
    .addHelpText(
      'after',
      `
A narrower scope wins, field by field; engine and tunables go together. It holds at once: recommendations that stand are made again where it comes to something else.

Examples:
  $ rightstream policy set --engine balanced --risk-budget 0.01
  $ rightstream policy set --namespace shop --engine vpa --tunable margin=0.1 half_life_hours=48
  $ rightstream policy set --cluster 1b36b20f-7fa0-4454-a6d2-008294e06378 --decide daily`,
    )
    .action((options: SetOptions) => withApp(options, (app) => change(app, options, policyOf(options))));
}

function removeCommand(): Command {
  return scoped(new Command('remove'))
    .description('Remove the policy of a scope; wider ones hold there then.')
    .addHelpText('after', '\nExamples:\n  $ rightstream policy remove --namespace shop')
    .action((options: ScopeOptions) => withApp(options, (app) => change(app, options, null)));
}

async function list(app: App, { org, json }: ScopeOptions): Promise<number> {
  const policies = await listPolicies(app, org);
  if (json === true) printJson({ policies });
  else if (policies.length === 0)
    print(`Organisation ${org} has no policies: cost decides, with every report, as Kruize does.`);
  else {
    const rows = policies.map((row) => ({
      scope: String(row['scope']),
      policy: JSON.stringify(row['policy']),
      set_at: String(row['set_at']),
    }));
    print(tableText(rows, ['scope', 'policy', 'set_at'], terminalWidth()));
  }
  return exitCodes.done;
}

/** What the options say, as the decider reads it. */
function policyOf(options: SetOptions): string {
  const {
    engine,
    tunable,
    riskBudget,
    precision,
    decide,
    severityCpu: cpu,
    severityMemory: memory,
  } = options;
  const severity = {
    ...(cpu === undefined ? {} : { cpu: cpu.split(',').map((level) => number('--severity-cpu', level)) }),
    ...(memory === undefined
      ? {}
      : { memory: memory.split(',').map((level) => number('--severity-memory', level)) }),
  };
  return JSON.stringify({
    engine,
    tunables: tunable === undefined ? undefined : Object.fromEntries(tunable.map(pair)),
    risk_budget: riskBudget === undefined ? undefined : number('--risk-budget', riskBudget),
    precision,
    decide,
    severity: Object.keys(severity).length === 0 ? undefined : severity,
  });
}

function pair(text: string): [string, number] {
  const [name, value, ...rest] = text.split('=');
  if (name === undefined || value === undefined || rest.length > 0)
    throw new BadInput({ code: 'BAD_OPTION', message: `--tunable ${text}: write name=number` });
  return [name, number('--tunable', value)];
}

function number(option: string, text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value)) return value;
  throw new BadInput({ code: 'BAD_OPTION', message: `${option} ${text}: write a number` });
}

/** Asks and waits until it is in force. */
async function change(app: App, options: ScopeOptions, policy: string | null): Promise<number> {
  const { org, cluster, namespace, workload } = options;
  const scope: PolicyScope = {
    cluster_id: cluster?.toLowerCase() ?? null,
    namespace: namespace ?? null,
    workload: workload ?? null,
  };
  const ask = async () => {
    const [first] = await wished(app, org, POLICY_ANSWERS, [policyWish(org, scope, policy)]);
    if (!(await untilInForce(app, org, first!))) throw new NotYetDecided([String(first!['request_id'])]);
    return first!;
  };
  const answer = await deciding(app, 'rightstream policy list', ask, { whole: true });
  if (options.json === true) printJson({ answer });
  else
    print(
      `${policy === null ? 'Removed' : 'Set'} for ${String(answer['scope'])}, change ${String(answer['sequence'])}; it holds from now on, also for what stands.`,
    );
  return exitCodes.done;
}
