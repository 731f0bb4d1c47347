/** What differs between the profiles: the log and what belongs to it. */
import { join } from 'node:path';
import type { Pool } from 'pg';
import { localRegistry } from '../../schemas/codec/registry.ts';
import type { SchemaRegistry } from '../../schemas/codec/registry.ts';
import { topics } from '../../schemas/topics.ts';
import { soleMembership } from '../../projections/runtime/pipeline.ts';
import type { Faults } from '../../streams/runtime/faults.ts';
import type { Blobs, EventLog, Membership } from '../../streams/runtime/ports.ts';
import { retryTopic } from '../../streams/runtime/run/inputs.ts';
import { Relays } from '../../streams/runtime/run/relay.ts';
import type { Outbox } from '../../streams/runtime/units.ts';
import { folderBlobs } from '../blobs/folder.ts';
import { openS3Blobs } from '../blobs/s3.ts';
import { createKafka } from '../kafka/client.ts';
import { KafkaLog } from '../kafka/log.ts';
import { kafkaMembership } from '../kafka/membership.ts';
import { PostgresLog } from '../postgres/log.ts';
import { outboxPublisher, postgresOutbox } from '../postgres/outbox.ts';
import { createClient } from '../postgres/pool.ts';
import { prepareDatabase } from '../postgres/prepare.ts';
import { appendingPublisher } from '../postgres/publisher.ts';
import type { Publisher } from '../postgres/publisher.ts';
import { confluentRegistry } from '../registry/registry.ts';
import { eventSubjects } from '../registry/subjects.ts';
import { topicsOfEvents } from './topology.ts';
import type { KafkaProfile } from './profile.ts';
import { units } from './units.ts';

/** The log and what belongs to it. */
export interface Backbone {
  readonly log: EventLog;
  readonly registry: SchemaRegistry;
  readonly blobs: Blobs;
  readonly membership: Membership;
  readonly publisher: Publisher;
  /** Absent where emitting is appending. */
  readonly outbox?: Outbox;
  readonly relays?: Relays;
  close(): Promise<void>;
}

/** Partitions of topics that the embedded profile creates. */
const PARTITIONS = 4;

/** Every topic of the system, the retry topics of the units included. */
export function allTopics(): string[] {
  return [
    ...Object.values(topics),
    ...[...units.streams, ...units.projections].map((unit) => retryTopic(unit.id)),
  ];
}

/** Everything in Postgres and a folder; what is missing is created. */
export async function embeddedBackbone(
  pool: Pool,
  url: string,
  dataDir: string,
  partitions = PARTITIONS,
): Promise<Backbone> {
  const log = new PostgresLog(pool);
  try {
    await log.prepare();
    await log.listen(createClient(url, 'rightstream'));
    const existing = await log.topics();
    const known = new Set(existing.map((topic) => topic.name));
    // Inputs of one unit share their partition count: a topic that is added later follows the others.
    const count = existing[0]?.partitions ?? partitions;
    for (const name of allTopics()) {
      if (!known.has(name)) await log.createTopic({ name, partitions: count });
    }
  } catch (error) {
    await log.close();
    throw error;
  }
  return {
    log,
    registry: localRegistry(),
    blobs: folderBlobs(join(dataDir, 'blobs')),
    membership: soleMembership(log),
    publisher: appendingPublisher(log),
    close: () => log.close(),
  };
}

/** Kafka, a schema registry and an S3 store; nothing is created there: `rightstream apply` does that. */
export async function kafkaBackbone(
  pool: Pool,
  profile: KafkaProfile,
  dataDir: string,
  faults: Faults,
): Promise<Backbone> {
  const kafka = createKafka(profile.kafka);
  const registry = confluentRegistry(
    profile.registry,
    eventSubjects(await topicsOfEvents(profile.kafka.topicPrefix)),
  );
  const s3 = openS3Blobs({ ...profile.s3, stagingDir: join(dataDir, 'staging') });
  const kafkaLog = new KafkaLog(kafka, profile.kafka);
  const close = async (): Promise<void> => {
    await kafkaLog.close();
    await s3.close();
  };
  try {
    await prepareDatabase(pool);
    await registry.open();
    const log = learning(kafkaLog, registry);
    const outbox = postgresOutbox(pool);
    return {
      log,
      registry,
      blobs: s3.blobs,
      membership: kafkaMembership(kafka, profile.kafka),
      publisher: outboxPublisher(log),
      outbox,
      relays: new Relays({ log, outbox, faults }),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** A log whose records can be decoded at once: the schemas that they name are fetched before they are handed out. */
function learning(
  log: KafkaLog,
  registry: { learnFrom(records: Iterable<{ readonly value: Buffer | null }>): Promise<void> },
): EventLog {
  return {
    topics: () => log.topics(),
    createTopic: (topic) => log.createTopic(topic),
    append: (records) => log.append(records),
    ends: (topic) => log.ends(topic),
    offsetsAt: (topic, time) => log.offsetsAt(topic, time),
    onAppend: (wake) => log.onAppend(wake),
    async read(at, from, limits) {
      const page = await log.read(at, from, limits);
      await registry.learnFrom(page.records);
      return page;
    },
  };
}
