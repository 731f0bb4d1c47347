/** `rightstream bench-data FILE`: made-up reports of any size, the same bytes for the same options. */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { Command } from 'commander';
import { generateNamespaceReport, generateReport } from '../../csv/bench-data.ts';
import { BadInput } from '../../../streams/runtime/errors.ts';
import { printJson } from '../context.ts';
import { bytesText, count, progress } from '../progress.ts';
import { wholeNumber } from '../where.ts';

interface Options {
  readonly containers: string;
  readonly days: string;
  readonly interval: string;
  readonly seed: string;
  readonly badRows: string;
  readonly start: string;
  readonly namespaces?: boolean;
  readonly json?: boolean;
}

/** The command. */
export function benchDataCommand(): Command {
  return new Command('bench-data')
    .description('Write a made-up usage report (CSV); the same options give the same bytes.')
    .argument('<file>', 'file to write, - for standard output')
    .option('--containers <n>', 'containers, each with one row per interval', '100')
    .option('--days <n>', 'days', '1')
    .option('--interval <minutes>', 'minutes per interval', '15')
    .option('--seed <n>', 'seed of what is random', '1')
    .option('--bad-rows <n>', 'about this many additional rows that must be rejected', '0')
    .option('--start <time>', 'start of the first interval', '2026-01-01T00:00:00Z')
    .option('--namespaces', 'a namespace report instead of a container report')
    .option('--json', 'print one JSON value for scripts (on stderr when the report goes to standard output)')
    .addHelpText(
      'after',
      `
Examples:
  $ rightstream bench-data report.csv --containers 1000 --days 7
  $ rightstream bench-data - --containers 10 --seed 2 | head`,
    )
    .action((file: string, options: Options) => write(file, options));
}

async function write(file: string, options: Options): Promise<void> {
  const start = Date.parse(options.start);
  if (Number.isNaN(start)) {
    throw new BadInput({ code: 'BAD_OPTION', message: `--start ${options.start} is no time` });
  }
  const containers = wholeNumber('--containers', options.containers, 1);
  const intervalMinutes = wholeNumber('--interval', options.interval, 1, 1_440);
  const intervals = Math.floor((wholeNumber('--days', options.days, 1) * 1_440) / intervalMinutes);
  const rows = containers * intervals;
  const badRows = Math.min(1, wholeNumber('--bad-rows', options.badRows) / rows);
  const made = options.namespaces === true ? generateNamespaceReport : generateReport;
  const seed = wholeNumber('--seed', options.seed);
  const chunks = made({ containers, intervals, start, seed, intervalMinutes, badRows });
  const { bytes, lines } = await stream(file, chunks, rows);
  const result = { file, bytes, rows: lines - 1 };
  if (options.json !== true) {
    process.stderr.write(`${file}: ${count(result.rows)} rows, ${bytesText(bytes)}\n`);
  } else if (file === '-') process.stderr.write(`${JSON.stringify(result)}\n`);
  else printJson(result);
}

async function stream(
  file: string,
  chunks: Iterable<Buffer>,
  rows: number,
): Promise<{ bytes: number; lines: number }> {
  const bar = progress();
  const out = file === '-' ? process.stdout : createWriteStream(file);
  const failed = once(out, 'error').then(([error]) => {
    throw error as Error;
  });
  failed.catch(() => undefined);
  let [bytes, lines] = [0, 0];
  try {
    for (const chunk of chunks) {
      bytes += chunk.length;
      for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) lines += 1;
      if (!out.write(chunk)) await Promise.race([once(out, 'drain'), failed]);
      bar.show(`${count(lines)} rows, ${bytesText(bytes)}`, lines / rows);
    }
    if (out !== process.stdout) {
      out.end();
      await Promise.race([once(out, 'finish'), failed]);
    }
  } catch (error) {
    // whoever read standard output has seen enough
    if (!(error instanceof Error && 'code' in error && error.code === 'EPIPE')) throw error;
  }
  bar.done();
  return { bytes, lines };
}
