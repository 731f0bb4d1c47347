/** The servers of a chaos run: processes of its own, which faults may kill; kept over many seeds. */
import { kafkaLive } from '../../connectors/kafka/live.ts';
import { createKafka } from '../../connectors/kafka/client.ts';
import { kafkaSettings } from '../../connectors/kafka/settings.ts';
import { kafkaPlace } from '../support/kafka-place.ts';
import type { KafkaPlace } from '../support/kafka-place.ts';
import { startPostgres } from '../support/postgres.ts';
import type { TestPostgres } from '../support/postgres.ts';
import { startNativeKafka } from '../support/real/kafka.ts';
import { startNativeRegistry } from '../support/real/registry.ts';
import { startS3Proxy } from '../support/real/s3-proxy.ts';
import type { S3Proxy } from '../support/real/s3-proxy.ts';
import { startNativeS3 } from '../support/real/s3.ts';
import type { KafkaServer, RegistryServer, S3Server } from '../support/real/servers.ts';
import type { Schedule } from './schedule.ts';

/** All servers. */
export interface ChaosServers {
  readonly kafka: KafkaServer;
  readonly registry: RegistryServer;
  readonly s3: S3Server;
  /** The way to `s3` that faults disturb. */
  readonly s3Proxy: S3Proxy;
  readonly postgres: TestPostgres;
  close(): Promise<void>;
}

/** Partitions of every topic: more than processes, so that each has something and one has more. */
export const PARTITIONS = 3;

/** Starts them. */
export async function startServers(): Promise<ChaosServers> {
  const closing: (() => Promise<void>)[] = [];
  async function started<T>(starting: Promise<T>, stop: (server: T) => Promise<void>): Promise<T> {
    const server = await starting;
    closing.push(() => stop(server));
    return server;
  }
  const close = async (): Promise<void> => {
    await Promise.allSettled(closing.splice(0).map((stop) => stop()));
  };
  try {
    const [kafka, registry, s3, postgres] = await Promise.all([
      started(startNativeKafka(), (server) => server.stop()),
      started(startNativeRegistry(), (server) => server.stop()),
      started(startNativeS3(), (server) => server.stop()),
      started(startPostgres(), (server) => server.close()),
    ]);
    const s3Proxy = await started(startS3Proxy(s3), (proxy) => proxy.stop());
    return { kafka, registry, s3, s3Proxy, postgres, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** A deployment on these servers, which is removed again; its store is reached through the proxy when that is to be disturbed. */
export async function deployment(
  servers: ChaosServers,
  name: string,
  faults: Schedule['faults'] = [],
): Promise<KafkaPlace> {
  const disturbed = faults.some(({ kind }) => kind === 's3-busy' || kind === 's3-truncates');
  const { createBucket } = servers.s3;
  return kafkaPlace(
    name,
    {
      brokers: servers.kafka.brokers,
      registryUrl: servers.registry.url,
      s3: { ...(disturbed ? servers.s3Proxy : servers.s3), createBucket },
      databaseUrl: await servers.postgres.database(),
    },
    { sessionTimeoutMs: 1_000, partitions: PARTITIONS },
  );
}

/** Removes the topics of a deployment, so that a broker can serve hundreds of them one after the other. */
export async function removeTopics(servers: ChaosServers, prefix: string): Promise<void> {
  const kafka = createKafka(kafkaSettings.parse({ brokers: servers.kafka.brokers }));
  const live = kafkaLive(kafka);
  const names = (await live.topicNames()).filter((name) => name.startsWith(prefix));
  await live.close();
  const admin = kafka.admin();
  await admin.connect();
  try {
    await admin.deleteTopics({ topics: [...names] });
  } finally {
    await admin.disconnect();
  }
}
