/** `rightstream cluster`: what would change in a cluster and why, and manifests in a folder in place of one. */
import { Command } from 'commander';
import { BadInput } from '../../../streams/runtime/errors.ts';
import { applyFolder, folderOf, planFolder } from '../../kubernetes/folder.ts';
import type { FolderPlan } from '../../kubernetes/folder.ts';
import { acceleratorsFrom, readManifestSettings } from '../../kubernetes/manifests/settings.ts';
import type { ManifestSettings } from '../../kubernetes/manifests/settings.ts';
import type { App } from '../app.ts';
import { diffCode, diffJson, diffText } from '../cluster-plan-text.ts';
import type { ClusterOptions } from '../cluster-wishes.ts';
import { exitCodes, print, printJson, withApp } from '../context.ts';
import { readDesired } from '../desired.ts';
import { manifestFormat } from '../manifest-text.ts';
import { ofCluster } from './nodes.ts';
import { terminalWidth } from './query.ts';

interface Options extends ClusterOptions {
  readonly namespace: string;
  readonly accelerators: string;
}
interface DiffOptions extends Options {
  readonly manifests?: string;
}
interface WriteOptions extends Options {
  readonly out: string;
}

/** The command. */
export function clusterCommand(): Command {
  return new Command('cluster')
    .description('What has to change so that a cluster is as it was decided.')
    .addCommand(diffCommand())
    .addCommand(manifestsCommand());
}

function diffCommand(): Command {
  return written(new Command('diff'))
    .description('Show what would change and why; changes nothing.')
    .option('--manifests <folder>', 'compare with the manifests of this folder')
    .addHelpText(
      'after',
      `
Exit codes: 0 nothing to do, 2 something is refused, 3 there are changes.

Examples:
  $ rightstream cluster diff --manifests ./manifests
  $ rightstream cluster diff --manifests ./manifests --cluster edge --json`,
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

/** Options of what manifests depend on. */
function written(command: Command): Command {
  return ofCluster(command)
    .option('--namespace <name>', 'namespace of all objects', 'rightstream')
    .option(
      '--accelerators <list>',
      'extended resource by type: gpu=nvidia.com/gpucores:percent,tpu=example.com/tpu:device',
      '',
    );
}

function settingsOf({ namespace, accelerators }: Options): ManifestSettings {
  return readManifestSettings({ namespace, accelerators: acceleratorsFrom(accelerators) });
}

async function diff(app: App, options: DiffOptions): Promise<number> {
  const { manifests } = options;
  if (manifests === undefined)
    throw new BadInput({ code: 'BAD_OPTION', message: 'name what to compare with: --manifests FOLDER' });
  const desired = await readDesired(app, options.org, options.cluster);
  const found = await planFolder(folderOf(manifests, desired), desired, settingsOf(options), manifestFormat);
  show(options, found);
  return diffCode(found.actions);
}

async function write(app: App, options: WriteOptions): Promise<number> {
  const desired = await readDesired(app, options.org, options.cluster);
  const folder = folderOf(options.out, desired);
  const found = await planFolder(folder, desired, settingsOf(options), manifestFormat);
  await applyFolder(folder, found.actions, manifestFormat);
  show(options, found);
  return diffCode(found.actions) === exitCodes.badInput ? exitCodes.badInput : exitCodes.done;
}

function show(options: Options, { actions, problems }: FolderPlan): void {
  if (options.json === true) printJson(diffJson(actions, problems));
  else print(diffText(actions, problems, terminalWidth()));
}
