/** docker-compose.yml as far as it goes without Docker: read by Compose's own reader, its servers started with its settings. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { Kafka, logLevel } from 'kafkajs';
import { afterAll, describe, expect, it } from 'vitest';
import { composePath, parseCompose, readCompose } from '../support/compose-file.ts';
import {
  type Place,
  environmentOf,
  innerPorts,
  kafkaEnvironment,
  kafkaHeap,
  kafkaProperties,
  s3Identities,
  seaweedArguments,
} from '../support/compose-settings.ts';
import { COMPOSE_GO, composeConfig } from '../support/real/compose.ts';
import { type KafkaInstallation, installKafka } from '../support/real/kafka-install.ts';
import { freePorts } from '../support/real/ports.ts';
import { s3Client } from '../support/real/s3-access.ts';
import { installS3 } from '../support/real/s3.ts';
import { type Command, run, startChild } from '../support/real/process.ts';

const compose = readCompose();
const text = readFileSync(composePath, 'utf8');
const root = mkdtempSync(join(tmpdir(), 'rightstream-compose-'));
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

async function place(server: keyof typeof innerPorts): Promise<Place> {
  const inner = innerPorts[server];
  const free = await freePorts(inner.length);
  const dataDir = join(root, server);
  mkdirSync(dataDir, { recursive: true });
  return { dataDir, ports: Object.fromEntries(inner.map((port, index) => [port, free[index]!])) };
}

describe(`read by compose-go ${COMPOSE_GO} (no \`docker compose config\`: that program needs a plugin of Docker)`, () => {
  /** The whole file: a service with a profile is read only when that is asked for. */
  function write(name: string, content: string): string {
    const file = join(root, name);
    writeFileSync(file, content.replace(/^ +profiles: .*\n/gm, ''));
    return file;
  }

  it('is what our own reader takes it for', async () => {
    const theirs = await composeConfig(write('docker-compose.yml', text));
    const ours = parseCompose(text);
    expect(Object.keys(theirs.services).sort()).toEqual(Object.keys(ours.services).sort());
    for (const [name, service] of Object.entries(ours.services)) {
      const { image, command, environment: variables, healthcheck, build } = theirs.services[name]!;
      expect([name, image]).toEqual([name, service.image]);
      expect(command ?? undefined).toEqual(service.command);
      expect(healthcheck?.test).toEqual(service.healthcheck?.test);
      expect(build?.dockerfile_inline).toEqual(service.build?.dockerfile_inline);
      expect(Object.keys(variables ?? {})).toHaveLength(Object.keys(service.environment ?? {}).length);
      if (variables !== undefined) expect(environmentOf(theirs, name)).toEqual(environmentOf(ours, name));
    }
    expect(theirs.configs!['identities']!.content).toBe(ours.configs!['identities']!.content);
  });

  it('is refused with a planted mistake', async () => {
    const mistake = write('wrong.yml', text.replace('condition: service_healthy', 'condition: healthy'));
    await expect(composeConfig(mistake)).rejects.toThrow('condition');
    const required = write(
      'required.yml',
      text.replace('${RIGHTSTREAM_COPIES:-2}', '${RIGHTSTREAM_COPIES:?}'),
    );
    await expect(composeConfig(required)).rejects.toThrow('RIGHTSTREAM_COPIES');
  });
});

describe('Kafka, set up by the program of its image from the variables of the service', () => {
  /** The program of the image that writes server.properties and formats the folder, each time a container starts. */
  async function setUp(
    kafka: KafkaInstallation,
    environment: Readonly<Record<string, string>>,
  ): Promise<string> {
    const [defaults, mounted, final] = ['default', 'mounted', 'final'].map((name) =>
      join(root, 'kafka-config', name),
    );
    for (const folder of [defaults!, mounted!, final!]) mkdirSync(folder, { recursive: true });
    for (const file of ['server.properties', 'log4j2.yaml', 'tools-log4j2.yaml']) {
      for (const folder of [defaults!, final!]) writeFileSync(join(folder, file), '');
    }
    const folders = [
      '--default-configs-dir',
      defaults!,
      '--mounted-configs-dir',
      mounted!,
      '--final-configs-dir',
      final!,
    ];
    const command: Command = kafka.java(
      'kafka.docker.KafkaDockerWrapper',
      ['setup', ...folders],
      ['-Xmx128m'],
    );
    const { code, stdout, stderr } = await run({ ...command, env: environment });
    // which the image, too, takes for success
    if (code !== 0) expect(stdout + stderr).toContain('already formatted');
    return join(final!, 'server.properties');
  }

  it('serves both listeners, keeps its data over a restart, and makes no topic unasked', async () => {
    const kafka = await installKafka();
    const here = await place('kafka');
    const environment = kafkaEnvironment(compose, here);
    const start = async () => {
      const file = await setUp(kafka, environment);
      const child = await startChild(kafka.java('kafka.Kafka', [file], kafkaHeap(compose)));
      await child.untilLine(/Kafka Server started/, 60_000);
      return { child, file };
    };
    const first = await start();
    let { child } = first;
    try {
      const lines = readFileSync(first.file, 'utf8').split('\n').filter(Boolean);
      const written = Object.fromEntries(lines.map((line) => line.split(/=(.*)/s).slice(0, 2)));
      expect(written).toEqual(kafkaProperties(environment));

      const inside = client(here, 9092);
      await using(inside.admin(), async (admin) => {
        await admin.createTopics({ topics: [{ topic: 'things', numPartitions: 2, replicationFactor: -1 }] });
        await expect(admin.fetchTopicMetadata({ topics: ['unasked'] })).rejects.toThrow();
        expect(await admin.listTopics()).toEqual(['things']);
      });
      await using(inside.producer({ idempotent: true, maxInFlightRequests: 1 }), async (producer) => {
        await producer.send({ topic: 'things', acks: -1, messages: [{ key: 'a', value: 'one' }] });
      });
      await child.stop();
      ({ child } = await start());

      // as a program on this machine sees it: through the published port, and sent on to that port
      const outside = client(here, 29092);
      await using(outside.admin(), async (admin) => {
        const { brokers } = await admin.describeCluster();
        expect(brokers).toEqual([{ nodeId: 1, host: '127.0.0.1', port: here.ports[29092] }]);
      });
      const consumer = outside.consumer({ groupId: 'g', sessionTimeout: 1_000, heartbeatInterval: 300 });
      await using(consumer, async () => {
        await consumer.subscribe({ topic: 'things', fromBeginning: true });
        // after a restart the broker leads its partitions a moment after it answers; a consumer waits for that
        const seen = await new Promise((resolve, reject) => {
          consumer
            .run({
              eachBatch: ({ batch: { messages, highWatermark } }) => {
                resolve([messages.map(({ value }) => String(value)), highWatermark]);
                return Promise.resolve();
              },
            })
            .catch(reject);
        });
        expect(seen).toEqual([['one'], '1']);
      });
    } finally {
      await child.stop();
    }
  });
});

describe('SeaweedFS, with the options and accounts of the service', () => {
  it('passes its health check, stores for the product alone and reads one bucket to all', async () => {
    const program = await installS3();
    const here = await place('s3');
    writeFileSync(join(here.dataDir, 'identities.json'), s3Identities(compose));
    const endpoint = `http://127.0.0.1:${here.ports[9000]}`;
    const env = environmentOf(compose, 's3');
    const child = await startChild({ file: program, args: seaweedArguments(compose, here), env });
    try {
      const check = compose.services['s3']!.healthcheck!.test!.at(-1)!.replace(
        'http://127.0.0.1:9000',
        endpoint,
      );
      await child.until('pass its health check', async () => (await fetch(check)).ok, 60_000);

      const product = compose.services['http']!.environment!;
      const [accessKeyId, secretAccessKey, region] = [
        'S3_ACCESS_KEY_ID',
        'S3_SECRET_ACCESS_KEY',
        'S3_REGION',
      ].map((name) => String(product[name])) as [string, string, string];
      const owner = s3Client({ endpoint, region, accessKeyId, secretAccessKey });
      const stranger = s3Client({ endpoint, region, accessKeyId, secretAccessKey: 'guessed' });
      try {
        // the product asks again; this client does not, and the store answers before it can store
        await child.until('store', () => stores(owner), 60_000);
        await owner.send(new CreateBucketCommand({ Bucket: String(product['S3_BUCKET']) }));
        await owner.send(
          new PutObjectCommand({ Bucket: String(product['S3_BUCKET']), Key: 'a', Body: 'secret' }),
        );
        const intruding = stranger.send(new PutObjectCommand({ Bucket: 'ros-data', Key: 'b', Body: 'x' }));
        await expect(intruding).rejects.toThrow(/signature/i);
      } finally {
        owner.destroy();
        stranger.destroy();
      }
      const status = async (path: string) => (await fetch(`${endpoint}/${path}`)).status;
      expect(await (await fetch(`${endpoint}/ros-data/a`)).text()).toBe('usage');
      expect(await status('ros-data')).toBe(403);
      expect(await status(`${product['S3_BUCKET']}/a`)).toBe(403);
    } finally {
      await child.kill();
    }
  });
});

/** Makes the bucket of announced files and stores one; true when it did. */
async function stores(client: S3Client): Promise<boolean> {
  await client.send(new CreateBucketCommand({ Bucket: 'ros-data' })).catch(() => undefined);
  await client.send(new PutObjectCommand({ Bucket: 'ros-data', Key: 'a', Body: 'usage' }));
  return true;
}

function client(here: Place, port: number): Kafka {
  return new Kafka({
    brokers: [`127.0.0.1:${here.ports[port]}`],
    logLevel: logLevel.NOTHING,
    retry: { retries: 3 },
  });
}

/** Connects, works and disconnects. */
async function using<T extends { connect(): Promise<void>; disconnect(): Promise<void> }>(
  peer: T,
  work: (peer: T) => Promise<void>,
): Promise<void> {
  await peer.connect();
  try {
    await work(peer);
  } finally {
    await peer.disconnect();
  }
}
