/** Creates what the database lacks. */
import type { Pool } from 'pg';
import { stateDdl } from './ddl.ts';
import { inTransaction, translating } from './transaction.ts';

/** The id of the deployment that this database belongs to; after {@link prepareDatabase}. */
export async function deploymentId(pool: Pool): Promise<string> {
  const { rows } = await translating(() => pool.query<{ id: string }>('SELECT id FROM log.deployment'));
  return rows[0]!.id;
}

/** What every profile needs, and more; one process at a time. */
export async function prepareDatabase(pool: Pool, more = ''): Promise<void> {
  await inTransaction(pool, async (client) => {
    await client.query('SELECT pg_advisory_xact_lock(7265616)');
    await client.query(stateDdl + more);
  });
}
