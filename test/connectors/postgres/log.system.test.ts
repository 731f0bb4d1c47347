import type { Pool } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PostgresLog } from '../../../connectors/postgres/log.ts';
import { createClient, createPool } from '../../../connectors/postgres/pool.ts';
import type { NewRecord } from '../../../streams/runtime/ports.ts';
import { audit, logContract, record } from '../../streams/runtime/log-contract.ts';
import { startPostgres } from '../../support/postgres.ts';
import type { TestPostgres } from '../../support/postgres.ts';

let server: TestPostgres;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.close());

async function poolOn(url: string): Promise<Pool> {
  const pool = createPool({ url, applicationName: 'rightstream-test', max: 12 });
  await new PostgresLog(pool).prepare();
  return pool;
}

logContract('the log in Postgres', async () => {
  const pool = await poolOn(await server.database());
  return { log: new PostgresLog(pool), close: () => pool.end() };
});

it('hears of appends by another process', async () => {
  const url = await server.database();
  const pool = await poolOn(url);
  const [here, there] = [new PostgresLog(pool), new PostgresLog(pool)];
  await here.listen(createClient(url, 'rightstream-test'));
  await there.createTopic({ name: 't', partitions: 1 });
  const heard = new Promise<string>((resolve) => here.onAppend(resolve));
  await there.append([record()]);
  expect(await heard).toBe('t');
  await here.close();
  await pool.end();
});

/** The mistake that this log must not have: offsets from a sequence, taken before a commit that comes later or earlier. */
class SequenceLog extends PostgresLog {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    super(pool);
    this.#pool = pool;
  }

  override async append(records: readonly NewRecord[]): Promise<{ partition: number; offset: number }[]> {
    const client = await this.#pool.connect();
    const placed: { partition: number; offset: number }[] = [];
    try {
      await client.query('BEGIN');
      for (const { topic, key, headers } of records) {
        const { rows } = await client.query<{ offset: number }>(
          `INSERT INTO log.events (topic_id, partition, "offset", at, key, headers, size)
           SELECT topic_id, 0, nextval('offsets'), now(), $2, $3, 0 FROM log.topics WHERE name = $1 RETURNING "offset"`,
          [topic, key, JSON.stringify(headers)],
        );
        placed.push({ partition: 0, offset: Number(rows[0]!.offset) });
      }
      await client.query('SELECT pg_sleep(random() * 0.02)');
      await client.query('COMMIT');
    } finally {
      client.release();
    }
    return placed;
  }
}

it('a log with offsets from a sequence loses records, and the follower notices', async () => {
  const pool = await poolOn(await server.database());
  await pool.query('CREATE SEQUENCE offsets MINVALUE 0');
  const { written, missing } = await audit(new SequenceLog(pool), 8, 25);
  expect(written).toBe(200);
  expect(missing.length).toBeGreaterThan(0);
  await pool.end();
});
