/** What projections and readers ask of the tables; implemented by connectors/postgres and by the memory adapter. */
import type { NewRecord } from '../../streams/runtime/ports.ts';
import type { ColumnType, Table } from './table.ts';

/** A cell as it goes in and out of a table. */
export type Cell = string | number | boolean | Buffer | null;

/** A row as name → cell. */
export type AnyRow = Record<string, Cell>;

/** A declared read: one key, or all rows with this prefix whose last key column is within [from, to]. */
export type Read =
  | { readonly table: string; readonly key: readonly Cell[] }
  | { readonly table: string; readonly prefix: readonly Cell[]; readonly from?: Cell; readonly to?: Cell };

/** One partition of one unit, and who works on it. */
export interface Owner {
  readonly unit: string;
  readonly partition: number;
  /** Grows with every claim; a transaction of an older epoch throws Fenced. */
  readonly epoch: number;
}

/** What is stored for a unit's partition, locked first in each transaction. */
export interface OwnerState {
  /** Offset of the next record to read, per input topic. */
  readonly positions: Readonly<Record<string, number>>;
  /** Highest seq seen, per `<origin>@<input topic>`. */
  readonly marks: Readonly<Record<string, string>>;
  /** Which generation of the tables is live. */
  readonly generation: number;
}

/** The transaction of one batch: rows, emitted events, positions and marks take effect together or not at all. */
export interface UnitTransaction {
  readonly state: OwnerState;
  load(table: string, reads: readonly Read[]): Promise<readonly AnyRow[]>;
  store(table: string, puts: readonly AnyRow[], deletes: readonly (readonly Cell[])[]): Promise<void>;
  /** Appends to the log as part of this transaction (embedded), or hands over to the outbox (Kafka). */
  append(records: readonly NewRecord[]): Promise<void>;
  save(positions: Readonly<Record<string, number>>, marks: Readonly<Record<string, string>>): Promise<void>;
}

/** The tables of one projection and how they are named in the database. */
export interface TableSet {
  readonly projection: string;
  readonly version: number;
  readonly tables: Readonly<Record<string, Table>>;
}

/** Rows, positions and ownership of units. */
export interface UnitStore {
  /** Takes over a unit's partition: the former owner is fenced from now on. */
  claim(unit: string, partition: number): Promise<Owner>;
  /** Runs one batch. Throws Fenced when a newer claim exists. `set` names the tables that load and store mean. */
  transact<T>(owner: Owner, set: TableSet | undefined, work: (tx: UnitTransaction) => Promise<T>): Promise<T>;
  /** Positions of a unit, per partition and input topic; for lag and waiting. */
  positions(unit: string): Promise<ReadonlyMap<number, Readonly<Record<string, number>>>>;
}

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
  /** How many rows may be expected to be the owner's projection. */
  readonly projection: string;
}

/** Reading the read models. Values: timestamptz as ISO text with ms, json parsed, bytea left out unless asked for (base64). */
export interface ReadModels {
  tables(): readonly TableInfo[];
  /** Unknown table or column: BadInput UNKNOWN_TABLE, UNKNOWN_COLUMN; value of the wrong type: BAD_VALUE. */
  select(query: Query): Promise<readonly Record<string, unknown>[]>;
  count(query: Omit<Query, 'limit' | 'offset' | 'after' | 'orderBy'>): Promise<number>;
}
