/** New pods for a service that has several Deployments: one node after the other, so that a bad image stops at the first. */
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
    const healthy = there.filter((item) => turnsOver(item) && available(item.pair.live!));
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
    const why = `${action.why}; it waits until ${first} has its pods`;
    return { pair, action: { ...leave(pair, 'ROLL_OUT_WAITS', why), fields: action.fields } };
  });
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
  const status = (live['status'] ?? {}) as Readonly<Record<string, number | undefined>>;
  return (
    (status['observedGeneration'] ?? 0) >= (live.metadata.generation ?? 0) &&
    (status['updatedReplicas'] ?? 0) >= replicas &&
    (status['availableReplicas'] ?? 0) >= replicas &&
    (status['replicas'] ?? 0) <= replicas
  );
}
