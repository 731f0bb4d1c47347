/** What a plan is made of: for every object of ours one action, and why. */
import type { ClusterObject, ObjectRef } from './cluster.ts';
import type { FieldDifference } from './fields.ts';
import type { ManifestProblem } from './manifests/index.ts';

/**
 * create: it is not there. configure: it was decided otherwise. put-back: somebody else changed fields of ours.
 * remove: nothing wants it any more. leave: nothing is done; `code` and `why` say for what reason.
 */
export type ActionKind = 'create' | 'configure' | 'put-back' | 'remove' | 'leave';

/** Why an action is taken, or none is. */
export type ActionCode =
  | 'MISSING'
  | 'DECIDED_OTHERWISE'
  | 'HAND_EDITED'
  | 'NOT_WANTED'
  /** Left: it is as it shall be. */
  | 'EQUAL'
  /** Left: somebody else changed fields, and the policy is to adopt that. */
  | 'ADOPTED'
  /** Left: an object of that name belongs to somebody else. */
  | 'OBJECT_NOT_OURS'
  /** Left: it carries a position above ours, so a later state was written. */
  | 'NEWER_POSITION'
  /** Left: it is being deleted. */
  | 'BEING_DELETED'
  /** Left: it cannot be written as it is declared. */
  | 'NOT_WRITABLE'
  /** Left: the API server refuses the manifest. */
  | 'REFUSED_BY_SERVER'
  /** Left until another Deployment of the same service has its pods. */
  | 'ROLL_OUT_WAITS'
  /** Left for the next pass: a pass removes a bounded number of objects. */
  | 'REMOVALS_BOUNDED';

/**
 * When an action's turn comes: all of a lower phase are over before. Within a phase the order means nothing.
 * 0 what pods read; 1 less on full nodes; 2 more; 3 less elsewhere; 4 what pods have read.
 */
export type Phase = 0 | 1 | 2 | 3 | 4;

/** One action on one object. */
export interface Action {
  readonly kind: ActionKind;
  readonly code: ActionCode;
  /** The same for people. */
  readonly why: string;
  readonly ref: ObjectRef;
  readonly phase: Phase;
  /** What is to be applied: for create, configure and put-back; null otherwise. */
  readonly manifest: ClusterObject | null;
  /** Takes fields that others hold: the policy puts hand edits back. */
  readonly force: boolean;
  /** Of the object that was read; null where there is none. */
  readonly uid: string | null;
  readonly resourceVersion: string | null;
  /** At which it was written; -1 where there is none, or it does not say. */
  readonly livePosition: number;
  /** Where it differs, as `spec.template.spec.containers[web].image`. */
  readonly fields: readonly FieldDifference[];
  /** Service and node as they are declared; null where the object is of none. */
  readonly service: string | null;
  readonly node: string | null;
}

/** Whether an action changes the cluster. */
export function isChange({ kind }: Action): boolean {
  return kind !== 'leave';
}

/** A plan, with what could not be written as it is declared. */
export interface ObjectPlan {
  readonly actions: readonly Action[];
  readonly problems: readonly ManifestProblem[];
}
