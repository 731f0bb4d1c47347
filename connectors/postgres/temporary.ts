/**
 * Temporary tables of a projection: Postgres keeps them for one connection and drops them with it, so a process that is
 * killed leaves nothing behind. Not in the write-ahead log, not in the live schemas.
 */
import type { Pool, PoolClient, QueryResultRow } from 'pg';
import { escapeIdentifier } from 'pg';
import type { TemporaryStore, TemporaryTables } from '../../projections/runtime/ports.ts';
import { Fatal, Fenced } from '../../streams/runtime/errors.ts';
import type { Owner, OwnerState, TableSet, UnitStore, UnitTransaction } from '../../streams/runtime/units.ts';
import { temporaryDdl } from './ddl.ts';
import { temporaryIntervalViewsDdl } from './interval-views.ts';
import { createPool } from './pool.ts';
import { readModelsOver } from './read-models.ts';
import { hashTables } from './rebuilds.ts';
import { deleteRows, loadRows, removeSets, storeRows } from './rows.ts';
import { translating } from './transaction.ts';

/** Name by which Postgres calls the schema of a connection's temporary tables. */
const SCHEMA = 'pg_temp';
/** A read of the past that takes longer is cancelled. */
const STATEMENT_MS = 60_000;

/** Makes temporary tables on connections of its own, at most `max` at once. */
export function postgresTemporary(url: string, max: number): TemporaryStore & { close(): Promise<void> } {
  const pool = createPool({
    url,
    applicationName: 'rightstream as-of',
    max,
    statementTimeoutMs: STATEMENT_MS,
  });
  return {
    open: (set) => open(pool, set),
    close: () => pool.end(),
  };
}

async function open(pool: Pool, set: TableSet): Promise<TemporaryTables> {
  const connection = new Connection(await translating(() => pool.connect()));
  try {
    await connection.alone(async (client) => {
      await client.query("SET temp_buffers = '32MB'");
      await client.query(temporaryDdl(set) + temporaryIntervalViewsDdl(set));
    });
  } catch (error) {
    connection.close();
    throw error;
  }
  const ask = async <R extends QueryResultRow>(text: string, values: unknown[]): Promise<R[]> =>
    connection.alone(async (client) => (await client.query<R>(text, values)).rows);
  return {
    store: new TemporaryUnits(connection, set),
    reads: readModelsOver(ask, [set], SCHEMA),
    hashes: () => connection.alone((client) => hashTables(client, set, SCHEMA)),
    close() {
      connection.close();
      return Promise.resolve();
    },
  };
}

/** One connection that does one thing at a time. */
class Connection {
  readonly #client: PoolClient;
  #last: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(client: PoolClient) {
    this.#client = client;
    // A connection that breaks between queries would end the process; the next query says so.
    client.on('error', ignore);
  }

  async alone<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    const turn = this.#last.then(() => translating(() => work(this.#client)));
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  /** Ends the connection, and its tables with it; once what runs has ended. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    void this.#last.then(() => {
      this.#client.release(true);
    });
  }
}

function ignore(): void {
  // See Connection.
}

/** Rows in temporary tables; positions and marks in memory, for they are of no use without the rows. */
class TemporaryUnits implements UnitStore {
  readonly #connection: Connection;
  readonly #set: TableSet;
  readonly #owners = new Map<string, { epoch: number; state: OwnerState }>();

  constructor(connection: Connection, set: TableSet) {
    this.#connection = connection;
    this.#set = set;
  }

  claim(unit: string, partition: number): Promise<Owner> {
    const name = `${unit}/${partition}`;
    const before = this.#owners.get(name);
    const epoch = (before?.epoch ?? 0) + 1;
    this.#owners.set(name, { epoch, state: before?.state ?? { positions: {}, marks: {}, generation: 0 } });
    return Promise.resolve({ unit, partition, epoch });
  }

  positions(unit: string): Promise<ReadonlyMap<number, Readonly<Record<string, number>>>> {
    const own = [...this.#owners].filter(([name]) => name.startsWith(`${unit}/`));
    return Promise.resolve(
      new Map(own.map(([name, { state }]) => [Number(name.slice(unit.length + 1)), state.positions])),
    );
  }

  transact<T>(
    owner: Owner,
    _set: TableSet | undefined,
    work: (tx: UnitTransaction) => Promise<T>,
  ): Promise<T> {
    return this.#connection.alone(async (client) => {
      const name = `${owner.unit}/${owner.partition}`;
      const known = this.#owners.get(name);
      if (known?.epoch !== owner.epoch) {
        throw new Fenced({ code: 'FENCED', message: `${name}: epoch ${owner.epoch} is over` });
      }
      let { state } = known;
      await client.query('BEGIN');
      try {
        const value = await work({
          ...this.#rows(client, owner.partition),
          state,
          save: (positions, marks) => {
            state = { ...state, positions, marks };
            return Promise.resolve();
          },
        });
        await client.query('COMMIT');
        this.#owners.set(name, { epoch: owner.epoch, state });
        return value;
      } catch (error) {
        await client.query('ROLLBACK').catch(() => undefined);
        throw error;
      }
    });
  }

  #rows(
    client: PoolClient,
    partition: number,
  ): Pick<UnitTransaction, 'load' | 'store' | 'remove' | 'append'> {
    const named = (table: string): string => `${SCHEMA}.${escapeIdentifier(table)}`;
    const shape = (table: string): TableSet['tables'][string] => this.#set.tables[table]!;
    return {
      load: (table, reads, columns) => loadRows(client, named(table), shape(table), reads, columns),
      async store(table, puts, deletes) {
        if (deletes.length > 0) await deleteRows(client, named(table), shape(table), deletes);
        if (puts.length > 0) await storeRows(client, named(table), shape(table), puts, partition);
      },
      remove: (table, sets, limit) => removeSets(client, named(table), shape(table), sets, partition, limit),
      append: () =>
        Promise.reject(
          new Fatal({
            code: 'PAST_EMITS',
            message: 'a fold of the past must not emit: nothing was appended',
          }),
        ),
    };
  }
}
