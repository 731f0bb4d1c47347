/** The log of the kafka profile and what belongs to it; loaded only there, for its clients are large. */
import { join } from 'node:path';
import type { Pool } from 'pg';
import { unitInputs } from '../../projections/runtime/pipeline.ts';
import type { Faults } from '../../streams/runtime/faults.ts';
import type { EventLog } from '../../streams/runtime/ports.ts';
import { Relays } from '../../streams/runtime/run/relay.ts';
import { openS3Blobs } from '../blobs/s3.ts';
import { kafkaClaims } from '../kafka/claims.ts';
import type { Claims } from '../kafka/claims.ts';
import { createKafka } from '../kafka/client.ts';
import { KafkaLog } from '../kafka/log.ts';
import { kafkaMembership } from '../kafka/membership.ts';
import { outboxPublisher, postgresOutbox } from '../postgres/outbox.ts';
import { deploymentId, prepareDatabase } from '../postgres/prepare.ts';
import { confluentRegistry } from '../registry/registry.ts';
import { eventSubjects } from '../registry/subjects.ts';
import { allTopics } from './backbone.ts';
import type { Backbone } from './backbone.ts';
import type { KafkaProfile } from './profile.ts';
import { topicsOfEvents } from './topology.ts';
import { checkTopicsThere } from './topics-there.ts';
import { units } from './units.ts';
import { withReads } from '../../streams/runtime/log-reads.ts';

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
  // It says on every start that a later version of it will want a later Node; package.json pins what we use.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  const s3 = openS3Blobs({ ...profile.s3, stagingDir: join(dataDir, 'staging') });
  const kafkaLog = new KafkaLog(kafka, profile.kafka);
  let claims: Claims | undefined;
  const close = async (): Promise<void> => {
    await claims?.close();
    await kafkaLog.close();
    await s3.close();
  };
  try {
    await prepareDatabase(pool);
    await registry.open();
    checkTopicsThere(await kafkaLog.topics(), allTopics(), unitInputs(units));
    const claimed = (claims = kafkaClaims(kafka, profile.kafka, await deploymentId(pool)));
    await claimed.check();
    const log = learning(kafkaLog, registry);
    const outbox = postgresOutbox(pool);
    return {
      log,
      registry,
      schemaIds: {
        schemaOf: (id) => registry.schemaOf(id),
        find: (schema) => registry.find(schema),
        async isKnown(id) {
          await registry.learn([id]);
          return registry.schemaOf(id) !== undefined;
        },
      },
      blobs: s3.blobs,
      links: s3,
      membership: kafkaMembership(kafka, profile.kafka),
      publisher: outboxPublisher(log),
      outbox,
      relays: new Relays({ log, outbox, faults }),
      hold: () => claimed.hold(),
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
  return withReads(log, async (at, from, limits) => {
    const page = await log.read(at, from, limits);
    await registry.learnFrom(page.records);
    return page;
  });
}
