/** `rightstream profile`: what services need and are sensitive to, from logs of runs. */
import { writeFile } from 'node:fs/promises';
import { Command } from 'commander';
import { categoryRules } from '../../../projections/placement/profiling/categories.ts';
import type { CategoryRules } from '../../../projections/placement/profiling/categories.ts';
import { usualPauses, usualPlan } from '../../../projections/placement/profiling/plan.ts';
import type { ProfilingPlan } from '../../../projections/placement/profiling/plan.ts';
import { BadInput, messageOf } from '../../../streams/runtime/errors.ts';
import type { App } from '../app.ts';
import type { ClusterOptions } from '../cluster-wishes.ts';
import { exitCodes, print, printJson, withApp } from '../context.ts';
import { readJson } from '../json-file.ts';
import { profileFacts } from '../profile-facts.ts';
import { profileCluster, readLogNames, readPlan } from '../profile-run.ts';
import { needsBody, profiles, profilesText } from '../profiling.ts';
import type { Profiled } from '../profiling.ts';
import { settle } from '../settle.ts';
import { tableText } from '../table-text.ts';
import { list, wholeNumber } from '../where.ts';
import { ofCluster } from './nodes.ts';
import { terminalWidth } from './query.ts';

interface Options extends ClusterOptions {
  readonly shared?: readonly string[];
  readonly service?: string;
  readonly node: string;
  readonly out?: string;
  readonly record?: boolean;
}

interface RunOptions extends ClusterOptions {
  readonly plan?: string;
  readonly services?: string;
  readonly requests?: readonly string[];
  readonly seconds: string;
  readonly settle: string;
  readonly pause: string;
}

/** The command. */
export function profileCommand(): Command {
  return new Command('profile')
    .description('Profile services from logs: throughput, sensitivity, contention, and needs to declare.')
    .addCommand(logsCommand(), { isDefault: true })
    .addCommand(runCommand());
}

function logsCommand(): Command {
  return ofCluster(new Command('logs'))
    .description('Profile services from CSV logs of requests and of their processes.')
    .argument('<file...>', 'logs; …_shared_resource.csv is of requests on a shared node')
    .option('--shared <file...>', 'logs of requests on a shared node, whatever their names')
    .option('--service <name>', 'the service that all files are of (default: as their names say)')
    .option('--node <cpu,memory>', 'node that shares are of, millicores and MB', '4000,4096')
    .option('--out <file>', 'write what is proposed, for `services update -f`')
    .option('--record', 'record what is found, as events of the cluster')
    .addHelpText(
      'after',
      `
A log begins with response_time,norm_time (seconds) or with cpu_usage,memory_usage[,child_cpu,child_memory,gpu_usage]
(millicores, MB, per cent). Of several process logs of a service the heaviest load counts.

Examples:
  $ rightstream profile detect_without_shared_resource.csv detect_shared_resource.csv detect_f50.csv
  $ rightstream profile requests.csv process.csv --service detect --out needs.json
  $ rightstream services update -f needs.json`,
    )
    .action(async (files: string[], options: Options) => {
      const { shared = [], service, out, json } = options;
      const found = await profiles({ files, shared, service, rules: rulesOf(options) });
      if (json === true) printJson({ profiles: found });
      else print(profilesText(found, terminalWidth()));
      if (out !== undefined) await write(out, `${JSON.stringify(needsBody(found), null, 2)}\n`);
      process.exitCode = exitCodes.done;
      if (options.record === true) await withApp(options, (app) => record(app, options, found));
    });
}

function runCommand(): Command {
  return ofCluster(new Command('run'))
    .description('Scale services through a plan, measure each run, record it, and leave all as it was.')
    .option('--plan <file>', 'JSON {"name", "seconds", "runs": {NAME: {SERVICE: replicas}}}, or that of ROHE')
    .option('--services <a,b>', 'instead of a plan: two services, 1 to 3, 5 and 10 and the other way round')
    .option('--requests <service=file...>', 'logs of requests that grow meanwhile')
    .option('--seconds <n>', 'how long each run of --services is measured', '600')
    .option('--settle <n>', 'seconds between scaling and measuring', String(usualPauses.settle))
    .option('--pause <n>', 'seconds between two runs', String(usualPauses.between))
    .addHelpText(
      'after',
      `
Ctrl-C records the run as aborted and puts the replicas back. Exit codes: 0 all runs are complete, 3 some are not.

Examples:
  $ rightstream profile run --services web,detect --requests web=web.csv detect=detect.csv
  $ rightstream profile run --plan plan.json --cluster edge && rightstream query profiles`,
    )
    .action((options: RunOptions) => withApp(options, (app) => run(app, options)));
}

async function run(app: App, options: RunOptions): Promise<number> {
  const plan = await planOf(options);
  const logs = readLogNames(options.requests ?? []);
  const seconds = (option: 'settle' | 'pause') => wholeNumber(`--${option}`, options[option], 0, 86_400);
  const pauses = { settle: seconds('settle'), between: seconds('pause') };
  const stop = new AbortController();
  const abort = () => {
    stop.abort();
  };
  process.once('SIGINT', abort).once('SIGTERM', abort);
  try {
    const outcomes = await profileCluster(app, options, plan, logs, pauses, stop.signal);
    await settle(app);
    const runs = plan.runs.map(({ name }, i) => ({ run: name, outcome: outcomes[i] ?? 'not begun' }));
    if (options.json === true) printJson({ plan: plan.name, runs });
    else print(tableText(runs, ['run', 'outcome'], terminalWidth()));
    return runs.every(({ outcome }) => outcome === 'complete') ? exitCodes.done : exitCodes.partlyRejected;
  } finally {
    process.off('SIGINT', abort).off('SIGTERM', abort);
  }
}

async function planOf({ plan, services, seconds }: RunOptions): Promise<ProfilingPlan> {
  if ((plan === undefined) === (services === undefined))
    throw new BadInput({ code: 'BAD_OPTION', message: 'say what to run: --plan FILE or --services A,B' });
  if (plan !== undefined) return readPlan(await readJson(plan));
  const [first, second, ...rest] = list(services!);
  if (first === undefined || second === undefined || rest.length > 0 || first === second)
    throw new BadInput({ code: 'BAD_OPTION', message: '--services: name two services, A,B' });
  return usualPlan(`${first},${second}`, first, second, wholeNumber('--seconds', seconds, 1, 86_400));
}

/** Appends facts and waits until the tables have them. */
async function record(app: App, options: Options, found: readonly Profiled[]): Promise<number> {
  const events = found.flatMap((one) => profileFacts(options, one));
  await app.wishes.accept({ org: options.org, requestId: null, digest: '', events });
  await settle(app);
  return exitCodes.done;
}

function rulesOf({ node }: Options): CategoryRules {
  const [cpu = '', memory = '', ...rest] = list(node);
  if (rest.length > 0) throw new BadInput({ code: 'BAD_OPTION', message: '--node: write cpu,memory' });
  const amount = (text: string) => wholeNumber('--node', text, 1, 1_000_000_000);
  return { ...categoryRules, node: { cpu: amount(cpu), memory: amount(memory) } };
}

async function write(path: string, text: string): Promise<void> {
  await writeFile(path, text).catch((error: unknown) => {
    throw new BadInput({ code: 'CANNOT_WRITE', message: `cannot write ${path}: ${messageOf(error)}` });
  });
}
