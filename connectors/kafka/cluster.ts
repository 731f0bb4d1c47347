/** Reading from brokers at an offset, and asking them where partitions end; leaders are found anew when they move. */
import type { Kafka } from 'kafkajs';
import { BadInput, Fatal, Retryable } from '../../streams/runtime/errors.ts';
import type { TopicInfo, TopicPartition } from '../../streams/runtime/ports.ts';
import { kafkaCode, translateKafka } from './errors.ts';
import { fetchRecords } from './fetching.ts';
import type { Fetched } from './fetching.ts';
import { createCluster, READ_COMMITTED } from './internals.ts';
import type { RawBroker, RawCluster } from './internals.ts';

const LATEST = -1;
const EARLIEST = -2;
/** How long to believe what brokers said of leaders, ms. */
const METADATA_MS = 60_000;

interface Leaders {
  readonly at: number;
  readonly topics: ReadonlyMap<string, readonly number[]>;
}

/** A connection to the cluster. */
export class KafkaCluster {
  readonly #cluster: RawCluster;
  #connected: Promise<void> | undefined;
  #leaders: Promise<Leaders> | undefined;
  /** Numbers of partitions as they were ever told. */
  readonly #known = new Map<string, number>();

  constructor(kafka: Kafka) {
    this.#cluster = createCluster(kafka);
  }

  async close(): Promise<void> {
    await this.#connected?.catch(() => undefined);
    await this.#cluster.disconnect();
  }

  /** Topics as brokers know them now, internal ones left out, by name. */
  async topics(): Promise<readonly TopicInfo[]> {
    this.#leaders = undefined;
    const { topics } = await this.#do('listing topics', () => this.#metadata());
    return [...topics]
      .map(([name, leaders]) => ({ name, partitions: leaders.length }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Number of partitions. Unknown topic: BadInput UNKNOWN_TOPIC. */
  async partitions(topic: string): Promise<number> {
    return (await this.#do(`finding topic ${topic}`, () => this.#leadersOf(topic))).length;
  }

  /** Records of `at` from an offset on; `name`: what Kafka calls the topic. */
  async fetch(name: string, at: TopicPartition, from: number, maxBytes: number): Promise<Fetched> {
    const { partition } = at;
    return this.#do(`reading ${name}/${partition} at ${from}`, async () => {
      const broker = await this.#leader(name, partition);
      return fetchRecords(broker, name, at, from, maxBytes).catch((error: unknown) => {
        if (kafkaCode(error) === 'OFFSET_OUT_OF_RANGE') throw outOfRange(name, partition, from);
        throw error;
      });
    });
  }

  /** Ends that can be read, per topic, in the order of the partitions. */
  ends(topics: readonly string[]): Promise<ReadonlyMap<string, readonly number[]>> {
    return this.#offsets(topics, LATEST);
  }

  /** First offsets that are still there. */
  starts(topics: readonly string[]): Promise<ReadonlyMap<string, readonly number[]>> {
    return this.#offsets(topics, EARLIEST);
  }

  /** First offset whose timestamp is not before `time` (ms); -1 where there is none. */
  async offsetsFrom(topic: string, time: number): Promise<readonly number[]> {
    return (await this.#offsets([topic], time)).get(topic)!;
  }

  async #offsets(topics: readonly string[], at: number): Promise<ReadonlyMap<string, readonly number[]>> {
    return this.#do('finding offsets', async () => {
      const perBroker = new Map<number, Map<string, number[]>>();
      const found = new Map<string, number[]>();
      for (const topic of topics) {
        const leaders = await this.#leadersOf(topic);
        found.set(topic, new Array<number>(leaders.length).fill(0));
        for (const [partition, node] of leaders.entries()) {
          const of = perBroker.get(node) ?? new Map<string, number[]>();
          perBroker.set(node, of.set(topic, [...(of.get(topic) ?? []), partition]));
        }
      }
      for (const [node, of] of perBroker) {
        const broker = await this.#cluster.findBroker({ nodeId: node });
        const { responses } = await broker.listOffsets({
          isolationLevel: READ_COMMITTED,
          topics: [...of].map(([topic, partitions]) => ({
            topic,
            partitions: partitions.map((partition) => ({ partition, timestamp: String(at) })),
          })),
        });
        for (const { topic, partitions } of responses) {
          for (const { partition, offset } of partitions) found.get(topic)![partition] = Number(offset);
        }
      }
      return found;
    });
  }

  async #leader(topic: string, partition: number): Promise<RawBroker> {
    const node = (await this.#leadersOf(topic))[partition];
    if (node === undefined) {
      if (partition < (this.#known.get(topic) ?? 0)) throw away(`${topic}/${partition}`);
      throw new BadInput({
        code: 'UNKNOWN_PARTITION',
        message: `topic ${topic} has no partition ${partition}`,
      });
    }
    return this.#cluster.findBroker({ nodeId: node });
  }

  async #leadersOf(topic: string): Promise<readonly number[]> {
    const known = (await this.#metadata()).topics.get(topic);
    if (known !== undefined) return known;
    this.#leaders = undefined;
    const leaders = (await this.#metadata()).topics.get(topic);
    if (leaders !== undefined) return leaders;
    if (this.#known.has(topic)) throw away(topic);
    throw new BadInput({
      code: 'UNKNOWN_TOPIC',
      message: `there is no topic ${topic}; topology.yaml lists them, \`rightstream apply\` creates them`,
    });
  }

  async #metadata(): Promise<Leaders> {
    const known = await this.#leaders;
    if (known !== undefined && Date.now() - known.at < METADATA_MS) return known;
    this.#leaders = this.#load();
    return this.#leaders;
  }

  async #load(): Promise<Leaders> {
    await this.#connect();
    await this.#cluster.refreshMetadata();
    const { topicMetadata } = await this.#cluster.metadata({ topics: [] });
    const topics = new Map<string, readonly number[]>();
    for (const { topic, isInternal, partitionMetadata } of topicMetadata) {
      if (isInternal || topic.startsWith('__')) continue;
      const leaders: number[] = [];
      for (const { partitionId, leader } of partitionMetadata) leaders[partitionId] = leader;
      topics.set(topic, leaders);
      this.#known.set(topic, Math.max(leaders.length, this.#known.get(topic) ?? 0));
    }
    return { at: Date.now(), topics };
  }

  #connect(): Promise<void> {
    this.#connected ??= this.#cluster.connect().catch((error: unknown) => {
      this.#connected = undefined;
      throw error;
    });
    return this.#connected;
  }

  /** After any failure the leaders are looked up again: one may have moved or restarted. */
  async #do<T>(doing: string, call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      this.#leaders = undefined;
      throw translateKafka(error, doing);
    }
  }
}

/** A broker that starts may not have heard of all topics yet: one that was there is no mistake of whoever asks for it. */
function away(what: string): Retryable {
  return new Retryable({
    code: 'TOPIC_AWAY',
    message: `Kafka does not know ${what} now, and did before; it is tried again. If somebody deleted it, restore it`,
  });
}

function outOfRange(topic: string, partition: number, from: number): Fatal {
  return new Fatal({
    code: 'OFFSET_GONE',
    message: `${topic}/${partition} has no offset ${from}: history was cut or the topic was made anew. Restore the topic, or replay into an empty database`,
    coordinates: { topic, partition, offset: from },
  });
}
