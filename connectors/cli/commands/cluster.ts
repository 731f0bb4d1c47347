/** `rightstream cluster`: what would change in a cluster and why, and manifests in a folder in place of one. */
import { Command } from 'commander';
import { BadInput } from '../../../streams/runtime/errors.ts';
import type { Cluster } from '../../kubernetes/cluster.ts';
import { applyFolder, folderOf, planFolder } from '../../kubernetes/folder.ts';
import { planCluster } from '../../kubernetes/look.ts';
import type { ObjectPlan } from '../../kubernetes/actions.ts';
import { restartService } from '../../kubernetes/restart.ts';
import type { App } from '../app.ts';
import { diffCode, diffJson, diffText } from '../cluster-plan-text.ts';
import type { ClusterOptions } from '../cluster-wishes.ts';
import { exitCodes, print, printJson, withApp } from '../context.ts';
import { readDesired } from '../desired.ts';
import { keptFrom, manifestSettingsFrom } from '../kubernetes-settings.ts';
import { manifestFormat } from '../manifest-text.ts';
import { wholeNumber } from '../where.ts';
import { ofCluster } from './nodes.ts';
import { terminalWidth } from './query.ts';

interface Options extends ClusterOptions {
  readonly namespace?: string;
  readonly accelerators?: string;
}
interface DiffOptions extends Options {
  readonly manifests?: string;
  readonly kubeconfig?: string;
  readonly check?: boolean;
}
interface RestartOptions extends ClusterOptions {
  readonly kubeconfig?: string;
  readonly namespace?: string;
  readonly patience: string;
}
interface WriteOptions extends Options {
  readonly out: string;
}

const NAMESPACE = 'namespace of all objects (default: KUBERNETES_NAMESPACE, or rightstream)';

/** The command. */
export function clusterCommand(): Command {
  return new Command('cluster')
    .description('What has to change so that a cluster is as it was decided.')
    .addCommand(diffCommand())
    .addCommand(manifestsCommand())
    .addCommand(restartCommand());
}

function diffCommand(): Command {
  return written(new Command('diff'))
    .description('Show what would change and why; changes nothing.')
    .option('--manifests <folder>', 'compare with the manifests of this folder')
    .option(
      '--kubeconfig <file>',
      'compare with this cluster; `in-cluster` in a pod (default: KUBECONFIG_FILE)',
    )
    .option('--check', 'let the API server check everything that would be applied; it keeps nothing')
    .addHelpText(
      'after',
      `
Exit codes: 0 nothing to do, 2 something is refused, 3 there are changes.

Examples:
  $ rightstream cluster diff --manifests ./manifests
  $ rightstream cluster diff --manifests ./manifests --cluster edge --json
  $ rightstream cluster diff --kubeconfig ~/.kube/config --check`,
    )
    .action((options: DiffOptions) => withApp(options, (app) => diff(app, options)));
}

function manifestsCommand(): Command {
  return written(new Command('manifests'))
    .description('Write what would be applied to a folder: a file per object below <org>/<cluster>.')
    .requiredOption('--out <folder>', 'where to; files of others in it stay as they are')
    .addHelpText(
      'after',
      `
Exit codes: 0 done, 2 something is refused, and the rest is done.

Examples:
  $ rightstream cluster manifests --out ./manifests && git -C ./manifests diff
  $ kubectl apply -f ./manifests/local/default`,
    )
    .action((options: WriteOptions) => withApp(options, (app) => write(app, options)));
}

function restartCommand(): Command {
  return ofCluster(new Command('restart'))
    .description('Give a service new pods, one node after the other; nothing that is decided changes.')
    .argument('<service>', 'service')
    .option('--kubeconfig <file>', 'cluster; `in-cluster` in a pod (default: KUBECONFIG_FILE)')
    .option('--namespace <name>', NAMESPACE)
    .option('--patience <seconds>', 'how long one node may take', '600')
    .addHelpText('after', '\nExamples:\n  $ rightstream cluster restart web --kubeconfig ~/.kube/config')
    .action(restart);
}

/** Options of what manifests depend on. */
function written(command: Command): Command {
  return ofCluster(command)
    .option('--namespace <name>', NAMESPACE)
    .option(
      '--accelerators <list>',
      'extended resource by type: gpu=nvidia.com/gpucores:percent,tpu=example.com/tpu:device',
    );
}

async function diff(app: App, options: DiffOptions): Promise<number> {
  const { manifests, kubeconfig, check } = options;
  if (manifests !== undefined && (kubeconfig !== undefined || check === true)) {
    const message = 'compare with --manifests FOLDER or with --kubeconfig FILE; --check goes with the latter';
    throw new BadInput({ code: 'BAD_OPTION', message });
  }
  const settings = manifestSettingsFrom(process.env, options);
  const desired = await readDesired(app, options.org, options.cluster);
  const found =
    manifests !== undefined
      ? await planFolder(folderOf(manifests, desired), desired, settings, manifestFormat)
      : await withCluster(options, (cluster) => planCluster(cluster, desired, settings, check === true));
  show(options, found);
  return diffCode(found.actions);
}

async function restart(service: string, options: RestartOptions): Promise<void> {
  const { org, cluster: name, json } = options;
  const { namespace } = manifestSettingsFrom(process.env, options);
  const patienceMs = 1_000 * wholeNumber('--patience', options.patience, 1, 86_400);
  const at = new Date().toISOString();
  const wish = { owner: { org, cluster: name }, namespace, service, at, patienceMs };
  const restarted = await withCluster(options, (cluster) =>
    restartService(cluster, wish, new AbortController().signal),
  );
  if (json === true) printJson({ service, at, restarted });
  else print(`${service} has new pods: ${restarted.join(', ')}`);
}

/** Works on the cluster of the options or the environment; none: BadInput BAD_OPTION. The client is large and loaded here. */
async function withCluster<T>(
  options: RestartOptions | DiffOptions,
  work: (cluster: Cluster) => Promise<T>,
): Promise<T> {
  const kept = keptFrom(process.env, options);
  if (kept === undefined) {
    const message =
      'name a cluster: --kubeconfig FILE or KUBECONFIG_FILE; `cluster diff` takes --manifests FOLDER, too';
    throw new BadInput({ code: 'BAD_OPTION', message });
  }
  const { openKept } = await import('../kubernetes.ts');
  const cluster = await openKept(kept);
  try {
    return await work(cluster);
  } finally {
    await cluster.close();
  }
}

async function write(app: App, options: WriteOptions): Promise<number> {
  const desired = await readDesired(app, options.org, options.cluster);
  const folder = folderOf(options.out, desired);
  const found = await planFolder(folder, desired, manifestSettingsFrom(process.env, options), manifestFormat);
  await applyFolder(folder, found.actions, manifestFormat);
  show(options, found);
  return diffCode(found.actions) === exitCodes.badInput ? exitCodes.badInput : exitCodes.done;
}

function show(options: Options, { actions, problems }: ObjectPlan): void {
  if (options.json === true) printJson(diffJson(actions, problems));
  else print(diffText(actions, problems, terminalWidth()));
}
