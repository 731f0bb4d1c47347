/** Several reads of one moment. */
import type { Pool } from 'pg';
import type { ReadModels } from '../../projections/runtime/ports.ts';
import type { TableSet } from '../../streams/runtime/units.ts';
import { readModelsOver } from './read-models.ts';
import type { Ask } from './read-models.ts';
import { inTransaction, translating } from './transaction.ts';

/** Whose tables, and which partition of its inputs. */
export interface Whose {
  readonly set: TableSet;
  readonly projection: string;
  readonly partition: number;
}

/** What is read of the moment: tables, and the positions that they stand for, by topic. */
export interface Moment {
  readonly readModels: ReadModels;
  readonly positions: Readonly<Record<string, number>>;
}

/** Runs work that sees tables of a projection and its positions as they were at one moment; nobody waits for it. */
export async function atOneMoment<T>(
  pool: Pool,
  { set, projection, partition }: Whose,
  work: (moment: Moment) => Promise<T>,
): Promise<T> {
  return inTransaction(pool, async (client) => {
    await client.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY');
    const { rows } = await client.query<{ positions: Record<string, number> }>(
      'SELECT positions FROM log.owners WHERE unit = $1 AND partition = $2',
      [projection, partition],
    );
    const ask: Ask = async (text, values) => (await client.query(text, values)).rows as never;
    return work({
      readModels: readModelsOver(ask, [set], 'public'),
      positions: rows[0]?.positions ?? {},
    });
  });
}

/** Most clusters that are looked for. */
const MOST_CLUSTERS = 10_000;

/** Every cluster that somebody declared something of, by organisation and name. */
export async function clustersOf(pool: Pool): Promise<{ org: string; cluster: string }[]> {
  const { rows } = await translating(() =>
    pool.query<{ org: string; cluster: string }>(
      `SELECT org_id AS org, cluster_id AS cluster FROM "placing" UNION SELECT org_id, cluster_id FROM services
       UNION SELECT org_id, cluster_id FROM nodes ORDER BY 1, 2 LIMIT $1`,
      [MOST_CLUSTERS],
    ),
  );
  return rows;
}
