/** The brokers as `plan`, `apply` and `doctor` look at them: topics with their settings, groups; topics created and set. */
import type { Admin, Kafka } from 'kafkajs';
import { BadInput } from '../../streams/runtime/errors.ts';
import { kafkaCode, onKafka } from './errors.ts';

/** A topic as the brokers tell it. */
export interface DescribedTopic {
  readonly name: string;
  readonly partitions: number;
  /** Copies of the partition that has the fewest. */
  readonly replication: number;
  /** Effective settings, whoever set them. */
  readonly configs: Readonly<Record<string, string>>;
  /** Offset of the first record that is still there, per partition. */
  readonly starts: readonly number[];
  /** Offset of the next record, per partition. */
  readonly ends: readonly number[];
}

/** A topic that is to be. */
export interface TopicToCreate {
  readonly name: string;
  readonly partitions: number;
  readonly replication: number;
  readonly configs: Readonly<Record<string, string>>;
}

/** The brokers of a cluster. */
export interface KafkaCluster {
  readonly id: string;
  /** `host:port` of each broker that is up. */
  readonly brokers: readonly string[];
}

/** Where a consumer group stands. */
export interface DescribedGroup {
  readonly id: string;
  /** Empty, Stable, PreparingRebalance … */
  readonly state: string;
  readonly members: number;
}

/** Looks and changes; all of it may throw Retryable KAFKA_AWAY or KAFKA_DENIED. */
export interface KafkaLive {
  cluster(): Promise<KafkaCluster>;
  topicNames(): Promise<readonly string[]>;
  /** Those of these topics that exist. */
  describeTopics(names: readonly string[]): Promise<readonly DescribedTopic[]>;
  groupIds(): Promise<readonly string[]>;
  describeGroups(ids: readonly string[]): Promise<readonly DescribedGroup[]>;
  /** Does nothing when the topic is there already. */
  createTopic(topic: TopicToCreate): Promise<void>;
  /** Sets one setting of a topic and leaves its others. */
  setConfig(topic: string, name: string, value: string): Promise<void>;
  close(): Promise<void>;
}

/** Settings are of a topic: ConfigResourceTypes.TOPIC, which Node cannot import by name. */
const TOPIC = 2;
/** What a topic itself was given, as against defaults of the broker (KIP-226). */
const DYNAMIC_TOPIC_CONFIG = 1;
/** Requests for offsets at a time. */
const CONCURRENT = 8;

/** Looks at a cluster through one admin connection, which opens with the first call. */
export function kafkaLive(kafka: Kafka): KafkaLive {
  let connection: Promise<Admin> | undefined;

  async function admin<T>(doing: string, work: (admin: Admin) => Promise<T>): Promise<T> {
    return onKafka(doing, async () => {
      connection ??= connect(kafka).catch((error: unknown) => {
        connection = undefined;
        throw error;
      });
      return work(await connection);
    });
  }

  async function configsOf(names: readonly string[]): Promise<Map<string, ConfigEntry[]>> {
    const answer = await admin('reading settings of topics', (at) =>
      at.describeConfigs({
        includeSynonyms: false,
        resources: names.map((name) => ({ type: TOPIC, name })),
      }),
    );
    return new Map(answer.resources.map(({ resourceName, configEntries }) => [resourceName, configEntries]));
  }

  const live: KafkaLive = {
    async cluster() {
      const { clusterId, brokers } = await admin('looking at the cluster', (at) => at.describeCluster());
      return { id: clusterId, brokers: brokers.map(({ host, port }) => `${host}:${port}`) };
    },
    async topicNames() {
      return (await admin('listing topics', (at) => at.listTopics())).toSorted();
    },
    async describeTopics(names) {
      const there = new Set(await live.topicNames());
      const topics = names.filter((name) => there.has(name));
      if (topics.length === 0) return [];
      const metadata = await admin('looking at topics', (at) =>
        at.fetchTopicMetadata({ topics: [...topics] }),
      );
      const configs = await configsOf(topics);
      return inParallel(metadata.topics, async ({ name, partitions }) => {
        const offsets = await admin(`reading offsets of ${name}`, (at) => at.fetchTopicOffsets(name));
        const inOrder = offsets.toSorted((a, b) => a.partition - b.partition);
        return {
          name,
          partitions: partitions.length,
          replication: Math.min(...partitions.map(({ replicas }) => replicas.length)),
          configs: Object.fromEntries(
            (configs.get(name) ?? []).map(({ configName, configValue }) => [configName, configValue]),
          ),
          starts: inOrder.map(({ low }) => Number(low)),
          ends: inOrder.map(({ high }) => Number(high)),
        };
      });
    },
    async groupIds() {
      const { groups } = await admin('listing groups', (at) => at.listGroups());
      return groups.map(({ groupId }) => groupId).toSorted();
    },
    async describeGroups(ids) {
      if (ids.length === 0) return [];
      const { groups } = await admin('looking at groups', (at) => at.describeGroups([...ids]));
      return groups.map(({ groupId, state, members }) => ({ id: groupId, state, members: members.length }));
    },
    async createTopic({ name, partitions, replication, configs }) {
      try {
        await admin(`creating the topic ${name}`, (at) =>
          at.createTopics({
            waitForLeaders: true,
            topics: [
              {
                topic: name,
                numPartitions: partitions,
                replicationFactor: replication,
                configEntries: entries(configs),
              },
            ],
          }),
        );
      } catch (error) {
        throw refused(error, `the topic ${name} (${partitions} partitions, replication ${replication})`);
      }
    },
    async setConfig(topic, name, value) {
      // the request replaces all that the topic was given, so what it has goes along
      const given = (await configsOf([topic])).get(topic) ?? [];
      const own = given.filter(({ configSource }) => Number(configSource) === DYNAMIC_TOPIC_CONFIG);
      const configs = Object.fromEntries(own.map(({ configName, configValue }) => [configName, configValue]));
      try {
        await admin(`setting ${name} of ${topic}`, (at) =>
          at.alterConfigs({
            validateOnly: false,
            resources: [
              {
                type: TOPIC,
                name: topic,
                configEntries: entries({ ...configs, [name]: value }),
              },
            ],
          }),
        );
      } catch (error) {
        throw refused(error, `${name}=${value} of the topic ${topic}`);
      }
    },
    async close() {
      const opened = await connection?.catch(() => undefined);
      connection = undefined;
      await opened?.disconnect();
    },
  };
  return live;
}

interface ConfigEntry {
  readonly configName: string;
  readonly configValue: string;
  readonly configSource: unknown;
}

async function connect(kafka: Kafka): Promise<Admin> {
  const admin = kafka.admin();
  try {
    await admin.connect();
    return admin;
  } catch (error) {
    await admin.disconnect().catch(() => undefined);
    throw error;
  }
}

function entries(configs: Readonly<Record<string, string>>): { name: string; value: string }[] {
  return Object.entries(configs).map(([name, value]) => ({ name, value }));
}

/** What no waiting mends: fewer brokers than copies, a policy, a setting that the broker does not take. */
const hopeless = /^(INVALID_|POLICY_VIOLATION|UNSUPPORTED_)/;

function refused(error: unknown, what: string): unknown {
  const cause = error instanceof Error ? error.cause : undefined;
  const inner = createFailure(cause) ?? cause;
  const code = kafkaCode(inner);
  if (!hopeless.test(code)) return error;
  const message = inner instanceof Error ? inner.message : code;
  return new BadInput(
    { code: 'KAFKA_REFUSED', message: `Kafka refuses ${what}: ${code}: ${message}` },
    { cause: error },
  );
}

/** The client wraps failures of createTopics in one error with a list. */
function createFailure(error: unknown): unknown {
  const { errors } = (error ?? {}) as { errors?: unknown };
  return Array.isArray(errors) ? errors[0] : undefined;
}

async function inParallel<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let at = 0; at < items.length; at += CONCURRENT) {
    results.push(...(await Promise.all(items.slice(at, at + CONCURRENT).map(work))));
  }
  return results;
}
