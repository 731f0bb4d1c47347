/** Defects of what a batch's transaction holds together. */
import { Retryable } from '../../../streams/runtime/errors.ts';
import type { NewRecord } from '../../../streams/runtime/ports.ts';
import type { UnitTransaction } from '../../../streams/runtime/units.ts';
import { transactionLike, withStore, withTransactions } from './plant.ts';
import type { Defect } from './plant.ts';

const crashes = (point: string, ...counts: number[]): Defect['faults'] =>
  counts.map((n, i) => ({ kind: 'crash-at', after: 1 + i, member: i % 2, at: `${point}:${n}` }));

/** Positions are committed first, rows and events in a second transaction, of which every seventh fails, as any may. */
export const commitBeforeApply: Defect = {
  name: 'commit-before-apply',
  about: 'the position is committed before the effect that it stands for',
  faults: crashes('transaction.committed', 9, 14, 7, 12, 8, 10),
  plant(planted) {
    let seconds = 0;
    return withStore(planted, (store) => ({
      claim: (...args) => store.claim(...args),
      positions: (unit) => store.positions(unit),
      async transact(owner, set, work) {
        const later: ((tx: UnitTransaction) => Promise<void>)[] = [];
        const put = (effect: (tx: UnitTransaction) => Promise<void>): Promise<void> => {
          later.push(effect);
          return Promise.resolve();
        };
        const value = await store.transact(owner, set, (tx) =>
          work(
            transactionLike(tx, {
              store: (table, puts, deletes) => put((second) => second.store(table, puts, deletes)),
              append: (records) => put((second) => second.append([...records])),
            }),
          ),
        );
        if (later.length > 0)
          await store.transact(owner, set, async (tx) => {
            seconds += 1;
            if (seconds % 7 === 0)
              throw new Retryable({ code: 'PLANTED', message: 'the second transaction fails' });
            for (const effect of later) await effect(tx);
          });
        return value;
      },
    }));
  },
};

/**
 * What a projection decides goes to the log while its transaction may still fail. Which of them a kill hits is chance, so every third
 * fails at that point once more, which harms nobody whose outbox waits for the commit.
 */
export const publishedBeforeCommit: Defect = {
  name: 'published-before-commit',
  about: 'the outbox is published before the transaction commits',
  faults: crashes('transaction.saved', 9, 12, 15, 10, 13, 8),
  plant(planted) {
    let published = 0;
    return withTransactions(planted, (tx, _owner, set) =>
      set === undefined
        ? tx
        : transactionLike(tx, {
            async append(records) {
              await planted.app.log.append(records);
              published += 1;
              if (published % 3 === 0)
                throw new Retryable({ code: 'PLANTED', message: 'the transaction fails after that' });
            },
          }),
    );
  },
};

/** Marks start empty in every batch. */
export const markNotStored: Defect = {
  name: 'mark-not-stored',
  about: 'positions are stored without the marks by which repeats are known',
  faults: [
    { kind: 'duplicates', after: 3, topic: 'intake', records: 40 },
    { kind: 're-read', after: 5, records: 60 },
    { kind: 'duplicates', after: 6, topic: 'recommendations', records: 40 },
    { kind: 'duplicates', after: 6, topic: 'usage', records: 40 },
  ],
  plant: (planted) =>
    withTransactions(planted, (tx) => transactionLike(tx, { save: (positions) => tx.save(positions, {}) })),
};

/** Records of one key take turns over the partitions, so that two owners write its row. */
export const twoWriters: Defect = {
  name: 'two-writers',
  about: 'records of one key go to several partitions, whose owners write the same row',
  faults: [],
  plant(planted) {
    let turn = 0;
    return withTransactions(planted, (tx) =>
      transactionLike(tx, {
        append: (records) =>
          tx.append(
            records.map((record): NewRecord =>
              record.topic === 'usage' ? { ...record, partition: (turn += 1) % 3 } : record,
            ),
          ),
      }),
    );
  },
};

/** Like a producer that lingers: the last event of a batch goes out with the next one, or a little later, or never. */
export const tailLost: Defect = {
  name: 'tail-lost-on-close',
  about: 'the last event of a batch is held back for a moment, and dropped when the process closes',
  faults: [],
  plant(planted) {
    const LINGER_MS = 5_000;
    const held = new Map<string, { record: NewRecord; timer: NodeJS.Timeout }>();
    return withTransactions(planted, (tx, owner, set) =>
      transactionLike(tx, {
        async append(records) {
          if (set !== undefined) return tx.append(records);
          const name = `${owner.unit}/${owner.partition}`;
          const before = held.get(name);
          clearTimeout(before?.timer);
          const record = records.at(-1)!;
          const timer = setTimeout(() => {
            held.delete(name);
            planted.app.log.append([record]).catch(() => undefined);
          }, LINGER_MS);
          held.set(name, { record, timer });
          await tx.append([...(before === undefined ? [] : [before.record]), ...records.slice(0, -1)]);
        },
      }),
    );
  },
};
