/** `rightstream dead-letters redrive` and `discard`: what is done about dead letters, one or many. */
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { BadInput, messageOf } from '../../../streams/runtime/errors.ts';
import type { App } from '../app.ts';
import { exitCodes, print, printJson, withApp } from '../context.ts';
import { editedCopy } from '../dead-letters/editing.ts';
import { coordinates, countOf, named, onlyOne, originalRecord, pages } from '../dead-letters/finding.ts';
import type { DeadLetter, Wanted } from '../dead-letters/finding.ts';
import type { EditedCopy } from '../dead-letters/records.ts';
import { askedBy, PAGE, sendAll } from '../dead-letters/sending.ts';
import type { Counted, Outcome, Sending } from '../dead-letters/sending.ts';
import { deadLetterCommands, SHOW_KAFKA, showStockOf } from '../kafka-tools.ts';
import { count, progress } from '../progress.ts';
import { settle } from '../settle.ts';
import { wholeNumber } from '../where.ts';
import { choosing, chosen } from './choosing.ts';
import type { ChoosingOptions } from './choosing.ts';

interface Options extends ChoosingOptions {
  readonly all?: boolean;
  readonly again?: boolean;
  readonly wait?: boolean;
  readonly rate?: string;
  readonly with?: string;
  readonly reason?: string;
  readonly showKafka?: boolean;
}

/** Records that are told one by one. */
const MAX_TOLD = 1_000;

function sub(name: string): Command {
  return choosing(name)
    .argument('[record...]', 'topic/partition/offset, as in the list')
    .option('--all', 'every record that is dead now and fits the other options')
    .option('--rate <n>', 'at most this many a second')
    .option('--wait', 'run the units until they have taken them');
}

/** The command that hands records in again. */
export function redriveCommand(): Command {
  return sub('redrive')
    .description('Hand records to their unit again, through its retry topic; an attempt has one effect.')
    .option('--again', 'also records that were redriven before, or discarded')
    .option('--with <file>', 'an edited copy of the one record, as `dead-letters edit` prints it')
    .option('--reason <text>', 'why; it is kept')
    .addHelpText(
      'after',
      `
An attempt is numbered: the same one by two commands at once, or again after a crash, has one effect.

Examples:
  $ rightstream dead-letters redrive usage/0/17 --wait
  $ rightstream dead-letters redrive --all --unit recommendations --code UNEXPECTED --rate 500 --reason "fixed in 1.4"
  $ rightstream dead-letters redrive usage/0/17 --with mended.json`,
    )
    .option(...SHOW_KAFKA)
    .action((records: string[], options: Options) =>
      options.showKafka === true
        ? showStockOf(options, (names) => deadLetterCommands(names, { ...options, records }))
        : withApp(options, (app) => run(app, 'redrive', records, options)),
    );
}

/** The command that gives records up. */
export function discardCommand(): Command {
  return sub('discard')
    .description(
      'Give records up on purpose: they count as dead no longer. They can still be redriven --again.',
    )
    .requiredOption('--reason <text>', 'why; it is kept')
    .addHelpText('after', '\nExamples:\n  $ rightstream dead-letters discard usage/0/17 --reason "test data"')
    .action((records: string[], options: Options) =>
      withApp(options, (app) => run(app, 'discard', records, options)),
    );
}

async function run(
  app: App,
  what: Sending['what'],
  records: readonly string[],
  options: Options,
): Promise<number> {
  if ((records.length === 0) !== (options.all === true)) {
    throw new BadInput({
      code: 'BAD_OPTION',
      message: 'name records as topic/partition/offset, or give --all',
    });
  }
  const rate = options.rate === undefined ? undefined : wholeNumber('--rate', options.rate, 1, 1_000_000);
  const { found, total, left, edited } = await find(app, records, options, Math.min(PAGE, rate ?? PAGE));
  const sending: Sending = {
    app,
    what,
    run: randomUUID(),
    ...askedBy(options.reason ?? ''),
    ...(edited === undefined ? {} : { edited }),
  };
  const bar = progress();
  const outcomes: Outcome[] = [];
  const counted = await sendAll(sending, found, rate, (page, { seconds, done, repeated, taken, refused }) => {
    outcomes.push(...page.slice(0, MAX_TOLD - outcomes.length));
    const sent = done + repeated + taken + refused;
    const perSecond = sent / Math.max(0.001, seconds);
    const toGo = Math.ceil(Math.max(0, total - sent) / Math.max(0.001, rate ?? perSecond));
    bar.show(
      `${count(sent)} of ${count(total)}, ${count(perSecond)}/s, ${toGo} s to go`,
      sent / Math.max(1, total),
    );
  });
  bar.done();
  if (options.wait === true) await settle(app);
  tell(what, outcomes, counted, left, options);
  const failed = counted.refused + counted.taken;
  if (failed === 0) return exitCodes.done;
  return counted.done + counted.repeated === 0 ? exitCodes.badInput : exitCodes.partlyRejected;
}

interface Found {
  readonly found: AsyncIterable<readonly DeadLetter[]>;
  readonly total: number;
  /** Fit, but not in this state. */
  readonly left: number;
  readonly edited?: EditedCopy;
}

async function find(app: App, records: readonly string[], options: Options, size: number): Promise<Found> {
  const every = chosen(options);
  const dead: Wanted = { ...every, where: [...every.where, { column: 'status', op: 'eq', value: 'dead' }] };
  const wanted = options.again === true || options.status !== undefined ? every : dead;
  if (options.all === true) {
    if (options.with !== undefined) {
      throw new BadInput({ code: 'BAD_OPTION', message: '--with needs one record, not --all' });
    }
    const total = await countOf(app, wanted);
    return { found: pages(app, wanted, size), total, left: (await countOf(app, every)) - total };
  }
  const letters: DeadLetter[] = [];
  for (const record of records) letters.push(...(await named(app, record, every)));
  const fitting = letters.filter(({ status }) => wanted === every || status === 'dead');
  const edited = options.with === undefined ? undefined : await copyFrom(app, options.with, records, letters);
  const found = slices(fitting, size);
  const left = letters.length - fitting.length;
  return { found, total: fitting.length, left, ...(edited === undefined ? {} : { edited }) };
}

async function copyFrom(
  app: App,
  file: string,
  records: readonly string[],
  letters: readonly DeadLetter[],
): Promise<EditedCopy> {
  if (records.length !== 1) {
    throw new BadInput({ code: 'BAD_OPTION', message: '--with needs one record' });
  }
  const letter = onlyOne(records[0]!, letters);
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new BadInput({ code: 'FILE_NOT_FOUND', message: `${file} cannot be read: ${messageOf(error)}` });
  });
  return editedCopy(app.codec, letter.unit, await originalRecord(app, letter), text);
}

async function* slices(letters: readonly DeadLetter[], size: number): AsyncGenerator<readonly DeadLetter[]> {
  for (let at = 0; at < letters.length; at += size) yield letters.slice(at, at + size);
}

function tell(
  what: Sending['what'],
  outcomes: readonly Outcome[],
  counted: Readonly<Counted>,
  left: number,
  options: Options,
): void {
  const named = (result: Outcome['result']) => outcomes.filter((outcome) => outcome.result === result);
  const place = ({ letter, attempt }: Outcome) => ({
    record: coordinates(letter),
    unit: letter.unit,
    attempt,
  });
  const perSecond = Math.round(counted.done / Math.max(0.001, counted.seconds));
  const past = what === 'redrive' ? 'redriven' : 'discarded';
  if (options.json === true) {
    printJson({
      [past]: named('done').map(place),
      counts: {
        [past]: counted.done,
        repeated: counted.repeated,
        taken: counted.taken,
        refused: counted.refused,
      },
      taken: named('taken').map(place),
      refused: named('refused').map((outcome) => ({
        ...place(outcome),
        code: outcome.error!.code,
        message: outcome.error!.message,
      })),
      passed_over: left,
      seconds: counted.seconds,
      per_second: perSecond,
    });
    return;
  }
  for (const outcome of options.all === true ? [] : named('done')) {
    const { record, unit, attempt } = place(outcome);
    print(
      what === 'redrive'
        ? `${record} -> ${unit}.retry (attempt ${attempt})`
        : `${record} of ${unit} given up`,
    );
  }
  for (const { error } of named('refused')) process.stderr.write(`${error!.code}: ${error!.message}\n`);
  for (const outcome of named('taken')) {
    process.stderr.write(
      `ATTEMPT_TAKEN: ${coordinates(outcome.letter)}: attempt ${outcome.attempt} was made with other bytes meanwhile\n`,
    );
  }
  const notes = [
    counted.repeated === 0 ? '' : `, ${count(counted.repeated)} were handed in already`,
    counted.refused === 0 ? '' : `, ${count(counted.refused)} refused`,
    left === 0 ? '' : `, ${count(left)} passed over${what === 'redrive' ? ': --again takes them too' : ''}`,
  ];
  const speed = counted.done < PAGE ? '' : ` in ${counted.seconds.toFixed(1)} s (${count(perSecond)}/s)`;
  print(`${count(counted.done)} ${past}${speed}${notes.join('')}`);
}
