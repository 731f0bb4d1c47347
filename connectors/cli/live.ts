/** The live system of the kafka profile: what is there, what topology.yaml wants, how it is changed. Loaded when needed: its clients are large. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BadInput, codeOf } from '../../streams/runtime/errors.ts';
import type { Changer } from '../../streams/runtime/topology/apply.ts';
import { ourSubjects, ourTopics, wantedOf } from '../../streams/runtime/topology/live.ts';
import type { LiveState, LiveSubject, Wanted } from '../../streams/runtime/topology/live.ts';
import { loadTopology } from '../../streams/runtime/topology/load.ts';
import { openS3Blobs } from '../blobs/s3.ts';
import { packageRoot } from '../define.ts';
import { createKafka } from '../kafka/client.ts';
import { kafkaLive } from '../kafka/live.ts';
import type { KafkaLive } from '../kafka/live.ts';
import { registryClient } from '../registry/client.ts';
import type { RegistryClient } from '../registry/client.ts';
import { eventSubjects } from '../registry/subjects.ts';
import type { KafkaProfile } from './profile.ts';
import { topicsOfEvents } from './topology.ts';

/** Kafka, registry and bucket, each looked at by itself: one that is away hides no other. */
export interface LiveSystem {
  readonly kafka: KafkaLive;
  readonly registry: RegistryClient;
  /** What topology.yaml and this program want; asks the brokers how many there are when no replication is given. */
  wanted(replication?: number): Promise<Wanted>;
  lookAtTopics(wanted: Wanted): Promise<Pick<LiveState, 'brokers' | 'topics' | 'groups'>>;
  lookAtSubjects(wanted: Wanted): Promise<LiveState['subjects']>;
  lookAtBucket(): Promise<NonNullable<LiveState['bucket']>>;
  readonly changer: Changer;
  close(): Promise<void>;
}

/** Copies that survive the loss of one broker and let the others go on. */
const COPIES = 3;
/** Subjects that are asked for at a time. */
const CONCURRENT = 4;

/** Opens clients of everything; nothing is asked yet. */
export function openLive(profile: KafkaProfile, dataDir: string): LiveSystem {
  const kafka = kafkaLive(createKafka(profile.kafka));
  const registry = registryClient(profile.registry);
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true'; // as a start does
  const s3 = openS3Blobs({ ...profile.s3, stagingDir: join(dataDir, 'staging') });
  const { groupPrefix, topicPrefix, foreignTopics } = profile.kafka;
  return {
    kafka,
    registry,
    async wanted(replication) {
      const { topology } = loadTopology(await readFile(join(packageRoot(), 'topology.yaml'), 'utf8'));
      const schemas = eventSubjects(await topicsOfEvents(topicPrefix));
      const copies = replication ?? Math.min(COPIES, (await kafka.cluster()).brokers.length);
      return wantedOf(topology, schemas, { replication: copies, groupPrefix, topicPrefix, foreignTopics });
    },
    async lookAtTopics(wanted) {
      const names = ourTopics(wanted, await kafka.topicNames());
      return {
        brokers: (await kafka.cluster()).brokers.length,
        topics: await kafka.describeTopics(names),
        groups: await kafka.groupIds(),
      };
    },
    async lookAtSubjects(wanted) {
      const listed = new Set(ourSubjects(wanted, await registry.subjects()));
      const ours = new Set(wanted.schemas.map(({ subject }) => subject));
      // A registry with many subjects may cut its list short: what is wanted is asked for by name.
      const looks = [...new Set([...listed, ...ours])].map(
        (name) => () => lookAtSubject(registry, name, ours.has(name)),
      );
      const seen = await inTurns(looks, CONCURRENT);
      return seen.filter(({ name, versions }) => listed.has(name) || versions.length > 0);
    },
    async lookAtBucket() {
      const name = profile.s3.bucket;
      try {
        await s3.check();
        return { name, present: true };
      } catch (error) {
        if (codeOf(error) !== 'BUCKET_MISSING') throw error;
        return { name, present: false };
      }
    },
    changer: {
      createTopic: (topic) => kafka.createTopic(topic),
      setConfig: (topic, name, value) => kafka.setConfig(topic, name, value),
      registerSchema: (subject, avro) => registry.register(subject, avro),
      setCompatibility: (subject, level) => registry.setCompatibility(subject, level),
      async createBucket() {
        await s3.createBucket();
      },
    },
    async close() {
      await Promise.all([kafka.close(), s3.close()]);
    },
  };
}

/** All that is there. */
export async function lookAround(live: LiveSystem, wanted: Wanted): Promise<LiveState> {
  const [kafka, subjects, bucket] = await Promise.all([
    live.lookAtTopics(wanted),
    live.lookAtSubjects(wanted),
    live.lookAtBucket(),
  ]);
  if (wanted.replication > kafka.brokers) {
    throw new BadInput({
      code: 'BAD_OPTION',
      message: `replication ${wanted.replication} needs as many brokers; there are ${kafka.brokers}`,
    });
  }
  return { ...kafka, subjects, bucket };
}

async function lookAtSubject(registry: RegistryClient, name: string, ours: boolean): Promise<LiveSubject> {
  if (!ours) return { name, versions: [] };
  const [versions, compatibility] = await Promise.all([
    registry.versions(name),
    registry.compatibility(name),
  ]);
  return { name, versions, ...(compatibility === undefined ? {} : { compatibility }) };
}

async function inTurns<T>(works: readonly (() => Promise<T>)[], atOnce: number): Promise<T[]> {
  const results: T[] = [];
  for (let at = 0; at < works.length; at += atOnce) {
    results.push(...(await Promise.all(works.slice(at, at + atOnce).map((work) => work()))));
  }
  return results;
}
