/**
 * Pods of a service that has several Deployments: new ones on one node after the other, so that a bad image stops at the first;
 * old ones elsewhere go when the new ones are there.
 */
import type { ClusterObject } from './cluster.ts';
import { grouped } from './lists.ts';
import { leave } from './pairs.ts';
import type { Planned } from './pairs.ts';

/**
 * Lets what has not all of its pods anyway get new ones, and of the healthy ones the first alone, while all others have
 * theirs. The rest waits for a later plan.
 */
export function oneNodeAtATime(items: readonly Planned[]): Planned[] {
  const deployments = items.filter(({ pair }) => pair.ref.kind === 'Deployment' && pair.wanted !== undefined);
  const waiting = new Map<string, string>();
  for (const [service, all] of grouped(deployments, ({ pair }) => pair.wanted!.service)) {
    const there = all.filter(({ pair }) => pair.live !== undefined);
    const sick = there.find(({ pair }) => !available(pair.live!));
    const healthy = there.filter((item) => turnsOver(item) && !isFewer(item) && available(item.pair.live!));
    const first = sick ?? healthy[0];
    for (const item of healthy) if (item !== first) waiting.set(item.pair.ref.name, first!.pair.ref.name);
    if (healthy.some((item) => item !== first)) waiting.set(configOf(service), first!.pair.ref.name);
  }
  return items.map((item) => {
    const { pair, action } = item;
    const isConfig = pair.ref.kind === 'ConfigMap' && action.kind === 'remove';
    const name = pair.ref.kind === 'Deployment' ? pair.ref.name : isConfig ? configOf(action.service) : null;
    const first = name === null ? undefined : waiting.get(name);
    if (first === undefined) return item;
    return waitingFor(first, item);
  });
}

/**
 * Keeps a Deployment that nothing wants any more while it has pods and those that take its place have not all of theirs. Not on
 * a full node (phase 1), where they may wait for its room; not when the scheduler finds the nodes, for the same reason; and not
 * when Kubernetes has given up on them.
 */
export function newBeforeOld(items: readonly Planned[]): Planned[] {
  const byService = grouped(
    items.filter(({ pair }) => pair.ref.kind === 'Deployment'),
    ({ action }) => action.service ?? '',
  );
  return items.map((item) => {
    const { pair, action } = item;
    if (
      action.kind !== 'remove' ||
      action.phase !== 3 ||
      statusOf(pair.live!)['availableReplicas'] === undefined
    )
      return item;
    const late = byService
      .get(action.service ?? '')!
      .find(
        (other) =>
          (other.pair.wanted?.node ?? null) !== null && (isComing(other.pair.live) || turnsOver(other)),
      );
    return late === undefined ? item : waitingFor(late.pair.ref.name, item);
  });
}

function waitingFor(name: string, { pair, action }: Planned): Planned {
  const why = `${action.why}; it waits until ${name} has its pods`;
  const { fields, phase } = action;
  return { pair, action: { ...leave(pair, 'ROLL_OUT_WAITS', why), fields, phase } };
}

/** Whether a Deployment is to have pods that it has not. */
function isComing(live: ClusterObject | undefined): boolean {
  if (live === undefined) return true;
  const conditions = (statusOf(live)['conditions'] ?? []) as readonly { type?: string; status?: string }[];
  const givenUp = conditions.some(({ type, status }) => type === 'Progressing' && status === 'False');
  return !available(live) && !givenUp;
}

/** Whether it shall have fewer pods: what the placer gave to others meanwhile must not wait. */
function isFewer({ pair: { wanted, live } }: Planned): boolean {
  const replicas = (object: ClusterObject | undefined) =>
    ((object?.['spec'] ?? {}) as { readonly replicas?: number }).replicas ?? 1;
  return replicas(wanted?.manifest) < replicas(live);
}

/** What pods still read may not go before they do. No name of an object holds a slash. */
function configOf(service: string | null): string {
  return `config/${service ?? ''}`;
}

/** Whether an action makes new pods: its template changes, or something is taken out of what was said. */
function turnsOver({ action: { kind, fields } }: Planned): boolean {
  if (kind !== 'configure' && kind !== 'put-back') return false;
  return fields.length === 0 || fields.some(({ path }) => path.startsWith('spec.template'));
}

/** Whether a Deployment has all of its pods, of its last template, and no others. */
export function available(live: ClusterObject): boolean {
  const { replicas = 1 } = (live['spec'] ?? {}) as { readonly replicas?: number };
  const status = statusOf(live);
  const number = (name: string) => Number(status[name] ?? 0);
  return (
    number('observedGeneration') >= (live.metadata.generation ?? 0) &&
    number('updatedReplicas') >= replicas &&
    number('availableReplicas') >= replicas &&
    number('replicas') <= replicas
  );
}

function statusOf(live: ClusterObject): Readonly<Record<string, unknown>> {
  return (live['status'] ?? {}) as Readonly<Record<string, unknown>>;
}
