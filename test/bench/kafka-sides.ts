/** The clients that are compared, each behind the same two acts: append these records, read them all back. */
import type { Kafka } from 'kafkajs';
import { createKafka } from '../../connectors/kafka/client.ts';
import { KafkaLog } from '../../connectors/kafka/log.ts';
import { kafkaSettings } from '../../connectors/kafka/settings.ts';
import type { NewRecord } from '../../streams/runtime/ports.ts';
import { peer } from './peers.ts';

/** What reading saw: every side must have seen the same. */
export class Seen {
  records = 0;
  bytes = 0;
  /** Of the first four bytes of each value; whatever the order. */
  sum = 0;

  add(value: Buffer): void {
    this.records += 1;
    this.bytes += value.length;
    this.sum += value.readUInt32LE(0);
  }
}

/** One client. */
export interface Side {
  readonly name: string;
  /** Not one of the pair: shown, not judged. */
  readonly forContext: boolean;
  /** Appends in pieces of `batch` records, `writers` of them at a time: acknowledged by all replicas, idempotent. Seconds. */
  append(topic: string, records: readonly NewRecord[], batch: number): Promise<number>;
  /** Reads the topic from its beginning until `count` records came. Seconds, from when it was about to fetch. */
  read(topic: string, count: number, seen: Seen): Promise<number>;
}

/** Pieces under way at a time. */
const WRITERS = 4;

/** What the run loop of a unit asks of the log at once. */
const LIMITS = { maxRecords: 500, maxBytes: 8 * 1024 * 1024 };

/** Sends pieces, as many at a time as there are writers. */
async function inPieces(
  records: readonly NewRecord[],
  batch: number,
  send: (piece: readonly NewRecord[]) => Promise<unknown>,
  writers = WRITERS,
): Promise<void> {
  let at = 0;
  async function write(): Promise<void> {
    while (at < records.length) {
      const piece = records.slice(at, (at += batch));
      await send(piece);
    }
  }
  await Promise.all(Array.from({ length: writers }, write));
}

const since = (started: number): number => (performance.now() - started) / 1000;

/** Client of the product's settings. */
export function kafkaOf(brokers: readonly string[]): Kafka {
  return createKafka(kafkaSettings.parse({ brokers }));
}

/** The product's log. */
export function ourLog(brokers: readonly string[], limits = LIMITS): Side {
  return {
    name: 'KafkaLog',
    forContext: false,
    async append(topic, records, batch) {
      const log = new KafkaLog(kafkaOf(brokers));
      try {
        await log.append(records.slice(0, 1).map((record) => ({ ...record, topic: 'warm-up' })));
        const started = performance.now();
        await inPieces(records, batch, (piece) => log.append(piece.map((record) => ({ ...record, topic }))));
        return since(started);
      } finally {
        await log.close();
      }
    },
    async read(topic, _count, seen) {
      const log = new KafkaLog(kafkaOf(brokers));
      try {
        const ends = await log.ends(topic);
        const started = performance.now();
        await Promise.all(
          ends.map(async (end, partition) => {
            for (let from = 0; from < end;) {
              const page = await log.read({ topic, partition }, from, limits);
              for (const { value } of page.records) seen.add(value!);
              from = page.next;
            }
          }),
        );
        return since(started);
      } finally {
        await log.close();
      }
    },
  };
}

/** Settings of kafkajs that matter for speed; its defaults where absent. */
export interface RawOptions {
  readonly maxBytesPerPartition?: number;
  readonly maxBytes?: number;
}

/** kafkajs by its public interface: an idempotent producer, a consumer of a group of its own. */
export function rawKafkajs(brokers: readonly string[], options: RawOptions = {}): Side {
  return {
    name: 'raw kafkajs',
    forContext: false,
    async append(topic, records, batch) {
      const producer = kafkaOf(brokers).producer({ idempotent: true, allowAutoTopicCreation: false });
      await producer.connect();
      try {
        await producer.send({ topic: 'warm-up', acks: -1, messages: [{ key: 'a', value: 'b' }] });
        const started = performance.now();
        await inPieces(records, batch, (piece) =>
          producer.send({
            topic,
            acks: -1,
            messages: piece.map(({ key, value, headers, timestamp }) => ({
              key,
              value,
              headers,
              timestamp: String(timestamp),
            })),
          }),
        );
        return since(started);
      } finally {
        await producer.disconnect();
      }
    },
    async read(topic, count, seen) {
      const consumer = kafkaOf(brokers).consumer({ groupId: `bench-${topic}-${Math.random()}`, ...options });
      await consumer.connect();
      try {
        await consumer.subscribe({ topics: [topic], fromBeginning: true });
        let started = 0;
        consumer.on('consumer.fetch_start', () => {
          started ||= performance.now();
        });
        await new Promise<void>((resolve, reject) => {
          consumer
            .run({
              autoCommit: false,
              eachBatchAutoResolve: true,
              partitionsConsumedConcurrently: 4,
              eachBatch: ({ batch }) => {
                for (const { value } of batch.messages) seen.add(value!);
                if (seen.records >= count) resolve();
                return Promise.resolve();
              },
            })
            .catch(reject);
        });
        return since(started);
      } finally {
        await consumer.disconnect();
      }
    },
  };
}

interface Platformatic {
  readonly Producer: new (options: object) => {
    send(request: object): Promise<unknown>;
    close(): Promise<void>;
  };
  readonly Consumer: new (options: object) => {
    consume(request: object): Promise<AsyncIterable<{ readonly value: Buffer }> & { close(): Promise<void> }>;
    close(force: boolean): Promise<void>;
  };
}

/**
 * platformatic's client, with buffers as values and headers as texts. One piece at a time: its idempotent producer loses
 * acknowledged records, or fails, when several are under way.
 */
export async function platformatic(brokers: readonly string[]): Promise<Side & { readonly version: string }> {
  const { module, version } = await peer<Platformatic>('@platformatic/kafka');
  const options = { clientId: 'bench', bootstrapBrokers: [...brokers] };
  const text = (value?: string): Buffer | undefined => (value === undefined ? undefined : Buffer.from(value));
  const serializers = { key: text, value: (value?: Buffer) => value, headerKey: text, headerValue: text };
  return {
    name: '@platformatic/kafka',
    forContext: true,
    version,
    async append(topic, records, batch) {
      const producer = new module.Producer({ ...options, serializers, idempotent: true, acks: -1 });
      try {
        await producer.send({ messages: [{ topic: 'warm-up', key: 'a', value: Buffer.from('b') }] });
        const started = performance.now();
        const send = (piece: readonly NewRecord[]): Promise<unknown> =>
          producer.send({
            messages: piece.map(({ key, value, headers, timestamp }) => ({
              topic,
              key,
              value,
              headers,
              timestamp: BigInt(timestamp),
            })),
          });
        await inPieces(records, batch, send, 1);
        return since(started);
      } finally {
        await producer.close();
      }
    },
    async read(topic, count, seen) {
      const consumer = new module.Consumer({ ...options, groupId: `bench-${topic}-${Math.random()}` });
      try {
        const stream = await consumer.consume({
          topics: [topic],
          mode: 'earliest',
          autocommit: false,
          isolationLevel: 1,
          maxWaitTime: 100,
          highWaterMark: 10_000,
        });
        const started = performance.now();
        for await (const { value } of stream) {
          seen.add(value);
          if (seen.records >= count) break;
        }
        return since(started);
      } finally {
        await consumer.close(true);
      }
    },
  };
}
