/** What a live system has, and what topology.yaml wants of it. */
import { retryTopic } from '../run/inputs.ts';
import type { Topology } from './model.ts';

/** A topic as the brokers tell it. */
export interface LiveTopic {
  readonly name: string;
  readonly partitions: number;
  /** Copies of the partition that has the fewest. */
  readonly replication: number;
  /** Effective settings, whoever set them. */
  readonly configs: Readonly<Record<string, string>>;
  /** Offset of the first record that is still there, per partition. */
  readonly starts: readonly number[];
  /** Offset of the next record, per partition. */
  readonly ends: readonly number[];
}

/** A subject of the schema registry. */
export interface LiveSubject {
  readonly name: string;
  /** Every version, oldest first. */
  readonly versions: readonly { readonly id: number; readonly version: number; readonly avro: string }[];
  /** What was set for the subject itself. */
  readonly compatibility?: string;
}

/** What is there. */
export interface LiveState {
  readonly brokers: number;
  readonly topics: readonly LiveTopic[];
  /** Ids of all consumer groups. */
  readonly groups: readonly string[];
  readonly subjects: readonly LiveSubject[];
  readonly bucket?: { readonly name: string; readonly present: boolean };
}

/** A setting of a topic: exactly this, or at least this. */
export interface WantedConfig {
  readonly value: string;
  readonly atLeast?: boolean;
}

/** A topic that must be there. */
export interface WantedTopic {
  readonly name: string;
  readonly partitions: number;
  /** `retention` of topology.yaml. */
  readonly retention: string;
  /** It holds no history: what was read of it may go after so long, ms. */
  readonly keepMs?: number;
  /** It belongs to others: made when it is missing, and never touched. */
  readonly foreign?: boolean;
}

/** A schema that must be registered. */
export interface WantedSchema {
  readonly subject: string;
  readonly fullName: string;
  readonly avro: string;
}

/** What must be there. */
export interface Wanted {
  readonly topics: readonly WantedTopic[];
  readonly replication: number;
  readonly schemas: readonly WantedSchema[];
  /** Consumer groups are `<prefix>.<unit>`. */
  readonly groupPrefix: string;
  /** What names of topics begin with. */
  readonly topicPrefix: string;
  readonly units: readonly string[];
}

/** The rule of every subject: the newest schema reads what every version wrote. */
export const COMPATIBILITY = 'BACKWARD_TRANSITIVE';

/**
 * An event is at most 512 KiB, a dead letter carries up to 384 KiB, and our producer fills a batch to 900,000 bytes;
 * twice that leaves room for those of others. Larger records are refused by the broker, to whoever sends them.
 */
const MAX_BATCH_BYTES = 2 * 1024 * 1024;

/** What a topic is set to when it is copied so often. */
export function topicConfigs(replication: number, keepMs?: number): Readonly<Record<string, WantedConfig>> {
  return {
    'cleanup.policy': { value: 'delete' },
    'retention.ms': keepMs === undefined ? { value: '-1' } : { value: String(keepMs), atLeast: true },
    'retention.bytes': { value: '-1' },
    'max.message.bytes': { value: String(MAX_BATCH_BYTES), atLeast: true },
    // the time of a record is part of what a rebuild reads
    'message.timestamp.type': { value: 'CreateTime' },
    // more than there are copies would refuse every record
    'min.insync.replicas': { value: replication >= 3 ? '2' : '1', atLeast: replication >= 2 },
    'unclean.leader.election.enable': { value: 'false' },
  };
}

/** `7d` or `12h` in ms; undefined: no such text. */
export function durationMs(text: string): number | undefined {
  const [, count, unit] = /^([1-9]\d{0,4})([dh])$/.exec(text) ?? [];
  return count === undefined ? undefined : Number(count) * (unit === 'd' ? 24 : 1) * 3_600_000;
}

/** How long a topic of others is kept that is made for want of one. */
const FOREIGN_KEEP_MS = 7 * 24 * 3_600_000;

/**
 * What the topology wants: its topics and those that take JSON for them, a retry topic per unit, and the schema of each event
 * under its topic; besides, the topics of others that the settings name.
 */
export function wantedOf(
  topology: Topology,
  schemas: readonly WantedSchema[],
  {
    foreignTopics = [],
    ...options
  }: {
    readonly replication: number;
    readonly groupPrefix: string;
    readonly topicPrefix: string;
    readonly foreignTopics?: readonly string[];
  },
): Wanted {
  const { topicPrefix } = options;
  const partitionsOf = new Map(topology.topics.map(({ id, partitions }) => [id.name, partitions.value]));
  const topics = topology.topics.map(({ id, partitions, retention }): WantedTopic => {
    return { name: topicPrefix + id.name, partitions: partitions.value, retention: retention.value };
  });
  const retries = topology.units.map(({ id, from }): WantedTopic => {
    // the inputs of a unit have the same number of partitions, or `check` complains
    const partitions = partitionsOf.get(from.refs[0]?.name ?? '') ?? 1;
    return { name: topicPrefix + retryTopic(id.name), partitions, retention: 'forever' };
  });
  const json = topology.topics.flatMap(({ id, partitions, json: kept }): WantedTopic[] => {
    const keepMs = durationMs(kept?.value ?? '');
    if (keepMs === undefined) return [];
    return [
      { name: `${topicPrefix}${id.name}.json`, partitions: partitions.value, retention: kept!.value, keepMs },
    ];
  });
  const most = Math.max(1, ...partitionsOf.values());
  const outside = topology.connectors.flatMap(({ units }) => units.refs.map(({ name }) => name));
  const outsideRetries = outside.map((unit): WantedTopic => {
    return { name: topicPrefix + retryTopic(unit), partitions: most, retention: 'forever' };
  });
  const foreign = foreignTopics.map((name): WantedTopic => {
    return { name, partitions: 1, retention: '7d', keepMs: FOREIGN_KEEP_MS, foreign: true };
  });
  return {
    ...options,
    topics: [...topics, ...json, ...retries, ...outsideRetries, ...foreign],
    schemas,
    units: [...topology.units.map(({ id }) => id.name), ...outside],
  };
}

/** Topics of a cluster that are ours, or look so: the companions of units and topics. Others belong to others. */
export function ourTopics(
  { topics, units, topicPrefix }: Wanted,
  names: readonly string[],
): readonly string[] {
  const listed = new Set(topics.map(({ name }) => name));
  const bases = new Set([...listed, ...units.map((unit) => topicPrefix + unit)]);
  return names.filter(
    (name) => listed.has(name) || (name.startsWith(topicPrefix) && looksOurs(name, topicPrefix, bases)),
  );
}

/** `<unit>.retry` of any unit that ever was, `<topic>.json`, and generations `<topic>.<n>`. */
function looksOurs(name: string, prefix: string, bases: ReadonlySet<string>): boolean {
  if (/^[a-z][a-z0-9-]*\.retry$/.test(name.slice(prefix.length))) return true;
  const dot = name.lastIndexOf('.');
  return dot > 0 && dot < name.length - 1 && bases.has(name.slice(0, dot));
}

/** Subjects of our topics, of whatever event. */
export function ourSubjects({ topics, schemas }: Wanted, names: readonly string[]): readonly string[] {
  const listed = new Set(schemas.map(({ subject }) => subject));
  return names.filter(
    (name) => listed.has(name) || topics.some((topic) => name.startsWith(`${topic.name}-rightstream.`)),
  );
}
