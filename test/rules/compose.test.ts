import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Ajv } from 'ajv';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { environment } from '../../connectors/cli/context.ts';
import { profileFrom, type KafkaProfile } from '../../connectors/cli/profile.ts';
import { allowedHosts } from '../../connectors/platform/hosts.ts';
import { composePath, composeVariables, parseCompose, readCompose } from '../support/compose-file.ts';
import {
  innerPorts,
  environmentOf,
  kafkaEnvironment,
  kafkaProperties,
  s3Identities,
  seaweedArguments,
} from '../support/compose-settings.ts';
import { VERSIONS } from '../support/real/versions.ts';
import { baseImages, composeMistakes, copied, isPinned } from './compose.ts';
import { root } from './repository.ts';

const text = readFileSync(composePath, 'utf8');
const compose = readCompose();
const dockerfile = compose.services['apply']!.build!.dockerfile_inline!;
const version = (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version;

/** Variables of the kafka profile that the command line does not document yet. */
const comingVariables = [
  ...['RIGHTSTREAM_PROFILE', 'KAFKA_BROKERS', 'SCHEMA_REGISTRY_URL'],
  ...['S3_ENDPOINT', 'S3_BUCKET', 'S3_REGION', 'S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY'],
];
/** A description may name a second variable: the secret itself beside the file that holds it. */
const named = Object.values(environment).flatMap((about) => about.match(/\b[A-Z]+_[A-Z_]+\b/g) ?? []);
const known = new Set([...Object.keys(environment), ...named, ...comingVariables]);

/** What the schema of Compose files, as shipped by dclint, says against a text. */
function schemaErrors(yaml: string): string[] {
  const folder = dirname(createRequire(import.meta.url).resolve('dclint/package.json'));
  const schema = JSON.parse(readFileSync(join(folder, 'schemas/compose.schema.json'), 'utf8')) as object;
  const validate = new Ajv({ strict: false, validateFormats: false }).compile({
    ...schema,
    $schema: 'http://json-schema.org/draft-07/schema#',
  });
  if (validate(parse(yaml, { merge: true }))) return [];
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

describe('docker-compose.yml', () => {
  it('fits the JSON schema of Compose files (ajv; `docker compose config` is run by test/e2e/compose.real.test.ts)', () => {
    expect(schemaErrors(text)).toEqual([]);
  });

  it.each([
    ['restart: unless-stopped', 'restarts: always'],
    ['condition: service_healthy', 'condition: healthy'],
    ['    - >-\n      fetch(', '    - fetch('],
    ['privileged: true', 'privileged: [yes]'],
  ])('a planted mistake is found by the schema: %s → %s', (from, to) => {
    expect(text).toContain(from);
    expect(schemaErrors(text.replace(from, to))).not.toEqual([]);
  });

  it('pins images, checks health, waits with conditions, binds ports to 127.0.0.1, sets documented variables', () => {
    expect(composeMistakes(compose, known)).toEqual([]);
  });

  it.each([
    ['image: apache/kafka:4.3.1', 'image: apache/kafka', 'kafka: apache/kafka may be another image'],
    ['image: apache/kafka:4.3.1', 'image: apache/kafka:latest', 'kafka: apache/kafka:latest may be'],
    ['FROM node:22.21.1-bookworm-slim\n', 'FROM node:22\n', 'apply: node:22 may be another image'],
    ['127.0.0.1:9000:9000', '9000:9000', 's3: port 9000:9000 can be reached'],
    ['127.0.0.1:9000:9000', '0.0.0.0:9000:9000', 's3: port 0.0.0.0:9000:9000 can be reached'],
    ['EVENTSTOREDB_URL:', 'EVENTSTORE_URI:', 'audit: EVENTSTORE_URI is no documented variable'],
    ['  databases:\n    image', '  bases:\n    image', 'registry: depends on databases, which is no'],
    ['healthcheck: *answers', 'tty: true', 'units: has no health check'],
    ['profiles: [k3s]', 'profiles: [k3s]\n    depends_on: [kafka]', 'k3s: lists what it depends on'],
    [
      'condition: service_healthy',
      'condition: service_started',
      'apply: does not say what it waits for in kafka',
    ],
    [
      'image: apache',
      'profiles: [k]\n    image: apache',
      'apply: depends on kafka, which its profiles do not start',
    ],
    ["restart: 'no'\n\n  # Copies", 'restart: always\n\n  # Copies', 'apply: has no health check'],
  ])('a planted mistake is found by our rules: %s → %s', (from, to, mistake) => {
    const changed = text.replace(from, to);
    expect(changed).not.toBe(text);
    expect(composeMistakes(parseCompose(changed), known).join('\n')).toContain(mistake);
  });

  it('runs with no variable set, and takes secrets from variables', () => {
    const variables = composeVariables(text);
    expect(variables.filter(({ fallback }) => (fallback ?? '') === '')).toEqual([]);
    const head = text.slice(0, text.indexOf('\nname:'));
    for (const { name } of variables) expect(head).toContain(name);
    const set = readCompose({ POSTGRES_PASSWORD: 'other', S3_SECRET_ACCESS_KEY: 'another' });
    expect(JSON.stringify(set)).not.toMatch(/rightstream:rightstream@|on-this-machine/);
    for (const [name, { environment: given = {} }] of Object.entries(set.services)) {
      for (const [key, value] of Object.entries(given)) {
        if (/PASSWORD|SECRET/.test(key))
          expect([name, key, value]).toEqual([name, key, expect.stringMatching(/other/)]);
      }
    }
    expect(() => parseCompose('services: { a: { image: "$TAG" } }')).toThrow('no reference');
  });

  it('publishes the ports of the walkthrough', () => {
    const ports = Object.values(compose.services).flatMap(({ ports: published = [] }) => published);
    expect(ports).toEqual(expect.arrayContaining(['127.0.0.1:29092:29092', '127.0.0.1:9000:9000']));
    expect(new Set(ports.map((port) => port.split(':')[1])).size).toBe(ports.length);
  });

  it('takes what the walkthrough announces, from where it says, and tells the platform of uploads', async () => {
    const profileOf = async (service: string): Promise<KafkaProfile> =>
      (await profileFrom(environmentOf(compose, service))) as KafkaProfile;
    const topics = ['hccm.ros.events', 'platform.sources.event-stream'];
    // what fetches, what announces, and what makes the topics of both
    for (const service of ['units', 'http', 'apply']) {
      const { kafka, platform } = await profileOf(service);
      expect([service, kafka.foreignTopics]).toEqual([service, topics]);
      expect(platform).toMatchObject({ consume: true, announce: true });
    }
    const hosts = allowedHosts((await profileOf('units')).platform!.allowedHosts);
    const announced = new URL('http://minio:9000/ros-data/u_openshift_usage_report.0.csv');
    hosts.check(announced);
    hosts.checkAddress(announced, '172.18.0.4');
    expect(() => {
      hosts.check(new URL('http://minio:9990/'));
    }).toThrow('PLATFORM_ALLOWED_HOSTS');
    expect(compose.services['s3']!.networks).toMatchObject({ default: { aliases: ['minio'] } });
  });

  it('runs the versions that the tests run', () => {
    const images = ['kafka', 'registry', 's3'].map((name) => compose.services[name]!.image!.split(':')[1]);
    expect(images).toEqual([VERSIONS.kafka, VERSIONS.apicurio, VERSIONS.seaweedfs]);
  });

  it('starts only what needs no privilege unless asked', () => {
    const privileged = Object.values(compose.services).filter((service) => service.privileged === true);
    for (const { profiles = [] } of privileged) expect(profiles).not.toEqual([]);
  });

  it('gives each profile of the product a database of its own', () => {
    const databases = (profile: string | undefined) =>
      Object.values(compose.services)
        .filter(({ build: own, environment: given = {} }) => own && given['RIGHTSTREAM_PROFILE'] === profile)
        .map(({ environment: given = {} }) => new URL(String(given['DATABASE_URL'])).pathname.slice(1));
    expect(new Set(databases('kafka'))).toEqual(new Set(['rightstream_kafka']));
    expect(databases(undefined)).toEqual(['rightstream']);
    expect(compose.services['databases']!.command!.join(' ')).toContain('registry rightstream_kafka');
  });
});

describe('the image', () => {
  const ignored = readFileSync(join(root, '.dockerignore'), 'utf8')
    .split('\n')
    .filter((line) => /^[^#]/.test(line));

  it('is named after the version of the package', () => {
    const images = Object.values(compose.services).flatMap(({ build: own, image }) => (own ? [image] : []));
    expect(new Set(images)).toEqual(new Set([`rightstream:${version}`]));
    expect(baseImages(dockerfile)).toHaveLength(2);
  });

  it('is built from what .dockerignore lets through, and that is what it copies', () => {
    expect(ignored[0]).toBe('*');
    const sources = copied(dockerfile).map((source) => source.replace('./', ''));
    expect(ignored.slice(1).sort()).toEqual(sources.map((source) => `!${source}`).sort());
  });

  it('copies every file that the bundle is made of', async () => {
    const { metafile } = await build({
      absWorkingDir: root,
      entryPoints: ['connectors/cli/main.ts'],
      bundle: true,
      write: false,
      metafile: true,
      packages: 'external',
      platform: 'node',
      format: 'esm',
    });
    const sources = copied(dockerfile);
    const inputs = Object.keys(metafile.inputs);
    expect(inputs.length).toBeGreaterThan(50);
    expect(
      inputs.filter((file) => !sources.includes(file) && !sources.includes(file.split('/')[0]!)),
    ).toEqual([]);
  });

  it.each([
    ['postgres:17.6-bookworm', true],
    ['rancher/k3s:v1.36.4-k3s1', true],
    ['host:5000/a/b:2.6.13.Final', true],
    ['postgres', false],
    ['postgres:17', false],
    ['a:latest', false],
    ['a:1.2-latest', false],
    ['host:5000/a', false],
  ])('%s is pinned: %s', (image, pinned) => {
    expect(isPinned(image)).toBe(pinned);
  });
});

describe('settings for servers without Docker', () => {
  const ports = Object.fromEntries(
    [...innerPorts.kafka, ...innerPorts.s3].map((port, index) => [port, index + 1]),
  );

  it('are those of the container, but for addresses and folders', () => {
    const place = { dataDir: 'here', ports };
    const there = kafkaProperties(environmentOf(compose, 'kafka'));
    const here = kafkaProperties(kafkaEnvironment(compose, place));
    expect(here).toEqual({
      ...there,
      listeners: 'PLAINTEXT://127.0.0.1:1,CONTROLLER://127.0.0.1:2,HOST://127.0.0.1:3',
      'advertised.listeners': 'PLAINTEXT://127.0.0.1:1,HOST://127.0.0.1:3',
      'controller.quorum.voters': '1@127.0.0.1:2',
      'log.dirs': 'here',
    });
    expect(there).toMatchObject({
      'auto.create.topics.enable': 'false',
      'process.roles': 'broker,controller',
    });
    expect(there).not.toHaveProperty('heap.opts');
  });

  it('map names of variables as the image does', () => {
    expect(kafkaProperties({ KAFKA_A_B__C___D: 'x', CLUSTER_ID: 'y', KAFKA_OPTS: 'z' })).toEqual({
      'a.b_c-d': 'x',
    });
  });

  it('start the object store with the same options and identities', () => {
    const given = seaweedArguments(compose, { dataDir: 'here', ports });
    expect(given).toEqual(
      expect.arrayContaining(['-dir=here', '-ip=127.0.0.1', '-s3.port=4', '-s3.config=here/identities.json']),
    );
    expect(given.filter((option) => /0\.0\.0\.0|\bs3$|\/etc\//.test(option))).toEqual([]);
    expect(JSON.parse(s3Identities(compose))).toMatchObject({
      identities: [
        { credentials: [{ accessKey: compose.services['units']!.environment!['S3_ACCESS_KEY_ID'] }] },
        { name: 'anonymous', actions: ['Read:ros-data'] },
      ],
    });
  });
});
