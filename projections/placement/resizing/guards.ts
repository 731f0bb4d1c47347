/** What keeps a change from being carried out now, whoever wants it. */
import { added, breaksRanges, moves, overQuota } from './bounds.ts';
import { changed, currentOf, resources } from './model.ts';
import type { Change, Container, Held, NamespaceLimits, Workload } from './model.ts';
import { qosOf } from './qos.ts';

/** Something that may hold a change. */
type Guard = (workload: Workload, changes: readonly Change[], limits: NamespaceLimits) => Held | undefined;

/** Why these changes may not be made to the pods now; undefined: they may. */
export const againstPods: Guard = (workload, changes, limits) =>
  first([scaled, unrolled, otherClass, outOfRange, noRoom, disrupts], workload, changes, limits);

/** Why the template may not take them now: a roll-out replaces every pod. */
export const againstRollOut: Guard = (workload, changes, limits) =>
  first(
    [scaled, unrolled, otherClass, outOfRange, noRoomToSurge, notByRollOut, away],
    workload,
    changes,
    limits,
  );

/** True when a change restarts a container. */
export function restarts(containers: readonly Container[], changes: readonly Change[]): boolean {
  return changes.some((change) => {
    const container = containers.find(({ name }) => name === change.name);
    return resources.some((it) => moves(change, it) && container?.[`${it}_restart`] === true);
  });
}

function first(guards: readonly Guard[], ...args: Parameters<Guard>): Held | undefined {
  for (const guard of guards) {
    const held = guard(...args);
    if (held !== undefined) return held;
  }
  return undefined;
}

function hold(reason: string, message: string): Held {
  return { reason, message, until: null };
}

function scaled({ facts }: Workload, changes: readonly Change[]): Held | undefined {
  const on = resources.find(
    (it) => facts.scaled_on.includes(it) && changes.some((change) => moves(change, it)),
  );
  return on && hold('HPA', `a HorizontalPodAutoscaler scales it on ${on}: another request would scale it`);
}

function unrolled({ facts }: Workload): Held | undefined {
  return facts.rolled_out ? undefined : hold('ROLLING_OUT', 'its pods are being replaced; when that is over');
}

function otherClass(workload: Workload, changes: readonly Change[]): Held | undefined {
  const now = currentOf(workload);
  const { qos } = workload.facts;
  if (qos !== qosOf(now))
    return hold('QOS', `its pods are ${qos || 'of no class yet'}, which its containers do not tell`);
  return qosOf(changed(now, changes)) === qos ? undefined : hold('QOS', `its pods would no longer be ${qos}`);
}

function outOfRange(workload: Workload, changes: readonly Change[], { ranges }: NamespaceLimits) {
  return breaksRanges(currentOf(workload), changes, ranges)
    ? hold('LIMIT_RANGE', 'a LimitRange of the namespace does not allow it')
    : undefined;
}

function noRoom({ facts }: Workload, changes: readonly Change[], limits: NamespaceLimits): Held | undefined {
  const over = overQuota(changes, facts.replicas, limits);
  return over === undefined
    ? undefined
    : hold('QUOTA', `the quota of ${over} has no room for ${facts.replicas} pods of it`);
}

/** Pods that a roll-out may start beside those that are there: a quarter, as Kubernetes has it by default. */
function noRoomToSurge(workload: Workload, changes: readonly Change[], { room }: NamespaceLimits) {
  const { replicas } = workload.facts;
  const none = { cpu_request: 0, cpu_limit: 0, memory_request: 0, memory_limit: 0 };
  const pod = changed(currentOf(workload), changes).map((it) => ({ name: it.name, before: none, after: it }));
  const surge = added(pod, Math.max(1, Math.ceil(replicas / 4)));
  const over = room.find(({ resource, left }) => (surge[resource as keyof typeof surge] ?? 0) > left);
  return over && hold('QUOTA', `the quota of ${over.resource} has no room for the pods of a roll-out`);
}

function disrupts(workload: Workload, changes: readonly Change[]): Held | undefined {
  return restarts(workload.facts.containers, changes) ? away(workload) : undefined;
}

function away({ facts: { replicas, ready, disruptions } }: Workload): Held | undefined {
  if (replicas < 2) return hold('ONLY_REPLICA', 'its only pod would restart');
  if (ready < replicas) return hold('NOT_READY', `${ready} of ${replicas} pods are ready`);
  return disruptions !== null && disruptions < 1
    ? hold('DISRUPTION_BUDGET', 'a PodDisruptionBudget lets no pod be away now')
    : undefined;
}

function notByRollOut({ facts }: Workload): Held | undefined {
  return facts.rolling
    ? undefined
    : hold('ROLL_OUT', 'a new template would not replace its pods a few at a time');
}
