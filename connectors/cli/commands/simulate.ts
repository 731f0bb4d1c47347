/** `rightstream simulate`: what the engines' advice would have meant for usage that is known. */
import { readFile, writeFile } from 'node:fs/promises';
import { Command } from 'commander';
import { variantsOf, variantsOfPolicy } from '../../../projections/recommendation/engine/replay/variants.ts';
import type { ReplayOptions, Variant } from '../../../projections/recommendation/engine/replay/replay.ts';
import { dayOf } from '../../../projections/recommendation/usage-day.ts';
import { BadInput } from '../../../streams/runtime/errors.ts';
import { timeOf } from '../../csv/trace.ts';
import type { Trace } from '../../csv/trace.ts';
import { common, exitCodes, print, printJson, withApp } from '../context.ts';
import type { GlobalOptions } from '../context.ts';
import { count, progress } from '../progress.ts';
import { simulate, storedSeries, traceSeries } from '../simulating.ts';
import type { Simulation } from '../simulating.ts';
import { simulationPage } from '../simulation-page.ts';
import { badRowsText, simulationText } from '../simulation-text.ts';
import { list, parseWhere, wholeNumber } from '../where.ts';
import { terminalWidth } from './query.ts';

interface Options extends GlobalOptions {
  readonly engine?: string;
  readonly policy?: string;
  readonly from?: string;
  readonly where?: readonly string[];
  readonly limit: string;
  readonly trace?: string;
  readonly timeColumn?: string;
  readonly valueColumn?: string;
  readonly memoryColumn?: string;
  readonly warmUp: string;
  readonly period: string;
  readonly html?: string;
  readonly org: string;
}

/** The command. */
export function simulateCommand(): Command {
  return common(new Command('simulate'))
    .description('Replay engines over known usage: train up to a moment, freeze, look what came, slide on.')
    .option('--engine <names>', 'engines, with commas between them (default: all)')
    .option('--policy <file|json>', 'names with engine and tunables, as JSON or in a file of JSON')
    .option('--from <time>', 'leave out usage before this UTC day')
    .option('--where <condition...>', 'containers to take, as `query containers` chooses them')
    .option('--limit <n>', 'at most this many containers, up to 10000', '1000')
    .option('--trace <file>', 'a CSV file with a row per time, instead of stored containers')
    .option('--time-column <name>', 'its column of times')
    .option('--value-column <name>', 'its column of CPU, cores')
    .option('--memory-column <name>', 'its column of memory, bytes')
    .option('--warm-up <days>', 'history before the first advice', '2')
    .option('--period <days>', 'days between advices', '1')
    .option('--html <file>', 'write a page with plots, too')
    .option('--org <org>', 'organisation that owns the data', 'local')
    .addHelpText(
      'after',
      `
Exit codes: 0 done, 2 bad input, 3 done, and rows of the trace were set aside.

Examples:
  $ rightstream simulate --from 2026-03-01
  $ rightstream simulate --engine balanced,vpa --where namespace=shop --html simulation.html
  $ rightstream simulate --policy '{"balanced": {"risk_budget": 0.05}, "a week": {"engine": "cost", "window_days": 7}}'
  $ rightstream simulate --trace usage.csv --time-column TIMESTAMP --value-column CPU_USAGE_ACTUAL --json`,
    )
    .action(async (options: Options) => {
      const variants = await wantedVariants(options);
      const replaying: ReplayOptions = {
        warmUpDays: wholeNumber('--warm-up', options.warmUp, 1, 90),
        periodDays: wholeNumber('--period', options.period, 1, 90),
      };
      if (options.trace !== undefined)
        process.exitCode = await ofTrace(options.trace, variants, replaying, options);
      else await ofStored(variants, replaying, options);
    });
}

async function ofTrace(
  path: string,
  variants: readonly Variant[],
  replaying: ReplayOptions,
  options: Options,
): Promise<number> {
  const { timeColumn: time, valueColumn: value, memoryColumn: memory } = options;
  const { series, trace } = await traceSeries(path, {
    ...(time === undefined ? {} : { time }),
    ...(value === undefined ? {} : { value }),
    ...(memory === undefined ? {} : { memory }),
  });
  async function* one() {
    yield series;
  }
  await tell(await simulate(one(), variants, replaying, () => undefined), options, trace);
  return trace.rejected === 0 ? exitCodes.done : exitCodes.partlyRejected;
}

async function ofStored(
  variants: readonly Variant[],
  replaying: ReplayOptions,
  options: Options,
): Promise<void> {
  const limit = wholeNumber('--limit', options.limit, 1, 10_000);
  const where = (options.where ?? []).map(parseWhere);
  const from = firstDay(options.from);
  await withApp(options, async (app) => {
    const bar = progress();
    const total = Math.min(
      limit,
      await app.readModels.count({ table: 'containers', org: options.org, where }),
    );
    if (total === 0) {
      throw new BadInput({
        code: 'NO_CONTAINERS',
        message: `organisation ${options.org} has no container that fits; \`rightstream query containers --org ${options.org}\` lists them`,
      });
    }
    const series = storedSeries(app, options.org, where, { from, limit });
    const found = await simulate(series, variants, replaying, (done, name) => {
      bar.show(`${count(done)} of ${count(total)} containers, ${name}`, done / total);
    });
    bar.done();
    await tell(found, options);
    return exitCodes.done;
  });
}

async function tell(found: Simulation, options: Options, trace?: Trace): Promise<void> {
  if (options.html !== undefined) await writeFile(options.html, simulationPage(found));
  if (options.json === true) {
    printJson(trace === undefined ? found : { ...found, rejected: trace.rejected, bad_rows: trace.bad });
    return;
  }
  const bad = trace === undefined ? '' : badRowsText(trace.rejected, trace.bad);
  if (bad !== '') process.stderr.write(`${bad}\n`);
  print(simulationText(found, terminalWidth()));
}

function firstDay(from: string | undefined): string {
  if (from === undefined) return '1970-01-01';
  const time = /^\d{4}-\d\d-\d\d$/.test(from) ? Date.parse(from) : timeOf(from);
  if (Number.isNaN(time)) throw new BadInput({ code: 'BAD_OPTION', message: `--from ${from} is no time` });
  return dayOf(time + 1);
}

/** Largest policy file, bytes. */
const MAX_POLICY = 1024 * 1024;

async function wantedVariants({ engine, policy }: Options): Promise<Variant[]> {
  if (policy === undefined) return variantsOf(engine === undefined ? [] : list(engine));
  const inline = policy.trimStart().startsWith('{');
  const text = inline ? policy : await readFile(policy, 'utf8').catch(() => undefined);
  if (text === undefined || text.length > MAX_POLICY) {
    throw new BadInput({
      code: 'FILE_NOT_FOUND',
      message: `${policy} is not a readable file of at most 1 MiB`,
    });
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    const where = inline ? '--policy' : policy;
    throw new BadInput({ code: 'BAD_POLICY', message: `${where} is no JSON: ${(error as Error).message}` });
  }
  const variants = variantsOfPolicy(parsed);
  return engine === undefined ? variants : [...variants, ...variantsOf(list(engine))];
}
