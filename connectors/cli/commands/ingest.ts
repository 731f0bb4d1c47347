/** `rightstream ingest FILE…`: payloads and reports from files, through the same path as an upload. */
import { Command } from 'commander';
import pc from 'picocolors';
import { common, defaultDataDir, print, printJson, withApp } from '../context.ts';
import type { GlobalOptions } from '../context.ts';
import { exitCodeOf, ingestFile } from '../ingesting.ts';
import type { UploadOutcome } from '../ingesting.ts';
import { helperPays } from '../helping.ts';
import { bytesText, count, progress } from '../progress.ts';

interface Options extends GlobalOptions {
  readonly org: string;
  readonly source?: string;
  readonly cluster?: string;
  readonly alias?: string;
}

/** The command. */
export function ingestCommand(): Command {
  return common(new Command('ingest'))
    .description('Read tar.gz payloads and CSV reports, and wait until the recommendations are there.')
    .argument('<file...>', 'payloads (manifest.json and CSV files) or bare CSV reports')
    .option('--org <org>', 'organisation that owns the data', 'local')
    .option('--source <id>', 'source of the cluster (default: local)')
    .option('--cluster <id>', 'cluster of bare CSV files (default: 00000000-0000-0000-0000-000000000000)')
    .option('--alias <name>', 'name of the cluster for people')
    .addHelpText(
      'after',
      `
Exit codes: 0 all accepted or known already, 2 nothing accepted, 3 some rows or files rejected.

Examples:
  $ rightstream ingest cost-mgmt.tar.gz
  $ rightstream ingest --cluster 1b36b20f-7fa0-4454-a6d2-008294e06378 ros-usage.csv --json`,
    )
    .action((files: string[], options: Options) => withApp(options, (app) => ingestAll(app, files, options)));
}

async function ingestAll(
  app: Parameters<Parameters<typeof withApp>[1]>[0],
  files: string[],
  options: Options,
): Promise<number> {
  const bar = progress();
  const inTwo = helperPays(process.env) ? { helperDir: options.dataDir ?? defaultDataDir() } : {};
  const outcomes: UploadOutcome[] = [];
  for (const file of files) {
    const outcome = await ingestFile(app, file, {
      org: options.org,
      ...inTwo,
      ...(options.source === undefined ? {} : { sourceId: options.source }),
      ...(options.cluster === undefined ? {} : { clusterId: options.cluster.toLowerCase() }),
      ...(options.alias === undefined ? {} : { clusterAlias: options.alias }),
      onProgress: ({ file: name, bytes, size, waiting }) => {
        const text =
          bytes < size ? `${name}: ${bytesText(bytes)} stored` : `${name}: ${count(waiting)} events to go`;
        bar.show(text, bytes < size ? bytes / size : undefined);
      },
    });
    bar.done();
    outcomes.push(outcome);
    if (options.json !== true) show(file, outcome);
  }
  if (options.json === true) printJson({ uploads: outcomes });
  return exitCodeOf(outcomes);
}

const colours: Record<string, (text: string) => string> = {
  accepted: pc.green,
  duplicate: pc.blue,
  'partly-rejected': pc.yellow,
  rejected: pc.red,
};

function show(path: string, outcome: UploadOutcome): void {
  const paint = colours[outcome.status] ?? ((text: string) => text);
  print(`${paint(outcome.status)}  ${path}  (upload ${outcome.upload_id})`);
  if (outcome.code !== undefined) print(`  ${outcome.code}: ${outcome.message ?? ''}`);
  for (const file of outcome.files) {
    if (file.status === 'ignored') continue;
    print(
      `  ${file.name}: ${count(file.rows)} rows, ${count(file.accepted)} accepted, ${count(file.rejected)} rejected, ${count(file.groups)} groups, ${count(file.workloads)} workloads`,
    );
    if (file.code !== undefined && file.code !== outcome.code)
      print(`    ${file.code}: ${file.message ?? ''}`);
    for (const [code, n] of Object.entries(file.reasons)) print(`    ${pc.yellow(code)} ${count(n)}`);
  }
}
