/** `rightstream report`: what is advised, for people, sheets, chats, Prometheus and Git. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Command, Option } from 'commander';
import { driftText } from '../../../projections/recommendation/outputs/drift.ts';
import { htmlReport } from '../../../projections/recommendation/outputs/html.ts';
import { krrColumns, krrRow } from '../../../projections/recommendation/outputs/krr-csv.ts';
import {
  autoscalers,
  kustomization,
  patches,
} from '../../../projections/recommendation/outputs/manifests.ts';
import type { Manifests } from '../../../projections/recommendation/outputs/manifests.ts';
import { engineChoices, termChoices } from '../../../projections/recommendation/outputs/proposal.ts';
import type {
  EngineChoice,
  Proposal,
  TermChoice,
} from '../../../projections/recommendation/outputs/proposal.ts';
import { severities, severityOfProposal } from '../../../projections/recommendation/outputs/severity.ts';
import { messageText, summaryOf } from '../../../projections/recommendation/outputs/summary.ts';
import { BadInput } from '../../../streams/runtime/errors.ts';
import { findProposals } from '../../http/routes/recommendation/proposals.ts';
import { common, exitCodes, print, withApp } from '../context.ts';
import type { GlobalOptions } from '../context.ts';
import { csvText } from '../csv-text.ts';
import { manifestStream, manifestText } from '../manifest-text.ts';
import { tableText } from '../table-text.ts';
import { parseWhere } from '../where.ts';
import { terminalWidth } from './query.ts';

const formats = [
  'table',
  'json',
  'csv',
  'html',
  'message',
  'prometheus',
  'patches',
  'kustomize',
  'vpa',
] as const;
type Format = (typeof formats)[number];

interface Options extends GlobalOptions {
  readonly format: Format;
  readonly engine: EngineChoice;
  readonly term?: TermChoice;
  readonly where?: readonly string[];
  readonly least?: (typeof severities)[number];
  readonly cpuLimits: boolean;
  readonly out?: string;
  readonly org: string;
}

/** The command. */
export function reportCommand(): Command {
  return common(new Command('report'))
    .description('Write what is advised for each container: table, CSV, HTML, patches and more.')
    .addOption(new Option('--format <format>', 'what to write').choices(formats).default('table'))
    .addOption(
      new Option('--engine <engine>', 'whose advice; policy: of the engine that was chosen')
        .choices(engineChoices)
        .default('policy'),
    )
    .addOption(
      new Option('--term <term>', 'of which term (default: the longest with advice)').choices(termChoices),
    )
    .option('--where <condition...>', 'only these, as `query` takes them: namespace=shop')
    .addOption(new Option('--least <severity>', 'only what is at least so severe').choices(severities))
    .option('--no-cpu-limits', 'manifests without CPU limits')
    .option('--out <path>', 'file; a folder for patches, kustomize and vpa (default: standard output)')
    .option('--org <org>', 'organisation that owns the data', 'local')
    .addHelpText(
      'after',
      `
The same advice gives the same bytes: there are no times in what is written, so a diff in Git shows what changed.
csv has KRR's columns; html is one page with plots; message is plain text for a chat's webhook; prometheus is for the text file
collector; patches are strategic merge patches, kustomize adds a component per cluster, vpa writes VerticalPodAutoscalers that are Off.

Exit codes: 0 done, 2 bad input, 3 some containers have no manifest (their reasons go to standard error).

Examples:
  $ rightstream report --least warning
  $ rightstream report --format html --out report.html
  $ rightstream report --format kustomize --out rightsizing/ --where namespace=shop --engine performance`,
    )
    .action((options: Options) =>
      withApp(options, async ({ readModels }) => {
        const { org, engine, term, least } = options;
        const where = (options.where ?? []).map(parseWhere);
        const most = Number.MAX_SAFE_INTEGER;
        const { proposals } = await findProposals(readModels, { org, engine, term, least, where, most });
        return write(proposals, options.json === true ? { ...options, format: 'json' } : options);
      }),
    );
}

function write(proposals: readonly Proposal[], options: Options): number {
  const manifests = manifestsOf(proposals, options);
  if (manifests !== undefined) return writeManifests(manifests, options);
  const text = textOf(proposals, options);
  if (options.out === undefined) print(text.replace(/\n$/, ''));
  else {
    save(options.out, text);
    process.stderr.write(`${proposals.length} containers in ${options.out}\n`);
  }
  if (proposals.length === 0 && options.format === 'table') process.stderr.write(`${emptyText(options)}\n`);
  return exitCodes.done;
}

function textOf(proposals: readonly Proposal[], options: Options): string {
  const rows = proposals.map((proposal) => krrRow(proposal));
  switch (options.format) {
    case 'csv':
      return `${csvText(rows, krrColumns)}\r\n`;
    case 'html':
      return htmlReport(proposals, `Right-sizing of ${options.org}`);
    case 'message':
      return messageText(proposals);
    case 'prometheus':
      return driftText(proposals);
    case 'json': {
      const each = proposals.map((one) => ({ ...one, severity: severityOfProposal(one) ?? null }));
      return `${JSON.stringify({ summary: summaryOf(proposals), proposals: each }, null, 2)}\n`;
    }
    default:
      return `${tableText(rows, ['Namespace', 'Name', 'Container', 'Severity', 'Engine', 'CPU Requests', 'Memory Requests', 'CPU Limits', 'Memory Limits', 'Type', 'Pods', 'Cluster'], terminalWidth())}\n\n${messageText(proposals).split('\n').slice(0, 2).join('\n')}\n`;
  }
}

function manifestsOf(proposals: readonly Proposal[], { format, cpuLimits }: Options): Manifests | undefined {
  if (format === 'patches') return patches(proposals, { cpuLimits });
  if (format === 'kustomize') return kustomization(proposals, { cpuLimits });
  if (format === 'vpa') return autoscalers(proposals);
  return undefined;
}

function writeManifests(manifests: Manifests, { out, format }: Options): number {
  const { files, skipped } = manifests;
  for (const { proposal, code, why } of skipped) {
    const name = [proposal.namespace, proposal.workload, proposal.container]
      .map((one) => JSON.stringify(one))
      .join('/');
    process.stderr.write(`left out ${name}: ${code}: ${why}\n`);
  }
  if (out === undefined && format === 'kustomize')
    throw new BadInput({
      code: 'OUT_MISSING',
      message: 'a kustomize component is several files: name a folder with --out',
    });
  if (out === undefined) print(manifestStream(files.map(({ manifest }) => manifest)).replace(/\n$/, ''));
  else {
    for (const { cluster, name, manifest } of files) save(join(out, cluster, name), manifestText(manifest));
    process.stderr.write(`${files.length} files in ${out}\n`);
  }
  return skipped.length === 0 ? exitCodes.done : exitCodes.partlyRejected;
}

function save(path: string, text: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  } catch (error) {
    throw new BadInput({
      code: 'OUT_NOT_WRITABLE',
      message: `${path} cannot be written: ${error instanceof Error ? error.message : String(error)}`,
    });
  }
}

function emptyText({ where, least, org }: Options): string {
  const narrowed = where !== undefined || least !== undefined;
  return narrowed
    ? 'No container fits; without --where and --least all are shown.'
    : `No container of organisation ${org} has reported: bring in data with \`rightstream ingest FILE\`, or choose another with --org.`;
}
