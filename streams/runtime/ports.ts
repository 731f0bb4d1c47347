/**
 * What units and runtimes ask of the outside world. Connectors implement these; one contract suite per port.
 */
import type { EventName, Events } from '../../schemas/generated/events.ts';

/** A topic and one of its partitions. */
export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** A record before it has an offset. */
export interface NewRecord {
  readonly topic: string;
  /** Plain text, segments percent-encoded; null is allowed only together with `partition`. */
  readonly key: string | null;
  /** Chosen by murmur2 of the key when absent. */
  readonly partition?: number;
  /** Confluent wire format; null is a tombstone. */
  readonly value: Buffer | null;
  /** Printable text only. */
  readonly headers: Readonly<Record<string, string>>;
  /** Milliseconds since 1970, set by whoever makes the record. */
  readonly timestamp: number;
}

/** A record of the log. Offsets start at 0 and grow; only a log that others write to as well may leave some out. */
export interface LogRecord extends NewRecord {
  readonly partition: number;
  readonly offset: number;
}

/** A topic as the log knows it. */
export interface TopicInfo {
  readonly name: string;
  readonly partitions: number;
}

/** The append-only log. */
export interface EventLog {
  /** Topics that exist, by name. */
  topics(): Promise<readonly TopicInfo[]>;
  /** Creates a topic; does nothing when it exists with the same partition count, else throws BadInput PARTITION_COUNT_DIFFERS. */
  createTopic(topic: TopicInfo): Promise<void>;
  /** Appends in order, all or nothing; resolves when durable, with one offset per record. Unknown topic: BadInput UNKNOWN_TOPIC. */
  append(records: readonly NewRecord[]): Promise<readonly { partition: number; offset: number }[]>;
  /** Records from `from` on, in offset order, at most `maxRecords` and about `maxBytes` of values (at least one record when there is one). */
  read(at: TopicPartition, from: number, limits: ReadLimits): Promise<LogPage>;
  /** The offset that the next record will get, per partition (length = partition count). */
  ends(topic: string): Promise<readonly number[]>;
  /**
   * The earliest offset whose record was made at `time` (ms since 1970) or later, per partition; the end where there is none.
   * Times may be slightly out of order within a partition: a later record can be older.
   */
  offsetsAt(topic: string, time: number): Promise<readonly number[]>;
  /** Calls `wake` soon after something was appended (a hint, may be spurious or late); returns how to stop. */
  onAppend(wake: (topic: string) => void): () => void;
}

/** Records of one read, and where the next one goes on. */
export interface LogPage {
  readonly records: readonly LogRecord[];
  /** Behind the last record, and behind offsets that never hold one (markers of transactions); `from` when nothing is there. */
  readonly next: number;
}

/** Bounds of one read. */
export interface ReadLimits {
  readonly maxRecords: number;
  readonly maxBytes: number;
  /**
   * A unit that passes over what its own partition emitted (`foldedBefore` in seq.ts): such records may come without their value,
   * as null, and then count as no bytes.
   */
  readonly withoutOwnOf?: string;
}

/** This process among those that work on a unit. */
export interface Member {
  /** Rejects (Fatal) when membership ends for good. */
  readonly failed: Promise<never>;
  /** Tells how far a partition is, for people who look from outside; decides nothing. */
  at(partition: number, positions: Readonly<Record<string, number>>): void;
  /** Leaves, so that others take over at once. Stop the work first. */
  leave(): Promise<void>;
}

/** Which partitions of a unit this process works on; they move as processes come and go. */
export interface Membership {
  /**
   * Joins those who work on a unit. `changed` is called with all partitions that are this process's from now on: partition p
   * of every input. Two processes may believe for a moment that they have the same one: the owner's epoch decides. Those
   * with the newest version of the unit get the work; older ones stand by.
   */
  join(unit: MemberUnit, changed: (partitions: readonly number[]) => void): Promise<Member>;
  /** How many members work on these units now, over all processes. */
  members(units: readonly string[]): Promise<number>;
}

/** A unit as its members agree on it. */
export interface MemberUnit {
  readonly id: string;
  readonly version: number;
  readonly inputs: readonly string[];
}

/** Content-addressed bytes, kept under `<org>/<sha256>`. */
export interface Blobs {
  /**
   * Stores a stream: durable (fsync) before it resolves, hashed and counted on the way, written once per digest.
   * More than `maxBytes`: BadInput BLOB_TOO_LARGE. A full disk: Retryable STORAGE_FULL. Nothing is left behind on failure.
   */
  put(
    org: string,
    bytes: AsyncIterable<Uint8Array>,
    maxBytes: number,
  ): Promise<{ digest: string; size: number }>;
  /** Streams a blob; absent: Terminal BLOB_MISSING; bytes that no longer fit their digest: Retryable BLOB_DAMAGED at the end. */
  get(org: string, digest: string): AsyncIterable<Uint8Array>;
}

/** How to get from a blob to one file in it. */
export interface FileLocation {
  readonly org: string;
  readonly blob: string;
  /** archive (tar.gz), gzip (one compressed file) or csv (bare). */
  readonly format: string;
  /** Position in the archive, from 0; null for csv and gzip. */
  readonly member: number | null;
}

/** One member of an archive as it is found, in order; `bytes` must be consumed before the next member is asked for. */
export interface ArchiveMember {
  readonly position: number;
  readonly name: string;
  readonly size: number;
  readonly bytes: AsyncIterable<Uint8Array>;
}

/** Reading archives without unpacking them: streaming, bounded, nothing on disk. */
export interface Archives {
  /** archive, gzip or csv, by the bytes (not by any name). */
  detect(org: string, blob: string): Promise<'archive' | 'gzip' | 'csv'>;
  /** Regular members in order. Hostile or broken archives throw Terminal with a stable code and coordinates. */
  members(org: string, blob: string): AsyncIterable<ArchiveMember>;
  /** The uncompressed bytes of one file. */
  file(at: FileLocation): AsyncIterable<Uint8Array>;
}

/** Names of the text columns that are kept, per kind of report, in the order of `ReportBatch.texts`. */
export const reportTexts = {
  container: [
    'interval_start',
    'interval_end',
    'container_name',
    'owner_name',
    'owner_kind',
    'workload',
    'workload_type',
    'namespace',
    'image_name',
  ],
  namespace: ['interval_start', 'interval_end', 'namespace'],
} as const;

/** A row that could not be read as a row at all. */
export interface BrokenRow {
  /** Data row, from 1. */
  readonly row: number;
  readonly column: string | null;
  readonly code: string;
  readonly message: string;
  /** At most 200 characters. */
  readonly excerpt: string;
}

/** Some thousand rows of a report as typed columns. Arrays may be longer than `rows` and are reused: valid until the next batch. */
export interface ReportBatch {
  readonly rows: number;
  /** Data row number (from 1) of each row. */
  readonly rowNumbers: Int32Array;
  /** Per kept text column (order of `reportTexts`), an id per row into `dictionaries`. */
  readonly texts: readonly Int32Array[];
  /** Per kept text column, text by id. Ids stay valid while `dictionaryEpoch` is the same; dictionaries are bounded. */
  readonly dictionaries: readonly (readonly string[])[];
  readonly dictionaryEpoch: number;
  /**
   * Per number column (order of the usage schema), a double per row; NaN = missing or not a number. Behind those of the kind, where
   * the report names models of accelerators (the last text column then): acceleratorCells of schemas/usage-columns.ts.
   */
  readonly numbers: readonly Float64Array[];
  /** The start of a row of this batch, for a rejection: at most 200 characters. */
  excerpt(index: number): string;
  readonly broken: readonly BrokenRow[];
}

/** A report that is being read. */
export interface OpenReport {
  readonly kind: 'container' | 'namespace';
  readonly batches: AsyncIterable<ReportBatch>;
}

/** Reading usage reports (CSV). */
export interface Reports {
  /** Reads the header and says what it is; a header that is no usage report: Terminal with a stable code. */
  open(at: FileLocation): Promise<OpenReport>;
}

/** A typed event on its way out of a handler. */
export type Emission<Topic extends string = string> = {
  [Name in EventName]: {
    readonly topic: Topic;
    readonly key: string;
    readonly type: Name;
    readonly data: Events[Name];
  };
}[EventName];

/** What a handler is told about the record in hand, besides its data. */
export interface EventMeta {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly key: string | null;
  readonly eventId: string;
  readonly type: EventName;
  /** When the record was made, ms since 1970. */
  readonly timestamp: number;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Reads topics that anybody fills, in a format that is not ours, and says which events follow. Runs like a stream: positions,
 * repeats, dead letters and redrives are the run loop's.
 */
export interface Source {
  /** kebab-case; names the consumer group and the retry topic. */
  readonly id: string;
  /** Bumped when the outputs for the same input change. */
  readonly version: number;
  readonly about: string;
  readonly from: readonly string[];
  /** Most records of one batch; for sources that take long over each. */
  readonly maxRecords?: number;
  /** What the record says of itself that our headers say: org, request-id. Never throws. */
  headers(record: LogRecord): Readonly<Record<string, string>>;
  /**
   * What follows from a record. It may act outside, in a way that can be repeated: after a crash or a Retryable the batch is
   * taken again. `first` is where the record was when it was read first: a redriven one comes from the retry topic.
   */
  take(record: LogRecord, first: FirstSeen): Iterable<Emission> | AsyncIterable<Emission>;
}

/** Where a record was read first. */
export interface FirstSeen extends TopicPartition {
  readonly offset: number;
}

/** An event with its type. */
export type TypedEvent = {
  [Name in EventName]: { readonly type: Name; readonly data: Events[Name] };
}[EventName];

/**
 * Follows topics of ours and says, in a format that is not ours, what others are to hear of it on topics of theirs. It begins at the
 * end of a topic that it has not followed before; positions, dead letters and redrives are the run loop's. What it says is
 * acknowledged by the log before its position moves, so a crash between the two says it again: with the same `event-id`.
 */
export interface Sink {
  /** kebab-case; names the consumer group and the retry topic. */
  readonly id: string;
  readonly version: number;
  readonly about: string;
  readonly from: readonly string[];
  /** Per input topic a projection: records are taken once it has taken them. */
  readonly after: Readonly<Record<string, string>>;
  /** Whose types it looks at; the others are passed over undecoded. */
  readonly types: ReadonlySet<EventName>;
  /**
   * What follows from an event. What it yielded before it throws Terminal is said nevertheless, and the record becomes a dead letter.
   * `cause` reads the event from which this one was derived; undefined: it is not ours to know.
   */
  take(
    event: TypedEvent,
    meta: EventMeta,
    cause: () => Promise<TypedEvent | undefined>,
  ): Iterable<Said> | AsyncIterable<Said>;
}

/** What others are to hear. */
export interface Said {
  readonly record: NewRecord;
  /** Of several about the same thing only the highest is said, as far as they come close together; absent: it is said. */
  readonly highest?: { readonly of: string; readonly rank: number };
}

/** Bytes that a client hands over, with what is known about them before they are read. */
export interface Upload {
  readonly org: string;
  readonly account: string | null;
  /** The client's request id; null: one is assigned. */
  readonly requestId: string | null;
  /** Name that the client gave the file; shown, never used as a path. */
  readonly filename: string;
  readonly mediaType: string;
  readonly channel: 'http' | 'cli' | 'kafka';
  readonly sourceId?: string;
  readonly clusterId?: string;
  readonly clusterAlias?: string;
  readonly bytes: AsyncIterable<Uint8Array>;
  readonly maxBytes: number;
}

/** What an accepted upload is known by. */
export interface UploadAnswer {
  readonly uploadId: string;
  readonly requestId: string;
  /** The same request id came with the same bytes before; this is the answer of then. */
  readonly repeated: boolean;
}

/** Accepting uploads: the bytes and the event UploadReceived are durable before it resolves. */
export interface UploadIntake {
  /**
   * A request id that was used with other bytes: BadInput REQUEST_ID_REUSED. More than `maxBytes`: BadInput BLOB_TOO_LARGE.
   * Storage or log away: Retryable. When `bytes` throws, that is thrown and nothing is left behind.
   */
  accept(upload: Upload): Promise<UploadAnswer>;
}

/** What a client wants of a decider: events that the decider answers. */
export interface Wishes {
  readonly org: string;
  /** The client's `Idempotency-Key`: asking again has no second effect and the first answer; null: every call is a new one. */
  readonly requestId: string | null;
  /** sha256 of what was asked for, hex. */
  readonly digest: string;
  readonly events: readonly Emission[];
}

/** Takes wishes; their answers are read from the decider's tables by event id. */
export interface WishIntake {
  /**
   * Appends the wishes, each once; resolves with their event ids, in order, when they are durable. A request id that was used for
   * something else: BadInput REQUEST_ID_REUSED. Log away: Retryable.
   */
  accept(wishes: Wishes): Promise<readonly string[]>;
  /** Calls `wake` soon after a projection of this process has worked (a hint); returns how to stop. */
  onDecided(wake: () => void): () => void;
}

/** One partition of one unit, as people watch it. */
export interface UnitStatus {
  readonly id: string;
  readonly kind: 'stream' | 'projection' | 'source' | 'sink';
  readonly partition: number;
  /** Records of its inputs that it has not taken yet. */
  readonly lag: number;
  readonly deadLetters: number;
  /** Offset of the next record, per input topic. */
  readonly positions: Readonly<Record<string, number>>;
  /** Code and message of what it last failed with and is retrying. */
  readonly lastError?: string;
}

/** How far everything is. */
export interface PipelineState {
  /** false while starting, rebuilding or stopping. */
  readonly ready: boolean;
  readonly units: readonly UnitStatus[];
  /** `end` is the number of records over all partitions. */
  readonly topics: readonly { readonly name: string; readonly partitions: number; readonly end: number }[];
}

/** Watching the running system. */
export interface PipelineStatus {
  status(): Promise<PipelineState>;
  /** Calls the listener after something changed (a hint, may be spurious); returns how to stop. */
  subscribe(listener: () => void): () => void;
}
