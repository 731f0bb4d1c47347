/** Positions, marks, ownership and rows of units in Postgres: one transaction per batch. */
import type { Pool, PoolClient } from 'pg';
import { escapeIdentifier } from 'pg';
import { Fenced } from '../../streams/runtime/errors.ts';
import type { Faults } from '../../streams/runtime/faults.ts';
import type { NewRecord } from '../../streams/runtime/ports.ts';
import type {
  AnyRow,
  Cell,
  Owner,
  Read,
  RowSet,
  TableSet,
  UnitStore,
  UnitTransaction,
} from '../../streams/runtime/units.ts';
import { generationSchema } from './ddl.ts';
import type { Publisher } from './publisher.ts';
import { deleteRows, loadRows, removeSets, storeRows } from './rows.ts';
import { inTransaction, translating } from './transaction.ts';

interface OwnerRow {
  epoch: number;
  positions: Record<string, number>;
  marks: Record<string, string>;
}

/** The unit store over a pool; emitted records are handed over in the same transaction. */
export class PostgresUnits implements UnitStore {
  readonly #pool: Pool;
  readonly #publisher: Publisher;
  readonly #faults: Faults;

  constructor(pool: Pool, publisher: Publisher, faults: Faults) {
    this.#pool = pool;
    this.#publisher = publisher;
    this.#faults = faults;
  }

  async claim(unit: string, partition: number, set?: TableSet): Promise<Owner> {
    if (set !== undefined) await translating(() => generationFor(this.#pool, set));
    const { rows } = await translating(() =>
      this.#pool.query<{ epoch: number }>(
        `INSERT INTO log.owners AS o (unit, partition, epoch) VALUES ($1, $2, 1)
         ON CONFLICT (unit, partition) DO UPDATE SET epoch = o.epoch + 1 RETURNING epoch`,
        [unit, partition],
      ),
    );
    return { unit, partition, epoch: Number(rows[0]!.epoch) };
  }

  async transact<T>(
    owner: Owner,
    set: TableSet | undefined,
    work: (tx: UnitTransaction) => Promise<T>,
  ): Promise<T> {
    const outgoing: NewRecord[] = [];
    const result = await inTransaction(this.#pool, async (client) => {
      const row = await lockOwner(client, owner);
      this.#faults('transaction.locked');
      const generation = set === undefined ? 0 : (set.generation ?? (await generationFor(client, set)));
      const tx = new Transaction(client, owner, row, set, generation, outgoing, this.#faults);
      const value = await work(tx);
      if (outgoing.length > 0) {
        await this.#publisher.emit(client, owner, outgoing, set === undefined);
        this.#faults('transaction.appended');
      }
      return value;
    });
    this.#faults('transaction.committed');
    if (outgoing.length > 0) {
      this.#publisher.committed(outgoing);
      this.#faults('transaction.published');
    }
    return result;
  }

  async positions(unit: string): Promise<ReadonlyMap<number, Readonly<Record<string, number>>>> {
    const { rows } = await translating(() =>
      this.#pool.query<{ partition: number; positions: Record<string, number> }>(
        'SELECT partition, positions FROM log.owners WHERE unit = $1',
        [unit],
      ),
    );
    return new Map(rows.map((row) => [row.partition, row.positions]));
  }
}

/** Locks the owner's row; someone else's newer epoch means that we are a zombie. */
export async function lockOwner(client: PoolClient, owner: Owner): Promise<OwnerRow> {
  const { rows } = await client.query<OwnerRow>({
    name: 'owner-lock',
    text: 'SELECT epoch, positions, marks FROM log.owners WHERE unit = $1 AND partition = $2 FOR UPDATE',
    values: [owner.unit, owner.partition],
  });
  const row = rows[0];
  if (row === undefined || Number(row.epoch) !== owner.epoch) {
    throw new Fenced({
      code: 'FENCED',
      message: `${owner.unit}/${owner.partition}: epoch ${owner.epoch} is over, another process works on it now`,
    });
  }
  return row;
}

/** The live generation of a projection, when it is one that this code may write to. */
async function generationFor(client: PoolClient | Pool, set: TableSet): Promise<number> {
  const { rows } = await client.query<{ version: number; generation: number }>({
    name: 'generation',
    text: 'SELECT version, generation FROM log.projections WHERE projection = $1',
    values: [set.projection],
  });
  const live = rows[0];
  if (live === undefined || live.version === set.version) return live?.generation ?? 0;
  throw new Fenced({
    code: live.version > set.version ? 'CODE_OUTDATED' : 'TABLES_OUTDATED',
    message: `the tables of ${set.projection} are of version ${live.version}, the code of this process of version ${set.version}`,
  });
}

class Transaction implements UnitTransaction {
  readonly state: UnitTransaction['state'];
  readonly #client: PoolClient;
  readonly #owner: Owner;
  readonly #set: TableSet | undefined;
  readonly #schema: string;
  readonly #outgoing: NewRecord[];
  readonly #faults: Faults;

  constructor(
    client: PoolClient,
    owner: Owner,
    row: OwnerRow,
    set: TableSet | undefined,
    generation: number,
    outgoing: NewRecord[],
    faults: Faults,
  ) {
    this.#client = client;
    this.#owner = owner;
    this.#set = set;
    this.#outgoing = outgoing;
    this.#faults = faults;
    this.#schema = set === undefined ? '' : generationSchema(set.projection, set.version, generation);
    this.state = { positions: row.positions, marks: row.marks, generation };
  }

  async load(table: string, reads: readonly Read[], columns?: readonly string[]): Promise<readonly AnyRow[]> {
    const rows = await loadRows(this.#client, this.#named(table), this.#shape(table), reads, columns);
    this.#faults('transaction.loaded');
    return rows;
  }

  async store(table: string, puts: readonly AnyRow[], deletes: readonly (readonly Cell[])[]): Promise<void> {
    if (deletes.length > 0) await deleteRows(this.#client, this.#named(table), this.#shape(table), deletes);
    const { partition } = this.#owner;
    if (puts.length > 0)
      await storeRows(this.#client, this.#named(table), this.#shape(table), puts, partition);
    this.#faults('transaction.stored');
  }

  remove(table: string, sets: readonly RowSet[], limit?: number): Promise<number> {
    const { partition } = this.#owner;
    return removeSets(this.#client, this.#named(table), this.#shape(table), sets, partition, limit);
  }

  append(records: readonly NewRecord[]): Promise<void> {
    for (const record of records) this.#outgoing.push(record);
    return Promise.resolve();
  }

  async save(
    positions: Readonly<Record<string, number>>,
    marks: Readonly<Record<string, string>>,
  ): Promise<void> {
    await this.#client.query({
      name: 'owner-save',
      text: 'UPDATE log.owners SET positions = $3, marks = $4 WHERE unit = $1 AND partition = $2',
      values: [this.#owner.unit, this.#owner.partition, JSON.stringify(positions), JSON.stringify(marks)],
    });
    this.#faults('transaction.saved');
  }

  #shape(table: string): TableSet['tables'][string] {
    return this.#set!.tables[table]!;
  }

  #named(table: string): string {
    return `${escapeIdentifier(this.#schema)}.${escapeIdentifier(table)}`;
  }
}
