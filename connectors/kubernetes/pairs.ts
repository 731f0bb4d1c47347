/** Objects that are wanted beside those that are there. */
import type { Action, ActionCode } from './actions.ts';
import type { ClusterObject, ObjectRef } from './cluster.ts';
import type { DesiredObject } from './manifests/index.ts';
import { originOf, positionOf } from './manifests/labels.ts';

/** An object that shall be, and the one that is; at least one of them. */
export interface Pair {
  readonly ref: ObjectRef;
  readonly wanted: DesiredObject | undefined;
  readonly live: ClusterObject | undefined;
}

/** With what is to be done. */
export interface Planned {
  readonly pair: Pair;
  readonly action: Action;
}

/** What an action says whatever it is. */
export function base({ ref, wanted, live }: Pair): Omit<Action, 'kind' | 'code' | 'why'> {
  const { service, node } = wanted ?? (live === undefined ? { service: null, node: null } : originOf(live));
  return {
    ...{ ref, phase: 0, manifest: null, force: false, fields: [], service, node },
    uid: live?.metadata.uid ?? null,
    resourceVersion: live?.metadata.resourceVersion ?? null,
    livePosition: live === undefined ? -1 : positionOf(live),
  };
}

/** Nothing is done, for a reason. */
export function leave(pair: Pair, code: ActionCode, why: string): Action {
  return { ...base(pair), kind: 'leave', code, why };
}
