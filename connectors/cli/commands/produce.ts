/** `rightstream produce TOPIC`: events from JSON lines on standard input. */
import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import { Command } from 'commander';
import type { NewRecord } from '../../../streams/runtime/ports.ts';
import { common, exitCodes, print, printJson, withApp } from '../context.ts';
import type { GlobalOptions } from '../context.ts';
import type { App } from '../app.ts';
import { produceCommands, SHOW_KAFKA, showStockOf } from '../kafka-tools.ts';
import { lineRecord } from '../producing.ts';
import type { BadLine } from '../producing.ts';
import { settle } from '../settle.ts';

interface Options extends GlobalOptions {
  readonly showKafka?: boolean;
  readonly wait?: boolean;
}

/** The command. */
export function produceCommand(): Command {
  return common(new Command('produce'))
    .description('Append events from JSON lines on standard input; each is checked against its schema.')
    .argument('<topic>', 'topic, e.g. usage')
    .option('--wait', 'run the units until they have taken everything')
    .option(...SHOW_KAFKA)
    .addHelpText(
      'after',
      `
A line is {"key":"…","type":"UploadReceived","data":{…}}, optionally with "headers". Bytes are base64, times are
milliseconds since 1970, packed columns are {"column":[numbers]}; what \`tail --json --full\` prints is accepted. Headers
origin and seq are left out: what is appended counts as new.

Exit codes: 0 all appended, 2 none, 3 some lines are bad (the others are appended).

Examples:
  $ rightstream produce usage < events.jsonl
  $ rightstream tail usage --json --full --limit 1000000 --data-dir a | rightstream produce usage --data-dir b`,
    )
    .action(async (topic: string, options: Options) => {
      if (options.showKafka !== true) return withApp(options, (app) => produce(app, topic, options));
      await showStockOf(options, (names) => produceCommands(names, topic));
    });
}

/** Records that are appended at once. */
const BATCH = 500;
/** Bad lines that are told one by one. */
const MAX_TOLD = 1_000;

async function produce(app: App, topic: string, options: Options): Promise<number> {
  await app.log.ends(topic);
  const { codec } = app;
  const bad: BadLine[] = [];
  let [line, badLines, appended] = [0, 0, 0];
  let batch: NewRecord[] = [];
  const flush = async (): Promise<void> => {
    if (batch.length > 0) await app.log.append(batch);
    appended += batch.length;
    batch = [];
  };
  for await (const text of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
    line += 1;
    if (text.trim() === '') continue;
    const made = lineRecord({ codec, topic, now: Date.now(), newId: randomUUID }, text, line);
    if ('line' in made) {
      badLines += 1;
      if (bad.length < MAX_TOLD) bad.push(made);
    } else if (batch.push(made) >= BATCH) await flush();
  }
  await flush();
  if (options.wait === true) await settle(app);
  if (options.json === true) printJson({ topic, appended, bad_lines: badLines, errors: bad });
  else {
    for (const { line: at, code, message } of bad) process.stderr.write(`line ${at}: ${code}: ${message}\n`);
    if (badLines > bad.length) process.stderr.write(`… ${badLines - bad.length} more bad lines\n`);
    print(`${appended} events appended to ${topic}, ${badLines} lines rejected`);
  }
  if (badLines === 0) return exitCodes.done;
  return appended === 0 ? exitCodes.badInput : exitCodes.partlyRejected;
}
