/** What the database remembers beside the log, as of one moment at which the log holds all that follows from it. */
import { escapeIdentifier } from 'pg';
import type { Pool, PoolClient } from 'pg';
import type { TableHash } from '../../projections/runtime/ports.ts';
import { Retryable } from '../../streams/runtime/errors.ts';
import type { TableSet } from '../../streams/runtime/units.ts';
import { generationSchema } from './ddl.ts';
import { findLive } from './generations.ts';
import type { LiveGeneration } from './generations.ts';
import { hashTables } from './rebuilds.ts';
import { inTransaction } from './transaction.ts';

/** A row of log.owners. */
export interface UnitState {
  readonly unit: string;
  readonly partition: number;
  readonly epoch: number;
  readonly positions: Readonly<Record<string, number>>;
  readonly marks: Readonly<Record<string, string>>;
}

/** A row of log.submissions. */
export interface SubmissionState {
  readonly sender: string;
  readonly partition: number;
  readonly next_seq: number;
}

/** A row of log.idempotency_keys. */
export interface RequestKey {
  readonly org_id: string;
  readonly request_id: string;
  readonly digest: string;
  readonly answer: unknown;
  /** Postgres's text form, so that no microsecond is lost. */
  readonly created_at: string;
}

/** The database at the moment of the cut. */
export interface Cut {
  readonly units: readonly UnitState[];
  readonly submissions: readonly SubmissionState[];
  live(projection: string): Promise<LiveGeneration | undefined>;
  /** Hashes of the live tables; none when they are of another version than the code's. */
  hashes(set: TableSet): Promise<readonly TableHash[]>;
  keys(): AsyncIterable<RequestKey>;
}

/** How long to wait for batches under way, ms: everybody else waits behind us meanwhile. */
const LOCK_MS = 10_000;
const PAGE = 5_000;

/**
 * Runs work on a cut. Nobody takes effect or submits while `settle` brings what is emitted to the log and finds its ends: everything
 * that positions, marks and request ids stand for is before them, and nothing that follows from later ones. The locks end before
 * `work`, which sees the moment as it was. Busy: Retryable CUT_BUSY.
 */
export async function withCut<E, T>(
  pool: Pool,
  settle: () => Promise<E>,
  work: (cut: Cut, settled: E) => Promise<T>,
): Promise<T> {
  return inTransaction(pool, async (view) => {
    await view.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY');
    await view.query('SET LOCAL idle_in_transaction_session_timeout = 0');
    const settled = await inTransaction(pool, async (locks) => {
      await lockState(locks);
      const found = await settle();
      // The first query is the moment.
      const { rows } = await view.query<{ n: number }>('SELECT count(*)::int AS n FROM log.outbox');
      if (rows[0]!.n > 0) throw busy(`${rows[0]!.n} emitted records are not in the log yet`);
      return found;
    });
    return work(await cutOf(view), settled);
  });
}

/** Takes the locks in the order in which submitting takes them, and waits no longer than others can bear. */
export async function lockState(client: PoolClient): Promise<void> {
  await client.query('SET LOCAL idle_in_transaction_session_timeout = 0');
  await client.query(`SET LOCAL lock_timeout = ${LOCK_MS}`);
  try {
    await client.query('LOCK TABLE log.idempotency_keys, log.submissions, log.owners IN EXCLUSIVE MODE');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === '55P03')
      throw busy(`a batch or a rebuild took longer than ${LOCK_MS / 1000} s`);
    throw error;
  }
}

async function cutOf(client: PoolClient): Promise<Cut> {
  const { rows: units } = await client.query<UnitState>(
    `SELECT unit, partition, epoch, positions, marks FROM log.owners WHERE unit NOT LIKE '%#%' ORDER BY 1, 2`,
  );
  const { rows: submissions } = await client.query<SubmissionState>(
    'SELECT sender, partition, next_seq FROM log.submissions ORDER BY 1, 2',
  );
  const live = (projection: string): Promise<LiveGeneration | undefined> => findLive(client, projection);
  return {
    units,
    submissions,
    live,
    async hashes(set) {
      const found = await live(set.projection);
      if (found?.version !== set.version) return [];
      const schema = generationSchema(set.projection, found.version, found.generation);
      return hashTables(client, set, escapeIdentifier(schema));
    },
    async *keys() {
      let last: RequestKey | undefined;
      do {
        const { rows } = await client.query<RequestKey>(
          `SELECT org_id, request_id, digest, answer, created_at::text FROM log.idempotency_keys
           WHERE $1::text IS NULL OR (org_id, request_id) > ($1, $2) ORDER BY org_id, request_id LIMIT ${PAGE}`,
          [last?.org_id ?? null, last?.request_id ?? null],
        );
        yield* rows;
        last = rows.length < PAGE ? undefined : rows.at(-1);
      } while (last !== undefined);
    },
  };
}

function busy(why: string): Retryable {
  return new Retryable({ code: 'CUT_BUSY', message: `${why}: try again, best while little comes in` });
}
