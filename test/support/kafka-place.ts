/** A deployment of the kafka profile for a test: topics, schemas, groups, bucket and database of its own on given servers. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { allTopics } from '../../connectors/cli/backbone.ts';
import type { KafkaProfile } from '../../connectors/cli/profile.ts';
import { topicsOfEvents } from '../../connectors/cli/topology.ts';
import { createKafka } from '../../connectors/kafka/client.ts';
import { topicNames } from '../../connectors/kafka/names.ts';
import { KafkaLog } from '../../connectors/kafka/log.ts';
import { kafkaSettings } from '../../connectors/kafka/settings.ts';
import type { KafkaSettings } from '../../connectors/kafka/settings.ts';
import { platformSettings } from '../../connectors/platform/settings.ts';
import { registryClient } from '../../connectors/registry/client.ts';
import { registrySettings } from '../../connectors/registry/settings.ts';
import { eventSubjects } from '../../connectors/registry/subjects.ts';
import type { TopicInfo } from '../../streams/runtime/ports.ts';

/** Where the servers are. */
export interface PlaceServers {
  readonly brokers: readonly string[];
  readonly registryUrl: string;
  readonly s3: {
    readonly endpoint: string;
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    createBucket(name: string): Promise<void>;
  };
  readonly databaseUrl: string;
}

/** A deployment. */
export interface KafkaPlace {
  readonly profile: KafkaProfile;
  readonly dataDir: string;
  /** The environment of a process of this deployment. */
  readonly env: Readonly<Record<string, string>>;
  close(): void;
}

/** Makes a deployment: what `rightstream apply` makes. `name` must be its own. */
export async function kafkaPlace(
  name: string,
  servers: PlaceServers,
  options: {
    readonly sessionTimeoutMs?: number;
    readonly partitions?: number;
    /** Exchange with the platform; its topics are made with one partition. */
    readonly platform?: {
      readonly eventsTopic: string;
      readonly sourcesTopic: string;
      /** Given: payloads that are announced there are taken. */
      readonly uploadsTopic?: string;
      /** Given: the status of uploads is told there. */
      readonly statusTopic?: string;
      /** Given: recommendations are asked for there. */
      readonly wishesTopic?: string;
      /** Given: uploads are confirmed there. */
      readonly validationOut?: string;
      /** Given: we ask there for recommendations. */
      readonly wishesOut?: string;
      /** Given: reports in uploads are announced there. */
      readonly eventsOut?: string;
      /** Given: uploads over HTTP are announced there. */
      readonly uploadsOut?: string;
    };
    /** Given: the Sources API, and applications that are destroyed are heeded. */
    readonly sourcesApiUrl?: string;
    /** The place's own bucket is the platform's as well, for its object keys. */
    readonly objectKeys?: boolean;
  } = {},
): Promise<KafkaPlace> {
  const dataDir = mkdtempSync(join(tmpdir(), 'rightstream-place-'));
  const kafka = kafkaSettings.parse({
    brokers: servers.brokers,
    groupPrefix: name,
    topicPrefix: `${name}.`,
    sessionTimeoutMs: options.sessionTimeoutMs ?? 1_000,
    foreignTopics: Object.values(options.platform ?? {}),
  });
  const s3Host = new URL(servers.s3.endpoint).host;
  const registry = registrySettings.parse({ url: servers.registryUrl });
  await servers.s3.createBucket(name);
  await createTopics(kafka, [
    ...allTopics().map((topic) => ({ name: topic, partitions: options.partitions ?? 4 })),
    ...kafka.foreignTopics.map((topic) => ({ name: topic, partitions: 1 })),
  ]);
  const client = registryClient(registry);
  for (const { subject, avro } of eventSubjects(await topicsOfEvents(kafka.topicPrefix))) {
    await client.register(subject, avro);
  }
  const { endpoint, accessKeyId, secretAccessKey } = servers.s3;
  return {
    dataDir,
    profile: {
      kind: 'kafka',
      databaseUrl: servers.databaseUrl,
      kafka,
      registry,
      s3: { endpoint, accessKeyId, secretAccessKey, bucket: name },
      ...(options.platform !== undefined && {
        platform: platformSettings.parse({
          ...options.platform,
          consume: true,
          announce: true,
          takeUploads: options.platform.uploadsTopic !== undefined,
          tellStatus: options.platform.statusTopic !== undefined,
          takeWishes: options.platform.wishesTopic !== undefined,
          ...(options.sourcesApiUrl !== undefined && {
            takeDestroyed: true,
            sourcesApiUrl: options.sourcesApiUrl,
          }),
          ...(options.objectKeys === true && { bucket: name }),
          allowedHosts: [s3Host],
        }),
      }),
    },
    env: {
      RIGHTSTREAM_PROFILE: 'kafka',
      RIGHTSTREAM_DATA_DIR: dataDir,
      DATABASE_URL: servers.databaseUrl,
      KAFKA_BROKERS: servers.brokers.join(','),
      KAFKA_GROUP_PREFIX: name,
      KAFKA_TOPIC_PREFIX: `${name}.`,
      KAFKA_SESSION_TIMEOUT_MS: String(kafka.sessionTimeoutMs),
      SCHEMA_REGISTRY_URL: servers.registryUrl,
      S3_ENDPOINT: endpoint,
      S3_BUCKET: name,
      S3_ACCESS_KEY_ID: accessKeyId,
      S3_SECRET_ACCESS_KEY: secretAccessKey,
      ...(options.platform !== undefined && {
        PLATFORM_EVENTS: 'true',
        PLATFORM_EVENTS_TOPIC: options.platform.eventsTopic,
        PLATFORM_ANNOUNCE: 'true',
        PLATFORM_SOURCES_TOPIC: options.platform.sourcesTopic,
      }),
    },
    close: () => {
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** How long brokers may take to have new topics, ms. */
const THERE_MS = 30_000;

/** All at once, and waits until the brokers have them. */
async function createTopics(settings: KafkaSettings, topics: readonly TopicInfo[]): Promise<void> {
  const kafka = createKafka(settings);
  const names = topicNames(settings);
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({
    waitForLeaders: false,
    topics: topics.map(({ name, partitions }) => ({ topic: names.out(name), numPartitions: partitions })),
  });
  await admin.disconnect();
  const log = new KafkaLog(kafka, settings);
  try {
    const until = Date.now() + THERE_MS;
    for (;;) {
      const there = new Map((await log.topics()).map(({ name, partitions }) => [name, partitions]));
      const missing = topics.filter(({ name, partitions }) => there.get(name) !== partitions);
      if (missing.length === 0) break;
      if (Date.now() > until) throw new Error(`${missing[0]!.name} is not there yet`);
      await sleep(50);
    }
    for (const { name } of topics) await led(log, name, until);
  } finally {
    await log.close();
  }
}

/** Waits until every partition has a leader that answers. */
async function led(log: KafkaLog, topic: string, until: number): Promise<void> {
  for (;;) {
    try {
      await log.ends(topic);
      return;
    } catch (error) {
      if (Date.now() > until) throw error;
      await sleep(50);
    }
  }
}
