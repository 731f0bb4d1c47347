/** The embedded log: topics in Postgres tables. Offsets are assigned last before commit, under one lock per partition. */
import { EventEmitter } from 'node:events';
import type { Client, Pool, PoolClient } from 'pg';
import { BadInput } from '../../streams/runtime/errors.ts';
import { partitionOf } from '../../streams/runtime/partitioner.ts';
import type {
  EventLog,
  LogPage,
  NewRecord,
  ReadLimits,
  TopicInfo,
  TopicPartition,
} from '../../streams/runtime/ports.ts';
import { arrayParameter } from './arrays.ts';
import { logDdl } from './ddl.ts';
import { prepareDatabase } from './prepare.ts';
import { inTransaction, translating } from './transaction.ts';

/** Channel on which appends are announced, once per transaction and topic. */
const CHANNEL = 'rightstream_log';

interface Topic {
  readonly id: number;
  readonly partitions: number;
}

/** The embedded log over a pool; `listen` gives a connection of its own for announcements. */
export class PostgresLog implements EventLog {
  readonly #pool: Pool;
  readonly #topics = new Map<string, Topic>();
  readonly #appended = new EventEmitter();
  #listener: Client | undefined;

  constructor(pool: Pool) {
    this.#pool = pool;
    this.#appended.setMaxListeners(0);
  }

  /** Creates what is missing in the database. */
  prepare(): Promise<void> {
    return prepareDatabase(this.#pool, logDdl);
  }

  /** Hears of appends by other processes through this connection. */
  async listen(client: Client): Promise<void> {
    this.#listener = client;
    client.on('notification', ({ payload }) => this.#appended.emit('append', payload ?? ''));
    client.on('error', () => undefined);
    await client.connect();
    await client.query(`LISTEN ${CHANNEL}`);
  }

  async close(): Promise<void> {
    await this.#listener?.end().catch(() => undefined);
  }

  async topics(): Promise<readonly TopicInfo[]> {
    const { rows } = await translating(() =>
      this.#pool.query<{ topic_id: number; name: string; partitions: number }>(
        'SELECT topic_id, name, partitions FROM log.topics ORDER BY name',
      ),
    );
    for (const row of rows) this.#topics.set(row.name, { id: row.topic_id, partitions: row.partitions });
    return rows.map(({ name, partitions }) => ({ name, partitions }));
  }

  async createTopic({ name, partitions }: TopicInfo): Promise<void> {
    await inTransaction(this.#pool, async (client) => {
      await client.query('INSERT INTO log.topics (name, partitions) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
        name,
        partitions,
      ]);
      const { rows } = await client.query<{ topic_id: number; partitions: number }>(
        'SELECT topic_id, partitions FROM log.topics WHERE name = $1',
        [name],
      );
      const found = rows[0]!;
      if (found.partitions !== partitions) {
        throw new BadInput({
          code: 'PARTITION_COUNT_DIFFERS',
          message: `topic ${name} has ${found.partitions} partitions, not ${partitions}: counts change only by a new generation of the topic`,
        });
      }
      await client.query(
        'INSERT INTO log.partitions (topic_id, partition) SELECT $1, generate_series(0, $2 - 1) ON CONFLICT DO NOTHING',
        [found.topic_id, partitions],
      );
      this.#topics.set(name, { id: found.topic_id, partitions });
    });
  }

  async append(records: readonly NewRecord[]): Promise<readonly { partition: number; offset: number }[]> {
    if (records.length === 0) return [];
    const placed = await inTransaction(this.#pool, (client) => this.appendIn(client, records));
    this.announce(records);
    return placed;
  }

  /** Appends within a transaction of the caller, who must commit right after: partitions stay locked until then. */
  async appendIn(
    client: PoolClient,
    records: readonly NewRecord[],
  ): Promise<readonly { partition: number; offset: number }[]> {
    const targets = await Promise.all(
      records.map(async (record) => {
        const topic = this.#topics.get(record.topic) ?? (await this.#find(record.topic));
        const partition = record.partition ?? partitionOf(record.key ?? '', topic.partitions);
        return { id: topic.id, partition };
      }),
    );
    const next = await lockPartitions(client, targets);
    const offsets = targets.map(({ id, partition }) => {
      const name = `${id}/${partition}`;
      const offset = next.get(name)!;
      next.set(name, offset + 1);
      return offset;
    });
    await client.query({
      name: 'log-insert',
      text: `INSERT INTO log.events (topic_id, partition, "offset", at, key, headers, size, value)
        SELECT t, p, o, a, k, h::json, s, v
        FROM unnest($1::int4[], $2::int4[], $3::int8[], $4::timestamptz[], $5::text[], $6::text[], $7::int4[], $8::bytea[])
          AS x(t, p, o, a, k, h, s, v)`,
      values: [
        arrayParameter(
          'int4',
          targets.map((target) => target.id),
        ),
        arrayParameter(
          'int4',
          targets.map((target) => target.partition),
        ),
        arrayParameter('int8', offsets),
        arrayParameter(
          'timestamptz',
          records.map((record) => record.timestamp),
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
          'int4',
          records.map((record) => record.value?.length ?? 0),
        ),
        arrayParameter(
          'bytea',
          records.map((record) => record.value),
        ),
      ],
    });
    const moved = [...next].map(
      ([name, offset]) => [...name.split('/').map(Number), offset] as [number, number, number],
    );
    await client.query({
      name: 'log-move',
      text: `UPDATE log.partitions SET next_offset = n FROM unnest($1::int4[], $2::int4[], $3::int8[]) AS x(t, p, n)
        WHERE topic_id = t AND partition = p`,
      values: [
        arrayParameter(
          'int4',
          moved.map(([id]) => id),
        ),
        arrayParameter(
          'int4',
          moved.map(([, partition]) => partition),
        ),
        arrayParameter(
          'int8',
          moved.map(([, , offset]) => offset),
        ),
      ],
    });
    for (const topic of new Set(records.map((record) => record.topic))) {
      await client.query('SELECT pg_notify($1, $2)', [CHANNEL, topic]);
    }
    return targets.map(({ partition }, i) => ({ partition, offset: offsets[i]! }));
  }

  /** Wakes readers in this process without waiting for the database's announcement. */
  announce(records: readonly NewRecord[]): void {
    for (const topic of new Set(records.map((record) => record.topic))) this.#appended.emit('append', topic);
  }

  async read(at: TopicPartition, from: number, limits: ReadLimits): Promise<LogPage> {
    const topic = this.#topics.get(at.topic) ?? (await this.#find(at.topic));
    const { rows } = await translating(() =>
      this.#pool.query<{
        offset: number;
        ms: number;
        key: string | null;
        headers: Record<string, string>;
        value: Buffer | null;
      }>({
        name: 'log-read',
        text: `SELECT "offset", (extract(epoch FROM at) * 1000)::float8 AS ms, key, headers, CASE WHEN own THEN NULL ELSE value END AS value
          FROM (
            SELECT *, coalesce(sum(bytes) OVER (ORDER BY "offset" ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before FROM (
              SELECT *, CASE WHEN own THEN 0 ELSE size END AS bytes FROM (
                SELECT *, coalesce(starts_with(headers ->> 'origin', $6) AND headers ->> 'origin' LIKE '%/' || $2::text
                  AND headers ->> 'event-type' <> 'RecordDied', false) AS own
                FROM log.events WHERE topic_id = $1 AND partition = $2::int AND "offset" >= $3 ORDER BY "offset" LIMIT $4
              ) page
            ) counted
          ) sized WHERE before < $5 ORDER BY "offset"`,
        values: [
          ...[topic.id, at.partition, from, limits.maxRecords, limits.maxBytes],
          limits.withoutOwnOf === undefined ? null : `${limits.withoutOwnOf}/`,
        ],
      }),
    );
    const records = rows.map((row) => ({
      topic: at.topic,
      partition: at.partition,
      offset: Number(row.offset),
      key: row.key,
      value: row.value,
      headers: row.headers,
      timestamp: Math.round(row.ms),
    }));
    return { records, next: (records.at(-1)?.offset ?? from - 1) + 1 };
  }

  async ends(topic: string): Promise<readonly number[]> {
    const { id } = this.#topics.get(topic) ?? (await this.#find(topic));
    const { rows } = await translating(() =>
      this.#pool.query<{ next_offset: number }>(
        'SELECT next_offset FROM log.partitions WHERE topic_id = $1 ORDER BY partition',
        [id],
      ),
    );
    return rows.map((row) => Number(row.next_offset));
  }

  async offsetsAt(topic: string, time: number): Promise<readonly number[]> {
    const { id } = this.#topics.get(topic) ?? (await this.#find(topic));
    // In offset order, for times are not: reads no values, so it is cheap beside folding what stands before.
    const { rows } = await translating(() =>
      this.#pool.query<{ first: number }>(
        `SELECT coalesce((SELECT "offset" FROM log.events e WHERE e.topic_id = p.topic_id AND e.partition = p.partition
            AND at >= to_timestamp($2::float8 / 1000) ORDER BY "offset" LIMIT 1), next_offset) AS first
         FROM log.partitions p WHERE topic_id = $1 ORDER BY partition`,
        [id, time],
      ),
    );
    return rows.map((row) => Number(row.first));
  }

  onAppend(wake: (topic: string) => void): () => void {
    this.#appended.on('append', wake);
    return () => this.#appended.off('append', wake);
  }

  async #find(name: string): Promise<Topic> {
    await this.topics();
    const topic = this.#topics.get(name);
    if (topic === undefined) {
      throw new BadInput({
        code: 'UNKNOWN_TOPIC',
        message: `there is no topic ${name}; topology.yaml lists them`,
      });
    }
    return topic;
  }
}

/** Locks the partitions in (topic, partition) order, so that writers never wait for each other in a circle. */
async function lockPartitions(
  client: PoolClient,
  targets: readonly { readonly id: number; readonly partition: number }[],
): Promise<Map<string, number>> {
  const distinct = [
    ...new Map(targets.map((target) => [`${target.id}/${target.partition}`, target])).values(),
  ];
  const { rows } = await client.query<{ topic_id: number; partition: number; next_offset: number }>({
    name: 'log-lock',
    text: `SELECT topic_id, partition, next_offset FROM log.partitions
      WHERE (topic_id, partition) IN (SELECT * FROM unnest($1::int4[], $2::int4[]))
      ORDER BY topic_id, partition FOR UPDATE`,
    values: [
      arrayParameter(
        'int4',
        distinct.map((target) => target.id),
      ),
      arrayParameter(
        'int4',
        distinct.map((target) => target.partition),
      ),
    ],
  });
  if (rows.length !== distinct.length) {
    throw new BadInput({
      code: 'UNKNOWN_PARTITION',
      message: 'a record names a partition that its topic does not have',
    });
  }
  return new Map(rows.map((row) => [`${row.topic_id}/${row.partition}`, Number(row.next_offset)]));
}
