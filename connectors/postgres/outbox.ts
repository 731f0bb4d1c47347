/** The outbox: records that transactions emitted, until the log outside has them. */
import type { Pool, PoolClient } from 'pg';
import type { EventLog, NewRecord } from '../../streams/runtime/ports.ts';
import type { Outbox, PendingRecord } from '../../streams/runtime/units.ts';
import { arrayParameter } from './arrays.ts';
import type { Publisher, Sender } from './publisher.ts';
import { translating } from './transaction.ts';

/** Records and bytes of one page. */
const PAGE = { records: 1_000, bytes: 8 * 1024 * 1024 };

/** Emits into the outbox; a stream's records go to the log at once, before the position behind their input is stored. */
export function outboxPublisher(log: EventLog): Publisher {
  return {
    async emit(client, sender, records, derived) {
      if (derived) await keepingAlive(client, log.append(records));
      else await insert(client, sender, records);
    },
    committed: () => undefined,
  };
}

/** Between two signs of life, ms: well below the shortest bound on silence within a transaction. */
const ALIVE_MS = 500;

/**
 * Waits while Postgres hears that we are still here. It rolls back transactions that are silent for long, for a process that is
 * stopped must not keep others out; a log that is slow is no such thing, and what it took would be appended again, and again.
 */
async function keepingAlive(client: PoolClient, work: Promise<unknown>): Promise<void> {
  let sign: Promise<unknown> | undefined;
  const timer = setInterval(() => {
    sign ??= client
      .query('SELECT')
      .catch(() => undefined)
      .finally(() => (sign = undefined));
  }, ALIVE_MS);
  try {
    await work;
  } finally {
    clearInterval(timer);
    await sign;
  }
}

async function insert(
  client: PoolClient,
  { unit, partition }: Sender,
  records: readonly NewRecord[],
): Promise<void> {
  await client.query({
    name: 'outbox-insert',
    text: `INSERT INTO log.outbox (unit, partition, at, topic, to_partition, key, headers, value)
      SELECT $1, $2, a, t, p, k, h::json, v
      FROM unnest($3::timestamptz[], $4::text[], $5::int4[], $6::text[], $7::text[], $8::bytea[])
        WITH ORDINALITY AS x(a, t, p, k, h, v, n) ORDER BY n`,
    values: [
      unit,
      partition,
      arrayParameter(
        'timestamptz',
        records.map((record) => record.timestamp),
      ),
      arrayParameter(
        'text',
        records.map((record) => record.topic),
      ),
      arrayParameter(
        'int4',
        records.map((record) => record.partition ?? null),
      ),
      arrayParameter(
        'text',
        records.map((record) => record.key),
      ),
      arrayParameter(
        'json',
        records.map((record) => JSON.stringify(record.headers)),
      ),
      arrayParameter(
        'bytea',
        records.map((record) => record.value),
      ),
    ],
  });
}

interface Row {
  id: number;
  ms: number;
  topic: string;
  to_partition: number | null;
  key: string | null;
  headers: Record<string, string>;
  value: Buffer | null;
}

/** The outbox over a pool. */
export function postgresOutbox(pool: Pool): Outbox {
  return {
    async pending(unit, partition) {
      // Ids grow in the order of commits: whoever emits for a unit and partition holds the lock of its owner.
      const { rows } = await translating(() =>
        pool.query<Row>({
          name: 'outbox-pending',
          text: `SELECT id, (extract(epoch FROM at) * 1000)::float8 AS ms, topic, to_partition, key, headers, value FROM (
              SELECT *, sum(coalesce(length(value), 0)) OVER (ORDER BY id) - coalesce(length(value), 0) AS before FROM (
                SELECT * FROM log.outbox WHERE unit = $1 AND partition = $2 ORDER BY id LIMIT $3
              ) page
            ) sized WHERE before < $4 ORDER BY id`,
          values: [unit, partition, PAGE.records, PAGE.bytes],
        }),
      );
      const bytes = rows.reduce((sum, { value }) => sum + (value?.length ?? 0), 0);
      return { records: rows.map(recordOf), more: rows.length >= PAGE.records || bytes >= PAGE.bytes };
    },
    async published(ids) {
      await translating(() =>
        pool.query({
          name: 'outbox-published',
          text: 'DELETE FROM log.outbox WHERE id = ANY($1::int8[])',
          values: [ids],
        }),
      );
    },
    async backlog() {
      const { rows } = await translating(() =>
        pool.query<{ unit: string; n: number }>(
          'SELECT unit, count(*)::int AS n FROM log.outbox GROUP BY unit',
        ),
      );
      return new Map(rows.map(({ unit, n }) => [unit, n]));
    },
    async waiting(before) {
      const { rows } = await translating(() =>
        pool.query<Sender>(
          'SELECT DISTINCT unit, partition FROM log.outbox WHERE at < to_timestamp($1::float8 / 1000) ORDER BY 1, 2',
          [before],
        ),
      );
      return rows;
    },
  };
}

function recordOf({ id, ms, topic, to_partition: partition, key, headers, value }: Row): PendingRecord {
  const timestamp = Math.round(ms);
  return { id, topic, key, headers, value, timestamp, ...(partition === null ? {} : { partition }) };
}
