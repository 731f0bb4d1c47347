/** A small projection for the replay, over a log of ours: one row per key with how many events and the sum of their sizes. */
import type { Pool } from 'pg';
import { createKafka } from '../../connectors/kafka/client.ts';
import { KafkaLog } from '../../connectors/kafka/log.ts';
import { kafkaSettings } from '../../connectors/kafka/settings.ts';
import { prepareProjection } from '../../connectors/postgres/generations.ts';
import { PostgresLog } from '../../connectors/postgres/log.ts';
import { createPool } from '../../connectors/postgres/pool.ts';
import { appendingPublisher } from '../../connectors/postgres/publisher.ts';
import { postgresGenerations } from '../../connectors/postgres/rebuilds.ts';
import { PostgresUnits } from '../../connectors/postgres/units.ts';
import { defineProjection } from '../../projections/runtime/define.ts';
import { projectionInputs, tableSetOf } from '../../projections/runtime/projection-work.ts';
import { rebuild } from '../../projections/runtime/rebuild.ts';
import type { RebuildDeps, RebuildResult } from '../../projections/runtime/rebuild.ts';
import { c, table } from '../../projections/runtime/table.ts';
import { createCodec, localRegistry } from '../../schemas/codec/codec.ts';
import type { UploadReceived } from '../../schemas/generated/events.ts';
import { systemClock } from '../../streams/runtime/clock.ts';
import { noFaults } from '../../streams/runtime/faults.ts';
import type { EventLog, NewRecord } from '../../streams/runtime/ports.ts';
import { Signals } from '../../streams/runtime/signals.ts';
import type { Totals } from './emmett.ts';

const TOPIC = 'intake';
const PARTITIONS = 4;
const PIECE = 500;
/** What the app gives a rebuild. */
const LIMITS = { maxRecords: 500, maxBytes: 8 * 1024 * 1024 };

/** Counts uploads per organisation. */
export const tallies = defineProjection({
  id: 'tallies',
  version: 1,
  about: 'Uploads per organisation.',
  from: [TOPIC],
  emits: [],
  tables: {
    tallies: table({
      comment: 'Uploads per organisation.',
      key: ['org_id'],
      columns: {
        org_id: c.text('Organisation.'),
        uploads: c.int8('How many.'),
        total: c.int8('Sum of their sizes.'),
      },
    }),
  },
  reads: { UploadReceived: ({ org_id }) => [{ table: 'tallies', key: [org_id] }] },
  fold: {
    UploadReceived({ tallies: rows }, { org_id, size }) {
      const row = rows.get(org_id);
      rows.put({ org_id, uploads: (row?.uploads ?? 0) + 1, total: (row?.total ?? 0) + size });
    },
  },
  decide: {},
});

/** Our rebuild over one kind of log. */
export interface OurSide {
  readonly name: string;
  append(events: readonly UploadReceived[]): Promise<void>;
  rebuild(verify: boolean): Promise<RebuildResult>;
  totals(): Promise<Totals>;
  close(): Promise<void>;
}

/** Over the log in Postgres, or over Kafka when brokers are given; the tables are in the database either way. */
export async function ourSide(url: string, brokers?: readonly string[]): Promise<OurSide> {
  const pool = createPool({ url, applicationName: 'rightstream-bench', max: 16 });
  const embedded = new PostgresLog(pool);
  await embedded.prepare();
  const settings = kafkaSettings.parse({ brokers: brokers ?? ['unused:1'], topicPrefix: 'replay.' });
  const kafka = brokers === undefined ? undefined : new KafkaLog(createKafka(settings), settings);
  const log: EventLog = kafka ?? embedded;
  for (const name of [...projectionInputs(tallies), 'dead-letters']) {
    await log.createTopic({ name, partitions: PARTITIONS });
  }
  await prepareProjection(pool, tableSetOf(tallies));
  const codec = createCodec(localRegistry());
  const deps: RebuildDeps = {
    log,
    store: new PostgresUnits(pool, appendingPublisher(embedded), noFaults),
    codec,
    clock: systemClock,
    signals: new Signals(),
    limits: LIMITS,
    generations: postgresGenerations(pool),
  };
  return {
    name: kafka === undefined ? 'our rebuild, embedded log' : 'our rebuild, log on Kafka',
    async append(events) {
      const records = events.map((data, i): NewRecord => {
        const id = `bench/${i}`;
        const headers = { 'event-id': id, 'event-type': 'UploadReceived', org: data.org_id };
        const value = codec.encode('UploadReceived', data);
        return { topic: TOPIC, key: data.org_id, value, headers, timestamp: Date.now() };
      });
      for (let at = 0; at < records.length; at += PIECE) await log.append(records.slice(at, at + PIECE));
      await standAtEnd(deps);
    },
    rebuild: (verify) => rebuild(tallies, deps, { verify }),
    totals: () => totals(pool),
    async close() {
      await kafka?.close();
      await embedded.close();
      await pool.end();
    },
  };
}

/** A rebuild goes as far as the live projection has come: here, to the end of the log. */
async function standAtEnd({ log, store }: RebuildDeps): Promise<void> {
  const set = tableSetOf(tallies);
  for (const [partition, end] of (await log.ends(TOPIC)).entries()) {
    const owner = await store.claim(tallies.id, partition);
    await store.transact(owner, set, (tx) => tx.save({ [TOPIC]: end }, {}));
  }
}

async function totals(pool: Pool): Promise<Totals> {
  const { rows } = await pool.query<{ rows: number; count: number; total: number }>(
    `SELECT count(*)::float8 AS rows, coalesce(sum(uploads), 0)::float8 AS count, coalesce(sum(total), 0)::float8 AS total
     FROM public.tallies`,
  );
  return rows[0]!;
}
