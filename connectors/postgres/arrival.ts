/** What an import leaves in the database: a note while it lasts, and at its end everything at once. */
import type { Pool, PoolClient } from 'pg';
import { BadInput } from '../../streams/runtime/errors.ts';
import type { TableSet } from '../../streams/runtime/units.ts';
import { lockState } from './cut.ts';
import type { RequestKey, SubmissionState, UnitState } from './cut.ts';
import { goLive } from './generations.ts';
import { inTransaction, translating } from './transaction.ts';

/** The digest of an import that was begun and not finished. */
export async function unfinishedImport(db: Pool | PoolClient): Promise<string | undefined> {
  const { rows } = await translating(() =>
    db.query<{ digest: string }>('SELECT digest FROM log.imports WHERE finished_at IS NULL'),
  );
  return rows[0]?.digest;
}

/**
 * Notes that an import begins, or goes on. The database must remember nothing yet: BadInput OWNERS_EXIST. Another import that
 * was begun: BadInput IMPORT_UNFINISHED.
 */
export async function beginImport(pool: Pool, digest: string): Promise<'new' | 'resumed'> {
  return inTransaction(pool, async (client) => {
    await lockState(client);
    await checkBlank(client);
    const other = await unfinishedImport(client);
    if (other === digest) return 'resumed';
    if (other !== undefined) throw importUnfinished(other);
    await client.query('INSERT INTO log.imports (digest) VALUES ($1)', [digest]);
    return 'new';
  });
}

/** BadInput IMPORT_UNFINISHED. */
export function importUnfinished(digest: string): BadInput {
  return new BadInput({
    code: 'IMPORT_UNFINISHED',
    message: `an import (${digest.slice(0, 12)}…) into this place was not finished: run the same \`rightstream import FOLDER\` again, it goes on where it stopped; or start over with empty topics and an empty database`,
  });
}

/** What takes effect at the end. */
export interface Arrival {
  readonly digest: string;
  readonly units: readonly UnitState[];
  readonly submissions: readonly SubmissionState[];
  keys(): AsyncIterable<RequestKey>;
  /** Rebuilt tables. */
  readonly tables: readonly { readonly set: TableSet; readonly generation: number }[];
}

/** Stores positions, marks, sequence numbers and request ids, and makes the tables live: all or nothing. */
export async function finishImport(pool: Pool, arrival: Arrival): Promise<void> {
  await inTransaction(pool, async (client) => {
    await lockState(client);
    await checkBlank(client);
    await client.query(
      `INSERT INTO log.owners AS o (unit, partition, epoch, positions, marks)
       SELECT unit, partition, epoch, positions, marks FROM jsonb_to_recordset($1)
         AS x(unit text, partition int, epoch bigint, positions jsonb, marks jsonb)
       ON CONFLICT (unit, partition) DO UPDATE SET epoch = greatest(o.epoch, excluded.epoch) + 1,
         positions = excluded.positions, marks = excluded.marks`,
      [JSON.stringify(arrival.units)],
    );
    await client.query(
      `INSERT INTO log.submissions (sender, partition, next_seq)
       SELECT sender, partition, next_seq FROM jsonb_to_recordset($1) AS x(sender text, partition int, next_seq bigint)`,
      [JSON.stringify(arrival.submissions)],
    );
    for await (const page of pagesOf(arrival.keys())) await insertKeys(client, page);
    for (const { set, generation } of arrival.tables) {
      await goLive(client, set, generation);
      await client.query('DELETE FROM log.owners WHERE unit LIKE $1', [`${set.projection}#%`]);
    }
    await client.query('UPDATE log.imports SET finished_at = now() WHERE digest = $1', [arrival.digest]);
  });
}

/** Rows of processes that looked at empty topics say nothing. */
async function checkBlank(client: PoolClient): Promise<void> {
  const { rows } = await client.query<{ what: string }>(
    `SELECT 'unit ' || unit || ' has taken records' AS what FROM log.owners WHERE unit NOT LIKE '%#%'
       AND (marks <> '{}' OR EXISTS (SELECT FROM jsonb_each_text(positions) WHERE value <> '0'))
     UNION ALL SELECT sender || ' has submitted records' FROM log.submissions
     UNION ALL SELECT 'request ids are known' FROM log.idempotency_keys LIMIT 1`,
  );
  if (rows[0] === undefined) return;
  throw new BadInput({
    code: 'OWNERS_EXIST',
    message: `${rows[0].what} in this database: an import wants an empty one. Name another data folder or DATABASE_URL`,
  });
}

const PAGE = 5_000;

async function* pagesOf<T>(values: AsyncIterable<T>): AsyncGenerator<T[]> {
  let page: T[] = [];
  for await (const value of values) {
    page.push(value);
    if (page.length < PAGE) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}

async function insertKeys(client: PoolClient, keys: readonly RequestKey[]): Promise<void> {
  await client.query(
    `INSERT INTO log.idempotency_keys (org_id, request_id, digest, answer, created_at)
     SELECT org_id, request_id, digest, answer, created_at FROM json_to_recordset($1)
       AS x(org_id text, request_id text, digest text, answer json, created_at timestamptz)`,
    [JSON.stringify(keys)],
  );
}
