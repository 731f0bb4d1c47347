/** Pools and single connections with sane time-outs; the only place where Postgres clients are made. */
import pg from 'pg';
import type { Client, Pool } from 'pg';

/** What a pool needs to know. */
export interface PoolSettings {
  readonly url: string;
  /** Shown in pg_stat_activity; starts with `rightstream`. */
  readonly applicationName: string;
  /** Most connections. */
  readonly max: number;
}

/** bigint and numeric arrive as numbers where they are safe; a larger one is an error, never a rounded value. */
const types = {
  getTypeParser(oid: number, format?: 'text' | 'binary'): (value: string) => unknown {
    if (oid === 20 && format !== 'binary') return safeInteger;
    return pg.types.getTypeParser(oid, format as 'text') as (value: string) => unknown;
  },
};

function safeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`${text} is beyond what a number holds exactly`);
  return value;
}

/** A pool of connections. */
export function createPool({ url, applicationName, max }: PoolSettings): Pool {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: applicationName,
    max,
    types,
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
  });
  // An idle connection that breaks is replaced by the pool; the next query reports what is wrong.
  pool.on('error', () => undefined);
  return pool;
}

/** A connection of its own, for LISTEN and for locks that live as long as it does; not yet connected. */
export function createClient(url: string, applicationName: string): Client {
  return new pg.Client({ connectionString: url, application_name: applicationName, keepAlive: true });
}
