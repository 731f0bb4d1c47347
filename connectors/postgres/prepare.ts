/** Creates what the database lacks. */
import type { Pool } from 'pg';
import { stateDdl } from './ddl.ts';
import { inTransaction } from './transaction.ts';

/** What every profile needs, and more; one process at a time. */
export async function prepareDatabase(pool: Pool, more = ''): Promise<void> {
  await inTransaction(pool, async (client) => {
    await client.query('SELECT pg_advisory_xact_lock(7265616)');
    await client.query(stateDdl + more);
  });
}
