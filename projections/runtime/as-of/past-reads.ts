/**
 * Reads tables as they were: folds the log up to a position into temporary tables, reads those, and keeps them for a while for
 * the next page. Decides and emits nothing, touches nothing outside; bounded in foldings at once, tables kept, and time.
 */
import { recordKey } from '../../../schemas/keys.ts';
import { BadInput, codeOf, messageOf, Retryable } from '../../../streams/runtime/errors.ts';
import { partitionOf, reachesPartition } from '../../../streams/runtime/partitioner.ts';
import type { UnitStore } from '../../../streams/runtime/units.ts';
import type { ProjectionDefinition } from '../define.ts';
import { Folding } from '../folding.ts';
import type { FoldingDeps } from '../folding.ts';
import type {
  Past,
  PastQuery,
  PastReads,
  PositionVector,
  ReadModels,
  TableInfo,
  TemporaryStore,
  TemporaryTables,
} from '../ports.ts';
import { projectionInputs, tableSetOf } from '../projection-work.ts';
import { parseAsOf, positionsText } from './text.ts';
import { checkHistory, positionsAt } from './vector.ts';

/** How much reading the past may take. */
export interface PastBounds {
  /** Foldings at once; one more: Retryable AS_OF_BUSY. */
  readonly jobs: number;
  /** Foldings and folded tables at once. */
  readonly kept: number;
  /** How long tables are kept after their last use, up to twice that. */
  readonly keepMs: number;
  /** How long a reader waits for a folding, which goes on without it: Retryable AS_OF_RUNNING. No bound when absent. */
  readonly waitMs?: number;
  /** How long a folding may take: Retryable AS_OF_TIMED_OUT. No bound when absent. */
  readonly maxMs?: number;
}

/** What reading the past needs. */
export interface PastDeps extends Omit<FoldingDeps, 'relays'> {
  readonly projections: readonly ProjectionDefinition[];
  /** The tables as they are now. */
  readonly readModels: Pick<ReadModels, 'tables' | 'select'>;
  readonly temporary: TemporaryStore;
  readonly bounds: PastBounds;
}

/** Reads of the past over these projections. */
export function pastReads(deps: PastDeps): PastReads {
  return new Keeper(deps);
}

interface Wanted {
  readonly definition: ProjectionDefinition;
  readonly vector: PositionVector;
  readonly text: string;
  /** Only records with this key count; undefined: all. */
  readonly key: string | undefined;
  readonly partitions: readonly number[];
}

interface Kept {
  readonly ready: Promise<TemporaryTables>;
  folding: boolean;
  users: number;
  /** When nobody has used it for long enough. */
  until: number;
}

class Keeper implements PastReads {
  readonly #deps: PastDeps;
  readonly #kept = new Map<string, Kept>();
  readonly #stop = new AbortController();
  #sweeping = false;

  constructor(deps: PastDeps) {
    this.#deps = deps;
  }

  async read<T>(query: PastQuery, work: (past: Past) => Promise<T>): Promise<T> {
    const wanted = await this.#wanted(query);
    const name = [wanted.definition.id, wanted.key ?? '', wanted.text].join(' ');
    const kept = this.#kept.get(name) ?? this.#start(name, wanted);
    kept.users += 1;
    try {
      const { reads, hashes } = await this.#ready(kept);
      const { select, count } = reads;
      return await work({ select, count, hashes, positions: wanted.text });
    } catch (error) {
      // The connection to them may be gone, and they with it.
      if (error instanceof Retryable && !kept.folding) this.#drop(name);
      throw error;
    } finally {
      kept.users -= 1;
      kept.until = this.#deps.clock.now() + this.#deps.bounds.keepMs;
      void this.#sweep();
    }
  }

  async close(): Promise<void> {
    this.#stop.abort();
    const open = [...this.#kept.values()];
    this.#kept.clear();
    await Promise.allSettled(open.map(async ({ ready }) => (await ready).close()));
  }

  async #wanted(query: PastQuery): Promise<Wanted> {
    const { log, clock, projections, readModels } = this.#deps;
    const info = readModels.tables().find(({ name }) => name === query.table);
    const definition = projections.find(({ id }) => id === info?.projection);
    if (info === undefined || definition === undefined) {
      const known = readModels.tables().map(({ name }) => name);
      throw new BadInput({
        code: 'UNKNOWN_TABLE',
        message: `there is no table ${JSON.stringify(query.table)}; there are: ${known.sort().join(', ')}`,
      });
    }
    const inputs = projectionInputs(definition);
    const vector = await positionsAt(parseAsOf(query.asOf), inputs, log, clock.now());
    const key = await keyOf(definition, info, query, readModels);
    const partitions = key === undefined ? [...vector.keys()] : [partitionOf(key, vector.size)];
    await checkHistory(vector, partitions, log);
    return { definition, vector, text: positionsText(vector, inputs), key, partitions };
  }

  #start(name: string, wanted: Wanted): Kept {
    const { bounds, clock } = this.#deps;
    const all = [...this.#kept];
    const busy = new Retryable({
      code: 'AS_OF_BUSY',
      message: `${bounds.jobs} tables of the past are folded at once and ${bounds.kept} kept; this one has to wait`,
    });
    if (this.#stop.signal.aborted || all.filter(([, { folding }]) => folding).length >= bounds.jobs)
      throw busy;
    if (all.length >= bounds.kept) {
      const idle = all.filter(([, { users, folding }]) => users === 0 && !folding);
      if (idle.length === 0) throw busy;
      this.#drop(idle.reduce((a, b) => (b[1].until < a[1].until ? b : a))[0]);
    }
    const kept: Kept = { ready: this.#fold(wanted), folding: true, users: 0, until: 0 };
    this.#kept.set(name, kept);
    kept.ready.then(
      () => {
        kept.folding = false;
        kept.until = clock.now() + bounds.keepMs;
      },
      () => {
        if (this.#kept.get(name) === kept) this.#kept.delete(name);
      },
    );
    return kept;
  }

  async #ready({ ready }: Kept): Promise<TemporaryTables> {
    const { waitMs } = this.#deps.bounds;
    if (waitMs === undefined) return ready;
    const done = new AbortController();
    const late = this.#deps.clock.sleep(waitMs, done.signal).then(() => {
      throw new Retryable({
        code: 'AS_OF_RUNNING',
        message: 'the tables of then are being folded, which goes on; ask again for the same positions',
      });
    });
    try {
      return await Promise.race([ready, late]);
    } finally {
      late.catch(() => undefined);
      done.abort();
    }
  }

  async #fold({ definition, vector, key, partitions }: Wanted): Promise<TemporaryTables> {
    const set = tableSetOf(definition);
    const live = await this.#deps.store.positions(definition.id);
    const tables = await this.#deps.temporary.open(set);
    try {
      const { log, codec, clock, signals, limits } = this.#deps;
      // No relays: a fact that is not in the log yet was not there then, and reading publishes nothing.
      const deps = { log, codec, clock, signals, limits, store: this.#bounded(tables.store) };
      const only =
        key === undefined
          ? []
          : [({ key: of }: { key: string | null }) => of === key || reachesPartition(of)];
      const folding = new Folding(definition, set, deps, ...only);
      await folding.claim(partitions);
      await folding.to(vector);
      return tables;
    } catch (error) {
      await tables.close();
      throw explained(error, definition.id, isAhead(vector, live));
    }
  }

  /** A store that stops working when time is up. */
  #bounded(store: UnitStore): UnitStore {
    const { clock, bounds } = this.#deps;
    const end = clock.now() + (bounds.maxMs ?? Infinity);
    return {
      claim: (unit, partition) => store.claim(unit, partition),
      positions: (unit) => store.positions(unit),
      transact: async (owner, set, work) => {
        if (clock.now() > end || this.#stop.signal.aborted) {
          throw new Retryable({
            code: 'AS_OF_TIMED_OUT',
            message: `folding the tables of then takes longer than it may; name one key in the filters, or use \`rightstream query TABLE --as-of …\`, which waits as long as it takes`,
          });
        }
        return store.transact(owner, set, work);
      },
    };
  }

  #drop(name: string): void {
    const kept = this.#kept.get(name);
    this.#kept.delete(name);
    kept?.ready.then((tables) => tables.close()).catch(() => undefined);
  }

  /** Drops what nobody used for a while. */
  async #sweep(): Promise<void> {
    if (this.#sweeping) return;
    this.#sweeping = true;
    const { clock, bounds } = this.#deps;
    while (this.#kept.size > 0 && !this.#stop.signal.aborted) {
      await clock.sleep(bounds.keepMs, this.#stop.signal);
      for (const [name, { users, folding, until }] of this.#kept) {
        if (users === 0 && !folding && until <= clock.now()) this.#drop(name);
      }
    }
    this.#sweeping = false;
  }
}

/** The key of all records that the rows of a question follow from, when its filters say it or name a row that is still there. */
async function keyOf(
  { tables }: ProjectionDefinition,
  { key }: TableInfo,
  query: PastQuery,
  live: Pick<ReadModels, 'select'>,
): Promise<string | undefined> {
  const { table, org, where } = query;
  const columns = tables[table]?.recordKey;
  if (columns === undefined) return undefined;
  const named = new Map<string, unknown>([['org_id', org]]);
  for (const { column, op, value } of where ?? []) if (op === 'eq') named.set(column, value);
  const joined = (cells: readonly unknown[]): string | undefined =>
    cells.every((cell) => typeof cell === 'string') ? recordKey(...cells) : undefined;
  const said = joined(columns.map((column) => named.get(column)));
  if (said !== undefined || !key.every((column) => named.has(column))) return said;
  const [row] = await live.select({ table, org, columns, limit: 1, ...(where && { where }) });
  return row && joined(columns.map((column) => row[column]));
}

/** Why records could not be folded, for whoever asked. */
function explained(error: unknown, projection: string, ahead: boolean): unknown {
  if (error instanceof Retryable) return error;
  const cause = { cause: error };
  if (ahead) {
    const message = `${projection} has not read all records up to there, and one of them cannot be folded: ${messageOf(error)}; ask again when it has`;
    return new Retryable({ code: 'AS_OF_AHEAD', message }, cause);
  }
  if (codeOf(error) !== 'REBUILD_FAILED') return error;
  const message = `a record before these positions cannot be folded: ${messageOf(error)}; where a fact is taken in, what it follows from must be too: ask for a time, or for positions that a former answer gave`;
  return new BadInput({ code: 'AS_OF_INCONSISTENT', message }, cause);
}

/** true when the projection has not read all of these records. */
function isAhead(vector: PositionVector, live: PositionVector): boolean {
  return [...vector].some(([partition, at]) =>
    Object.entries(at).some(([topic, offset]) => offset > (live.get(partition)?.[topic] ?? 0)),
  );
}
