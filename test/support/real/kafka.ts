/** A real Kafka broker for a test: started on free ports, killed, paused, brought back with its data. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type KafkaInstallation, installKafka } from './kafka-install.ts';
import { type Properties, formatStorage, serverProperties, writeProperties } from './kafka-settings.ts';
import { type KafkaTools, kafkaTools } from './kafka-tools.ts';
import { freePorts } from './ports.ts';
import { type Child, startChild } from './process.ts';

/** What a test may choose. */
export interface KafkaOptions {
  /** Port of the plain listener; a free one otherwise. */
  readonly port?: number;
  /** Added to server.properties. */
  readonly properties?: Properties;
  /** Kept after `stop`; a temporary folder otherwise. */
  readonly dataDir?: string;
  /** Memory of the JVM. */
  readonly heapMb?: number;
}

/** A running broker. */
export interface KafkaServer {
  /** Addresses, `host:port`. They stay the same over `restart`. */
  readonly brokers: string[];
  /** Process id of the broker that runs now. */
  readonly pid: number;
  readonly tools: KafkaTools;
  /** The last lines of its log. */
  log(): string;
  /** Shuts it down and removes its temporary data. Also after `kill`; a second time does nothing. */
  stop(): Promise<void>;
  /** SIGKILL: gone at once, data stays. */
  kill(): Promise<void>;
  /** Starts it again with the same ports and data; shuts it down first when it runs. */
  restart(): Promise<void>;
  /** SIGSTOP: connections stay open, nothing answers. */
  pause(): void;
  /** SIGCONT. */
  resume(): void;
}

const START_MS = 60_000;
const ATTEMPTS = 3;

/** Starts a broker and resolves when it serves. Installs Kafka first when the cache has none. */
export async function startKafka(options: KafkaOptions = {}): Promise<KafkaServer> {
  const kafka = await installKafka();
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'rightstream-kafka-'));
  try {
    return await startOn(kafka, options, dataDir);
  } catch (error) {
    if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true });
    throw error;
  }
}

async function startOn(
  kafka: KafkaInstallation,
  options: KafkaOptions,
  dataDir: string,
): Promise<KafkaServer> {
  const jvm = [`-Xms${options.heapMb ?? 256}m`, `-Xmx${options.heapMb ?? 256}m`];
  async function launch(file: string): Promise<Child> {
    const child = await startChild(kafka.java('kafka.Kafka', [file], jvm));
    try {
      await child.untilLine(/Kafka Server started/, START_MS);
      return child;
    } catch (error) {
      await child.kill();
      throw error;
    }
  }
  let attempt = 0;
  async function first(): Promise<{ child: Child; file: string; port: number }> {
    const [free, controller] = (await freePorts(2)) as [number, number];
    const port = options.port ?? free;
    const properties = { ...serverProperties({ dataDir, broker: port, controller }), ...options.properties };
    const file = writeProperties(dataDir, properties);
    if (!existsSync(join(dataDir, 'log', 'meta.properties'))) await formatStorage(kafka, file);
    try {
      return { child: await launch(file), file, port };
    } catch (error) {
      attempt += 1;
      const taken = /Address already in use/.test(String(error)) && options.port === undefined;
      if (!taken || attempt === ATTEMPTS) throw error;
      // the port of the controller is part of what was formatted
      rmSync(join(dataDir, 'log'), { recursive: true, force: true });
      return first();
    }
  }
  const started = await first();
  let { child } = started;
  const broker = `127.0.0.1:${started.port}`;
  return {
    brokers: [broker],
    get pid() {
      return child.pid;
    },
    tools: kafkaTools(kafka, broker),
    log: () => child.tail(),
    async stop() {
      await child.stop();
      if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true });
    },
    kill: () => child.kill(),
    async restart() {
      await child.stop();
      child = await launch(started.file);
    },
    pause: () => {
      child.signal('SIGSTOP');
    },
    resume: () => {
      child.signal('SIGCONT');
    },
  };
}
