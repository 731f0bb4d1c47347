/** Read-model tables as values: one definition gives the DDL with comments, the row type, the HTTP filter and the docs. */
import type { ColumnType } from '../../streams/runtime/units.ts';

interface ValueOf {
  text: string;
  int4: number;
  int8: number;
  float8: number;
  bool: boolean;
  timestamptz: number;
  date: string;
  json: string;
  bytea: Buffer;
}

/** A column: its type, whether it may be null, and whether it depends on the order of arrival. */
export interface Column<T extends ColumnType = ColumnType, Null extends boolean = boolean> {
  readonly type: T;
  readonly comment: string;
  readonly nullable: Null;
  /** true: a function of how facts arrived (times, ids, "last seen"); false: of the set of facts alone. */
  readonly arrival: boolean;
}

interface ColumnMaker<T extends ColumnType> {
  (comment: string): Column<T, false>;
  nullable(comment: string): Column<T, true>;
  arrival(comment: string): Column<T, false>;
  nullableArrival(comment: string): Column<T, true>;
}

function maker<T extends ColumnType>(type: T): ColumnMaker<T> {
  return Object.assign((comment: string) => ({ type, comment, nullable: false as const, arrival: false }), {
    nullable: (comment: string) => ({ type, comment, nullable: true as const, arrival: false }),
    arrival: (comment: string) => ({ type, comment, nullable: false as const, arrival: true }),
    nullableArrival: (comment: string) => ({ type, comment, nullable: true as const, arrival: true }),
  });
}

/** Column constructors: `c.text('what it says')`, `c.int4.nullable(…)`, `c.timestamptz.arrival(…)`. */
export const c = {
  text: maker('text'),
  int4: maker('int4'),
  int8: maker('int8'),
  float8: maker('float8'),
  bool: maker('bool'),
  timestamptz: maker('timestamptz'),
  date: maker('date'),
  json: maker('json'),
  bytea: maker('bytea'),
};

/** Columns by name. */
export type Columns = Readonly<Record<string, Column>>;

/** A table as a value; its name is the property it has in the projection's `tables`. */
export interface Table<C extends Columns = Columns> {
  readonly comment: string;
  /** Primary key. Range reads go over the last column of it. */
  readonly key: readonly string[];
  readonly columns: C;
  readonly indexes: readonly (readonly string[])[];
  /**
   * Columns that, joined by recordKey, are the key of every record that a row follows from, and that are the same as
   * long as the row has its key; absent when there are none. Records for every partition may matter besides. A question about one key needs only the records of that key.
   */
  readonly recordKey?: readonly string[];
  /** Whole sets of its rows may be removed, by `removeWhere`; storage then remembers which partition stored each row. */
  readonly sets?: boolean;
}

/** The row type of a table. */
export type Row<T extends Table> = {
  -readonly [K in keyof T['columns']]: T['columns'][K] extends Column<infer U, infer N>
    ? true extends N
      ? ValueOf[U] | null
      : ValueOf[U]
    : never;
};

/** Defines a table. Every table has `org_id`: reads and writes are scoped by it. */
export function table<const C extends Columns & { readonly org_id: Column }>(definition: {
  comment: string;
  key: readonly (keyof C & string)[];
  columns: C;
  indexes?: readonly (readonly (keyof C & string)[])[];
  recordKey?: readonly (keyof C & string)[];
  sets?: boolean;
}): Table<C> {
  return { indexes: [], ...definition };
}
