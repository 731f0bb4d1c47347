/** `rightstream nodes`: what a cluster is made of, and what each node carries. */
import { Command } from 'commander';
import { againstNodes } from '../../../projections/placement/judge.ts';
import { readNodes } from '../../../projections/placement/rohe/bodies.ts';
import { BadInput } from '../../../streams/runtime/errors.ts';
import { readNodesBody } from '../../http/routes/placement/declare.ts';
import { nodeStates, rowsOf } from '../../http/routes/placement/state.ts';
import type { App } from '../app.ts';
import { nodesText } from '../cluster-text.ts';
import { ask, names, wishesOf } from '../cluster-wishes.ts';
import type { ClusterOptions } from '../cluster-wishes.ts';
import { common, exitCodes, print, printJson, withApp } from '../context.ts';
import { readJson } from '../json-file.ts';
import { terminalWidth } from './query.ts';

const LOOK = 'rightstream nodes';

interface AddOptions extends ClusterOptions {
  readonly file?: string;
  readonly fromRohe?: string;
}

/** The command. */
export function nodesCommand(): Command {
  return new Command('nodes')
    .description('Nodes of a cluster, and what they carry.')
    .addCommand(listCommand(), { isDefault: true })
    .addCommand(addCommand())
    .addCommand(removeCommand());
}

/** Options of what is about one cluster. */
export function ofCluster(command: Command): Command {
  return common(command)
    .option('--cluster <id>', 'cluster', 'default')
    .option('--org <org>', 'organisation that owns the data', 'local');
}

function listCommand(): Command {
  return ofCluster(new Command('list'))
    .description('List nodes with what is used of them; a digit per core is tenths, X a full one.')
    .addHelpText(
      'after',
      `
Examples:
  $ rightstream nodes
  $ rightstream nodes --cluster edge --json`,
    )
    .action((options: ClusterOptions) => withApp(options, (app) => list(app, options)));
}

function addCommand(): Command {
  return ofCluster(new Command('add'))
    .description('Declare nodes; those that are known by name are changed.')
    .option('-f, --file <file>', 'JSON {"nodes": […]}, as PUT …/nodes takes it')
    .option('--from-rohe <file>', 'JSON: the body of ADD NODE or add-node of ROHE')
    .addHelpText('after', '\nExamples:\n  $ rightstream nodes add --cluster edge -f nodes.json')
    .action((options: AddOptions) => withApp(options, (app) => add(app, options)));
}

function removeCommand(): Command {
  return ofCluster(new Command('remove'))
    .description('Forget nodes; what they carried is placed elsewhere. Exit code 3: some were not there.')
    .argument('<name...>', 'nodes')
    .addHelpText('after', '\nExamples:\n  $ rightstream nodes remove pi-1 pi-2')
    .action((given: string[], options: ClusterOptions) =>
      withApp(options, (app) =>
        ask(app, options, LOOK, wishesOf(options, 'NodesRemovalRequested', 'nodes', names(given))),
      ),
    );
}

async function list(app: App, { org, cluster, json }: ClusterOptions): Promise<number> {
  const rows = await rowsOf(app, 'nodes', org, cluster);
  const replicas = await rowsOf(app, 'replicas', org, cluster);
  const nodes = nodeStates(rows, replicas, await rowsOf(app, 'observed_nodes', org, cluster));
  if (json === true) printJson({ nodes });
  else if (nodes.length === 0)
    print(
      `Cluster ${cluster} of organisation ${org} has no nodes: declare some with \`rightstream nodes add -f FILE\`, or choose with --cluster and --org.`,
    );
  else print(nodesText(nodes, terminalWidth()));
  return exitCodes.done;
}

async function add(app: App, options: AddOptions): Promise<number> {
  const { file, fromRohe, org, cluster } = options;
  if ((file === undefined) === (fromRohe === undefined))
    throw new BadInput({ code: 'BAD_OPTION', message: 'name one file: -f FILE or --from-rohe FILE' });
  const nodes =
    file === undefined
      ? [...readNodes(await readJson(fromRohe!)).values()]
      : readNodesBody(await readJson(file));
  const known = await rowsOf(app, 'nodes', org, cluster);
  const why = againstNodes(nodes, new Set(known.map((row) => String(row['name']))));
  if (why !== undefined) throw new BadInput(why);
  return ask(app, options, LOOK, wishesOf(options, 'NodesRequested', 'nodes', nodes));
}
