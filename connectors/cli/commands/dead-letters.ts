/** `rightstream dead-letters`: records that units set aside; look at them, and hand them in again. */
import { Command } from 'commander';
import pc from 'picocolors';
import type { App } from '../app.ts';
import { exitCodes, print, printJson, withApp } from '../context.ts';
import { editableText } from '../dead-letters/editing.ts';
import { afterText, parseAfter } from '../dead-letters/filters.ts';
import { behind, coordinates, named, onlyOne, originalRecord, pages } from '../dead-letters/finding.ts';
import type { DeadLetter } from '../dead-letters/finding.ts';
import { historyOf, stepText } from '../dead-letters/history.ts';
import { deadLetterCommands, SHOW_KAFKA, showStockOf } from '../kafka-tools.ts';
import { decodedRecord } from '../decoded.ts';
import { count } from '../progress.ts';
import { cellText, tableText } from '../table-text.ts';
import { wholeNumber } from '../where.ts';
import { terminalWidth } from './query.ts';
import { choosing, chosen } from './choosing.ts';
import type { ChoosingOptions } from './choosing.ts';
import { discardCommand, redriveCommand } from './redriving.ts';

interface Options extends ChoosingOptions {
  readonly limit?: string;
  readonly after?: string;
  readonly showKafka?: boolean;
}

/** The command. */
export function deadLettersCommand(): Command {
  const command = new Command('dead-letters').description('Records that a unit could not process.');
  const subs = [
    listCommand,
    summaryCommand,
    showCommand,
    historyCommand,
    editCommand,
    redriveCommand,
    discardCommand,
  ];
  for (const make of subs) command.addCommand(make());
  return command;
}

function listCommand(): Command {
  return choosing('list')
    .description('List them, by organisation, unit, topic, partition and offset.')
    .option('--limit <n>', 'at most this many', '100')
    .option('--after <place>', 'the next page, as the page before has printed it')
    .addHelpText(
      'after',
      `
Examples:
  $ rightstream dead-letters list
  $ rightstream dead-letters list --unit recommendations --status dead --since 2h --json`,
    )
    .option(...SHOW_KAFKA)
    .action((options: Options) =>
      options.showKafka === true
        ? showStockOf(options, (names) => deadLetterCommands(names, options))
        : withApp(options, (app) => list(app, options)),
    );
}

function summaryCommand(): Command {
  return choosing('summary')
    .description('Count them by unit, code, type and status.')
    .addHelpText('after', '\nExamples:\n  $ rightstream dead-letters summary --since 1d')
    .action((options: Options) => withApp(options, (app) => summary(app, options)));
}

function showCommand(): Command {
  return choosing('show')
    .description('Show one: the record, decoded as far as possible, and every reason that it died for.')
    .argument('<record>', 'topic/partition/offset, as in the list')
    .addHelpText('after', '\nExamples:\n  $ rightstream dead-letters show usage/0/17')
    .option(...SHOW_KAFKA)
    .action((record: string, options: Options) =>
      options.showKafka === true
        ? showStockOf(options, (names) => deadLetterCommands(names, { ...options, records: [record] }))
        : withApp(options, (app) => show(app, record, options)),
    );
}

function historyCommand(): Command {
  return choosing('history')
    .description('What happened to one: when, by whom, from where and why.')
    .argument('<record>', 'topic/partition/offset, as in the list')
    .addHelpText('after', '\nExamples:\n  $ rightstream dead-letters history usage/0/17')
    .action((record: string, options: Options) => withApp(options, (app) => history(app, record, options)));
}

function editCommand(): Command {
  return choosing('edit')
    .description('Print one as JSON to be mended, for `dead-letters redrive RECORD --with FILE`.')
    .argument('<record>', 'topic/partition/offset, as in the list')
    .addHelpText(
      'after',
      '\nExamples:\n  $ rightstream dead-letters edit usage/0/17 > mended.json\n  $ rightstream dead-letters redrive usage/0/17 --with mended.json --reason "workload was empty"',
    )
    .action((record: string, options: Options) => withApp(options, (app) => edit(app, record, options)));
}

async function list(app: App, options: Options): Promise<number> {
  const limit = wholeNumber('--limit', options.limit ?? '100', 1, 10_000);
  const after = options.after === undefined ? undefined : parseAfter(options.after);
  const letters: DeadLetter[] = [];
  // One more tells whether there is a next page.
  for await (const page of pages(app, chosen(options), Math.min(1_000, limit + 1), after)) {
    letters.push(...page);
    if (letters.length > limit) break;
  }
  const more = letters.length > limit;
  letters.length = Math.min(letters.length, limit);
  const next = more ? afterText(behind(letters.at(-1)!)) : null;
  if (options.json === true) printJson({ dead_letters: letters, next });
  else if (letters.length === 0)
    print('No dead letters that fit: the units could process every other record they have read.');
  else {
    const rows = letters.map((letter) => ({ ...letter, record: coordinates(letter) }));
    const columns = ['record', 'unit', 'status', 'code', 'event_type', 'died_at', 'attempts', 'message'];
    print(tableText(rows, columns, terminalWidth()));
    if (next !== null) print(`\nmore: --after ${next}`);
  }
  return exitCodes.done;
}

async function summary(app: App, options: Options): Promise<number> {
  const groups = new Map<
    string,
    { unit: string; code: string; event_type: string; status: string; count: number }
  >();
  for await (const page of pages(app, chosen(options), 5_000)) {
    for (const { unit, code, event_type, status } of page) {
      const name = JSON.stringify([unit, code, event_type, status]);
      const group = groups.get(name);
      if (group === undefined) groups.set(name, { unit, code, event_type, status, count: 1 });
      else group.count += 1;
    }
  }
  const rows = [...groups.values()].sort((a, b) => b.count - a.count);
  const total = rows.reduce((sum, row) => sum + row.count, 0);
  if (options.json === true) printJson({ total, groups: rows });
  else {
    if (rows.length > 0)
      print(tableText(rows, ['count', 'unit', 'status', 'code', 'event_type'], terminalWidth()));
    print(`${count(total)} dead letters`);
  }
  return exitCodes.done;
}

async function show(app: App, record: string, options: Options): Promise<number> {
  const letters = await named(app, record, chosen(options));
  const original = decodedRecord(app.codec, await originalRecord(app, letters[0]!));
  const steps = await Promise.all(letters.map((letter) => historyOf(app, letter)));
  if (options.json === true) {
    const reasons = letters.map((letter, i) => ({
      ...letter,
      reasons: steps[i]!.filter(({ step }) => step === 'died'),
    }));
    printJson({ dead_letters: reasons, record: original });
    return exitCodes.done;
  }
  for (const [i, { unit, status, attempts, died_at: died }] of letters.entries()) {
    print(`${pc.bold(unit)} set ${record} aside, last at ${died}; ${status}, redriven ${attempts} times`);
    for (const { step, attempt, code, message } of steps[i]!) {
      if (step !== 'died') continue;
      print(
        `  ${attempt === 0 ? 'first' : `redrive ${attempt}`}  ${pc.red(code ?? '')}: ${cellText(message)}`,
      );
    }
  }
  print(JSON.stringify(original, null, 2));
  print(`\nOnce the cause is gone: rightstream dead-letters redrive ${record} --wait`);
  print(`To mend a copy of it:   rightstream dead-letters edit ${record} > mended.json`);
  return exitCodes.done;
}

async function history(app: App, record: string, options: Options): Promise<number> {
  const letters = await named(app, record, chosen(options));
  const steps = (await Promise.all(letters.map((letter) => historyOf(app, letter)))).flat();
  if (options.json === true) printJson({ history: steps });
  else for (const step of steps) print(stepText(step));
  return exitCodes.done;
}

async function edit(app: App, record: string, options: Options): Promise<number> {
  const letter = onlyOne(record, await named(app, record, chosen(options)));
  const { text, error } = editableText(app.codec, letter.unit, await originalRecord(app, letter));
  if (error !== undefined) process.stderr.write(`${record} cannot be read in full: ${cellText(error)}\n`);
  print(text);
  return exitCodes.done;
}
