/** Settings of one broker that is its own controller, small and quick to come back. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Command, run } from './process.ts';

/** Logging of the broker and of the tools: warnings, and that the server has started. */
export const LOG_SETTINGS = join(import.meta.dirname, 'kafka.log4j2.properties');

/** Settings by name, as in server.properties. */
export type Properties = Readonly<Record<string, string | number | boolean>>;

/** Where a broker keeps its data and listens. */
export interface Place {
  readonly dataDir: string;
  readonly broker: number;
  readonly controller: number;
}

/** server.properties without listeners other than the plain one. */
export function serverProperties({ dataDir, broker, controller }: Place): Properties {
  return {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.bootstrap.servers': `127.0.0.1:${controller}`,
    listeners: `PLAINTEXT://127.0.0.1:${broker},CONTROLLER://127.0.0.1:${controller}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${broker}`,
    'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    'log.dirs': join(dataDir, 'log'),
    'auto.create.topics.enable': false,
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 1,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'transaction.state.log.num.partitions': 1,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    'share.coordinator.state.topic.num.partitions': 1,
    // quick: groups do not wait for more members, dead members are seen soon
    'group.initial.rebalance.delay.ms': 0,
    'group.min.session.timeout.ms': 1_000,
    // quick: a broker that was killed is believed dead soon, so it may come back soon
    'broker.session.timeout.ms': 3_000,
    'broker.heartbeat.interval.ms': 500,
    // small
    'log.cleaner.dedupe.buffer.size': 16_777_216,
    'num.network.threads': 2,
    'num.io.threads': 4,
    'log.index.size.max.bytes': 1_048_576,
  };
}

/** Writes server.properties into the folder and returns its path. */
export function writeProperties(folder: string, properties: Properties): string {
  const file = join(folder, 'server.properties');
  mkdirSync(folder, { recursive: true });
  const lines = Object.entries(properties).map(([name, value]) => `${name}=${value}\n`);
  writeFileSync(file, lines.join(''), { mode: 0o600 });
  return file;
}

/** Makes the log folder of a new broker; `extra` are further options of Kafka's storage tool. */
export async function formatStorage(
  kafka: { java(mainClass: string, args: readonly string[], jvm?: readonly string[]): Command },
  propertiesFile: string,
  extra: readonly string[] = [],
): Promise<void> {
  const cluster = randomBytes(16).toString('base64url');
  const args = ['format', '--standalone', `--cluster-id=${cluster}`, '--config', propertiesFile, ...extra];
  const { code, stdout, stderr } = await run(kafka.java('kafka.tools.StorageTool', args, ['-Xmx128m']));
  if (code !== 0) throw new Error(`the storage of Kafka cannot be formatted (${code}):\n${stdout}${stderr}`);
}
