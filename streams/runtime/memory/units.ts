/** Positions, marks, ownership and rows in memory: a transaction stages everything and applies it at its end. */
import { Fenced } from '../errors.ts';
import type { NewRecord } from '../ports.ts';
import { isInSet, pageOf } from '../row-sets.ts';
import type {
  AnyRow,
  Cell,
  Owner,
  OwnerState,
  Read,
  TableSet,
  UnitStore,
  UnitTransaction,
} from '../units.ts';
import type { MemoryLog } from './log.ts';

interface Stored {
  epoch: number;
  positions: Readonly<Record<string, number>>;
  marks: Readonly<Record<string, string>>;
}

type Rows = Map<string, AnyRow>;

const keyOf = (cells: readonly Cell[]): string => cells.map(String).join('\u0000');

/** An in-memory unit store over an in-memory log. */
export class MemoryUnits implements UnitStore {
  readonly #log: MemoryLog;
  readonly #owners = new Map<string, Stored>();
  readonly #tables = new Map<string, Rows>();
  readonly #ownersByTable = new Map<Rows, Map<string, number>>();
  readonly #busy = new Map<string, Promise<unknown>>();

  constructor(log: MemoryLog) {
    this.#log = log;
  }

  claim(unit: string, partition: number): Promise<Owner> {
    const name = `${unit}/${partition}`;
    const before = this.#owners.get(name) ?? { epoch: 0, positions: {}, marks: {} };
    this.#owners.set(name, { ...before, epoch: before.epoch + 1 });
    return Promise.resolve({ unit, partition, epoch: before.epoch + 1 });
  }

  async transact<T>(
    owner: Owner,
    set: TableSet | undefined,
    work: (tx: UnitTransaction) => Promise<T>,
  ): Promise<T> {
    const name = `${owner.unit}/${owner.partition}`;
    const run = (this.#busy.get(name) ?? Promise.resolve()).then(() => this.#run(name, owner, set, work));
    this.#busy.set(
      name,
      run.catch(() => undefined),
    );
    return run;
  }

  positions(unit: string): Promise<ReadonlyMap<number, Readonly<Record<string, number>>>> {
    const found = [...this.#owners].filter(([name]) => name.startsWith(`${unit}/`));
    return Promise.resolve(
      new Map(found.map(([name, { positions }]) => [Number(name.split('/')[1]), positions])),
    );
  }

  /** All rows of a table, for tests and the memory profile. */
  rows(projection: string, table: string): AnyRow[] {
    return [...this.#table(projection, table).values()];
  }

  async #run<T>(
    name: string,
    owner: Owner,
    set: TableSet | undefined,
    work: (tx: UnitTransaction) => Promise<T>,
  ): Promise<T> {
    const stored = this.#owners.get(name);
    if (stored?.epoch !== owner.epoch) {
      throw new Fenced({
        code: 'FENCED',
        message: `${name}: epoch ${owner.epoch} is over, another process works on it now`,
      });
    }
    const effects: (() => void)[] = [];
    const outgoing: NewRecord[] = [];
    const state: OwnerState = { positions: stored.positions, marks: stored.marks, generation: 1 };
    const value = await work({
      state,
      load: (table, reads, columns) => {
        const rows = this.#load(set!, table, reads);
        if (columns === undefined) return Promise.resolve(rows);
        const pick = (row: AnyRow): AnyRow =>
          Object.fromEntries(columns.map((column) => [column, row[column]!]));
        return Promise.resolve(rows.map(pick));
      },
      store: (table, puts, deletes) => {
        const key = set!.tables[table]!.key;
        const rows = this.#table(set!.projection, table);
        const owners = this.#ownersOf(rows);
        effects.push(() => {
          for (const cells of deletes) rows.delete(keyOf(cells));
          for (const row of puts) {
            const text = keyOf(key.map((column) => row[column]!));
            rows.set(text, { ...row });
            if (!owners.has(text)) owners.set(text, owner.partition);
          }
        });
        return Promise.resolve();
      },
      remove: (table, sets, limit) => {
        const rows = this.#table(set!.projection, table);
        const owners = this.#ownersOf(rows);
        const isTheirs = ([text, row]: [string, AnyRow]): boolean =>
          owners.get(text) === owner.partition && sets.some((one) => isInSet(row, one));
        const gone = [...rows].filter(isTheirs).slice(0, limit);
        effects.push(() => {
          for (const [text] of gone) {
            rows.delete(text);
            owners.delete(text);
          }
        });
        return Promise.resolve(gone.length);
      },
      append: (records) => {
        outgoing.push(...records);
        return Promise.resolve();
      },
      save: (positions, marks) => {
        effects.push(() =>
          this.#owners.set(name, { ...stored, positions: { ...positions }, marks: { ...marks } }),
        );
        return Promise.resolve();
      },
    });
    if (this.#owners.get(name)?.epoch !== owner.epoch) {
      throw new Fenced({ code: 'FENCED', message: `${name}: epoch ${owner.epoch} ended during the batch` });
    }
    // A log that refuses leaves everything as it was.
    if (outgoing.length > 0) this.#log.appendNow(outgoing);
    for (const effect of effects) effect();
    return value;
  }

  #load(set: TableSet, table: string, reads: readonly Read[]): AnyRow[] {
    const key = set.tables[table]!.key;
    const rows = this.#table(set.projection, table);
    const found: AnyRow[] = [];
    for (const read of reads) {
      if ('key' in read) {
        const row = rows.get(keyOf(read.key));
        if (row !== undefined) found.push({ ...row });
        continue;
      }
      const last = key.at(-1)!;
      if ('after' in read) {
        found.push(...pageOf([...rows.values()], key, read).map((row) => ({ ...row })));
        continue;
      }
      for (const row of rows.values()) {
        const within = read.prefix.every((cell, i) => row[key[i]!] === cell);
        const low = read.from === undefined || (row[last] as number) >= (read.from as number);
        const high = read.to === undefined || (row[last] as number) <= (read.to as number);
        if (within && low && high) found.push({ ...row });
      }
    }
    return found;
  }

  /** Which partition stored each row. */
  #ownersOf(rows: Rows): Map<string, number> {
    let owners = this.#ownersByTable.get(rows);
    if (owners === undefined) this.#ownersByTable.set(rows, (owners = new Map()));
    return owners;
  }

  #table(projection: string, table: string): Rows {
    const name = `${projection}/${table}`;
    let rows = this.#tables.get(name);
    if (rows === undefined) this.#tables.set(name, (rows = new Map()));
    return rows;
  }
}
