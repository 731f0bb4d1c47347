/** A deployment of the kafka profile for a test: topics, schemas, groups, bucket and database of its own on given servers. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { allTopics } from '../../connectors/cli/backbone.ts';
import type { KafkaProfile } from '../../connectors/cli/profile.ts';
import { topicsOfEvents } from '../../connectors/cli/topology.ts';
import { createKafka } from '../../connectors/kafka/client.ts';
import { KafkaLog } from '../../connectors/kafka/log.ts';
import { kafkaSettings } from '../../connectors/kafka/settings.ts';
import { registryClient } from '../../connectors/registry/client.ts';
import { registrySettings } from '../../connectors/registry/settings.ts';
import { eventSubjects } from '../../connectors/registry/subjects.ts';

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
  options: { readonly sessionTimeoutMs?: number; readonly partitions?: number } = {},
): Promise<KafkaPlace> {
  const dataDir = mkdtempSync(join(tmpdir(), 'rightstream-place-'));
  const kafka = kafkaSettings.parse({
    brokers: servers.brokers,
    groupPrefix: name,
    topicPrefix: `${name}.`,
    sessionTimeoutMs: options.sessionTimeoutMs ?? 1_000,
  });
  const registry = registrySettings.parse({ url: servers.registryUrl });
  await servers.s3.createBucket(name);
  const log = new KafkaLog(createKafka(kafka), kafka);
  for (const topic of allTopics())
    await log.createTopic({ name: topic, partitions: options.partitions ?? 4 });
  await log.close();
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
    },
    close: () => {
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
