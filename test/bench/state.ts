/** What a container costs: bytes of the engine's state after a day, 15 days and a year; how fast decisions are made from it. */
import { decide, readsToDecide } from '../../projections/recommendation/decide.ts';
import { defaultPolicy } from '../../projections/recommendation/policy/resolve.ts';
import recommendations from '../../projections/recommendation/recommendations.projection.ts';
import { recommendationTables } from '../../projections/recommendation/tables.ts';
import { DAY_MS } from '../../projections/recommendation/usage-day.ts';
import { reportedUsage } from '../../projections/recommendation/usage-event.ts';
import type { ReportedUsage } from '../../projections/recommendation/usage-event.ts';
import type { Precision } from '../../projections/recommendation/usage-signals.ts';
import type { Rows } from '../../projections/runtime/define.ts';
import { TableBatch } from '../../projections/runtime/rows.ts';
import { createPool } from '../../connectors/postgres/pool.ts';
import { temporaryDdl } from '../../connectors/postgres/ddl.ts';
import { storeRows } from '../../connectors/postgres/rows.ts';
import type { AnyRow } from '../../streams/runtime/units.ts';
import { Decider } from '../support/decider.ts';
import { startPostgres } from '../support/postgres.ts';
import { usageEvent } from '../support/reported-usage.ts';
import { noiseFrom } from '../support/synthetic-traces.ts';
import { expectEqual, figure, percentile, spread } from './figures.ts';

const QUARTER = 900_000;
const t0 = Date.parse('2025-01-01T00:00:00Z');
const CONTAINERS = 20;
const FLEET = 10_000;
type Tables = typeof recommendationTables;

/** A whole day of 15-minute intervals of one container; every value differs. */
function dayOfUsage(container: number, day: number) {
  const { uniform } = noiseFrom(1_000 * container + day);
  const scale = Math.exp(-3 + (container % 10) / 2);
  return usageEvent({
    ends: Array.from({ length: 96 }, (_, i) => t0 + day * DAY_MS + (i + 1) * QUARTER),
    digest: `d${day}`,
    payload: `p${day}`,
    container: `c${container}`,
    cores: () => scale * Math.exp(uniform()),
    bytes: () => Math.round(2e8 * (1 + uniform())),
  });
}

const bytesOf = (rows: readonly AnyRow[]) => rows.map((row) => (row['signals'] as Buffer).length);
const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

/** Prints bytes per container as days pass, the size in Postgres of 10,000 containers, and decisions per second. */
export async function benchState(): Promise<void> {
  const decider = await Decider.of({ ...recommendations, decide: {} });
  const last: ReportedUsage[] = [];
  let from = 0;
  for (const days of [1, 15, 17, 30, 365]) {
    for (let day = from; day < days; day++) {
      for (let container = 0; container < CONTAINERS; container++) {
        const event = dayOfUsage(container, day);
        if (day === 29) last.push(reportedUsage(event));
        decider.send('ContainerUsageReported', event);
      }
      await decider.run();
    }
    from = days;
    const rows = decider.rows('usage_signals')[0]!;
    const perContainer = sum(bytesOf(rows)) / CONTAINERS;
    console.log(
      `state: after ${days} days: ${rows.length / CONTAINERS} compact days, ${figure(perContainer)} bytes a container (a day at most ${Math.max(...bytesOf(rows))}); × ${figure(FLEET)}: ${((perContainer * FLEET) / 1e6).toFixed(0)} MB`,
    );
    if (days === 30) benchDecisions(decider, last);
  }
  const rows = decider.rows('usage_signals')[0]!;
  expectEqual('compact days a container', rows.length, 17 * CONTAINERS);
  await benchTable(rows);
}

/** Decisions of the day's report end, from rows in memory: loading and storing are not in it. */
function benchDecisions(decider: Decider, usages: readonly ReportedUsage[]): void {
  for (const precision of ['compact', 'exact'] as const) {
    const rows = usages.map((usage) => loaded(decider, usage, precision));
    const by = { policy: { ...defaultPolicy, precision }, sources: [] };
    const once = (i: number) => decide(rows[i % rows.length]!, usages[i % rows.length]!, by);
    for (let i = 0; i < 300; i++) once(i);
    const rates: number[] = [];
    const cpu: number[] = [];
    const times: number[] = [];
    for (let round = 0; round < 5; round++) {
      const began = performance.now();
      const before = process.cpuUsage();
      for (let i = 0; i < 1_000; i++) {
        const start = performance.now();
        expectEqual('decisions', once(i).length, 1);
        times.push(performance.now() - start);
      }
      rates.push(1_000 / ((performance.now() - began) / 1_000));
      const { user, system } = process.cpuUsage(before);
      cpu.push((user + system) / 1_000);
    }
    console.log(
      `state: ${precision}: ${spread(rates)} decisions/s, ${spread(cpu)} µs of CPU each, p50 ${percentile(times, 0.5).toFixed(2)} ms, p99 ${percentile(times, 0.99).toFixed(2)} ms`,
    );
  }
}

/** The rows that a decision reads, as a batch holds them. */
function loaded(decider: Decider, usage: ReportedUsage, precision: Precision): Rows<Tables> {
  const tables = Object.fromEntries(
    Object.entries(recommendationTables).map(([name, table]) => [name, new TableBatch(name, table)]),
  );
  const rows = tables as unknown as Rows<Tables>;
  const of = (name: keyof Tables, column: string) =>
    decider.rows(name)[0]!.filter((row) => row[column] === usage.objectId);
  tables['containers']!.want({ table: 'containers', key: [usage.objectId] });
  tables['containers']!.fill(of('containers', 'container_id'));
  for (const read of readsToDecide(rows, usage, precision)) tables[read.table]!.want(read);
  for (const name of ['container_usage', 'usage_signals'] as const) tables[name]!.fill(of(name, 'object_id'));
  return rows;
}

/** The table as Postgres stores it, keys and index included. */
async function benchTable(rows: readonly AnyRow[]): Promise<void> {
  const postgres = await startPostgres();
  try {
    const pool = createPool({ url: await postgres.database(), applicationName: 'bench-state', max: 1 });
    const client = await pool.connect();
    const shape = recommendationTables.usage_signals;
    await client.query(temporaryDdl({ projection: 'bench', version: 1, tables: { usage_signals: shape } }));
    const began = performance.now();
    for (let copy = 0; copy < FLEET / CONTAINERS; copy++) {
      const ids = { org_id: '3340851', cluster_id: '1b36b20f-7fa0-4454-a6d2-008294e06378' };
      const more = rows.map((row) => {
        const object = `${String(row['object_id']).slice(0, -6)}${String(copy).padStart(6, '0')}`;
        return { ...row, ...ids, object_id: object };
      });
      await storeRows(client, 'usage_signals', shape, more, 0);
    }
    const size = await client.query<{ bytes: string; n: string }>(
      `SELECT pg_total_relation_size('usage_signals') AS bytes, (SELECT count(*) FROM usage_signals) AS n`,
    );
    const { bytes, n } = size.rows[0]!;
    console.log(
      `state: ${figure(FLEET)} containers in Postgres: ${figure(Number(n))} rows, ${(Number(bytes) / 1e6).toFixed(0)} MB with keys and index, ${figure(Number(bytes) / FLEET)} bytes a container; written in ${((performance.now() - began) / 1000).toFixed(0)} s`,
    );
    client.release();
    await pool.end();
  } finally {
    await postgres.close();
  }
}
