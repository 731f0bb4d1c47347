/** The rows of one batch in memory: what was declared is loaded, what handlers put is remembered, what fails is undone. */
import { Fatal } from '../../streams/runtime/errors.ts';
import { isInSet, pageOf } from '../../streams/runtime/row-sets.ts';
import type { AnyRow, Cell, Page, Read, RowSet } from '../../streams/runtime/units.ts';
import type { Table } from './table.ts';

/** Text of a key; NUL cannot occur in a cell. */
export function keyText(cells: readonly Cell[]): string {
  return cells.length === 1 ? String(cells[0]) : cells.map(String).join('\u0000');
}

const pageText = ({ prefix, after, limit }: Pick<Page, 'prefix' | 'after' | 'limit'>): string =>
  keyText([...prefix, after, limit]);

interface Range {
  prefix: readonly Cell[];
  from: Cell;
  to: Cell;
}

const less = (a: Cell, b: Cell): boolean => (a as string | number) < (b as string | number);

/** One table within a batch. */
export class TableBatch {
  readonly #name: string;
  readonly #table: Table;
  readonly #wantedKeys = new Map<string, readonly Cell[]>();
  readonly #wantedRanges = new Map<string, Range>();
  /** Names of keys and ranges that were declared and are not loaded. */
  readonly #newKeys = new Set<string>();
  readonly #newRanges = new Set<string>();
  readonly #pages = new Map<string, { readonly page: Page; isLoaded: boolean; upTo: string | null }>();
  readonly #rows = new Map<string, AnyRow | undefined>();
  readonly #byPrefix = new Map<string, Set<string>>();
  readonly #dirty = new Set<string>();
  readonly #removed: RowSet[] = [];
  #removedBefore = 0;
  /** Columns that are looked at; undefined: all. */
  #columns: Set<string> | undefined;
  #undo: { key: string; before: AnyRow | undefined; known: boolean; dirty: boolean }[] = [];

  constructor(name: string, table: Table) {
    this.#name = name;
    this.#table = table;
    this.#columns = new Set(table.key);
  }

  /** Declares what will be read; ranges of one prefix are joined to one that covers both. */
  want(read: Read): void {
    this.#wantColumns(read);
    if (this.covers(read)) return;
    if ('key' in read) {
      const name = keyText(read.key);
      this.#wantedKeys.set(name, read.key);
      this.#newKeys.add(name);
      return;
    }
    if ('after' in read) {
      this.#pages.set(pageText(read), { page: read, isLoaded: false, upTo: null });
      return;
    }
    const name = keyText(read.prefix);
    const from = read.from ?? null;
    const to = read.to ?? null;
    this.#newRanges.add(name);
    const known = this.#wantedRanges.get(name);
    if (known === undefined) {
      this.#wantedRanges.set(name, { prefix: read.prefix, from, to });
      return;
    }
    known.from = known.from === null || from === null ? null : less(from, known.from) ? from : known.from;
    known.to = known.to === null || to === null ? null : less(known.to, to) ? to : known.to;
  }

  /** Of one more column everything is loaded, also what was before. */
  #wantColumns({ columns }: Read): void {
    if (this.#columns === undefined || columns?.every((column) => this.#columns!.has(column)) === true)
      return;
    if (columns === undefined) this.#columns = undefined;
    for (const column of columns ?? []) this.#columns?.add(column);
    for (const name of this.#wantedKeys.keys()) this.#newKeys.add(name);
    for (const name of this.#wantedRanges.keys()) this.#newRanges.add(name);
    for (const entry of this.#pages.values()) entry.isLoaded = false;
  }

  /** True when it was declared before. */
  covers(read: Read): boolean {
    const { columns } = read;
    if (this.#columns !== undefined && columns?.every((column) => this.#columns!.has(column)) !== true)
      return false;
    if ('key' in read) return this.#wantedKeys.has(keyText(read.key)) || this.#inRange(read.key);
    if ('after' in read) return this.#pages.has(pageText(read));
    return this.#coversRange(keyText(read.prefix), read.from ?? null, read.to ?? null);
  }

  /** What is to be loaded; whoever asks loads it. */
  wanted(): Read[] {
    const ranges = [...this.#newRanges].map((name): Read => {
      const range = this.#wantedRanges.get(name)!;
      return {
        table: this.#name,
        prefix: range.prefix,
        ...(range.from === null ? {} : { from: range.from }),
        ...(range.to === null ? {} : { to: range.to }),
      };
    });
    const keys = [...this.#newKeys]
      .map((name) => this.#wantedKeys.get(name)!)
      .filter((key) => !this.#inRange(key))
      .map((key): Read => ({ table: this.#name, key }));
    this.#newKeys.clear();
    this.#newRanges.clear();
    const pages = [...this.#pages.values()].filter(({ isLoaded }) => !isLoaded).map(({ page }) => page);
    return [...keys, ...ranges, ...pages];
  }

  /** The columns to load; undefined: all. */
  columns(): string[] | undefined {
    return this.#columns && [...this.#columns];
  }

  /** Takes over loaded rows. */
  fill(rows: readonly AnyRow[]): void {
    const guards = this.#columns && this.#guards();
    for (const row of rows) {
      if (guards !== undefined) Object.setPrototypeOf(row, guards);
      this.#set(this.#keyOf(row), row);
    }
    for (const entry of this.#pages.values()) {
      if (entry.isLoaded) continue;
      entry.isLoaded = true;
      const found = pageOf(rows, this.#table.key, entry.page);
      // Behind a full page there may be rows that are not known.
      const isFull = found.length === entry.page.limit;
      entry.upTo = isFull ? (found.at(-1)![this.#table.key.at(-1)!] as string) : null;
    }
  }

  /** Stands behind rows of which some cells were loaded: looking at another one throws. */
  #guards(): object {
    const guards = Object.keys(this.#table.columns).map((column): [string, PropertyDescriptor] => [
      column,
      {
        get: (): never => {
          throw this.#notLoaded(column);
        },
      },
    ]);
    return Object.defineProperties({}, Object.fromEntries(guards));
  }

  get(...key: Cell[]): AnyRow | undefined {
    const text = keyText(key);
    if (!this.#rows.has(text) && !this.#wantedKeys.has(text) && !this.#inRange(key)) {
      throw this.#undeclared(text);
    }
    return this.#rows.get(text);
  }

  range(prefix: readonly Cell[], from?: Cell, to?: Cell): AnyRow[] {
    const name = keyText(prefix);
    const low = from ?? null;
    const high = to ?? null;
    if (!this.#coversRange(name, low, high)) throw this.#undeclared(name);
    const last = this.#table.key.at(-1)!;
    const rows: AnyRow[] = [];
    for (const key of this.#byPrefix.get(name) ?? []) {
      const row = this.#rows.get(key);
      if (row === undefined) continue;
      const cell = row[last]!;
      if (low !== null && less(cell, low)) continue;
      if (high !== null && less(high, cell)) continue;
      rows.push(row);
    }
    return rows.sort((a, b) => (less(a[last]!, b[last]!) ? -1 : 1));
  }

  page(prefix: readonly Cell[], after: string, limit: number): { rows: AnyRow[]; upTo: string | null } {
    const asked = { prefix, after, limit };
    const entry = this.#pages.get(pageText(asked));
    if (entry === undefined) throw this.#undeclared(pageText(asked));
    const known = [...(this.#byPrefix.get(keyText(prefix)) ?? [])].map((key) => this.#rows.get(key));
    const there = known.filter((row) => row !== undefined);
    const last = this.#table.key.at(-1)!;
    const { upTo } = entry;
    const within = upTo === null ? there : there.filter((row) => !less(upTo, row[last]!));
    return { rows: pageOf(within, this.#table.key, { prefix, after, limit: Infinity }), upTo };
  }

  put(row: AnyRow): void {
    if (this.#columns !== undefined) this.#wholeOrThrow(row);
    this.#write(this.#keyOf(row), row);
  }

  delete(...key: Cell[]): void {
    this.#write(key, undefined);
  }

  /** What is known of the set is deleted here, the rest by storage before it takes what was put. */
  removeWhere(equal: RowSet['equal'], before?: RowSet['before']): void {
    const set: RowSet = before === undefined ? { equal } : { equal, before };
    if (this.#table.sets !== true) throw this.#notInSets();
    this.#removed.push(set);
    for (const row of [...this.#rows.values()]) {
      if (row !== undefined && isInSet(row, set)) this.#write(this.#keyOf(row), undefined);
    }
  }

  /** Everything up to here stays; {@link undo} goes back to here. */
  mark(): void {
    this.#undo = [];
    this.#removedBefore = this.#removed.length;
  }

  /** Takes back what was put since the last mark. */
  undo(): void {
    for (const entry of this.#undo.reverse()) {
      if (entry.known) this.#rows.set(entry.key, entry.before);
      else this.#rows.delete(entry.key);
      if (!entry.dirty) this.#dirty.delete(entry.key);
    }
    this.#undo = [];
    this.#removed.length = this.#removedBefore;
  }

  /** Sets to remove, before anything is inserted. */
  removed(): readonly RowSet[] {
    return this.#removed;
  }

  /** Rows to insert or replace, and keys to delete. */
  changes(): { puts: AnyRow[]; deletes: Cell[][] } {
    const puts: AnyRow[] = [];
    const deletes: Cell[][] = [];
    for (const key of this.#dirty) {
      const row = this.#rows.get(key);
      if (row !== undefined) puts.push(row);
      else deletes.push(this.#deletedKeys.get(key)!);
    }
    return { puts, deletes };
  }

  readonly #deletedKeys = new Map<string, Cell[]>();

  #write(key: Cell[], row: AnyRow | undefined): void {
    const text = keyText(key);
    this.#undo.push({
      key: text,
      before: this.#rows.get(text),
      known: this.#rows.has(text),
      dirty: this.#dirty.has(text),
    });
    this.#dirty.add(text);
    if (row === undefined) this.#deletedKeys.set(text, key);
    this.#set(key, row);
  }

  #set(key: readonly Cell[], row: AnyRow | undefined): void {
    const text = keyText(key);
    this.#rows.set(text, row);
    if (key.length < 2) return;
    const prefix = keyText(key.slice(0, -1));
    let keys = this.#byPrefix.get(prefix);
    if (keys === undefined) this.#byPrefix.set(prefix, (keys = new Set()));
    keys.add(text);
  }

  #keyOf(row: AnyRow): Cell[] {
    return this.#table.key.map((column) => row[column]!);
  }

  #coversRange(name: string, low: Cell, high: Cell): boolean {
    const declared = this.#wantedRanges.get(name);
    return (
      declared !== undefined &&
      (declared.from === null || (low !== null && !less(low, declared.from))) &&
      (declared.to === null || (high !== null && !less(declared.to, high)))
    );
  }

  #inRange(key: readonly Cell[]): boolean {
    if (key.length < 2) return false;
    const range = this.#wantedRanges.get(keyText(key.slice(0, -1)));
    if (range === undefined) return false;
    const last = key.at(-1)!;
    return (range.from === null || !less(last, range.from)) && (range.to === null || !less(range.to, last));
  }

  #notInSets(): Fatal {
    return new Fatal({
      code: 'UNDECLARED_SETS',
      message: `a handler removed a set of rows of ${this.#name}, which is not declared with sets`,
    });
  }

  /** A row that was made from one of which some cells were loaded would lose the others. */
  #wholeOrThrow(row: AnyRow): void {
    for (const column of Object.keys(this.#table.columns)) {
      if (!Object.hasOwn(row, column)) throw this.#notLoaded(column);
    }
  }

  #notLoaded(column: string): Fatal {
    return new Fatal({
      code: 'UNDECLARED_READ',
      message: `a handler needs ${this.#name}.${column}, which its reads do not name among their columns`,
    });
  }

  #undeclared(key: string): Fatal {
    return new Fatal({
      code: 'UNDECLARED_READ',
      message: `a handler read ${this.#name}(${key.replaceAll('\u0000', ', ')}) without declaring it in reads`,
    });
  }
}
