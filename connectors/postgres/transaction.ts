/** Transactions on a pool, and the translation of Postgres errors into failure classes. */
import type { Pool, PoolClient } from 'pg';
import { Fatal, Retryable } from '../../streams/runtime/errors.ts';

/**
 * SQLSTATE classes that say "try again later": connection, rollback, resources, operator intervention, system; a login or a grant
 * that an operator has to mend; a standby that was or will be the primary; damage on disk.
 */
const retryableStates = /^(08(?!P01)|28|3D|40|53|57|58|F0)|^(25006|25P03|42501|55006|55P03|XX001|XX002)$/;
/** SQLSTATE classes that blame the statement: the tables are not those that this code was written for. */
const unfitStates = /^(0A|3F|42)/;
const networkCodes = new Set([
  'EADDRNOTAVAIL',
  'EAI_AGAIN',
  'EAI_FAIL',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTDOWN',
  'EHOSTUNREACH',
  'ENETDOWN',
  'ENETRESET',
  'ENETUNREACH',
  'ENOENT',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
]);

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

/** The same, for work on tables of ours: no record is to blame when they do not fit, and none must be set aside for it. */
function translateWork(error: unknown): unknown {
  const translated = translate(error);
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (translated !== error || !('severity' in (error as object)) || !unfitStates.test(code))
    return translated;
  return new Fatal(
    {
      code: 'TABLES_UNFIT',
      message: `Postgres refuses what this version asks for (${code}: ${(error as Error).message}): the tables were changed by other means; restore them, or rebuild them with \`rightstream replay\``,
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

/**
 * Works while holding a lock of this name that only one process of the database can have; waits for it, until the signal aborts
 * (Retryable). Whoever works is not interrupted.
 */
export async function withLock<T>(
  pool: Pool,
  name: string,
  work: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const client = await translating(() => pool.connect());
  // Without a listener a connection that breaks while the work goes on would end the process.
  client.on('error', () => undefined);
  let released = false;
  // The lock goes with the connection, and so does the wait for it.
  const release = (): void => {
    if (!released) client.release(true);
    released = true;
  };
  try {
    signal?.addEventListener('abort', release);
    if (signal?.aborted === true) release();
    await translating(() => client.query('SELECT pg_advisory_lock(hashtextextended($1, 0))', [name]));
    signal?.removeEventListener('abort', release);
    return await work();
  } finally {
    signal?.removeEventListener('abort', release);
    release();
  }
}

/** Whether somebody holds the lock of this name. */
export async function isLocked(pool: Pool, name: string): Promise<boolean> {
  const { rows } = await translating(() =>
    // taken for as long as this statement takes, and shared with others who ask
    pool.query<{ free: boolean }>(
      'SELECT pg_try_advisory_xact_lock_shared(hashtextextended($1, 0)) AS free',
      [name],
    ),
  );
  return rows[0]?.free !== true;
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
    throw translateWork(error);
  } finally {
    client.off('error', onError);
    client.release(broken);
  }
}
