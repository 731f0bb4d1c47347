/** Defects of who may write, and of what counts as a repeat. */
import { parsePlace, REDRIVE_OF } from '../../../schemas/redriven.ts';
import { Marks } from '../../../streams/runtime/seq.ts';
import type { Owner, OwnerState } from '../../../streams/runtime/units.ts';
import { transactionLike, withStore } from './plant.ts';
import type { Defect } from './plant.ts';

/** A process that was stopped goes on with what it remembers, under whatever epoch holds now. */
export const fencingOff: Defect = {
  name: 'fencing-off',
  about: 'a process that lost its partitions while it was stopped still writes',
  faults: [
    { kind: 'pause', after: 2, member: 0, ms: 2_500 },
    { kind: 'pause', after: 4, member: 1, ms: 2_500 },
    { kind: 'pause', after: 5, member: 0, ms: 2_500 },
    { kind: 'pause', after: 6, member: 1, ms: 2_500 },
  ],
  plant: (planted) =>
    withStore(planted, (store) => {
      const remembered = new Map<string, OwnerState>();
      const nameOf = ({ unit, partition, epoch }: Owner): string => `${unit}/${partition}/${epoch}`;
      const live = async (owner: Owner): Promise<Owner> => {
        const { rows } = await planted.app.pool.query<{ epoch: number }>(
          'SELECT epoch::int FROM log.owners WHERE unit = $1 AND partition = $2',
          [owner.unit, owner.partition],
        );
        return { ...owner, epoch: rows[0]!.epoch };
      };
      return {
        claim: (...args) => store.claim(...args),
        positions: (unit) => store.positions(unit),
        transact: async (owner, set, work) =>
          store.transact(await live(owner), set, (tx) => {
            const name = nameOf(owner);
            const state = remembered.get(name) ?? tx.state;
            remembered.set(name, state);
            return work(
              transactionLike(tx, {
                state,
                save: (positions, marks) => {
                  remembered.set(name, { ...state, positions, marks });
                  return tx.save(positions, marks);
                },
              }),
            );
          }),
      };
    }),
};

/** What was seen before counts as new. */
export const dedupeOff: Defect = {
  name: 'dedupe-off',
  about: 'repeats are not dropped',
  faults: [
    { kind: 'duplicates', after: 3, topic: 'intake', records: 40 },
    { kind: 'duplicates', after: 5, topic: 'recommendations', records: 40 },
    { kind: 'duplicates', after: 6, topic: 'usage', records: 40 },
  ],
  plant(planted) {
    patchSeen((seen, topic, headers) => {
      seen(topic, headers);
      return false;
    });
    return planted;
  },
};

/** A redriven record is known by the event's own origin, whose mark has long passed it. */
export const redriveDropped: Defect = {
  name: 'redrive-dropped',
  about: 'a redriven record is taken for a repeat of the one that died',
  faults: [
    { kind: 'buggy-code', after: 3, unit: 'recommendations' },
    { kind: 'buggy-code', after: 5, unit: 'recommendations' },
  ],
  plant(planted) {
    patchSeen((seen, topic, headers) => {
      const dead = parsePlace(headers[REDRIVE_OF] ?? '');
      const [first, seq] = (headers['event-id'] ?? '').split('@');
      if (dead === undefined || seq === undefined) return seen(topic, headers);
      return seen(dead.topic, { origin: first!, seq });
    });
    return planted;
  },
};

type Seen = (topic: string, headers: Readonly<Record<string, string>>) => boolean;

function patchSeen(change: (seen: Seen, ...args: Parameters<Seen>) => boolean): void {
  // Of the prototype on purpose: every batch makes its own marks.
  const real = Object.getOwnPropertyDescriptor(Marks.prototype, 'seen')!.value as Seen;
  Marks.prototype.seen = function (this: Marks, topic, headers) {
    return change((...args) => real.apply(this, args), topic, headers);
  };
}
