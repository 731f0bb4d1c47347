/** `rightstream tail TOPIC`: decoded events of a topic. */
import { once } from 'node:events';
import { Command } from 'commander';
import pc from 'picocolors';
import { BadInput } from '../../../streams/runtime/errors.ts';
import { common, exitCodes, withApp } from '../context.ts';
import type { GlobalOptions } from '../context.ts';
import type { App } from '../app.ts';
import { decodedRecord, whole } from '../decoded.ts';
import type { DecodedRecord } from '../decoded.ts';
import { SHOW_KAFKA, showStockOf, tailCommands } from '../kafka-tools.ts';
import { cellText, cut } from '../table-text.ts';
import { wholeNumber } from '../where.ts';
import { terminalWidth } from './query.ts';

interface Options extends GlobalOptions {
  readonly from: string;
  readonly partition?: string;
  readonly follow?: boolean;
  readonly limit?: string;
  readonly full?: boolean;
  readonly showKafka?: boolean;
}

const DEFAULT_LIMIT = 100;

/** The command. */
export function tailCommand(): Command {
  return common(new Command('tail'))
    .description('Print the events of a topic; with --json one JSON object per line.')
    .argument('<topic>', 'topic, e.g. usage')
    .option('--from <where>', 'beginning, end, or an offset', 'beginning')
    .option('--partition <p>', 'one partition only')
    .option('--follow', 'go on with what is appended until interrupted')
    .option('--limit <n>', `at most this many events (default: ${DEFAULT_LIMIT}; none with --follow)`)
    .option('--full', 'do not cut long lists and texts')
    .option(...SHOW_KAFKA)
    .addHelpText(
      'after',
      `
Examples:
  $ rightstream tail usage --limit 3
  $ rightstream tail dead-letters --follow --json
  $ rightstream tail usage --partition 0 --from 120 --show-kafka`,
    )
    .action(async (topic: string, options: Options) => {
      const asked = askedFor(options);
      if (options.showKafka === true) {
        const { from, follow = false } = options;
        await showStockOf(options, (names) => tailCommands(names, { topic, from, follow, ...asked }));
        return;
      }
      return withApp(options, (app) => tail(app, topic, options, asked));
    });
}

interface Asked {
  readonly partition?: number;
  readonly limit?: number;
}

function askedFor({ from, partition, limit }: Options): Asked {
  if (from !== 'beginning' && from !== 'end') wholeNumber('--from', from);
  return {
    ...(partition === undefined ? {} : { partition: wholeNumber('--partition', partition) }),
    ...(limit === undefined ? {} : { limit: wholeNumber('--limit', limit, 1) }),
  };
}

async function tail(app: App, topic: string, options: Options, asked: Asked): Promise<number> {
  const ends = await app.log.ends(topic);
  if (asked.partition !== undefined && asked.partition >= ends.length) {
    throw new BadInput({
      code: 'UNKNOWN_PARTITION',
      message: `${topic} has the partitions 0 to ${ends.length - 1}`,
    });
  }
  const stop = interrupted();
  const next = new Map(
    ends
      .map((end, p): [number, number] => [p, startOf(options.from, end)])
      .filter(([p]) => asked.partition === undefined || p === asked.partition),
  );
  let left = asked.limit ?? (options.follow === true ? Infinity : DEFAULT_LIMIT);
  for (;;) {
    const wake = new AbortController();
    const off = app.log.onAppend(() => {
      wake.abort();
    });
    left = await printFrom(app, topic, next, left, options, stop);
    if (left <= 0 || options.follow !== true || stop.aborted) {
      off();
      break;
    }
    await app.pipeline.clock.sleep(1_000, AbortSignal.any([stop, wake.signal]));
    off();
  }
  if (asked.limit === undefined && left <= 0) tellRest(ends, next);
  return exitCodes.done;
}

function startOf(from: string, end: number): number {
  return from === 'beginning' ? 0 : from === 'end' ? end : Number(from);
}

/** Prints what is there; returns how many may still be printed. */
async function printFrom(
  app: App,
  topic: string,
  next: Map<number, number>,
  limit: number,
  options: Options,
  stop: AbortSignal,
): Promise<number> {
  let left = limit;
  for (const [partition, start] of next) {
    let from = start;
    while (left > 0 && !stop.aborted) {
      const limits = { maxRecords: Math.min(left, 500), maxBytes: 4 * 1024 * 1024 };
      const { records, next: behind } = await app.log.read({ topic, partition }, from, limits);
      if (behind === from) break;
      for (const record of records) {
        await write(decodedRecord(app.codec, record, options.full === true ? whole : undefined), options);
      }
      left -= records.length;
      from = behind;
      next.set(partition, from);
    }
  }
  return left;
}

async function write(event: DecodedRecord, options: Options): Promise<void> {
  const text = options.json === true ? JSON.stringify(event) : eventText(event, options);
  // whoever reads slowly must not make us hold everything
  if (!process.stdout.write(`${text}\n`)) await once(process.stdout, 'drain');
}

/** An event for people: where and what, its key and headers, its data on one line. */
function eventText(event: DecodedRecord, options: Options): string {
  const { topic, partition, offset, key, type, time, headers, data, error } = event;
  const width = terminalWidth();
  const what = error === undefined ? cellText(data) : pc.red(`${error.code}: ${cellText(error.message)}`);
  const shown = Object.entries(headers).map(([name, value]) => `${name}=${value}`);
  return [
    `${pc.dim(`${topic}/${partition}/${offset}`)} ${pc.bold(type)} ${cellText(key)} ${pc.dim(time)}`,
    `  ${pc.dim(cut(cellText(shown.join(' ')), width - 2))}`,
    `  ${error === undefined ? (options.full === true ? what : cut(what, 4 * width)) : what}`,
  ].join('\n');
}

function tellRest(ends: readonly number[], next: ReadonlyMap<number, number>): void {
  let rest = 0;
  for (const [partition, from] of next) rest += Math.max(0, ends[partition]! - from);
  if (rest > 0) process.stderr.write(`${rest} more events: --limit N prints more\n`);
}

/** Aborted by Ctrl-C, and when the reader of a pipe goes away. */
function interrupted(): AbortSignal {
  const stop = new AbortController();
  const abort = (): void => {
    stop.abort();
  };
  process.once('SIGINT', abort);
  process.once('SIGTERM', abort);
  process.stdout.on('error', () => {
    abort();
    process.stdout.emit('drain');
  });
  return stop.signal;
}
