/**
 * The same servers as containers, where a Docker daemon answers on this machine; nothing but Node is needed then.
 * Only the settings of Kafka have been tried so far (with the program of its image that reads them): the rest waits for a
 * machine with a daemon. So a container that does not start is told on the terminal and replaced by a process, and
 * RIGHTSTREAM_TEST_DOCKER=never (instead of auto) does without containers.
 */
import { request } from 'node:http';
import type { StartedTestContainer } from 'testcontainers';
import type { Report } from './cache.ts';
import { serverProperties } from './kafka-settings.ts';
import { toolsBy } from './kafka-tools.ts';
import { freePorts } from './ports.ts';
import { S3_KEYS, createBucket, identities, takesObjects } from './s3-access.ts';
import {
  type KafkaOptions,
  type KafkaServer,
  type RegistryServer,
  type S3Options,
  type S3Server,
  type Server,
  registryUrl,
} from './servers.ts';
import { VERSIONS } from './versions.ts';

const IMAGES = {
  kafka: `apache/kafka:${VERSIONS.kafka}`,
  registry: `apicurio/apicurio-registry-mem:${VERSIONS.apicurio}`,
  s3: `chrislusf/seaweedfs:${VERSIONS.seaweedfs}`,
} as const;
const PING_MS = 1_000;
const START_MS = 120_000;
const POLL_MS = 100;
const LOG_CHARACTERS = 50_000;

let answers: Promise<boolean> | undefined;

/** Whether containers are used: `RIGHTSTREAM_TEST_DOCKER` is not `never`, and a daemon answers on a local socket. Asked once. */
export function dockerAnswers(): Promise<boolean> {
  answers ??= process.env['RIGHTSTREAM_TEST_DOCKER'] === 'never' ? Promise.resolve(false) : ping();
  return answers;
}

function ping(): Promise<boolean> {
  const host = process.env['DOCKER_HOST'] ?? 'unix:///var/run/docker.sock';
  // the ports of a daemon elsewhere would not be those of 127.0.0.1
  if (!host.startsWith('unix://')) return Promise.resolve(false);
  return new Promise((resolve) => {
    const socketPath = host.slice('unix://'.length);
    const asked = request({ socketPath, path: '/_ping', timeout: PING_MS }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    asked.on('timeout', () => asked.destroy(new Error('no answer')));
    asked.on('error', () => {
      resolve(false);
    });
    asked.end();
  });
}

/** What `start` resolves to; undefined where containers are not used, and from the first that fails on. */
export async function inContainers<T>(start: () => Promise<T>): Promise<T | undefined> {
  if (!(await dockerAnswers())) return undefined;
  try {
    return await start();
  } catch (error) {
    answers = Promise.resolve(false);
    console.warn(`Docker answers, but does not serve; the servers run as processes. ${String(error)}`);
    return undefined;
  }
}

/** Fetches the images, so that no test waits for them. */
export async function pullImages(report: Report): Promise<true> {
  const { ImageName, getContainerRuntimeClient } = await import('testcontainers');
  const client = await getContainerRuntimeClient();
  for (const image of Object.values(IMAGES)) {
    report(`${image}: pulling`);
    await client.image.pull(ImageName.fromString(image));
  }
  return true;
}

/** A broker in a container. Its port inside is its port outside, so that its address is the same for its own tools. */
export async function startKafkaContainer(options: KafkaOptions): Promise<KafkaServer> {
  const { GenericContainer, Wait } = await import('testcontainers');
  const [free, controller] = (await freePorts(2)) as [number, number];
  const port = options.port ?? free;
  const properties: Record<string, string | number | boolean> = {
    ...serverProperties({ dataDir: '/tmp', broker: port, controller }),
    // the image formats its storage for voters that are named
    'controller.quorum.voters': `1@127.0.0.1:${controller}`,
    listeners: `PLAINTEXT://0.0.0.0:${port},CONTROLLER://127.0.0.1:${controller}`,
    ...options.properties,
  };
  delete properties['controller.quorum.bootstrap.servers'];
  const heap = options.heapMb ?? 256;
  const environment: Record<string, string> = { KAFKA_HEAP_OPTS: `-Xms${heap}m -Xmx${heap}m` };
  for (const [name, value] of Object.entries(properties)) {
    environment[`KAFKA_${name.toUpperCase().replaceAll('.', '_')}`] = String(value);
  }
  const logged = tailOf();
  const container = await new GenericContainer(IMAGES.kafka)
    .withEnvironment(environment)
    .withExposedPorts({ container: port, host: port })
    .withLogConsumer(logged.consume)
    .withWaitStrategy(Wait.forLogMessage(/Kafka Server started/).withStartupTimeout(START_MS))
    .start();
  const tools = toolsBy(async (script, args, { stdin = '' } = {}) => {
    const input = '/tmp/input';
    await container.copyContentToContainer([{ content: stdin, target: input }]);
    const tool = [`/opt/kafka/bin/${script}.sh`, '--bootstrap-server', `127.0.0.1:${port}`, ...args];
    const done = await container.exec(['sh', '-c', `exec "$@" <${input}`, 'sh', ...tool]);
    return { stdout: done.stdout, stderr: done.stderr, code: done.exitCode };
  });
  return { ...containerServer(container, logged.tail), brokers: [`127.0.0.1:${port}`], tools };
}

/** A registry in a container. */
export async function startRegistryContainer(): Promise<RegistryServer> {
  const { GenericContainer, Wait } = await import('testcontainers');
  const [port] = (await freePorts(1)) as [number];
  const logged = tailOf();
  const container = await new GenericContainer(IMAGES.registry)
    .withEnvironment({ QUARKUS_DATASOURCE_JDBC_URL: 'jdbc:h2:file:/tmp/registry;WRITE_DELAY=0' })
    .withExposedPorts({ container: 8080, host: port })
    .withLogConsumer(logged.consume)
    .withWaitStrategy(
      Wait.forHttp(new URL(registryUrl(port)).pathname + '/subjects', 8080).withStartupTimeout(START_MS),
    )
    .start();
  return { ...containerServer(container, logged.tail), url: registryUrl(port) };
}

/** An S3 server in a container. */
export async function startS3Container(options: S3Options): Promise<S3Server> {
  const { GenericContainer } = await import('testcontainers');
  const [port] = (await freePorts(1)) as [number];
  const config = '/etc/identities.json';
  const logged = tailOf();
  const container = await new GenericContainer(IMAGES.s3)
    .withCommand([
      'server',
      '-s3',
      '-s3.port=8333',
      `-s3.config=${config}`,
      '-master.telemetry=false',
      '-s3.autoCreateBucket=false',
    ])
    .withEnvironment({ WEED_MASTER_VOLUME_GROWTH_COPY_1: '1' })
    .withCopyContentToContainer([{ content: identities(options.publicBuckets ?? []), target: config }])
    .withExposedPorts({ container: 8333, host: port })
    .withLogConsumer(logged.consume)
    .withStartupTimeout(START_MS)
    .start();
  const access = { endpoint: `http://127.0.0.1:${port}`, ...S3_KEYS };
  const ready = async () => {
    const deadline = Date.now() + START_MS;
    while (!(await takesObjects(access).catch(() => false))) {
      if (Date.now() > deadline) throw new Error(`${IMAGES.s3} takes no objects:\n${logged.tail()}`);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  };
  await ready();
  for (const bucket of options.publicBuckets ?? []) await createBucket(access, bucket);
  const server = containerServer(container, logged.tail, ready);
  return { ...server, ...access, createBucket: (name) => createBucket(access, name) };
}

function containerServer(
  container: StartedTestContainer,
  log: () => string,
  ready: () => Promise<void> = () => Promise.resolve(),
): Server {
  async function raw() {
    const { getContainerRuntimeClient } = await import('testcontainers');
    return (await getContainerRuntimeClient()).container.getById(container.getId());
  }
  let stopped = false;
  return {
    log,
    async stop() {
      if (!stopped) await container.stop();
      stopped = true;
    },
    async kill() {
      const killed = await raw();
      await killed.kill();
      await killed.wait();
    },
    async restart() {
      await container.restart();
      await ready();
    },
    async pause() {
      await (await raw()).pause();
    },
    async resume() {
      await (await raw()).unpause();
    },
  };
}

function tailOf() {
  let text = '';
  return {
    tail: () => text,
    consume: (stream: NodeJS.ReadableStream) => {
      stream.on('data', (chunk: Buffer) => (text = (text + chunk.toString('utf8')).slice(-LOG_CHARACTERS)));
    },
  };
}
