/** `rightstream resize`: which workloads may be resized, what is proposed, and what was decided. */
import { Command } from 'commander';
import {
  acceptWish,
  listOf,
  policiesOf,
  RESIZE_ANSWERS,
  resizingWish,
} from '../../http/routes/placement/resizing.ts';
import type { Emission } from '../../../streams/runtime/ports.ts';
import { BadInput } from '../../../streams/runtime/errors.ts';
import type { App } from '../app.ts';
import type { ClusterOptions } from '../cluster-wishes.ts';
import { exitCodes, print, printJson, withApp } from '../context.ts';
import { tableText } from '../table-text.ts';
import { wholeNumber } from '../where.ts';
import { deciding, wished } from '../wishing.ts';
import { ofCluster } from './nodes.ts';
import { terminalWidth } from './query.ts';

const LOOK = 'rightstream resize';
/** Rows that are shown. */
const MOST = 200;

interface PolicyOptions extends ClusterOptions {
  readonly namespace?: string;
  readonly set?: string;
  readonly remove?: boolean;
}
interface ListOptions extends ClusterOptions {
  readonly all?: boolean;
}
interface AcceptOptions extends ClusterOptions {
  readonly reject?: boolean;
}

/** The command. */
export function resizeCommand(): Command {
  return new Command('resize')
    .description('Which workloads may be resized, what is proposed, and what was decided.')
    .addCommand(policyCommand())
    .addCommand(workloadsCommand())
    .addCommand(proposalsCommand())
    .addCommand(acceptCommand())
    .addCommand(decisionsCommand());
}

function policyCommand(): Command {
  return ofCluster(new Command('policy'))
    .description('Show the policies of a cluster, set one or remove one; without one nothing is resized.')
    .option('--namespace <name>', 'of this namespace; absent: of the whole cluster')
    .option('--set <json>', 'the policy, instead of one that is there')
    .option('--remove', 'remove it')
    .addHelpText(
      'after',
      `
A namespace's own policy holds there whole. Workloads that are not ours need the label rightstream.io/resize: propose or auto.

Examples:
  $ rightstream resize policy
  $ rightstream resize policy --set '{"mode": "propose"}'
  $ rightstream resize policy --namespace shop --set '{"mode": "auto", "cpu": {"min": 50, "max": 4000}, "memory": {"min": 64, "max": 8192}}'
  $ rightstream resize policy --namespace shop --remove`,
    )
    .action((options: PolicyOptions) => withApp(options, (app) => policy(app, options)));
}

function workloadsCommand(): Command {
  return ofCluster(new Command('workloads'))
    .description('List workloads, and why nothing is done about their advice.')
    .addHelpText('after', '\nExamples:\n  $ rightstream resize workloads --cluster edge')
    .action((options: ListOptions) =>
      withApp(options, (app) =>
        list(app, options, 'resize_workloads', 'workload_id', [
          'workload_id',
          'in_flight',
          'held',
          'message',
        ]),
      ),
    );
}

function proposalsCommand(): Command {
  return ofCluster(new Command('proposals'))
    .description('List open proposals.')
    .option('--all', 'closed ones, too')
    .addHelpText('after', '\nExamples:\n  $ rightstream resize proposals --cluster edge')
    .action((options: ListOptions) =>
      withApp(options, (app) =>
        list(app, options, 'resize_proposals', 'proposal', [
          ...['proposal', 'namespace', 'workload_type', 'workload', 'service', 'state', 'containers'],
        ]),
      ),
    );
}

function acceptCommand(): Command {
  return ofCluster(new Command('accept'))
    .description('Carry a proposal out, if nothing is against it now, or turn it down.')
    .argument('<proposal>', 'its number')
    .option('--reject', 'turn it down')
    .addHelpText(
      'after',
      '\nExamples:\n  $ rightstream resize accept 7\n  $ rightstream resize accept 7 --reject',
    )
    .action((number: string, options: AcceptOptions) =>
      withApp(options, (app) => accept(app, options, wholeNumber('proposal', number, 1, 1_000_000_000))),
    );
}

function decisionsCommand(): Command {
  return ofCluster(new Command('decisions'))
    .description('List decisions, and how they ended.')
    .addHelpText('after', '\nExamples:\n  $ rightstream resize decisions --cluster edge')
    .action((options: ListOptions) =>
      withApp(options, (app) =>
        list(app, options, 'resizes', 'decision', [
          ...['decision', 'namespace', 'workload', 'kind', 'why', 'state', 'pods', 'patches', 'message'],
        ]),
      ),
    );
}

async function policy(app: App, options: PolicyOptions): Promise<number> {
  const { org, cluster, namespace, set, remove = false } = options;
  if (set !== undefined && remove)
    throw new BadInput({ code: 'BAD_OPTION', message: '--set and --remove are for one of both' });
  if (set === undefined && !remove) {
    const rows = await policiesOf(app, org, cluster);
    const shown = rows.map((row) => ({
      ...row,
      namespace: row['namespace'] === '' ? '*' : row['namespace'],
    }));
    return show(options, shown, ['namespace', 'mode', 'policy'], 'no policy: nothing is resized');
  }
  await decided(app, options, resizingWish(org, cluster, namespace ?? null, set ?? null));
  if (options.json !== true) print(`${remove ? 'Removed' : 'Set'} for ${cluster}/${namespace ?? '*'}.`);
  return exitCodes.done;
}

async function accept(app: App, options: AcceptOptions, proposal: number): Promise<number> {
  const { org, cluster, reject = false } = options;
  const { decision } = await decided(app, options, acceptWish(org, cluster, proposal, !reject));
  if (options.json === true) return exitCodes.done;
  if (reject) print(`Proposal ${proposal} is turned down.`);
  else if (decision === null) print(`Proposal ${proposal} is accepted: the needs of the service change.`);
  else print(`Proposal ${proposal} is accepted: decision ${String(decision)}.`);
  return exitCodes.done;
}

async function decided(app: App, options: ClusterOptions, event: Emission) {
  const [answer] = await deciding(app, LOOK, () => wished(app, options.org, RESIZE_ANSWERS, [event]));
  if (options.json === true) printJson({ answer });
  return answer!;
}

async function list(
  app: App,
  options: ListOptions,
  table: Parameters<typeof listOf>[1],
  tie: string,
  columns: readonly string[],
): Promise<number> {
  const open = table === 'resize_proposals' && options.all !== true ? { state: 'open' } : {};
  const { data, meta } = await listOf(app, table, tie, options.org, options, { limit: MOST, ...open });
  const code = show(options, data, columns, 'none');
  if (options.json !== true && meta.count > data.length) print(`${meta.count - data.length} more`);
  return code;
}

function show(
  { json }: ClusterOptions,
  rows: readonly Readonly<Record<string, unknown>>[],
  columns: readonly string[],
  none: string,
): number {
  if (json === true) printJson({ data: rows });
  else if (rows.length === 0) print(none);
  else print(tableText(rows, columns, terminalWidth()));
  return exitCodes.done;
}
