import type { Pool } from 'pg';
import { afterAll, beforeAll, beforeEach, afterEach, expect, it } from 'vitest';
import { outboxPublisher } from '../../../connectors/postgres/outbox.ts';
import { createPool } from '../../../connectors/postgres/pool.ts';
import { prepareDatabase } from '../../../connectors/postgres/prepare.ts';
import { postgresGenerations } from '../../../connectors/postgres/rebuilds.ts';
import { prepareProjection } from '../../../connectors/postgres/generations.ts';
import { inTransaction, withLock } from '../../../connectors/postgres/transaction.ts';
import { PostgresUnits } from '../../../connectors/postgres/units.ts';
import { tableSetOf } from '../../../projections/runtime/projection-work.ts';
import { noFaults } from '../../../streams/runtime/faults.ts';
import type { EventLog, NewRecord } from '../../../streams/runtime/ports.ts';
import { startPostgres } from '../../support/postgres.ts';
import type { TestPostgres } from '../../support/postgres.ts';
import { tally } from '../../projections/runtime/tally.ts';

let server: TestPostgres;
let pool: Pool;
let other: Pool;

beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.close());
beforeEach(async () => {
  const url = await server.database();
  pool = createPool({ url, applicationName: 'rightstream-test', max: 8, idleInTransactionMs: 2_000 });
  other = createPool({ url, applicationName: 'rightstream-other', max: 2 });
  await prepareDatabase(pool);
});
afterEach(async () => {
  await pool.end();
  await other.end();
});

const record: NewRecord = { topic: 't', key: 'k', value: null, headers: {}, timestamp: 1 };

function logThat(append: () => Promise<unknown>): EventLog {
  return { append: () => append().then(() => []) } as unknown as EventLog;
}

it('a log that takes longer than a transaction may be silent does not make a stream append again for ever', async () => {
  let appends = 0;
  const slow = logThat(async () => {
    appends += 1;
    await other.query('SELECT pg_sleep(4)');
  });
  const units = new PostgresUnits(pool, outboxPublisher(slow), noFaults);
  const owner = await units.claim('u', 0);
  await units.transact(owner, undefined, async (tx) => {
    await tx.append([record]);
    await tx.save({ in: 1 }, {});
  });
  expect(await units.positions('u')).toEqual(new Map([[0, { in: 1 }]]));
  expect(appends).toBe(1);
});

it('a lock whose connection breaks while the work goes on does not end the process', async () => {
  const done = await withLock(pool, 'name', async () => {
    await other.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'rightstream-test'",
    );
    await expect.poll(() => pool.idleCount).toBe(0);
    await other.query('SELECT pg_sleep(0.1)');
    return 'done';
  });
  expect(done).toBe('done');
});

it('whoever waits for a lock stops waiting when it is to stop', async () => {
  const stop = new AbortController();
  await withLock(pool, 'name', async () => {
    const waiting = withLock(pool, 'name', () => Promise.resolve(), stop.signal);
    waiting.catch(() => undefined);
    await expect
      .poll(async () => {
        const { rows } = await other.query<{ n: number }>(
          'SELECT count(*)::int AS n FROM pg_locks WHERE NOT granted',
        );
        return rows[0]!.n;
      })
      .toBe(1);
    stop.abort();
    await expect(waiting).rejects.toMatchObject({ name: 'Retryable' });
  });
});

it('tables that somebody else changed are no reason to set records aside', async () => {
  await expect(
    inTransaction(pool, (client) => client.query('SELECT * FROM no_such_table')),
  ).rejects.toMatchObject({ name: 'Fatal', code: 'TABLES_UNFIT' });
});

it('the first batch of a partition during a swap goes to the tables that are live afterwards', async () => {
  const set = tableSetOf(tally);
  await prepareProjection(pool, set);
  const units = new PostgresUnits(pool, outboxPublisher(logThat(() => Promise.resolve())), noFaults);
  const generations = postgresGenerations(pool);
  const generation = await generations.create(set);
  // a rebuild has claimed every partition of its own
  await units.claim(`${set.projection}#v${set.version}g${generation}`, 0);
  let first: Promise<unknown> = Promise.resolve();
  await generations.swap(set, generation, async () => {
    let claimed = false;
    const claim = units.claim(set.projection, 0, set).then((owner) => {
      claimed = true;
      return owner;
    });
    first = claim.then((owner) =>
      units.transact(owner, set, (tx) => tx.store('tally', [{ org_id: 'o', refusals: 1, facts: 0 }], [])),
    );
    first.catch(() => undefined);
    await expect
      .poll(async () => {
        const { rows } = await other.query<{ n: number }>(
          'SELECT count(*)::int AS n FROM pg_locks WHERE NOT granted',
        );
        return claimed || rows[0]!.n > 0;
      })
      .toBe(true);
    if (claimed) await first;
    return true;
  });
  await first;
  const { rows } = await pool.query('SELECT org_id FROM public.tally');
  expect(rows).toEqual([{ org_id: 'o' }]);
});
