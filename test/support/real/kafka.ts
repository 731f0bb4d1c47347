/** A real Kafka broker for a test: started on free ports, killed, paused, brought back with its data. */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { inContainers, startKafkaContainer } from './docker.ts';
import { type KafkaInstallation, installKafka } from './kafka-install.ts';
import { type SecureSettings, secureSettings } from './kafka-secure.ts';
import { formatStorage, serverProperties, writeProperties } from './kafka-settings.ts';
import { kafkaTools } from './kafka-tools.ts';
import {
  type NativeServer,
  nativeServer,
  readied,
  removeFolder,
  temporaryFolder,
  withFreePorts,
} from './native.ts';
import { freePorts } from './ports.ts';
import { startChild } from './process.ts';
import type { KafkaOptions, KafkaServer } from './servers.ts';

export type { KafkaOptions, KafkaServer } from './servers.ts';

const START_MS = 60_000;

/** Starts a broker and resolves when it serves. Installs Kafka first when the cache has none. */
export async function startKafka(options: KafkaOptions = {}): Promise<KafkaServer> {
  // a container has no listeners with our certificates, and its data folder is its own
  const plain = options.secure !== true && options.dataDir === undefined;
  const contained = plain ? await inContainers(() => startKafkaContainer(options)) : undefined;
  return contained ?? startNativeKafka(options);
}

/** Starts a broker as a process, whether there is a Docker daemon or not. */
export async function startNativeKafka(options: KafkaOptions = {}): Promise<KafkaServer & NativeServer> {
  const kafka = await installKafka();
  const dataDir = options.dataDir ?? temporaryFolder('kafka');
  function cleanUp(): void {
    if (options.dataDir === undefined) removeFolder(dataDir);
  }
  try {
    return await withFreePorts(() => startOn(kafka, options, dataDir, cleanUp));
  } catch (error) {
    cleanUp();
    throw error;
  }
}

async function startOn(
  kafka: KafkaInstallation,
  options: KafkaOptions,
  dataDir: string,
  cleanUp: () => void,
): Promise<KafkaServer & NativeServer> {
  const [free, controller, ...more] = (await freePorts(5)) as [number, number, number, number, number];
  const port = options.port ?? free;
  const secure = options.secure === true ? await secureSettings(dataDir, port, controller, more) : undefined;
  const file = writeProperties(dataDir, {
    ...serverProperties({ dataDir, broker: port, controller }),
    ...secure?.properties,
    ...options.properties,
  });
  const formatted = existsSync(join(dataDir, 'log', 'meta.properties'));
  if (!formatted) await formatStorage(kafka, file, secure?.format);
  const heap = options.heapMb ?? 256;
  const command = kafka.java('kafka.Kafka', [file], [`-Xms${heap}m`, `-Xmx${heap}m`]);
  try {
    const server = await nativeServer(
      async () =>
        readied(await startChild(command), (child) => child.untilLine(/Kafka Server started/, START_MS)),
      { cleanUp },
    );
    return Object.assign(server, access(kafka, port, secure));
  } catch (error) {
    // the port of the controller is part of what was formatted: another attempt formats again
    if (!formatted) rmSync(join(dataDir, 'log'), { recursive: true, force: true });
    throw error;
  }
}

function access(kafka: KafkaInstallation, port: number, secure: SecureSettings | undefined) {
  const broker = `127.0.0.1:${port}`;
  return {
    brokers: [broker],
    tools: kafkaTools((mainClass) => kafka.java(mainClass, [], ['-Xmx128m']), broker),
    ...(secure === undefined ? {} : { secure: secure.access }),
  };
}
