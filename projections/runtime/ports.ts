/** What readers and rebuilds ask of the tables; implemented by connectors/postgres and by the memory adapter. */
import type { Cell, ColumnType, TableSet, UnitStore } from '../../streams/runtime/units.ts';

/** A filter on one column; several on one query are AND-ed. */
export interface Filter {
  readonly column: string;
  /** like: case-insensitive substring, wildcards are literal. */
  readonly op:
    'eq' | 'ne' | 'gt' | 'gte' | 'lt' | 'lte' | 'in' | 'notIn' | 'like' | 'isNull' | 'notNull' | 'anyLike';
  /** One value; a list for in, notIn and anyLike (any of the substrings); ignored for isNull and notNull. */
  readonly value: Cell | readonly Cell[];
}

/** A page of a table or view, always of one organisation. */
export interface Query {
  readonly table: string;
  readonly org: string;
  /** Columns to return; all but bytea when absent. */
  readonly columns?: readonly string[];
  readonly where?: readonly Filter[];
  /** Groups of filters, OR-ed within a group, groups AND-ed with each other and with `where`. */
  readonly anyOf?: readonly (readonly Filter[])[];
  readonly orderBy?: readonly {
    readonly column: string;
    readonly descending: boolean;
    readonly nullsLast?: boolean;
  }[];
  /** 1 to 10,000. */
  readonly limit: number;
  readonly offset?: number;
  /** Key of the last row of the former page: rows after it, in key order (orderBy must be absent). */
  readonly after?: readonly Cell[];
}

/** A table that can be queried. */
export interface TableInfo {
  readonly name: string;
  readonly comment: string;
  readonly key: readonly string[];
  readonly columns: readonly {
    readonly name: string;
    readonly type: ColumnType;
    readonly nullable: boolean;
    readonly arrival: boolean;
    readonly comment: string;
  }[];
  /** The projection that owns it. */
  readonly projection: string;
}

/** Reading the read models. Values: timestamptz as ISO text with ms, json parsed, bytea left out unless asked for (base64). */
export interface ReadModels {
  tables(): readonly TableInfo[];
  /** Unknown table or column: BadInput UNKNOWN_TABLE, UNKNOWN_COLUMN; value of the wrong type: BAD_VALUE. */
  readonly select: (query: Query) => Promise<readonly Record<string, unknown>[]>;
  readonly count: (query: Omit<Query, 'limit' | 'offset' | 'after' | 'orderBy'>) => Promise<number>;
}

/** Which rows of its organisation somebody may read: of these clusters and of these namespaces; absent: of all. */
export interface Reach {
  readonly clusters?: readonly string[];
  readonly projects?: readonly string[];
}

/** What the sender of an identity (x-rh-identity as it came) may read, null for nothing; who knows is away: Retryable. */
export type Authorize = (identity: string) => Promise<Reach | null>;

/** Positions per partition and input topic. */
export type PositionVector = ReadonlyMap<number, Readonly<Record<string, number>>>;

/** Hash of the canonical dump of one table. */
export interface TableHash {
  readonly table: string;
  readonly rows: number;
  readonly sha256: string;
}

/** What a rebuild needs of the store of tables. */
export interface GenerationStore {
  /** Tables of a new generation, or those of an interrupted rebuild. */
  create(set: TableSet): Promise<number>;
  /** Locks the owners of all partitions, runs `finish` at the live positions, and goes live when it returns true. */
  swap(
    set: TableSet,
    generation: number,
    finish: (positions: PositionVector) => Promise<boolean>,
  ): Promise<void>;
  /** The version of the live tables, and whether they can be compared with those of the set; undefined when there are none. */
  live(set: TableSet): Promise<{ readonly version: number; readonly comparable: boolean } | undefined>;
  /** Hashes of all tables; `generation` absent: the live one, none when it is of another version with other columns. Only fact columns when asked. */
  hashes(set: TableSet, generation?: number, factsOnly?: boolean): Promise<readonly TableHash[]>;
}

/** Tables of one projection beside the live ones, for one process: gone when closed, and when the process dies. */
export interface TemporaryTables {
  /** Its rows go to these tables, its positions nowhere; it refuses to emit. */
  readonly store: UnitStore;
  readonly reads: Pick<ReadModels, 'select' | 'count'>;
  /** Hashes of all tables. */
  readonly hashes: () => Promise<readonly TableHash[]>;
  close(): Promise<void>;
}

/** Makes temporary tables. */
export interface TemporaryStore {
  open(set: TableSet): Promise<TemporaryTables>;
}

/** A question about a table as it was. */
export interface PastQuery {
  readonly table: string;
  readonly org: string;
  /** Filters that every read of it will have; those that name one key make it cheap. */
  readonly where?: readonly Filter[];
  /** A time (ISO 8601 with zone, or ms since 1970) or positions (`topic/partition@offset,…`). */
  readonly asOf: string;
}

/** A table as it was. */
export interface Past extends Pick<ReadModels, 'select' | 'count'> {
  /** The positions it was folded up to; as a question they give the same answer again. */
  readonly positions: string;
  /** Hashes of all that was folded: the tables of the projection, whatever the organisation. */
  readonly hashes: () => Promise<readonly TableHash[]>;
}

/** Reading tables as they were. */
export interface PastReads {
  /**
   * Runs reads of one table, with at least the filters of the question.
   * What cannot be asked: BadInput BAD_AS_OF, AS_OF_BEYOND_END, AS_OF_BEFORE_HISTORY, AS_OF_INCONSISTENT, UNKNOWN_TABLE,
   * UNKNOWN_TOPIC, UNKNOWN_PARTITION. What has to wait: Retryable AS_OF_BUSY, AS_OF_RUNNING, AS_OF_AHEAD, AS_OF_TIMED_OUT.
   */
  read<T>(query: PastQuery, work: (past: Past) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}
