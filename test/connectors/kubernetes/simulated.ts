/** Objects of a cluster in memory: what is applied is there with all its pods at once. Foreign objects are beside them. */
import type { Action } from '../../../connectors/kubernetes/actions.ts';
import type { ClusterObject } from '../../../connectors/kubernetes/cluster.ts';
import type { DesiredCluster } from '../../../connectors/kubernetes/desired.ts';
import { manifestsOf } from '../../../connectors/kubernetes/manifests/index.ts';
import { idOf, plan } from '../../../connectors/kubernetes/plan.ts';
import type { PlanPolicy } from '../../../connectors/kubernetes/plan.ts';
import { settings } from './clusters.ts';

export class SimulatedCluster {
  readonly objects = new Map<string, ClusterObject>();
  #version = 0;

  constructor(objects: readonly ClusterObject[] = []) {
    for (const object of objects) this.put(object);
  }

  put(object: ClusterObject): void {
    const { kind, metadata } = object;
    const id = idOf({ kind, namespace: metadata.namespace!, name: metadata.name });
    const before = this.objects.get(id);
    const spec = object['spec'] as { readonly replicas?: number } | undefined;
    const replicas = spec?.replicas ?? 0;
    this.objects.set(id, {
      ...structuredClone(object),
      metadata: {
        ...structuredClone(metadata),
        uid: before?.metadata.uid ?? `uid-${++this.#version}`,
        resourceVersion: String(++this.#version),
        generation: 1,
      },
      ...(kind === 'Deployment'
        ? { status: { observedGeneration: 1, updatedReplicas: replicas, availableReplicas: replicas } }
        : {}),
    });
  }

  act({ kind, manifest, ref, resourceVersion }: Action): void {
    if (kind === 'leave') return;
    const there = this.objects.get(idOf(ref));
    if ((there?.metadata.resourceVersion ?? null) !== resourceVersion) throw new Error('changed meanwhile');
    if (kind === 'remove') this.objects.delete(idOf(ref));
    else this.put(manifest!);
  }

  list(): ClusterObject[] {
    return [...this.objects.values()];
  }
}

/** A plan of the simulated cluster. */
export function planOf(it: DesiredCluster, cluster: SimulatedCluster, policy?: PlanPolicy): Action[] {
  return plan(it, manifestsOf(it, settings), cluster.list(), policy);
}

/** Plans and acts until nothing is left to do; the number of passes that did something. */
export function converge(it: DesiredCluster, cluster: SimulatedCluster, policy?: PlanPolicy): number {
  for (let pass = 0; pass < 100; pass++) {
    const changes = planOf(it, cluster, policy).filter(({ kind }) => kind !== 'leave');
    if (changes.length === 0) return pass;
    for (const action of changes) cluster.act(action);
  }
  throw new Error('does not converge');
}
