/** `rightstream services`: what should run in a cluster, where it is, and why some of it has no place. */
import { Command } from 'commander';
import { againstServices, limits } from '../../../projections/placement/judge.ts';
import { readServices } from '../../../projections/placement/rohe/bodies.ts';
import { readDag } from '../../../projections/placement/rohe/dag.ts';
import type { RequestedService } from '../../../schemas/generated/events.ts';
import { BadInput } from '../../../streams/runtime/errors.ts';
import { readServiceChanges, readServicesBody } from '../../http/routes/placement/declare.ts';
import { rowsOf, serviceStates, shownOf } from '../../http/routes/placement/state.ts';
import type { Fields } from '../../http/routes/placement/state.ts';
import type { App } from '../app.ts';
import { lacksText, servicesText } from '../cluster-text.ts';
import { ask, names, wishesOf } from '../cluster-wishes.ts';
import type { ClusterOptions } from '../cluster-wishes.ts';
import { exitCodes, print, printJson, withApp } from '../context.ts';
import { readJson } from '../json-file.ts';
import { wholeNumber } from '../where.ts';
import { ofCluster } from './nodes.ts';
import { terminalWidth } from './query.ts';

const LOOK = 'rightstream services';

interface FileOptions extends ClusterOptions {
  readonly file?: string;
  readonly fromRohe?: string;
  readonly fromDag?: string;
  readonly application?: string;
}

/** The command. */
export function servicesCommand(): Command {
  return new Command('services')
    .description('Services of a cluster, where their replicas are, and why others have no place.')
    .addCommand(listCommand(), { isDefault: true })
    .addCommand(whyCommand())
    .addCommand(addCommand())
    .addCommand(updateCommand())
    .addCommand(scaleCommand())
    .addCommand(removeCommand());
}

function listCommand(): Command {
  return ofCluster(new Command('list'))
    .description('List services with how many of their replicas have a place, and where.')
    .addHelpText(
      'after',
      `
Examples:
  $ rightstream services
  $ rightstream services --cluster edge --json`,
    )
    .action((options: ClusterOptions) => withApp(options, (app) => list(app, options)));
}

function whyCommand(): Command {
  return ofCluster(new Command('why'))
    .description('Say why replicas have no place, and on which node least is missing.')
    .argument('[name]', 'service; absent: all')
    .addHelpText(
      'after',
      `
Exit codes: 0 all have a place, 2 bad input, 3 some have none.

Examples:
  $ rightstream services why
  $ rightstream services why web --json`,
    )
    .action((name: string | undefined, options: ClusterOptions) =>
      withApp(options, (app) => why(app, options, name)),
    );
}

function addCommand(): Command {
  return ofCluster(new Command('add'))
    .description('Declare services; those that are known by name are changed.')
    .option('-f, --file <file>', 'JSON {"services": […]}, as PUT …/services takes it')
    .option('--from-rohe <file>', 'JSON: the body of ADD SERVICE or add-service of ROHE')
    .option('--from-dag <file>', 'JSON: a graph of ROHE, whose nodes are services that send along its edges')
    .option('--application <name>', 'application that the services of a graph are of', 'default')
    .addHelpText(
      'after',
      `
Examples:
  $ rightstream services add --cluster edge -f services.json
  $ rightstream services add --from-dag user_dag.json --application bts`,
    )
    .action((options: FileOptions) =>
      withApp(options, async (app) => declare(app, options, await readDeclared(options))),
    );
}

function updateCommand(): Command {
  return ofCluster(new Command('update'))
    .description('Change what a file names of services, such as cpu or image; the rest stays as it is.')
    .requiredOption('-f, --file <file>', 'JSON {"services": [{"name": …, …}]}')
    .addHelpText('after', '\nExamples:\n  $ rightstream services update -f needs.json')
    .action((options: FileOptions) =>
      withApp(options, async (app) => {
        const known = await rowsOf(app, 'services', options.org, options.cluster);
        return declare(app, options, readServiceChanges(await readJson(options.file!), known));
      }),
    );
}

function scaleCommand(): Command {
  return ofCluster(new Command('scale'))
    .description('Say how many replicas of a service should run.')
    .argument('<name>', 'service')
    .argument('<replicas>', 'replicas that should run')
    .addHelpText('after', '\nExamples:\n  $ rightstream services scale web 3')
    .action((name: string, replicas: string, options: ClusterOptions) =>
      withApp(options, async (app) => {
        const wanted = wholeNumber('replicas', replicas, 0, limits.replicas);
        const known = await rowsOf(app, 'services', options.org, options.cluster);
        return declare(app, options, readServiceChanges({ services: [{ name, replicas: wanted }] }, known));
      }),
    );
}

function removeCommand(): Command {
  return ofCluster(new Command('remove'))
    .description('Forget services; their replicas are released. Exit code 3: some were not there.')
    .argument('<name...>', 'services')
    .addHelpText('after', '\nExamples:\n  $ rightstream services remove web')
    .action((given: string[], options: ClusterOptions) =>
      withApp(options, (app) =>
        ask(app, options, LOOK, wishesOf(options, 'ServicesRemovalRequested', 'services', names(given))),
      ),
    );
}

async function states(app: App, { org, cluster }: ClusterOptions): Promise<Fields[]> {
  return serviceStates(
    await rowsOf(app, 'services', org, cluster),
    await rowsOf(app, 'replicas', org, cluster),
    await rowsOf(app, 'unplaceable', org, cluster),
    await shownOf(app, org, cluster),
  );
}

async function list(app: App, options: ClusterOptions): Promise<number> {
  const services = await states(app, options);
  if (options.json === true) printJson({ services });
  else if (services.length === 0)
    print(
      `Cluster ${options.cluster} of organisation ${options.org} has no services: declare some with \`rightstream services add -f FILE\`, or choose with --cluster and --org.`,
    );
  else print(servicesText(services, terminalWidth()));
  return exitCodes.done;
}

async function why(app: App, options: ClusterOptions, name?: string): Promise<number> {
  const all = await states(app, options);
  const services = name === undefined ? all : all.filter((service) => service['name'] === name);
  if (name !== undefined && services.length === 0)
    throw new BadInput({
      code: 'UNKNOWN_SERVICE',
      message: `there is no service ${name} in cluster ${options.cluster}; \`${LOOK}\` lists them`,
    });
  const lacking = services.filter((service) => service['unplaceable'] !== null);
  if (options.json === true)
    printJson({
      unplaceable: lacking.map(({ name: service, unplaceable }) => ({ service, ...(unplaceable as object) })),
    });
  else print(lacking.length === 0 ? 'Every replica has a place.' : lacksText(lacking));
  return lacking.length === 0 ? exitCodes.done : exitCodes.partlyRejected;
}

async function readDeclared(options: FileOptions): Promise<RequestedService[]> {
  const { file, fromRohe, fromDag, application } = options;
  const [path, ...more] = [file, fromRohe, fromDag].filter((it) => it !== undefined);
  if (path === undefined || more.length > 0) {
    const message = 'name one file: -f FILE, --from-rohe FILE or --from-dag FILE';
    throw new BadInput({ code: 'BAD_OPTION', message });
  }
  const body = await readJson(path);
  if (fromDag !== undefined) return readDag(body, application ?? 'default');
  return fromRohe === undefined ? readServicesBody(body) : [...readServices(body).values()];
}

/** Checks against what is there before anything is sent, so that several wishes are all granted or all refused. */
async function declare(
  app: App,
  options: ClusterOptions,
  services: readonly RequestedService[],
): Promise<number> {
  const known = await rowsOf(app, 'services', options.org, options.cluster);
  const objection = againstServices(
    services,
    known.map((row) => ({
      name: String(row['name']),
      replicas: Number(row['replicas']),
      next: row['next'] as string[],
    })),
  );
  if (objection !== undefined) throw new BadInput(objection);
  return ask(app, options, LOOK, wishesOf(options, 'ServicesRequested', 'services', services));
}
