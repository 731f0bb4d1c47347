/** `rightstream run` and `up`: a process of the system, or a part of one, until it is told to stop. */
import { Command } from 'commander';
import pc from 'picocolors';
import { unitInputs } from '../../../projections/runtime/pipeline.ts';
import type { Units } from '../../../projections/runtime/pipeline.ts';
import { BadInput, codeOf, messageOf } from '../../../streams/runtime/errors.ts';
import type { App } from '../app.ts';
import { helperPays } from '../helping.ts';
import { common, defaultDataDir, openFrom, print, printJson } from '../context.ts';
import type { GlobalOptions } from '../context.ts';
import type { Keeping } from '../kubernetes.ts';
import { keptFrom, manifestSettingsFrom } from '../kubernetes-settings.ts';
import type { KeptCluster } from '../kubernetes-settings.ts';
import { askFor, prometheusFrom } from '../prometheus.ts';
import { rbacFrom } from '../rbac.ts';
import { timekeepingFrom } from '../retention.ts';
import { rbacClient } from '../../rbac/client.ts';
import { serve } from '../serving.ts';
import type { Parts, Served } from '../serving.ts';
import { list, wholeNumber } from '../where.ts';

interface Options extends GlobalOptions {
  readonly only?: string;
  readonly host: string;
  readonly port: string;
  readonly manifests?: string;
  readonly strict?: boolean;
  readonly rosCompat?: boolean;
  readonly trustedProxy?: string[];
  readonly allowedHost?: string[];
  readonly corsOrigin?: string[];
  readonly org: string;
  readonly kubeconfig?: string;
  readonly cluster?: string;
  readonly namespace?: string;
}

/** `rightstream up`: everything in one process. */
export function upCommand(): Command {
  return serving(new Command('up'))
    .description('Run the units, the HTTP API and the dashboard until Ctrl-C.')
    .addHelpText('after', '\nExamples:\n  $ rightstream up\n  $ rightstream up --port 0 --data-dir ./data')
    .action((options: Options) => run(options, undefined));
}

/** `rightstream run`: everything, or the parts that `--only` names. */
export function runCommand(): Command {
  return serving(new Command('run'))
    .description(
      'Run the system or a part of it; in the kafka profile any number of processes share the work.',
    )
    .option(
      '--only <parts>',
      'streams, projections, sources, sinks, http, kubernetes or ids of units, with commas between them',
    )
    .addHelpText(
      'after',
      `
SIGTERM drains: batches in hand are finished, what they emitted is published, partitions are handed over; exit 0.
A unit that fails for good ends the process with exit 1: let a supervisor start it again.

Examples:
  $ rightstream run --only streams,projections
  $ rightstream run --only http --port 3000,8001,8080
  $ rightstream run --only recommendations`,
    )
    .action((options: Options) => run(options, options.only));
}

function serving(command: Command): Command {
  return common(command)
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--port <numbers>', 'port to listen on, several with commas; 0 takes a free one', '3000')
    .option('--manifests <folder>', 'write Kubernetes objects there after every decision')
    .option('--org <org>', 'organisation of local callers without x-rh-identity', 'local')
    .option('--strict', 'take uploads exactly as upstream does')
    .option('--ros-compat', 'answer as the ROS API does upstream, slips that clients may depend on included')
    .option('--trusted-proxy <address...>', 'proxies that may set x-rh-identity')
    .option('--allowed-host <name...>', 'host names to answer to besides localhost')
    .option('--cors-origin <origin...>', 'origins whose pages may read the API; * is any, as upstream')
    .option('--kubeconfig <file>', 'keep a cluster of --org as decided; `in-cluster` in a pod')
    .option('--cluster <name>', 'which declared cluster that is (default: default)')
    .option('--namespace <name>', 'namespace of what is written there (default: rightstream)');
}

/** The parts of `--only`; absent: all. An unknown one: BadInput BAD_OPTION. */
export function partsOf(units: Units, only: string | undefined): Parts & { readonly kubernetes: boolean } {
  if (only === undefined) return { units, http: true, kubernetes: true };
  const names = new Set(list(only));
  const ids = unitInputs(units).map(({ id }) => id);
  const known = ['streams', 'projections', 'sources', 'sinks', 'http', 'kubernetes', ...ids];
  const unknown = [...names].filter((name) => !known.includes(name));
  if (unknown.length > 0 || names.size === 0) {
    throw new BadInput({
      code: 'BAD_OPTION',
      message: `--only knows no ${JSON.stringify(unknown.join(', '))}: name ${known.join(', ')}`,
    });
  }
  const chosen: Units = {
    streams: units.streams.filter(({ id }) => names.has('streams') || names.has(id)),
    projections: units.projections.filter(({ id }) => names.has('projections') || names.has(id)),
    sources: units.sources?.filter(({ id }) => names.has('sources') || names.has(id)) ?? [],
    sinks: units.sinks?.filter(({ id }) => names.has('sinks') || names.has(id)) ?? [],
  };
  return { units: chosen, http: names.has('http'), kubernetes: names.has('kubernetes') };
}

async function run(options: Options, only: string | undefined): Promise<void> {
  const rbac = rbacFrom(process.env);
  const timekeeping = timekeepingFrom(process.env);
  const prometheus = prometheusFrom(process.env);
  const kept = keptFrom(process.env, options);
  const app = await openFrom(options);
  try {
    const parts = partsOf(app.units, only);
    const helperDir = options.dataDir ?? defaultDataDir();
    const served = await serve(
      app,
      settingsOf(options),
      {
        ...parts,
        ...(helperPays(process.env) ? { helperDir } : {}),
        ...(options.manifests === undefined
          ? {}
          : {
              manifests: { folder: options.manifests, settings: manifestSettingsFrom(process.env, options) },
            }),
        ...(timekeeping === undefined ? {} : { timekeeping }),
      },
      {
        ...(rbac === undefined ? {} : { authorize: rbacClient(rbac, Date.now) }),
      },
    );
    const decides = parts.units.projections.some(({ id }) => id === 'placement');
    const asking = prometheus === undefined || !decides ? undefined : askFor(app, prometheus, warn);
    try {
      const keeping = kept === undefined || !parts.kubernetes ? undefined : await keepOf(app, kept);
      announce(app, options, parts, served, keeping && kept);
      await Promise.race([stopSignal(), served.failed, ...(keeping ? [keeping.failed] : [])]).catch(
        (error: unknown) => {
          warn(`${codeOf(error)}: ${messageOf(error)}`);
          process.exitCode = 1;
        },
      );
      await keeping?.stop();
    } finally {
      await asking?.stop();
      await served.stop();
    }
  } finally {
    await app.close();
  }
}

/** Loaded when needed: the client is large. */
async function keepOf(app: App, kept: KeptCluster): Promise<Keeping> {
  const { keep } = await import('../kubernetes.ts');
  return keep(app, kept, warn);
}

function warn(line: string): void {
  process.stderr.write(`rightstream: ${line}\n`);
}

function settingsOf(options: Options): Record<string, unknown> {
  const ports = list(options.port).map((port) => wholeNumber('--port', port, 0, 65_535));
  return {
    host: options.host,
    port: ports[0],
    morePorts: ports.slice(1),
    strict: options.strict === true,
    rosCompat: options.rosCompat === true,
    defaultOrg: options.org,
    ...(options.trustedProxy === undefined
      ? {}
      : { trustIdentity: 'proxy', trustedProxies: options.trustedProxy }),
    ...(options.allowedHost === undefined ? {} : { allowedHosts: options.allowedHost }),
    ...(options.corsOrigin === undefined ? {} : { corsOrigins: options.corsOrigin }),
  };
}

function announce(
  app: App,
  options: Options,
  parts: Parts,
  { url, moreUrls }: Served,
  kept: KeptCluster | undefined,
): void {
  const dataDir = options.dataDir ?? defaultDataDir();
  const running = unitInputs(parts.units).map(({ id }) => id);
  const { kind } = app.profile;
  if (options.json === true) {
    printJson({
      ...(url === undefined ? {} : { url, more_urls: moreUrls, org: options.org }),
      dataDir,
      profile: kind,
      units: running,
      ...(kept === undefined ? {} : { cluster: kept.cluster, namespace: kept.manifests.namespace }),
    });
    return;
  }
  print(`${pc.bold('Rightstream')} is up (${kind} profile)`);
  if (url !== undefined) {
    print(`  dashboard   ${url}/`);
    print(`  API         ${url}/docs`);
    if (moreUrls.length > 0) print(`  also at     ${moreUrls.join(', ')}`);
    print(`  upload      curl -F file=@cost-mgmt.tar.gz ${url}/api/ingress/v1/upload`);
  }
  print(`  units       ${running.length === 0 ? 'none here' : running.join(', ')}`);
  if (kept !== undefined) print(`  cluster     ${kept.cluster}, in namespace ${kept.manifests.namespace}`);
  print(`  data        ${dataDir}`);
  if (url === undefined) return;
  print(`  callers on this machine without x-rh-identity act for organisation ${pc.bold(options.org)}`);
}

/** Resolves on SIGTERM or SIGINT: the batch in hand is finished and committed before the process ends. */
export function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const name of ['SIGTERM', 'SIGINT'] as const) {
      process.once(name, () => {
        resolve();
      });
    }
  });
}
