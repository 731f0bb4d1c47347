/** Planted defects: each is a small patch around the real parts, never in them, with faults under which it must be found. */
import type { App } from '../../../connectors/cli/app.ts';
import type { Units } from '../../../projections/runtime/pipeline.ts';
import type { NewRecord } from '../../../streams/runtime/ports.ts';
import type { Owner, TableSet, UnitStore, UnitTransaction } from '../../../streams/runtime/units.ts';
import type { Moment } from '../schedule.ts';

/** An app and its units, perhaps with a defect. */
export interface Planted {
  readonly app: App;
  readonly units: Units;
}

/** A defect. */
export interface Defect {
  readonly name: string;
  /** What is wrong with it. */
  readonly about: string;
  /** What brings it to light; without the defect the same is harmless. */
  readonly faults: readonly Moment[];
  plant(planted: Planted): Planted;
}

/** The same app over another unit store. */
export function withStore({ app, units }: Planted, change: (store: UnitStore) => UnitStore): Planted {
  const store = change(app.pipeline.store);
  return { app: { ...app, pipeline: { ...app.pipeline, store } }, units };
}

/** A store whose transactions are changed. */
export function withTransactions(
  planted: Planted,
  change: (tx: UnitTransaction, owner: Owner, set: TableSet | undefined) => UnitTransaction,
): Planted {
  return withStore(planted, (store) => ({
    claim: (...args) => store.claim(...args),
    positions: (unit) => store.positions(unit),
    transact: (owner, set, work) => store.transact(owner, set, (tx) => work(change(tx, owner, set))),
  }));
}

/** A transaction of which some calls do something else. */
export function transactionLike(
  tx: UnitTransaction,
  changed: Partial<Omit<UnitTransaction, 'state'>> & { readonly state?: UnitTransaction['state'] },
): UnitTransaction {
  return {
    state: tx.state,
    load: (table, reads) => tx.load(table, reads),
    store: (table, puts, deletes) => tx.store(table, puts, deletes),
    remove: (table, sets, limit) => tx.remove(table, sets, limit),
    append: (records: readonly NewRecord[]) => tx.append(records),
    save: (positions, marks) => tx.save(positions, marks),
    ...changed,
  };
}
