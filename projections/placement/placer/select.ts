/** Which of the nodes that fit a replica goes to. */
import type { Account } from './ledger.ts';

/** A node that fits, and its score. */
export interface Scored {
  readonly account: Account;
  readonly score: number;
}

/** Picks one of the nodes that fit, which come in the order of the cluster; undefined when there are none. */
export type Select = (fitting: readonly Scored[]) => Scored | undefined;

/** The first that fits. */
export const first: Select = (fitting) => fitting[0];

/** The emptiest, of equal ones the last: replicas spread over the cluster. */
export const emptiest: Select = (fitting) =>
  fitting.reduce<Scored | undefined>(
    (best, next) => (best === undefined || next.score >= best.score ? next : best),
    undefined,
  );

/** The fullest, of equal ones the first: replicas pack together. */
export const fullest: Select = (fitting) =>
  fitting.reduce<Scored | undefined>(
    (best, next) => (best === undefined || next.score < best.score ? next : best),
    undefined,
  );
