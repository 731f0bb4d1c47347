/** Transactions on a pool, and the translation of Postgres errors into failure classes. */
import type { Pool, PoolClient } from 'pg';
import { Retryable } from '../../streams/runtime/errors.ts';

/** SQLSTATE classes that say "try again later": connection, rollback, resources, operator intervention, system. */
const retryableStates = /^(08(?!P01)|40|53|57|58)|^55P03$|^25P03$/;
const networkCodes = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOENT', 'ENOTFOUND']);

/** A Postgres or network failure as Retryable; anything else as it is. */
export function translate(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const away =
    networkCodes.has(code) ||
    /terminated|timeout exceeded|Connection ended|not queryable/i.test(error.message);
  if (!away && !retryableStates.test(code)) return error;
  const full = code === '53100';
  return new Retryable(
    {
      code: full ? 'STORAGE_FULL' : 'POSTGRES_AWAY',
      message: `Postgres cannot do this now (${code === '' ? error.message : `${code}: ${error.message}`}); it is tried again`,
    },
    { cause: error },
  );
}

/** Runs a query or several, translating what they throw. */
export async function translating<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw translate(error);
  }
}

/** Works while holding a lock of this name that only one process of the database can have; waits for it. */
export async function withLock<T>(pool: Pool, name: string, work: () => Promise<T>): Promise<T> {
  const client = await translating(() => pool.connect());
  try {
    await translating(() => client.query('SELECT pg_advisory_lock(hashtextextended($1, 0))', [name]));
    return await work();
  } finally {
    // The lock goes with the connection.
    client.release(true);
  }
}

/** BEGIN, work, COMMIT; ROLLBACK when it throws. A connection whose rollback fails is thrown away. */
export async function inTransaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await translating(() => pool.connect());
  let broken: Error | undefined;
  // Without a listener a connection that breaks between queries would end the process.
  const onError = (error: Error): void => {
    broken ??= error;
  };
  client.on('error', onError);
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    try {
      await client.query('ROLLBACK');
    } catch (failure) {
      broken = failure instanceof Error ? failure : new Error(String(failure));
    }
    throw translate(error);
  } finally {
    client.off('error', onError);
    client.release(broken);
  }
}
