/** `rightstream explain RECOMMENDATION`: why it says what it says, and whether the log says so too. */
import { Command } from 'commander';
import pc from 'picocolors';
import { explanationText } from '../../../projections/recommendation/engine/explain.ts';
import { adviceDetailText } from '../../../projections/recommendation/policy/detail-text.ts';
import { recordKey } from '../../../schemas/keys.ts';
import { BadInput } from '../../../streams/runtime/errors.ts';
import { common, exitCodes, print, printJson, withApp } from '../context.ts';
import type { GlobalOptions } from '../context.ts';
import type { App } from '../app.ts';
import type { Cause } from '../derive.ts';
import { explainOther, explainStored, otherQuestion } from '../explaining.ts';
import { amountText } from '../amounts.ts';
import { cellText } from '../table-text.ts';
import { deriveFor, find, findAll, keyOf, proposalsOf, verifyRow } from '../verifying.ts';
import type { Recommendation } from '../verifying.ts';

interface Options extends GlobalOptions {
  readonly verify?: boolean;
  readonly all?: boolean;
  readonly org: string;
  readonly term: readonly string[];
  readonly percentile: readonly string[];
}

const TERM_HELP =
  'ask anew for daily, weekly, 15-days, monthly, quarterly, half-yearly, yearly or days such as 30d, from stored usage; repeatable';
const collect = (value: string, before: readonly string[]): string[] => [...before, value];

/** The command. */
export function explainCommand(): Command {
  return common(new Command('explain'))
    .description(
      'Say why a recommendation says what it says: formula, inputs and the events it follows from.',
    )
    .argument('[recommendation]', 'recommendation id, or namespace/workload[/container]')
    .option('--verify', 'derive it again from the log alone; exit 1 when it differs from what is stored')
    .option('--all', 'with --verify: every recommendation of the organisation')
    .option('--term <term>', TERM_HELP, collect, [])
    .option(
      '--percentile <p>',
      'ask for this percentile of CPU instead of 60 and 98; repeatable',
      collect,
      [],
    )
    .option('--org <org>', 'organisation that owns the data', 'local')
    .addHelpText(
      'after',
      `
Exit codes: 0 done (and equal), 1 it differs, 2 there is no such recommendation.

Examples:
  $ rightstream explain shop/web/nginx --verify
  $ rightstream explain shop/web/nginx --term quarterly --percentile 95
  $ rightstream explain --all --verify --json`,
    )
    .action((name: string | undefined, options: Options) =>
      withApp(options, (app) => {
        if (options.all === true) return verifyAll(app, options);
        if (name !== undefined) return explainOne(app, name, options);
        throw new BadInput({
          code: 'RECOMMENDATION_MISSING',
          message:
            'say which recommendation, or --all --verify; `rightstream query recommendations` lists them',
        });
      }),
    );
}

async function explainOne(app: App, name: string, options: Options): Promise<number> {
  const { term, percentile, verify, org } = options;
  const asksAnew = term.length > 0 || percentile.length > 0;
  if (asksAnew && verify === true) {
    const message = '--term and --percentile ask anew: there is nothing stored to verify';
    throw new BadInput({ code: 'BAD_OPTION', message });
  }
  const other = asksAnew ? otherQuestion(term, percentile) : undefined;
  const row = await find(app, org, name);
  if (other !== undefined) {
    const explanation = await explainOther(app, org, row, other);
    if (options.json === true) printJson({ recommendation_id: row.recommendation_id, explanation });
    else print(explanationText(explanation));
    return exitCodes.done;
  }
  const explanation = await explainStored(app, options.org, row.recommendation_id);
  const derived = (await deriveFor(app, [row])).get(row.recommendation_id);
  const proposals = (await proposalsOf(app, org, [row])).get(row.recommendation_id) ?? [];
  const differences = options.verify === true ? verifyRow(row, derived, proposals) : undefined;
  if (options.json === true) {
    const verified = differences === undefined ? {} : { verified: differences.length === 0, differences };
    printJson({ recommendation: row, explanation, events: derived?.causes ?? [], ...verified });
  } else {
    print(identityText(row));
    print('');
    if (explanation !== undefined) print(explanationText(explanation));
    const advice = explanation?.advice ?? null;
    if (advice !== null) print(adviceDetailText(advice, row['policy_sources'] as readonly string[]));
    print(causesText(derived?.causes ?? [], row.cause));
    if (differences !== undefined) print(`\n${verdict(differences)}`);
  }
  return (differences ?? []).length === 0 ? exitCodes.done : exitCodes.failed;
}

function verdict(differences: readonly string[]): string {
  if (differences.length === 0) return pc.green('Verified: derived again from the log, it is the same.');
  const shown = differences.slice(0, 20).map((difference) => `  ${difference}`);
  return [pc.red(`DIFFERS from what the log says, in ${differences.length} places:`), ...shown].join('\n');
}

function identityText(row: Recommendation): string {
  const { namespace, workload_type, workload, container, cluster_id } = row;
  const name = [namespace, workload, ...(container === null ? [] : [container])].map(cellText).join('/');
  const advised = row['proposed_cpu_request'] as number | null;
  const memory = row['proposed_memory_request'] as number | null;
  return [
    `${pc.bold(name)}  (${cellText(workload_type)}, cluster ${cellText(cluster_id)}, ${row.recommendation_id})`,
    `for the report that ends ${row.monitoring_end_time}; policy ${row.policy}, engine version ${row.engine_version}`,
    `cpu request     ${amountText('cpu', row.cpu_request_current)} -> ${amountText('cpu', advised)}  (${String(row['engine'])})`,
    `memory request  ${amountText('memory', row.memory_request_current)} -> ${amountText('memory', memory)}`,
  ].join('\n');
}

/** Events on which is decided again, see projections/recommendation/policy/apply.ts. */
const APPLIED = /^(engine|apply)-policies\//;

/** Most events that are listed for people. */
const MAX_CAUSES = 12;

function causesText(causes: readonly Cause[], cause: string): string {
  const line = ({ topic, partition, offset, uploadId, digest, chunk, intervals, eventId }: Cause) =>
    `  ${topic}/${partition}/${offset}  ${intervals} intervals, upload ${uploadId}, report ${digest.slice(0, 12)}… part ${chunk}${eventId === cause ? '  <- decided on this' : ''}`;
  const left = causes.length - MAX_CAUSES;
  return [
    `Events of it in the log (${causes.length}):`,
    ...(left > 0 ? [`  … ${left} earlier ones (--json lists them)`] : []),
    ...causes.slice(-MAX_CAUSES).map(line),
    ...(APPLIED.test(cause) ? [`  decided again, on the same usage, when policies changed: ${cause}`] : []),
  ].join('\n');
}

async function verifyAll(app: App, options: Options): Promise<number> {
  if (options.verify !== true) {
    throw new BadInput({ code: 'VERIFY_MISSING', message: '--all goes with --verify' });
  }
  let [equal, differ] = [0, 0];
  const different: { recommendation_id: string; key: string; differences: string[] }[] = [];
  for await (const { row, differences } of findAll(app, options.org)) {
    if (differences.length === 0) equal += 1;
    else {
      differ += 1;
      const key = `${keyOf(row)}${row.container === null ? '' : `/${recordKey(row.container)}`}`;
      if (different.length < 100)
        different.push({ recommendation_id: row.recommendation_id, key, differences });
    }
  }
  if (options.json === true) printJson({ verified: equal, differ, different });
  else {
    for (const { key, differences } of different) print(`${pc.red('DIFFERS')} ${key}: ${differences[0]!}`);
    print(`${equal} of ${equal + differ} recommendations derived again from the log and equal.`);
  }
  return differ === 0 ? exitCodes.done : exitCodes.failed;
}
