/** Topics into a folder, up to given ends. */
import { BadInput } from '../../streams/runtime/errors.ts';
import type { EventLog, LogRecord } from '../../streams/runtime/ports.ts';
import { writeLines } from './files.ts';
import type { FileEntry } from './files.ts';
import { recordLine } from './lines.ts';
import { fileNames } from './manifest.ts';

/** Records and bytes that are held at once. */
const PAGE = { maxRecords: 500, maxBytes: 4 * 1024 * 1024 };

/** Told of every record that was taken. */
export type Seen = (record: LogRecord) => Promise<void> | void;

/** Writes a topic up to its ends, a file per partition. Offsets without a record: BadInput OFFSETS_MISSING. */
export async function takeTopic(
  log: Pick<EventLog, 'read'>,
  folder: string,
  topic: string,
  ends: readonly number[],
  seen: Seen,
): Promise<FileEntry[]> {
  const files: FileEntry[] = [];
  for (const [partition, end] of ends.entries()) {
    const lines = async function* (): AsyncGenerator<Buffer> {
      for await (const record of recordsOf(log, topic, partition, end)) {
        await seen(record);
        yield recordLine(record);
      }
    };
    files.push(await writeLines(folder, fileNames.partition(topic, partition), lines()));
  }
  return files;
}

async function* recordsOf(
  log: Pick<EventLog, 'read'>,
  topic: string,
  partition: number,
  end: number,
): AsyncGenerator<LogRecord> {
  for (let at = 0; at < end;) {
    const { records } = await log.read({ topic, partition }, at, PAGE);
    const page = records.filter(({ offset }) => offset < end);
    if (page.length === 0) throw gap(topic, partition, at);
    for (const record of page) {
      if (record.offset !== at) throw gap(topic, partition, at);
      yield record;
      at += 1;
    }
  }
}

function gap(topic: string, partition: number, offset: number): BadInput {
  return new BadInput({
    code: 'OFFSETS_MISSING',
    message: `${topic}/${partition} has no record at offset ${offset}: a marker of a transaction, or history that was cut. A copy would have other offsets than positions and marks refer to, so this log cannot be exported. To move all the same, upload the reports again at the new place`,
    coordinates: { topic, partition, offset },
  });
}
