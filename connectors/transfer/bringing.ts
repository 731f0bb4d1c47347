/** A folder's topics into a log that has none of their records yet, or the first part of them. */
import { setTimeout as sleep } from 'node:timers/promises';
import { BadInput, Retryable } from '../../streams/runtime/errors.ts';
import type { EventLog, TopicPartition } from '../../streams/runtime/ports.ts';
import { damaged } from './damage.ts';
import { hashOf, readLines } from './files.ts';
import type { FileEntry } from './files.ts';
import { recordOf, valueOf } from './lines.ts';
import type { MovedRecord } from './lines.ts';
import { fileNames } from './manifest.ts';

/** Records and bytes of one append. */
const BATCH = { records: 500, bytes: 2 * 1024 * 1024 };
const TRIES = 8;
const FIRST_RETRY_MS = 100;

/** Checks a file: its hash, and where that differs, which record is the first that cannot be read. */
export async function verifyFile(folder: string, name: string, entry: FileEntry): Promise<void> {
  const { sha256 } = await hashOf(folder, name);
  if (sha256 === entry.sha256) return;
  let record = 0;
  for await (const line of readLines(folder, name)) valueOf(line, name, (record += 1));
  throw damaged(name, 'its sha256 is not the one in the manifest');
}

/** Values of a file of lines. */
export async function* valuesOf(folder: string, name: string): AsyncGenerator<Record<string, unknown>> {
  let record = 0;
  for await (const line of readLines(folder, name)) yield valueOf(line, name, (record += 1));
}

/** What bringing needs. */
export interface Bringing {
  readonly log: Pick<EventLog, 'append' | 'ends' | 'read'>;
  readonly folder: string;
  /** A record as it is here. */
  readonly rewrite: (record: MovedRecord) => Promise<MovedRecord>;
  /** Told how many records more are in the log. */
  readonly brought: (records: number) => void;
}

/**
 * Appends what the log lacks of one partition, in order and at the same offsets. Other offsets: BadInput OFFSETS_DIFFER; records
 * of somebody else in front: BadInput TOPIC_NOT_EMPTY.
 */
export async function bringPartition(
  { log, folder, rewrite, brought }: Bringing,
  at: TopicPartition,
  end: number,
): Promise<void> {
  const name = fileNames.partition(at.topic, at.partition);
  const there = await endOf(log, at);
  if (there > end) throw notEmpty(at, there);
  let [batch, bytes, count] = [[] as MovedRecord[], 0, 0];
  const flush = async (): Promise<void> => {
    if (batch.length > 0) await appendAll(log, at, batch);
    brought(batch.length);
    [batch, bytes] = [[], 0];
  };
  for await (const line of readLines(folder, name)) {
    count += 1;
    if (count < there) continue;
    const found = recordOf(line, name, count);
    if (found.offset !== count - 1) throw damaged(name, `it has offset ${found.offset}`, count);
    const record = await rewrite(found);
    if (count === there) {
      if (!(await isThere(log, at, record))) throw notEmpty(at, there);
      brought(there);
      continue;
    }
    batch.push(record);
    bytes += record.value?.length ?? 0;
    if (batch.length >= BATCH.records || bytes >= BATCH.bytes) await flush();
  }
  if (count !== end) throw damaged(name, `it has ${count} records, the manifest says ${end}`, count);
  await flush();
}

/** Tries again what may succeed later; what is in the log by then is not sent again. */
async function appendAll(
  log: Bringing['log'],
  at: TopicPartition,
  batch: readonly MovedRecord[],
): Promise<void> {
  let rest = batch;
  for (let tries = 1; rest.length > 0; tries++) {
    try {
      const places = await log.append(rest.map((record) => ({ ...record, ...at })));
      const wrong = places.findIndex(({ offset }, i) => offset !== rest[i]!.offset);
      if (wrong === -1) return;
      throw differ(at, rest[wrong]!.offset, places[wrong]!.offset);
    } catch (error) {
      if (!(error instanceof Retryable) || tries === TRIES) throw error;
      await sleep(FIRST_RETRY_MS * 2 ** tries);
      const end = await endOf(log, at);
      if (end < batch[0]!.offset || end > batch.at(-1)!.offset + 1) throw differ(at, rest[0]!.offset, end);
      rest = batch.filter(({ offset }) => offset >= end);
    }
  }
}

async function endOf(log: Bringing['log'], { topic, partition }: TopicPartition): Promise<number> {
  return (await log.ends(topic))[partition]!;
}

async function isThere(log: Bringing['log'], at: TopicPartition, record: MovedRecord): Promise<boolean> {
  const { records } = await log.read(at, record.offset, { maxRecords: 1, maxBytes: 1 });
  const found = records[0];
  if (found?.offset !== record.offset || found.key !== record.key) return false;
  const same = record.value === null ? found.value === null : found.value?.equals(record.value) === true;
  return same && found.headers['event-id'] === record.headers['event-id'];
}

/** BadInput TOPIC_NOT_EMPTY. */
export function notEmpty({ topic, partition }: TopicPartition, end: number): BadInput {
  return new BadInput({
    code: 'TOPIC_NOT_EMPTY',
    message: `${topic}/${partition} has ${end} records of its own: an import wants empty topics and an empty database. Embedded: name another data folder. Kafka: delete the topics and make them anew with \`rightstream apply\`, or use another KAFKA_TOPIC_PREFIX`,
    coordinates: { topic, partition, offset: end },
  });
}

function differ({ topic, partition }: TopicPartition, wanted: number, got: number): BadInput {
  return new BadInput({
    code: 'OFFSETS_DIFFER',
    message: `${topic}/${partition}: the record of offset ${wanted} came to lie at ${got}: somebody else writes to this topic. Stop whoever it is and import into empty topics and an empty database`,
    coordinates: { topic, partition, offset: wanted },
  });
}
