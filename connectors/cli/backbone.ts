/** What differs between the profiles: the log and what belongs to it. */
import { join } from 'node:path';
import type { Pool } from 'pg';
import { CodecError } from '../../schemas/codec/errors.ts';
import { localRegistry } from '../../schemas/codec/registry.ts';
import type { RegisteredSchema, SchemaRegistry } from '../../schemas/codec/registry.ts';
import { topics } from '../../schemas/topics.ts';
import { soleMembership } from '../../projections/runtime/pipeline.ts';
import type { Blobs, EventLog, Membership } from '../../streams/runtime/ports.ts';
import { retryTopic } from '../../streams/runtime/run/inputs.ts';
import type { Relays } from '../../streams/runtime/run/relay.ts';
import type { Outbox } from '../../streams/runtime/units.ts';
import { folderBlobs } from '../blobs/folder.ts';
import { PostgresLog } from '../postgres/log.ts';
import { createClient } from '../postgres/pool.ts';
import { appendingPublisher } from '../postgres/publisher.ts';
import type { Publisher } from '../postgres/publisher.ts';
import type { BlobLinks } from '../platform/handing-on.ts';
import { PLATFORM } from '../platform/source.ts';
import { PLATFORM_OUT } from '../platform/telling.ts';
import { JSON_INTAKE, jsonTopics } from './json-intake.ts';
import { units } from './units.ts';

/** Schema ids, for records that come from elsewhere. */
export interface SchemaIds {
  /** The schema of a record that the log has handed out. */
  schemaOf(id: number): RegisteredSchema | undefined;
  /** The id of what says the same as a schema of an event, in any version that is registered. */
  find(schema: RegisteredSchema): Promise<number | undefined>;
  isKnown(id: number): Promise<boolean>;
}

/** The log and what belongs to it. */
export interface Backbone {
  readonly log: EventLog;
  readonly registry: SchemaRegistry;
  readonly schemaIds: SchemaIds;
  readonly blobs: Blobs;
  /** Links to blobs; absent where they are files. */
  readonly links?: BlobLinks;
  readonly membership: Membership;
  readonly publisher: Publisher;
  /** Absent where emitting is appending. */
  readonly outbox?: Outbox;
  readonly relays?: Relays;
  /** Says that this deployment is at work; refuses when another one has its topics. Absent where the log is in the database. */
  readonly hold?: () => Promise<void>;
  close(): Promise<void>;
}

/** Partitions of topics that the embedded profile creates. */
const PARTITIONS = 4;

/** Partitions of topics that do not exist yet: the same for all, or per topic. */
export type Partitions = number | ReadonlyMap<string, number>;

/** Every topic of the system: facts, intakes for JSON, and the retry topics of the units. */
export function allTopics(): string[] {
  const ids = [...units.streams, ...units.projections].map(({ id }) => id);
  return [
    ...Object.values(topics),
    ...jsonTopics,
    ...[...ids, JSON_INTAKE, PLATFORM, PLATFORM_OUT].map(retryTopic),
  ];
}

/** Everything in Postgres and a folder; what is missing is created. */
export async function embeddedBackbone(
  pool: Pool,
  url: string,
  dataDir: string,
  partitions: Partitions = PARTITIONS,
): Promise<Backbone> {
  const log = new PostgresLog(pool);
  try {
    await log.prepare();
    await log.listen(createClient(url, 'rightstream'));
    const existing = await log.topics();
    const known = new Set(existing.map((topic) => topic.name));
    // Inputs of one unit share their partition count: a topic that is added later follows the others.
    const countOf = (name: string): number =>
      typeof partitions === 'number'
        ? (existing[0]?.partitions ?? partitions)
        : (partitions.get(name) ?? PARTITIONS);
    for (const name of allTopics()) {
      if (!known.has(name)) await log.createTopic({ name, partitions: countOf(name) });
    }
  } catch (error) {
    await log.close();
    throw error;
  }
  const registry = localRegistry();
  return {
    log,
    registry,
    schemaIds: localIds(registry),
    blobs: folderBlobs(join(dataDir, 'blobs')),
    membership: soleMembership(log),
    publisher: appendingPublisher(log),
    close: () => log.close(),
  };
}

function localIds(registry: SchemaRegistry): SchemaIds {
  const find = (schema: RegisteredSchema): number | undefined => {
    try {
      return registry.idOf(schema.fullName, schema.avro);
    } catch (error) {
      if (error instanceof CodecError) return undefined;
      throw error;
    }
  };
  return {
    schemaOf: (id) => registry.schemaOf(id),
    find: (schema) => Promise.resolve(find(schema)),
    isKnown: (id) => Promise.resolve(registry.schemaOf(id) !== undefined),
  };
}
