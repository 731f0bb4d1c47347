/** What rebuilds need of Postgres: generations, canonical hashes, and the swap under the owners' locks. */
import { createHash } from 'node:crypto';
import { escapeIdentifier } from 'pg';
import type { Pool, PoolClient } from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import type { GenerationStore, PositionVector, TableHash } from '../../projections/runtime/ports.ts';
import type { TableSet } from '../../streams/runtime/units.ts';
import { generationSchema } from './ddl.ts';
import { createGeneration, dropGeneration, findLive, goLive } from './generations.ts';
import type { LiveGeneration } from './generations.ts';
import { inTransaction, translating } from './transaction.ts';

/** The generation store over a pool. */
export function postgresGenerations(pool: Pool): GenerationStore {
  return {
    create: (set) => createGeneration(pool, set),
    swap: (set, generation, finish) => swap(pool, set, generation, finish),
    async live(set) {
      const live = await findLive(pool, set.projection);
      return live && { version: live.version, comparable: await isComparable(pool, set, live) };
    },
    hashes: (set, generation, factsOnly) => hashes(pool, set, generation, factsOnly === true),
  };
}

async function swap(
  pool: Pool,
  set: TableSet,
  generation: number,
  finish: (positions: PositionVector) => Promise<boolean>,
): Promise<void> {
  await inTransaction(pool, async (client) => {
    // Others fold meanwhile: this connection only holds the locks.
    await client.query("SET LOCAL idle_in_transaction_session_timeout = '10min'");
    // A partition that nobody has worked on is locked as well: its first batch must not go to tables that are dropped.
    await client.query(
      `INSERT INTO log.owners (unit, partition) SELECT $1, partition FROM log.owners WHERE unit = $2
       ORDER BY partition ON CONFLICT DO NOTHING`,
      [set.projection, `${set.projection}#v${set.version}g${generation}`],
    );
    const { rows } = await client.query<{ partition: number; positions: Record<string, number> }>(
      'SELECT partition, positions FROM log.owners WHERE unit = $1 ORDER BY partition FOR UPDATE',
      [set.projection],
    );
    const swapped = await finish(new Map(rows.map((row) => [row.partition, row.positions])));
    if (swapped) await goLive(client, set, generation);
    else await dropGeneration(client, set, generation);
    await client.query('DELETE FROM log.owners WHERE unit LIKE $1', [`${set.projection}#%`]);
  });
}

async function hashes(
  pool: Pool,
  set: TableSet,
  generation: number | undefined,
  factsOnly: boolean,
): Promise<readonly TableHash[]> {
  const live = generation === undefined ? await findLive(pool, set.projection) : undefined;
  if (live !== undefined && !(await isComparable(pool, set, live))) return [];
  const version = live?.version ?? set.version;
  const name = generationSchema(set.projection, version, generation ?? live?.generation ?? 1);
  const schema = escapeIdentifier(name);
  return translating(async () => {
    const client = await pool.connect();
    let broken: Error | undefined;
    // Without a listener a connection that breaks would end the process; the query says so as well.
    const onError = (error: Error): void => {
      broken = error;
    };
    client.on('error', onError);
    try {
      return await hashTables(client, set, schema, factsOnly);
    } finally {
      client.off('error', onError);
      client.release(broken);
    }
  });
}

/** Tables of another version may be others, or have other columns: nothing of them can be compared then. */
async function isComparable(pool: Pool, set: TableSet, live: LiveGeneration): Promise<boolean> {
  const { version, generation } = live;
  if (version === set.version) return true;
  return hasColumns(pool, set, generationSchema(set.projection, version, generation));
}

/** Does a schema have all the columns of these tables, with their types? */
async function hasColumns(pool: Pool, set: TableSet, schema: string): Promise<boolean> {
  const { rows } = await translating(() =>
    pool.query<{ name: string }>(
      `SELECT table_name || '.' || column_name || ' ' || udt_name AS name
       FROM information_schema.columns WHERE table_schema = $1`,
      [schema],
    ),
  );
  const there = new Set(rows.map(({ name }) => name));
  return Object.entries(set.tables).every(([table, { columns }]) =>
    Object.entries(columns).every(([column, { type }]) => there.has(`${table}.${column} ${type}`)),
  );
}

/** Hashes of a projection's tables in a schema (an SQL identifier), sorted by name. */
export async function hashTables(
  client: PoolClient,
  set: TableSet,
  schema: string,
  factsOnly = false,
): Promise<readonly TableHash[]> {
  const found: TableHash[] = [];
  for (const name of Object.keys(set.tables).sort())
    found.push(await hashTable(client, set, schema, name, factsOnly));
  return found;
}

const LINE_END = 0x0a;

/** sha256 over Postgres's text form of the rows in key order: sorted keys, shortest exact numbers. */
async function hashTable(
  client: PoolClient,
  set: TableSet,
  schema: string,
  name: string,
  factsOnly: boolean,
): Promise<TableHash> {
  const shape = set.tables[name]!;
  const columns = Object.entries(shape.columns)
    .filter(([, column]) => !factsOnly || !column.arrival)
    .map(([column]) => escapeIdentifier(column))
    .sort()
    .join(', ');
  const order = shape.key.map(escapeIdentifier).join(', ');
  const hash = createHash('sha256');
  const stream = client.query(
    copyTo(`COPY (SELECT ${columns} FROM ${schema}.${escapeIdentifier(name)} ORDER BY ${order}) TO STDOUT`),
  );
  let rows = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    hash.update(chunk);
    // A line per row: a line break within a value is written as \n. The server's own count may come after the last chunk.
    for (let at = chunk.indexOf(LINE_END); at >= 0; at = chunk.indexOf(LINE_END, at + 1)) rows += 1;
  }
  return { table: name, rows, sha256: hash.digest('hex') };
}
