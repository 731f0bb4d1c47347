/** The log on Kafka: reads are pulled at the offsets that the reader names, appends are acknowledged by all replicas. */
import type { Kafka } from 'kafkajs';
import { BadInput } from '../../streams/runtime/errors.ts';
import { partitionOf } from '../../streams/runtime/partitioner.ts';
import type {
  EventLog,
  LogPage,
  LogRecord,
  NewRecord,
  ReadLimits,
  TopicInfo,
  TopicPartition,
} from '../../streams/runtime/ports.ts';
import { KafkaCluster } from './cluster.ts';
import { onKafka } from './errors.ts';
import { topicNames } from './names.ts';
import type { NameSettings, TopicNames } from './names.ts';
import { Producing } from './producing.ts';
import type { Place, Placed } from './producing.ts';
import { ReadAhead } from './read-ahead.ts';
import type { AheadPage } from './read-ahead.ts';
import { Watch } from './watch.ts';

/** Bytes asked for at once: two full batches of ours. Less cuts the second one off each time, more brings nothing. */
const FETCH_BYTES = 2 * 1024 * 1024;
/** Bytes of fetched records that are kept for the next read. */
const AHEAD_BYTES = 32 * 1024 * 1024;

/** The log over a client. */
export class KafkaLog implements EventLog {
  readonly #kafka: Kafka;
  readonly #cluster: KafkaCluster;
  readonly #producing: Producing;
  readonly #ahead = new ReadAhead(AHEAD_BYTES);
  readonly #watch: Watch;
  readonly #names: TopicNames;

  /** Names of topics begin with `topicPrefix` in Kafka, and without it everywhere else. */
  constructor(kafka: Kafka, settings: NameSettings = {}) {
    this.#kafka = kafka;
    this.#names = topicNames(settings);
    this.#cluster = new KafkaCluster(kafka);
    this.#producing = new Producing(kafka);
    this.#watch = new Watch((topics) => this.#ends(topics));
  }

  /** Waits for appends under way and disconnects. */
  async close(): Promise<void> {
    this.#watch.stop();
    await this.#producing.close();
    await this.#cluster.close();
  }

  async topics(): Promise<readonly TopicInfo[]> {
    return (await this.#cluster.topics()).flatMap(({ name, partitions }) => {
      const ours = this.#names.in(name);
      return ours === undefined ? [] : [{ name: ours, partitions }];
    });
  }

  /** For tests and `apply`; replication as the brokers' default has it. */
  async createTopic({ name, partitions }: TopicInfo): Promise<void> {
    const admin = this.#kafka.admin();
    await onKafka(`creating ${name}`, async () => {
      await admin.connect();
      try {
        await admin.createTopics({
          waitForLeaders: true,
          topics: [{ topic: this.#names.out(name), numPartitions: partitions, replicationFactor: -1 }],
        });
      } finally {
        await admin.disconnect();
      }
    });
    const found = await this.#cluster.partitions(this.#names.out(name));
    if (found === partitions) return;
    throw new BadInput({
      code: 'PARTITION_COUNT_DIFFERS',
      message: `topic ${name} has ${found} partitions, not ${partitions}: counts change only by a new generation of the topic`,
    });
  }

  /** Topics and partitions are checked before anything is sent; a failure while sending may leave a part of the records. */
  async append(records: readonly NewRecord[]): Promise<readonly Place[]> {
    if (records.length === 0) return [];
    const counts = new Map<string, number>();
    for (const { topic } of records) {
      if (!counts.has(topic)) counts.set(topic, await this.#cluster.partitions(this.#names.out(topic)));
    }
    const placed = records.map((record): Placed => {
      const { key, value, headers, timestamp } = record;
      const count = counts.get(record.topic)!;
      const partition = record.partition ?? partitionOf(key ?? '', count);
      if (partition < count) {
        return { topic: this.#names.out(record.topic), partition, key, value, headers, timestamp };
      }
      throw new BadInput({
        code: 'UNKNOWN_PARTITION',
        message: `a record names partition ${partition} of ${record.topic}, which has ${count}`,
      });
    });
    const places = await this.#producing.append(placed);
    for (const topic of counts.keys()) this.#watch.wake(topic);
    return places;
  }

  async read(at: TopicPartition, from: number, limits: ReadLimits): Promise<LogPage> {
    const records: LogRecord[] = [];
    let [next, bytes] = [from, 0];
    while (records.length < limits.maxRecords && (records.length === 0 || bytes < limits.maxBytes)) {
      const page = await (this.#ahead.take(at, next) ?? this.#fetch(at, next));
      if (page.next === next) break;
      // More is there: it comes while the reader works on this.
      if (page.next < page.end) this.#ahead.prepare(at, page.next, () => this.#fetch(at, page.next));
      let used = page.start;
      for (; used < page.records.length; used++) {
        const record = page.records[used]!;
        if (records.length >= limits.maxRecords) break;
        if (records.length > 0 && bytes >= limits.maxBytes) break;
        records.push(record);
        bytes += record.value?.length ?? 0;
      }
      if (used < page.records.length) {
        next = page.records[used]!.offset;
        this.#ahead.keep(at, next, { ...page, start: used });
        break;
      }
      next = page.next;
      if (next >= page.end) break;
    }
    return { records, next };
  }

  async ends(topic: string): Promise<readonly number[]> {
    return (await this.#ends([topic])).get(topic)!;
  }

  /** The first offset whose record is not older than `time` (ms), per partition; the end where there is none. */
  async offsetsAt(topic: string, time: number): Promise<readonly number[]> {
    const ends = await this.ends(topic);
    const found = await this.#cluster.offsetsFrom(this.#names.out(topic), time);
    return ends.map((end, p) => (found[p]! < 0 ? end : found[p]!));
  }

  onAppend(wake: (topic: string) => void): () => void {
    return this.#watch.on(wake);
  }

  /** Ends per topic, by the names without prefix. */
  async #ends(topics: readonly string[]): Promise<ReadonlyMap<string, readonly number[]>> {
    const ends = await this.#cluster.ends(topics.map((topic) => this.#names.out(topic)));
    return new Map([...ends].map(([name, partitions]) => [this.#names.in(name)!, partitions]));
  }

  async #fetch(at: TopicPartition, from: number): Promise<AheadPage> {
    const page = await this.#cluster.fetch(this.#names.out(at.topic), at, from, FETCH_BYTES);
    this.#watch.watch(at.topic);
    return { ...page, start: 0 };
  }
}
