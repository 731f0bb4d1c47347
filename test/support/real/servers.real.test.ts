import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry';
import { Kafka, type KafkaConfig, type SASLOptions, logLevel } from 'kafkajs';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestPostgres, startPostgres } from '../postgres.ts';
import { startNativeKafka } from './kafka.ts';
import type { NativeServer } from './native.ts';
import { startNativeRegistry } from './registry.ts';
import { s3Client } from './s3-access.ts';
import { startNativeS3 } from './s3.ts';
import type { KafkaServer, RegistryServer, S3Server } from './servers.ts';
import { PUBLIC_BUCKET, ownName, sharedDatabase, sharedKafka, sharedRegistry, sharedS3 } from './shared.ts';

/** Kills a server and brings it back as another process. */
async function killAndRestart(server: NativeServer): Promise<void> {
  const before = server.pid;
  await server.kill();
  expect(() => process.kill(before, 0)).toThrow('ESRCH');
  await server.restart();
  expect(server.pid).not.toBe(before);
}

/** A server that starts before the tests of a group and has left nothing behind after them. */
function running<T extends NativeServer>(start: () => Promise<T>): () => T {
  let server: T;
  beforeAll(async () => {
    server = await start();
  });
  afterAll(async () => {
    const { pid } = server;
    await server.stop();
    await server.stop();
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });
  return () => server;
}

describe('Kafka', () => {
  const kafka = running<KafkaServer & NativeServer>(() => startNativeKafka({ secure: true }));

  it('takes and gives records by its console tools, also after kill -9', async () => {
    const { tools } = kafka();
    const created = await tools.topics(['--create', '--topic', 'things', '--partitions', '2']);
    expect(created).toMatchObject({ code: 0 });
    const produce = ['--topic', 'things', '--reader-property', 'parse.key=true'];
    expect(await tools.produce(produce, 'a\tone\nb\ttwo\n')).toMatchObject({ code: 0 });
    await killAndRestart(kafka());
    const consume = ['--topic', 'things', '--from-beginning', '--max-messages', '2', '--timeout-ms', '20000'];
    const consumed = await tools.consume([...consume, '--formatter-property', 'print.key=true']);
    expect(consumed.stdout.trim().split('\n').sort()).toEqual(['a\tone', 'b\ttwo']);
    const offsets = await tools.offsets(['--topic', 'things']);
    expect(offsets.stdout.trim().split('\n')).toHaveLength(2);
    expect((await tools.topics(['--describe', '--topic', 'absent'])).code).not.toBe(0);
  });

  it.each(['plain', 'scram-sha-256', 'scram-sha-512'] as const)(
    'asks for a password (%s)',
    async (mechanism) => {
      const { sasl, saslTls, username, password, ca } = kafka().secure!;
      // a new object each time: kafkajs keeps in it how it logged on before
      const as = (secret: string) => ({ mechanism, username, password: secret }) as SASLOptions;
      expect(await topicsOver({ brokers: sasl, sasl: as(password) })).toContain('things');
      expect(await topicsOver({ brokers: saslTls, ssl: { ca: [ca] }, sasl: as(password) })).toContain(
        'things',
      );
      await expect(topicsOver({ brokers: sasl, sasl: as('wrong') })).rejects.toThrow(
        /authentication failed/i,
      );
    },
  );

  it('speaks TLS with a certificate that nobody trusts by itself', async () => {
    const { tls, ca } = kafka().secure!;
    expect(await topicsOver({ brokers: tls, ssl: { ca: [ca] } })).toContain('things');
    await expect(topicsOver({ brokers: tls, ssl: true })).rejects.toThrow(/self-signed/);
  });

  it('answers again after a pause', async () => {
    const { brokers } = kafka();
    await kafka().pause();
    await expect(topicsOver({ brokers, requestTimeout: 300, connectionTimeout: 300 })).rejects.toThrow();
    await kafka().resume();
    expect(await topicsOver({ brokers })).toContain('things');
  });
});

async function topicsOver(config: KafkaConfig): Promise<string[]> {
  const client = new Kafka({ logLevel: logLevel.NOTHING, retry: { retries: 0 }, ...config });
  const admin = client.admin();
  try {
    await admin.connect();
    return await admin.listTopics();
  } finally {
    await admin.disconnect();
  }
}

describe('the registry', () => {
  const registry = running<RegistryServer & NativeServer>(startNativeRegistry);

  it('keeps schemas and their ids over kill -9', async () => {
    const schema = { type: SchemaType.AVRO, schema: '{"type":"record","name":"A","fields":[]}' } as const;
    const { id } = await new SchemaRegistry({ host: registry().url }).register(schema, { subject: 's' });
    await killAndRestart(registry());
    const again = new SchemaRegistry({ host: registry().url });
    expect(await again.getRegistryId('s', 1)).toBe(id);
  });
});

describe('S3', () => {
  const s3 = running<S3Server & NativeServer>(() => startNativeS3({ publicBuckets: ['open'] }));

  it('keeps objects over kill -9, and shows to anybody what is in public buckets', async () => {
    await s3().createBucket('closed');
    const client = s3Client(s3());
    for (const Bucket of ['open', 'closed']) {
      await client.send(new PutObjectCommand({ Bucket, Key: 'a.csv', Body: 'a,b' }));
    }
    await killAndRestart(s3());
    const got = await client.send(new GetObjectCommand({ Bucket: 'closed', Key: 'a.csv' }));
    expect(await got.Body!.transformToString()).toBe('a,b');
    client.destroy();
    expect(await (await fetch(`${s3().endpoint}/open/a.csv`)).text()).toBe('a,b');
    expect((await fetch(`${s3().endpoint}/closed/a.csv`)).status).toBe(403);
  });
});

describe('Postgres', () => {
  let postgres: TestPostgres;
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(() => postgres.close());

  it.each(['immediateStop', 'kill9'] as const)('keeps what was committed over %s', async (end) => {
    const url = await postgres.database();
    await query(url, 'CREATE TABLE t AS SELECT 1 AS a');
    await postgres[end]();
    await expect(query(url, 'SELECT')).rejects.toThrow('ECONNREFUSED');
    await postgres.start();
    expect(await query(url, 'SELECT a FROM t')).toEqual([{ a: 1 }]);
  });
});

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

describe('shared servers', () => {
  it('serve', async () => {
    const [kafka, registry, s3, database] = await Promise.all([
      sharedKafka(),
      sharedRegistry(),
      sharedS3(),
      sharedDatabase(),
    ]);
    const topic = ownName('topic');
    expect(await kafka.tools.topics(['--create', '--topic', topic])).toMatchObject({ code: 0 });
    expect(await topicsOver({ brokers: kafka.brokers })).toContain(topic);
    expect((await fetch(`${registry.url}/subjects`)).status).toBe(200);
    const client = s3Client(s3);
    const Key = ownName('object');
    await client.send(new PutObjectCommand({ Bucket: PUBLIC_BUCKET, Key, Body: 'x' }));
    client.destroy();
    expect((await fetch(`${s3.endpoint}/${PUBLIC_BUCKET}/${Key}`)).status).toBe(200);
    expect(await query(database, 'SELECT 1 AS a')).toEqual([{ a: 1 }]);
    expect(await sharedDatabase()).not.toBe(database);
  });
});
