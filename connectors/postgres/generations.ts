/** Generations of projections: tables beside each other, of which public views show the live one. */
import { escapeIdentifier } from 'pg';
import type { Pool, PoolClient } from 'pg';
import type { TableSet } from '../../streams/runtime/units.ts';
import { generationDdl, generationSchema, viewDdl } from './ddl.ts';
import { intervalViewsDdl } from './interval-views.ts';
import { inTransaction, translating } from './transaction.ts';

/** Which tables of a projection are live. */
export interface LiveGeneration {
  readonly version: number;
  readonly generation: number;
}

/** The live generation; undefined when the projection was never prepared. */
export async function findLive(
  db: Pool | PoolClient,
  projection: string,
): Promise<LiveGeneration | undefined> {
  const { rows } = await translating(() =>
    db.query<LiveGeneration>('SELECT version, generation FROM log.projections WHERE projection = $1', [
      projection,
    ]),
  );
  return rows[0];
}

/** Makes the first generation live when there is none; returns what is live. */
export async function prepareProjection(pool: Pool, set: TableSet): Promise<LiveGeneration> {
  return inTransaction(pool, async (client) => {
    await client.query('SELECT pg_advisory_xact_lock(7265617)');
    const live = await findLive(client, set.projection);
    if (live !== undefined) return live;
    await client.query(generationDdl(set, 1));
    await client.query('INSERT INTO log.projections (projection, version, generation) VALUES ($1, $2, 1)', [
      set.projection,
      set.version,
    ]);
    await showGeneration(client, set, 1);
    return { version: set.version, generation: 1 };
  });
}

/** Creates the tables of the generation after the live one, or keeps those of an interrupted rebuild; returns its number. */
export async function createGeneration(pool: Pool, set: TableSet): Promise<number> {
  return inTransaction(pool, async (client) => {
    const live = await findLive(client, set.projection);
    const generation = (live?.generation ?? 0) + 1;
    await client.query(generationDdl(set, generation));
    return generation;
  });
}

/** Points the public views at a generation and drops the one before, within the caller's transaction. */
export async function goLive(client: PoolClient, set: TableSet, generation: number): Promise<void> {
  const before = await findLive(client, set.projection);
  await client.query(
    `INSERT INTO log.projections (projection, version, generation) VALUES ($1, $2, $3)
     ON CONFLICT (projection) DO UPDATE SET version = excluded.version, generation = excluded.generation`,
    [set.projection, set.version, generation],
  );
  await showGeneration(client, set, generation);
  if (before !== undefined) {
    await dropGeneration(client, { ...set, version: before.version }, before.generation);
  }
}

/** Drops the tables of a generation. */
export async function dropGeneration(client: PoolClient, set: TableSet, generation: number): Promise<void> {
  const schema = escapeIdentifier(generationSchema(set.projection, set.version, generation));
  await client.query(`DROP SCHEMA IF EXISTS ${schema} CASCADE`);
}

async function showGeneration(client: PoolClient, set: TableSet, generation: number): Promise<void> {
  await client.query(viewDdl(set, generation));
  const intervals = intervalViewsDdl(set);
  if (intervals !== '') await client.query(intervals);
}
