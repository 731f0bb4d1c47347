/**
 * Redriving and giving up, one or many: pages are submitted in one transaction per partition, so that a repeat after a crash, or
 * by two commands at once, has one effect.
 */
import { hostname, userInfo } from 'node:os';
import { BadInput } from '../../../streams/runtime/errors.ts';
import type { LogRecord } from '../../../streams/runtime/ports.ts';
import { retryTopic } from '../../../streams/runtime/run/inputs.ts';
import { submit } from '../../postgres/submissions.ts';
import type { Submission } from '../../postgres/submissions.ts';
import type { App } from '../app.ts';
import { ofTexts } from './editing.ts';
import { coordinates, originalRecord, storedRecords } from './finding.ts';
import type { DeadLetter } from './finding.ts';
import { discardSubmission, redriveSubmission } from './records.ts';
import { patiently } from './patience.ts';
import type { Asking, EditedCopy } from './records.ts';

/** Name under which people hand dead letters in again. */
const SENDER = 'redrive';
/** Records of one transaction. */
export const PAGE = 500;
/** What Kafka takes of one record unless told otherwise, with room for what surrounds it. */
const MAX_KAFKA_BYTES = 1_000_000;

/** What became of one dead letter. */
export interface Outcome {
  readonly letter: DeadLetter;
  /** Of what was submitted. */
  readonly attempt: number;
  /** done: by this command. repeated: by another one, the same. taken: by another one, with other bytes. refused: it cannot be. */
  readonly result: 'done' | 'repeated' | 'taken' | 'refused';
  readonly error?: BadInput;
}

/** How dead letters are sent. */
export interface Sending extends Asking {
  readonly app: App;
  /** Of this command: tells its own submissions from those of others. */
  readonly run: string;
  readonly what: 'redrive' | 'discard';
  /** Instead of the record, of which there is one. */
  readonly edited?: EditedCopy;
}

/** The person at this machine. */
export function askedBy(reason: string): Asking {
  let name: string;
  try {
    name = userInfo().username;
  } catch {
    // a container may have a user without a name
    name = `uid ${process.getuid?.() ?? '?'}`;
  }
  return { by: `cli:${name}`, host: hostname(), reason };
}

/** Sends a page of dead letters; resolves when the log has what was submitted. */
export async function send(sending: Sending, letters: readonly DeadLetter[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (let rest = letters; rest.length > 0;) {
    const records = await patiently(sending.app, () => storedRecords(sending.app, rest));
    outcomes.push(...(await sendSome(sending, rest.slice(0, records.length), records)));
    rest = rest.slice(records.length);
  }
  return outcomes;
}

async function sendSome(
  sending: Sending,
  letters: readonly DeadLetter[],
  stored: readonly LogRecord[],
): Promise<Outcome[]> {
  const { app, run } = sending;
  const outcomes: Outcome[] = [];
  const byPartition = new Map<number, { letter: DeadLetter; submission: Submission }[]>();
  const found = await patiently(app, () => app.log.topics());
  const topics = new Map(found.map(({ name, partitions }) => [name, partitions]));
  for (const [i, letter] of letters.entries()) {
    const attempt = sending.what === 'redrive' ? letter.attempts + 1 : letter.attempts;
    try {
      const to = sending.what === 'redrive' ? retryPartition(letter, topics) : letter.partition;
      const submission = await submissionOf(sending, letter, stored[i]!, attempt, to);
      const group = byPartition.get(to);
      if (group === undefined) byPartition.set(to, [{ letter, submission }]);
      else group.push({ letter, submission });
    } catch (error) {
      if (!(error instanceof BadInput)) throw error;
      outcomes.push({ letter, attempt, result: 'refused', error });
    }
  }
  for (const [partition, group] of byPartition) {
    const answers = await patiently(app, () =>
      submit(
        app.submissions,
        { unit: SENDER, partition },
        group.map(({ submission }) => submission),
      ),
    );
    for (const [i, { letter, submission }] of group.entries()) {
      const { digest, answer } = answers[i]!;
      const attempt = sending.what === 'redrive' ? letter.attempts + 1 : letter.attempts;
      const mine = (answer as { run?: string }).run === run;
      const result = mine ? 'done' : digest === submission.digest ? 'repeated' : 'taken';
      outcomes.push({ letter, attempt, result });
    }
  }
  return outcomes;
}

async function submissionOf(
  { app, what, edited, by, host, reason, run }: Sending,
  letter: DeadLetter,
  stored: LogRecord,
  attempt: number,
  to: number,
): Promise<Submission> {
  const { unit } = letter;
  const asking = { unit, attempt, by, host, reason };
  if (what === 'discard') return discardSubmission(app.codec, { ...asking, record: stored }, Date.now(), run);
  const record =
    edited !== undefined || stored.value !== null
      ? stored
      : await patiently(app, () => originalRecord(app, letter));
  const redrive = { ...asking, record, to, ...(edited === undefined ? {} : { edited }) };
  const submission = redriveSubmission(app.codec, redrive, Date.now(), run);
  if (app.profile.kind === 'kafka')
    submission.records.forEach((made) => {
      checkSize(letter, made);
    });
  return submission;
}

/** The partition of a unit is that of its inputs; topics of others may have more partitions than ours. */
function retryPartition(letter: DeadLetter, topics: ReadonlyMap<string, number>): number {
  const { unit, partition } = letter;
  const count = topics.get(retryTopic(unit)) ?? 0;
  if (partition < count) return partition;
  if (count > 0 && ofTexts.has(unit)) return partition % count;
  throw new BadInput({
    code: 'RETRY_TOPIC_MISSING',
    message: `${coordinates(letter)}: there is no partition ${partition} of ${retryTopic(unit)}: ${unit} is no unit any more; \`dead-letters discard\` gives it up`,
  });
}

/** Kafka would refuse it only after it was submitted, and everything behind it would wait. */
function checkSize(letter: DeadLetter, { value, headers }: Submission['records'][number]): void {
  const bytes = (value?.length ?? 0) + JSON.stringify(headers).length;
  if (bytes <= MAX_KAFKA_BYTES) return;
  throw new BadInput({
    code: 'RECORD_TOO_LARGE',
    message: `${coordinates(letter)}: the record for ${retryTopic(letter.unit)} would be ${bytes} bytes, Kafka takes ${MAX_KAFKA_BYTES}`,
  });
}

/** What became of many, counted. */
export interface Counted {
  done: number;
  repeated: number;
  taken: number;
  refused: number;
  seconds: number;
}

/** Sends page by page, at most `rate` a second; `told` hears of each page. */
export async function sendAll(
  sending: Sending,
  found: AsyncIterable<readonly DeadLetter[]>,
  rate: number | undefined,
  told: (outcomes: readonly Outcome[], counted: Readonly<Counted>) => void,
): Promise<Counted> {
  const { clock } = sending.app.pipeline;
  const started = clock.now();
  const counted: Counted = { done: 0, repeated: 0, taken: 0, refused: 0, seconds: 0 };
  let sent = 0;
  for await (const letters of found) {
    const outcomes = await send(sending, letters);
    for (const { result } of outcomes) counted[result] += 1;
    sent += letters.length;
    counted.seconds = (clock.now() - started) / 1000;
    told(outcomes, counted);
    const ahead = rate === undefined ? 0 : (sent / rate) * 1000 - (clock.now() - started);
    if (ahead > 0) await clock.sleep(ahead);
  }
  return counted;
}
