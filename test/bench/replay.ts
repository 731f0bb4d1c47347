/** Replay: our rebuild beside emmett's, of the same events into the same Postgres server, both checked to the row. */
import { createPool } from '../../connectors/postgres/pool.ts';
import type { UploadReceived } from '../../schemas/generated/events.ts';
import { startPostgres } from '../support/postgres.ts';
import { startKafka } from '../support/real/kafka.ts';
import { VERSIONS } from '../support/real/versions.ts';
import { COLLECTION, emmettSide } from './emmett.ts';
import type { Totals } from './emmett.ts';
import { expectEqual, figure, spread, spreadOf } from './figures.ts';
import { ourSide } from './replay-sides.ts';

/** How much is replayed. */
export interface ReplayOptions {
  readonly events?: number;
  readonly keys?: number;
  /** Rebuilds of each side, in turn. */
  readonly rounds?: number;
}

/** Our rebuilds before those that count: theirs takes long enough to warm up on the way. */
const WARM_UP = 3;

/** Prints events/s of each side, the rows that each has and should have, and the ratio per pair. */
export async function benchReplay({
  events = 100_000,
  keys = 200,
  rounds = 3,
}: ReplayOptions = {}): Promise<void> {
  const postgres = await startPostgres();
  const kafka = await startKafka({ heapMb: 512 });
  const opened: { close(): Promise<void> }[] = [];
  try {
    const facts = uploads(events, keys);
    const expected = totalsOf(facts);
    const theirUrl = await postgres.database();
    const theirs = await emmettSide(theirUrl);
    opened.push(theirs);
    const ours = [
      await ourSide(await postgres.database()),
      await ourSide(await postgres.database(), kafka.brokers),
    ];
    console.log(
      `replay: ${figure(events)} events (UploadReceived) of ${keys} keys, one row or document per key with count and sum; bundled PostgreSQL for all, Kafka ${VERSIONS.kafka}, emmett-postgresql ${theirs.version}`,
    );
    opened.push(...ours);
    await theirs.append(facts);
    for (const side of ours) {
      await side.append(facts);
      for (let warm = 0; warm < WARM_UP; warm++) await side.rebuild(false);
    }
    const peerRates: number[] = [];
    const found: Totals[] = [];
    const rates: number[][] = ours.map(() => []);
    for (let round = 0; round < rounds; round++) {
      peerRates.push(events / (await theirs.rebuild()));
      found.push(await emmettTotals(theirUrl));
      for (const [i, side] of ours.entries()) {
        const started = performance.now();
        const result = await side.rebuild(true);
        rates[i]!.push(events / ((performance.now() - started) / 1000));
        expectEqual(`${side.name}: folded`, result.events, events);
        expectEqual(`${side.name}: equal to the tables before`, result.equal, true);
        expectEqual(`${side.name}: read model`, await side.totals(), expected);
      }
    }
    console.log(`replay: emmett's read model should have ${shown(expected)}`);
    for (const [round, has] of found.entries()) {
      console.log(
        `replay: emmett, rebuild ${round + 1}: ${figure(peerRates[round]!)} events/s, has ${shown(has)}`,
      );
    }
    console.log(`replay: emmett ${spread(peerRates)} events/s`);
    for (const [i, side] of ours.entries()) {
      const ratios = rates[i]!.map((rate, round) => rate / peerRates[round]!);
      const each = ratios.map((ratio) => ratio.toFixed(0)).join(', ');
      console.log(`replay: ${side.name} ${spread(rates[i]!)} events/s, sha256 of the tables compared`);
      console.log(`replay: ${side.name}: ${shown(expected)}, as it should have`);
      console.log(`replay: ${side.name}: ${spreadOf(ratios).median.toFixed(0)} × emmett (pairs ${each})`);
    }
  } finally {
    for (const each of opened) await each.close();
    await kafka.stop();
    await postgres.close();
  }
}

function shown({ rows, count, total }: Totals): string {
  return `${figure(rows)} rows, ${figure(count)} events counted, sum ${figure(total)}`;
}

/** Uploads of many organisations in turn. */
export function uploads(events: number, keys: number): UploadReceived[] {
  return Array.from({ length: events }, (_, i) => ({
    upload_id: `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`,
    org_id: `org-${(i * 7919) % keys}`,
    request_id: `request-${i}`,
    account: null,
    channel: 'http',
    filename: `report-${i}.tar.gz`,
    digest: String(i).padStart(64, '0'),
    size: 1_000 + (i % 997),
    media_type: 'application/vnd.redhat.hccm.tar+tgz',
    source_id: null,
    cluster_id: null,
    cluster_alias: null,
    received_at: Date.UTC(2026, 0, 1) + i,
  }));
}

function totalsOf(events: readonly UploadReceived[]): Totals {
  const rows = new Set(events.map(({ org_id }) => org_id)).size;
  return { rows, count: events.length, total: events.reduce((sum, { size }) => sum + size, 0) };
}

async function emmettTotals(url: string): Promise<Totals> {
  const pool = createPool({ url, applicationName: 'rightstream-bench', max: 1 });
  try {
    const { rows } = await pool.query<Totals>(
      `SELECT count(*)::float8 AS rows, coalesce(sum((data->>'count')::float8), 0) AS count,
         coalesce(sum((data->>'total')::float8), 0) AS total FROM ${COLLECTION}`,
    );
    return rows[0]!;
  } finally {
    await pool.end();
  }
}
