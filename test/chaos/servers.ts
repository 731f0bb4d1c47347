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
import type { NativeServer } from '../support/real/native.ts';
import type { KafkaServer, RegistryServer, S3Server } from '../support/real/servers.ts';
import type { SmallDisk } from '../support/small-disk.ts';
import type { Schedule } from './schedule.ts';

/** All servers. */
export interface ChaosServers {
  readonly kafka: KafkaServer & NativeServer;
  readonly registry: RegistryServer;
  readonly s3: S3Server;
  /** The way to `s3` that faults disturb. */
  readonly s3Proxy: S3Proxy;
  readonly postgres: TestPostgres;
  /** What they keep their data on, when it is small enough to be filled. */
  readonly disks?: Disks;
  close(): Promise<void>;
}

/** The disks of Postgres and of the broker. */
export type Disks = Readonly<Record<'postgres' | 'broker', SmallDisk>>;

/** Partitions of every topic: more than processes, so that each has something and one has more. */
export const PARTITIONS = 3;

/** Starts them, on these disks when there are any. */
export async function startServers(disks?: Disks): Promise<ChaosServers> {
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
      started(startNativeKafka(disks && { dataDir: disks.broker.folder }), (server) => server.stop()),
      started(startNativeRegistry(), (server) => server.stop()),
      started(startNativeS3(), (server) => server.stop()),
      started(startPostgres(disks?.postgres.folder), (server) => server.close()),
    ]);
    const s3Proxy = await started(startS3Proxy(s3), (proxy) => proxy.stop());
    return { kafka, registry, s3, s3Proxy, postgres, close, ...(disks && { disks }) };
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
