/** Pools and single connections with sane time-outs; the only place where Postgres clients are made. */
import pg from 'pg';
import type { Client, Pool } from 'pg';
import { Retryable, Terminal } from '../../streams/runtime/errors.ts';
import { translate } from './transaction.ts';

/** What a pool needs to know. */
export interface PoolSettings {
  readonly url: string;
  /** Shown in pg_stat_activity; starts with `rightstream`. */
  readonly applicationName: string;
  /** Most connections. */
  readonly max: number;
  /** A statement that takes longer is cancelled; no bound when absent. */
  readonly statementTimeoutMs?: number;
  /** A transaction whose client is silent for so long is rolled back: a stopped process must not keep others out. */
  readonly idleInTransactionMs?: number;
}

const INT8 = 20;
const DATE = 1082;
const TIMESTAMPTZ = 1184;

/** int8 arrives as a number where that is exact, times as ISO text with ms in UTC, dates as text; numeric stays text. */
const types = {
  getTypeParser(oid: number, format?: 'text' | 'binary'): (value: string) => unknown {
    const usual = pg.types.getTypeParser(oid, format as 'text') as (value: string) => unknown;
    if (format === 'binary') return usual;
    if (oid === INT8) return safeInteger;
    if (oid === DATE) return (text) => text;
    if (oid === TIMESTAMPTZ) return (text) => isoTime(usual(text), text);
    return usual;
  },
};

function isoTime(parsed: unknown, text: string): string {
  return parsed instanceof Date ? parsed.toISOString() : text;
}

function safeInteger(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value)) return value;
  throw new Terminal({
    code: 'POSTGRES_NUMBER_UNSAFE',
    message: `${text} is beyond what a number holds exactly`,
  });
}

/** True when Postgres may do it later: it is away, busy, full, or gave way to another transaction. */
export function isRetryable(error: unknown): boolean {
  return translate(error) instanceof Retryable;
}

/** A pool of connections. */
export function createPool({
  url,
  applicationName,
  max,
  statementTimeoutMs,
  idleInTransactionMs,
}: PoolSettings): Pool {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: applicationName,
    max,
    types,
    ...(statementTimeoutMs === undefined ? {} : { statement_timeout: statementTimeoutMs }),
    ...(idleInTransactionMs === undefined
      ? {}
      : { idle_in_transaction_session_timeout: idleInTransactionMs }),
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
