/** Dead letters as they are listed, found by name, and redriven. */
import { userInfo } from 'node:os';
import type { Filter } from '../../projections/runtime/ports.ts';
import { BadInput } from '../../streams/runtime/errors.ts';
import type { LogRecord } from '../../streams/runtime/ports.ts';
import type { App } from './app.ts';
import { redriveRecords } from './redriving.ts';

/** A row of the table dead_letters, as it is read. */
export interface DeadLetter extends Readonly<Record<string, unknown>> {
  readonly unit: string;
  readonly topic: string;
  readonly partition: number;
  readonly record_offset: number;
  readonly org_id: string;
  readonly event_type: string;
  readonly record_key: string | null;
  readonly code: string;
  readonly message: string;
  readonly status: string;
  readonly attempts: number;
  readonly died_at: string;
}

/** `topic/partition/offset` of a dead record. */
export function coordinates({ topic, partition, record_offset }: DeadLetter): string {
  return `${topic}/${partition}/${record_offset}`;
}

/** Dead letters of an organisation; absent: of all, those without an organisation included. */
export async function deadLetters(
  app: App,
  org: string | undefined,
  where: readonly Filter[],
  limit = 10_000,
): Promise<DeadLetter[]> {
  const orgs = org === undefined ? await organisations(app) : [org];
  const found: DeadLetter[] = [];
  for (const one of orgs) {
    const rows = await app.readModels.select({ table: 'dead_letters', org: one, where, limit });
    found.push(...(rows as DeadLetter[]));
  }
  return found.sort((a, b) => (a.died_at < b.died_at ? -1 : 1)).slice(0, limit);
}

async function organisations(app: App): Promise<string[]> {
  const { rows } = await app.pool.query<{ org_id: string }>(
    'SELECT DISTINCT org_id FROM public.dead_letters ORDER BY 1',
  );
  return rows.map((row) => row.org_id);
}

/** A filter for `topic/partition/offset`. */
export function parseCoordinates(text: string): Filter[] {
  const match = /^(.+)\/(\d+)\/(\d+)$/.exec(text);
  if (match === null) {
    throw new BadInput({
      code: 'BAD_COORDINATES',
      message: `${JSON.stringify(text)} is no record: write topic/partition/offset as \`dead-letters list\` shows it`,
    });
  }
  return ['topic', 'partition', 'record_offset'].map((column, i) => ({
    column,
    op: 'eq',
    value: match[i + 1]!,
  }));
}

/** The record that died, from the log. */
export async function originalRecord(app: App, letter: DeadLetter): Promise<LogRecord> {
  const { topic, partition, record_offset: offset } = letter;
  const page = await app.log.read({ topic, partition }, offset, { maxRecords: 1, maxBytes: 1 });
  const record = page.records[0];
  if (record?.offset === offset) return record;
  throw new BadInput({
    code: 'RECORD_GONE',
    message: `${coordinates(letter)} is not in the log any more`,
  });
}

/** Appends the record to the retry topic of its unit, with the fact; returns the number of the attempt. */
export async function redrive(app: App, letter: DeadLetter): Promise<number> {
  const record = await originalRecord(app, letter);
  const attempt = letter.attempts + 1;
  const by = `cli:${userInfo().username}`;
  await app.log.append(redriveRecords(app.codec, { unit: letter.unit, record, attempt, by }, Date.now()));
  return attempt;
}
