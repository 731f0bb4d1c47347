/**
 * Where units keep what must not be lost: positions, marks, ownership, and (projections) rows.
 * Implemented by connectors/postgres and by the memory adapter.
 */
import type { NewRecord } from './ports.ts';

/** A cell as it goes in and out of a table. */
export type Cell = string | number | boolean | Buffer | null;

/** A row as name → cell. */
export type AnyRow = Record<string, Cell>;

/**
 * A declared read: one key, all rows with this prefix whose last key column is within [from, to], or a page: the first `limit` rows
 * behind `after`.
 */
export type Read = (
  | { readonly key: readonly Cell[] }
  | { readonly prefix: readonly Cell[]; readonly from?: Cell; readonly to?: Cell }
  | { readonly prefix: readonly Cell[]; readonly after: string; readonly limit: number }
) & {
  readonly table: string;
  /** What is looked at beside the key; absent: every column. Wide rows of which a cell matters are loaded so. */
  readonly columns?: readonly string[];
};

/** A read of a page. */
export type Page = Extract<Read, { readonly limit: number }>;

/** Rows of one table: those of the partition at work whose columns are equal to these, and before a bound. */
export interface RowSet {
  /** None is null: a null is equal to nothing. */
  readonly equal: Readonly<Record<string, Cell>>;
  /** A column of a number, time or date, and the value that its cells are below. */
  readonly before?: { readonly column: string; readonly value: number | string };
}

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
  /** Rows of these keys and ranges; with `columns` (the key among them) only those cells. */
  load(table: string, reads: readonly Read[], columns?: readonly string[]): Promise<readonly AnyRow[]>;
  store(table: string, puts: readonly AnyRow[], deletes: readonly (readonly Cell[])[]): Promise<void>;
  /** Removes rows of these sets that this partition stored, `limit` at most; how many. The table is declared with `sets`. */
  remove(table: string, sets: readonly RowSet[], limit?: number): Promise<number>;
  /** Appends to the log as part of this transaction (embedded), or hands over to the outbox (Kafka). */
  append(records: readonly NewRecord[]): Promise<void>;
  save(positions: Readonly<Record<string, number>>, marks: Readonly<Record<string, string>>): Promise<void>;
}

/** A record that a transaction emitted, not yet in the log. */
export interface PendingRecord extends NewRecord {
  /** Grows in the order of commits within one unit and partition. */
  readonly id: number;
}

/** Emitted records on their way to a log that is not part of the transaction. */
export interface Outbox {
  /** The oldest records of one unit and partition, in order, bounded by count and about by bytes; `more`: the bounds may hide others. */
  pending(
    unit: string,
    partition: number,
  ): Promise<{ readonly records: readonly PendingRecord[]; readonly more: boolean }>;
  /** Forgets records that the log has. */
  published(ids: readonly number[]): Promise<void>;
  /** How many records wait, per unit. */
  backlog(): Promise<ReadonlyMap<string, number>>;
  /** Units and partitions that have records waiting that were made before this time (ms). */
  waiting(before: number): Promise<readonly { readonly unit: string; readonly partition: number }[]>;
}

/** Column types; in rows a timestamptz is milliseconds since 1970, a date is `YYYY-MM-DD`, json is JSON text. */
export type ColumnType =
  'text' | 'int4' | 'int8' | 'float8' | 'bool' | 'timestamptz' | 'date' | 'json' | 'bytea';

/** A table as storage sees it. */
export interface TableShape {
  readonly comment: string;
  /** Primary key. Range reads go over the last column of it. */
  readonly key: readonly string[];
  readonly columns: Readonly<
    Record<
      string,
      {
        readonly type: ColumnType;
        readonly comment: string;
        readonly nullable: boolean;
        readonly arrival: boolean;
      }
    >
  >;
  readonly indexes: readonly (readonly string[])[];
  /** Whole sets of its rows are removed: storage remembers which partition stored each row. */
  readonly sets?: boolean;
}

/** The tables of one projection and how they are named in the database. */
export interface TableSet {
  readonly projection: string;
  readonly version: number;
  readonly tables: Readonly<Record<string, TableShape>>;
  /** A generation to write beside the live one; absent: the live one. */
  readonly generation?: number;
}

/** Rows, positions and ownership of units. */
export interface UnitStore {
  /**
   * Takes over a unit's partition: the former owner is fenced from now on. With the tables that the unit writes: when newer code
   * has rebuilt them, Fenced CODE_OUTDATED, and nobody is fenced.
   */
  claim(unit: string, partition: number, set?: TableSet): Promise<Owner>;
  /** Runs one batch. Throws Fenced when a newer claim exists, or tables of newer code. `set` names the tables that load and store mean. */
  transact<T>(owner: Owner, set: TableSet | undefined, work: (tx: UnitTransaction) => Promise<T>): Promise<T>;
  /** Positions of a unit, per partition and input topic; for lag and waiting. */
  positions(unit: string): Promise<ReadonlyMap<number, Readonly<Record<string, number>>>>;
}
