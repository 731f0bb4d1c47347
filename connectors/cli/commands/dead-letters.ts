/** `rightstream dead-letters`: records that units set aside; look at them, and hand them in again. */
import { Command } from 'commander';
import pc from 'picocolors';
import { BadInput } from '../../../streams/runtime/errors.ts';
import { common, exitCodes, print, printJson, withApp } from '../context.ts';
import type { GlobalOptions } from '../context.ts';
import type { App } from '../app.ts';
import { coordinates, deadLetters, originalRecord, parseCoordinates, redrive } from '../dead-letters.ts';
import type { DeadLetter } from '../dead-letters.ts';
import { decodedRecord } from '../decoded.ts';
import { settle } from '../settle.ts';
import { cellText, tableText } from '../table-text.ts';
import { wholeNumber } from '../where.ts';
import { terminalWidth } from './query.ts';

interface Options extends GlobalOptions {
  readonly org?: string;
  readonly unit?: string;
  readonly limit?: string;
  readonly all?: boolean;
  readonly again?: boolean;
  readonly wait?: boolean;
}

/** The command. */
export function deadLettersCommand(): Command {
  const command = new Command('dead-letters').description('Records that a unit could not process.');
  return command.addCommand(listCommand()).addCommand(showCommand()).addCommand(redriveCommand());
}

function sub(name: string): Command {
  return common(new Command(name))
    .option('--org <org>', "organisation; '' for records that have none (default: all)")
    .option('--unit <unit>', 'stream or projection that set them aside');
}

function listCommand(): Command {
  return sub('list')
    .description('List them, oldest first.')
    .option('--limit <n>', 'at most this many', '100')
    .addHelpText(
      'after',
      '\nExamples:\n  $ rightstream dead-letters list\n  $ rightstream dead-letters list --unit recommendations --json',
    )
    .action((options: Options) => withApp(options, (app) => listAll(app, options)));
}

function showCommand(): Command {
  return sub('show')
    .description('Show one: the record, decoded as far as possible, and why.')
    .argument('<record>', 'topic/partition/offset, as in the list')
    .addHelpText('after', '\nExamples:\n  $ rightstream dead-letters show usage/0/17')
    .action((record: string, options: Options) => withApp(options, (app) => show(app, record, options)));
}

function redriveCommand(): Command {
  return sub('redrive')
    .description('Hand records to their unit again, through its retry topic; an attempt has one effect.')
    .argument('[record...]', 'topic/partition/offset, as in the list')
    .option('--all', 'every record that is dead now')
    .option('--again', 'also records that were redriven before')
    .option('--wait', 'run the units until they have taken them')
    .addHelpText(
      'after',
      '\nExamples:\n  $ rightstream dead-letters redrive usage/0/17 --wait\n  $ rightstream dead-letters redrive --all --unit recommendations',
    )
    .action((records: string[], options: Options) =>
      withApp(options, (app) => redriveAll(app, records, options)),
    );
}

function unitFilter({ unit }: Options) {
  return unit === undefined ? [] : [{ column: 'unit', op: 'eq', value: unit } as const];
}

async function listAll(app: App, options: Options): Promise<number> {
  const limit = wholeNumber('--limit', options.limit ?? '100', 1, 10_000);
  const letters = await deadLetters(app, options.org, unitFilter(options), limit);
  if (options.json === true) printJson({ dead_letters: letters });
  else if (letters.length === 0)
    print('No dead letters: the units could process every record they have read.');
  else {
    const rows = letters.map((letter) => ({ ...letter, record: coordinates(letter) }));
    print(
      tableText(
        rows,
        ['record', 'unit', 'status', 'code', 'event_type', 'died_at', 'message'],
        terminalWidth(),
      ),
    );
  }
  return exitCodes.done;
}

async function named(app: App, record: string, options: Options): Promise<DeadLetter[]> {
  const found = await deadLetters(app, options.org, [...parseCoordinates(record), ...unitFilter(options)]);
  if (found.length > 0) return found;
  throw new BadInput({
    code: 'DEAD_LETTER_UNKNOWN',
    message: `${record} is no dead letter; \`rightstream dead-letters list\` shows them`,
  });
}

async function show(app: App, record: string, options: Options): Promise<number> {
  const letters = await named(app, record, options);
  const original = decodedRecord(app.codec, await originalRecord(app, letters[0]!));
  if (options.json === true) printJson({ dead_letters: letters, record: original });
  else {
    for (const { unit, status, attempts, code, message, died_at: died } of letters) {
      print(`${pc.bold(unit)} set ${record} aside at ${died}; ${status}, redriven ${attempts} times`);
      print(`  ${pc.red(code)}: ${cellText(message)}`);
    }
    print(JSON.stringify(original, null, 2));
    print(`\nOnce the cause is gone: rightstream dead-letters redrive ${record} --wait`);
  }
  return exitCodes.done;
}

async function redriveAll(app: App, records: string[], options: Options): Promise<number> {
  if ((records.length === 0) !== (options.all === true)) {
    throw new BadInput({
      code: 'BAD_OPTION',
      message: 'name records as topic/partition/offset, or give --all',
    });
  }
  const letters =
    options.all === true
      ? await deadLetters(app, options.org, unitFilter(options))
      : (await Promise.all(records.map((record) => named(app, record, options)))).flat();
  const wanted = letters.filter(({ status }) => status === 'dead' || options.again === true);
  const redriven: { record: string; unit: string; attempt: number }[] = [];
  for (const letter of wanted) {
    const attempt = await redrive(app, letter);
    redriven.push({ record: coordinates(letter), unit: letter.unit, attempt });
  }
  if (options.wait === true) await settle(app);
  const left = letters.length - wanted.length;
  if (options.json === true) printJson({ redriven, passed_over: left });
  else {
    for (const { record, unit, attempt } of redriven)
      print(`${record} -> ${unit}.retry (attempt ${attempt})`);
    print(`${redriven.length} redriven${left === 0 ? '' : `, ${left} were before: --again does it again`}`);
  }
  return exitCodes.done;
}
