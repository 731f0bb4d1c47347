/** Dead letters as they are found, page by page, and the records that died. */
import { parsePlace, placeText } from '../../../schemas/redriven.ts';
import deadLettersProjection from '../../../projections/operations/dead-letters.projection.ts';
import type { Filter } from '../../../projections/runtime/ports.ts';
import { BadInput } from '../../../streams/runtime/errors.ts';
import type { LogRecord } from '../../../streams/runtime/ports.ts';
import { translating } from '../../postgres/transaction.ts';
import type { App } from '../app.ts';
import type { After } from './filters.ts';
import { patiently } from './patience.ts';

/** A row of the table dead_letters, as it is read. */
export interface DeadLetter extends Readonly<Record<string, unknown>> {
  readonly unit: string;
  readonly topic: string;
  readonly partition: number;
  readonly record_offset: number;
  readonly org_id: string;
  readonly event_id: string;
  readonly event_type: string;
  readonly record_key: string | null;
  readonly code: string;
  readonly message: string;
  readonly status: string;
  readonly attempts: number;
  readonly died_attempt: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly died_at: string;
}

/** Which dead letters: of an organisation (absent: of all, those without one included), with all of these filters. */
export interface Wanted {
  readonly org?: string | undefined;
  readonly where: readonly Filter[];
}

/** Bytes of values that are held at once, about. */
const VALUE_BYTES = 8 * 1024 * 1024;

/** `topic/partition/offset` of a dead record. */
export function coordinates({ topic, partition, record_offset: offset }: DeadLetter): string {
  return placeText({ topic, partition, offset });
}

/** Where a page behind this dead letter begins. */
export function behind({ org_id: org, unit, topic, partition, record_offset }: DeadLetter): After {
  return { org, key: [unit, topic, partition, record_offset] };
}

/** Pages of dead letters, by organisation, unit, topic, partition and offset: bounded, however many there are. */
export async function* pages(
  app: App,
  { org, where }: Wanted,
  size: number,
  after?: After,
): AsyncGenerator<readonly DeadLetter[]> {
  requireTables(app);
  const all = org === undefined ? await patiently(app, () => organisations(app)) : [org];
  for (const one of all.slice(Math.max(0, all.indexOf(after?.org ?? '')))) {
    let key = after?.org === one ? after.key : undefined;
    for (;;) {
      const page = { table: 'dead_letters', org: one, where, limit: size };
      const from = key === undefined ? page : { ...page, after: key };
      const rows = (await patiently(app, () => app.readModels.select(from))) as readonly DeadLetter[];
      if (rows.length > 0) yield rows;
      if (rows.length < size) break;
      key = behind(rows.at(-1)!).key;
    }
  }
}

/** How many there are. */
export async function countOf(app: App, { org, where }: Wanted): Promise<number> {
  requireTables(app);
  const orgs = org === undefined ? await organisations(app) : [org];
  let total = 0;
  for (const one of orgs) total += await app.readModels.count({ table: 'dead_letters', org: one, where });
  return total;
}

async function organisations(app: App): Promise<string[]> {
  const { rows } = await translating(() =>
    app.pool.query<{ org_id: string }>('SELECT DISTINCT org_id FROM public.dead_letters ORDER BY 1'),
  );
  return rows.map((row) => row.org_id);
}

/** Refuses tables of an earlier version, which lack columns. */
function requireTables(app: App): void {
  const { id, version } = deadLettersProjection;
  if ((app.live.get(id)?.version ?? version) >= version) return;
  throw new BadInput({
    code: 'TABLES_OUTDATED',
    message: `the tables of ${id} are of an earlier version: \`rightstream replay ${id}\` renews them, and so does the next start`,
  });
}

/** Dead letters with these coordinates; none: BadInput DEAD_LETTER_UNKNOWN. */
export async function named(app: App, record: string, wanted: Wanted): Promise<DeadLetter[]> {
  const found: DeadLetter[] = [];
  const where = [...parseCoordinates(record), ...wanted.where];
  for await (const page of pages(app, { ...wanted, where }, 100)) found.push(...page);
  if (found.length > 0) return found;
  throw new BadInput({
    code: 'DEAD_LETTER_UNKNOWN',
    message: `${record} is no dead letter that fits; \`rightstream dead-letters list\` shows them`,
  });
}

/** The one dead letter of a record; several units may have set it aside: BadInput DEAD_LETTER_AMBIGUOUS. */
export function onlyOne(record: string, letters: readonly DeadLetter[]): DeadLetter {
  if (letters.length === 1) return letters[0]!;
  throw new BadInput({
    code: 'DEAD_LETTER_AMBIGUOUS',
    message: `${record} was set aside by ${letters.map(({ unit }) => unit).join(', ')}: choose with --unit`,
  });
}

/** A filter for `topic/partition/offset`. */
export function parseCoordinates(text: string): Filter[] {
  const place = parsePlace(text);
  if (place === undefined) {
    throw new BadInput({
      code: 'BAD_COORDINATES',
      message: `${JSON.stringify(text)} is no record: write topic/partition/offset as \`dead-letters list\` shows it`,
    });
  }
  return [
    { column: 'topic', op: 'eq', value: place.topic },
    { column: 'partition', op: 'eq', value: place.partition },
    { column: 'record_offset', op: 'eq', value: place.offset },
  ];
}

/** The record that died, from the log. */
export async function originalRecord(app: App, letter: DeadLetter): Promise<LogRecord> {
  const { topic, partition, record_offset: offset } = letter;
  const [stored] = await storedRecords(app, [letter]);
  if (stored !== undefined && stored.value !== null) return stored;
  const page = await app.log.read({ topic, partition }, offset, { maxRecords: 1, maxBytes: 1 });
  const record = page.records[0];
  if (record?.offset === offset) return record;
  throw new BadInput({
    code: 'RECORD_GONE',
    message: `${coordinates(letter)} is not in the log any more, and its bytes were too many for the table`,
  });
}

/**
 * The records of the first of these letters, as many as may be held at once, from the table; a value that is null there may
 * be in the log.
 */
export async function storedRecords(app: App, letters: readonly DeadLetter[]): Promise<LogRecord[]> {
  const { rows } = await translating(() =>
    app.pool.query<{ n: number; value: Buffer | null }>({
      name: 'dead-values',
      text: `SELECT n, value FROM (
          SELECT x.n::int AS n, d.value, sum(coalesce(octet_length(d.value), 0)) OVER (ORDER BY x.n) - coalesce(octet_length(d.value), 0) AS before
          FROM unnest($1::text[], $2::text[], $3::int4[], $4::int8[]) WITH ORDINALITY AS x(u, t, p, o, n)
          LEFT JOIN public.dead_letters d ON d.unit = u AND d.topic = t AND d.partition = p AND d.record_offset = o
        ) sized WHERE before < $5 ORDER BY n`,
      values: [
        letters.map(({ unit }) => unit),
        letters.map(({ topic }) => topic),
        letters.map(({ partition }) => partition),
        letters.map(({ record_offset: offset }) => offset),
        VALUE_BYTES,
      ],
    }),
  );
  return rows.map(({ value }, i) => recordOf(letters[i]!, value));
}

function recordOf(letter: DeadLetter, value: Buffer | null): LogRecord {
  const { topic, partition, record_offset: offset, record_key: key, headers, died_at: died } = letter;
  return { topic, partition, offset, key, value, headers, timestamp: Date.parse(died) };
}
