/** Defines projections: folds of facts into tables, and deciders that emit new facts. */
import type { EventName, Events } from '../../schemas/generated/events.ts';
import type { Emission, EventMeta } from '../../streams/runtime/ports.ts';
import type { Cell, Read } from '../../streams/runtime/units.ts';
import type { Row, Table } from './table.ts';

/** Tables of a projection by name. */
export type Tables = Readonly<Record<string, Table>>;

/** One table in a handler's hands: only declared keys and ranges may be read. */
export interface RowsOf<T extends Table> {
  /** The row with this key, or undefined. Throws when the key was not declared by `reads` (or put before in this batch). */
  get(...key: Cell[]): Readonly<Row<T>> | undefined;
  /** Rows of a declared range, ordered by the last key column. */
  range(prefix: readonly Cell[], from?: Cell, to?: Cell): readonly Readonly<Row<T>>[];
  /**
   * A declared page: the first `limit` rows behind `after` in the last key column, without those that this batch deleted; and up to
   * where it reaches, null when there is nothing behind it.
   */
  page(
    prefix: readonly Cell[],
    after: string,
    limit: number,
  ): { readonly rows: readonly Readonly<Row<T>>[]; readonly upTo: string | null };
  /** Inserts or replaces the row with its key. */
  put(row: Row<T>): void;
  delete(...key: Cell[]): void;
  /**
   * Deletes every row of this partition whose columns are equal to `equal` and, with `before`, below a value; of a table with
   * `sets`. Nothing has to be declared in reads. What is put afterwards stays.
   */
  removeWhere(
    equal: Partial<Row<T>>,
    before?: { readonly column: keyof T['columns'] & string; readonly value: number | string },
  ): void;
}

/** All tables of a projection in a handler's hands. */
export type Rows<T extends Tables> = { readonly [K in keyof T]: RowsOf<T[K]> };

/** What a decider is told and may do. */
export interface DeciderMeta extends EventMeta {
  /** Emits a fact; it is folded at once and recorded with this event as its cause. */
  emit(emission: Emission): void;
  /**
   * One key per partition, by partition: a fact that is emitted with each of them reaches every partition once, on topics with
   * `key: every partition`. Of this projection's own tables it changes its own partition's at once, the others' when it arrives.
   */
  readonly partitionKeys: readonly string[];
}

type ReadsToDecide<T extends Tables, E> = (rows: Rows<T>, event: E, meta: EventMeta) => readonly Read[];

/** A projection as a value. */
export interface ProjectionDefinition<T extends Tables = Tables> {
  /** kebab-case; equals the file name, the group suffix, the metric label and the log field. */
  readonly id: string;
  /** Bumped when what the tables mean changes; the next start rebuilds beside the old one. */
  readonly version: number;
  readonly about: string;
  readonly from: readonly string[];
  readonly emits: readonly string[];
  readonly tables: T;
  /** What fold and decide of an event read; what an event's own facts read when they are folded, too. */
  readonly reads: { readonly [N in EventName]?: (event: Events[N], meta: EventMeta) => readonly Read[] };
  /**
   * What only decide reads, when that depends on rows that `reads` declares. Asked before the batch is loaded for it, and again
   * before the fold of the event: when another event of the batch has changed the answer, the batch is taken in smaller pieces.
   * Steps see what the steps before them declared.
   */
  readonly readsToDecide?: {
    readonly [N in EventName]?: ReadsToDecide<T, Events[N]> | readonly ReadsToDecide<T, Events[N]>[];
  };
  /** Facts into rows; the same when live and when rebuilding. */
  readonly fold: { readonly [N in EventName]?: (rows: Rows<T>, event: Events[N], meta: EventMeta) => void };
  /** After the fold of a fact, live only: emits what follows. A rebuild never decides. */
  readonly decide: {
    readonly [N in EventName]?: (rows: Rows<T>, event: Events[N], meta: DeciderMeta) => void;
  };
}

/** Checks a projection at compile time and returns it, its row types erased: runtimes handle all projections alike. */
export function defineProjection<const T extends Tables>(
  definition: ProjectionDefinition<T>,
): ProjectionDefinition {
  return definition as unknown as ProjectionDefinition;
}
