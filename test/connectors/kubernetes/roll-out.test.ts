import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isChange } from '../../../connectors/kubernetes/actions.ts';
import type { ClusterObject } from '../../../connectors/kubernetes/cluster.ts';
import type { DesiredCluster } from '../../../connectors/kubernetes/desired.ts';
import { originOf } from '../../../connectors/kubernetes/manifests/labels.ts';
import { desired, node, placed, service } from './clusters.ts';
import { converge, planOf, SimulatedCluster } from './simulated.ts';

const nodes = ['pi-1', 'pi-2', 'pi-3', 'pi-4'];
const names = ['web', 'db'];

/** How many replicas of each service each node has. */
const places = fc.array(fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 4, maxLength: 4 }), {
  minLength: 2,
  maxLength: 2,
});

function clusterOf(counts: readonly (readonly number[])[], image: string, position: number): DesiredCluster {
  const services = names.map((name) => service(name, { image, cpu: 10, memory: 10, ports: [] }));
  const replicas = services.flatMap((it, s) =>
    nodes.flatMap((on, n) => placed(it, on, counts[s]![n]!, 10 * n)),
  );
  return desired({ nodes: nodes.map((name) => node(name)), services, replicas, position });
}

function pods(object: ClusterObject): number {
  return (object['status'] as { readonly availableReplicas?: number }).availableReplicas ?? 0;
}

function podsOf(cluster: SimulatedCluster, name: string): number {
  const own = cluster.list().filter((it) => it.kind === 'Deployment' && originOf(it).service === name);
  return own.reduce((sum, it) => sum + pods(it), 0);
}

/** Pods that a written Deployment has at once: of a new template one less than before, of a new Deployment none. */
function late(cluster: SimulatedCluster, id: string, before: ClusterObject | undefined): void {
  const now = cluster.objects.get(id)!;
  const { replicas, template } = now['spec'] as { readonly replicas: number; readonly template: unknown };
  const had = before === undefined ? 0 : pods(before);
  const same = JSON.stringify((before?.['spec'] as { template?: unknown } | undefined)?.template);
  const kept = Math.min(replicas, same === JSON.stringify(template) ? had : Math.max(0, had - 1));
  const status = { observedGeneration: 1, updatedReplicas: replicas, availableReplicas: kept, replicas };
  cluster.objects.set(id, { ...now, status });
}

function isShort(it: ClusterObject): boolean {
  const { replicas = 0 } = (it['spec'] ?? {}) as { readonly replicas?: number };
  return it.kind === 'Deployment' && pods(it) < replicas;
}

/** The pods of one Deployment, by chance, come up. */
function comeUp(cluster: SimulatedCluster, dice: number): void {
  const waiting = [...cluster.objects].filter(([, it]) => isShort(it));
  const chosen = waiting[dice % Math.max(1, waiting.length)];
  if (chosen === undefined) return;
  const [id, it] = chosen;
  const { replicas } = it['spec'] as { readonly replicas: number };
  const status = { observedGeneration: 1, updatedReplicas: replicas, availableReplicas: replicas, replicas };
  cluster.objects.set(id, { ...it, status });
}

const several = (counts: readonly number[]) =>
  counts.filter((n) => n > 0).length > 1 || Math.max(...counts) > 1;

it('a service that moves or changes always has a pod, and gets where it shall be', () => {
  fc.assert(
    fc.property(
      ...[places, places, fc.boolean(), fc.array(fc.nat(), { minLength: 1, maxLength: 20 })],
      (before, after, changes, dice) => {
        const cluster = new SimulatedCluster();
        converge(clusterOf(before, 'a', 1), cluster);
        const wanted = clusterOf(after, changes ? 'b' : 'a', 2);
        // One pod alone on its node goes before the new one comes: there may be no room for both.
        const kept = names.filter(
          (_, s) =>
            Math.max(...after[s]!) > 0 && Math.max(...before[s]!) > 0 && (!changes || several(before[s]!)),
        );
        for (let pass = 0; pass < 60; pass++) {
          const actions = planOf(wanted, cluster).filter(isChange);
          const settled = [...cluster.objects.values()].every((it) => !isShort(it));
          if (actions.length === 0 && settled) break;
          for (const action of actions) {
            const id = `Deployment/rightstream/${action.ref.name}`;
            const there = cluster.objects.get(id);
            cluster.act(action);
            if (action.kind !== 'remove') late(cluster, id, there);
            for (const name of kept)
              expect(podsOf(cluster, name), `${name} after ${action.why}`).toBeGreaterThan(0);
          }
          comeUp(cluster, dice[pass % dice.length]!);
        }
        expect(planOf(wanted, cluster).some(isChange)).toBe(false);
        expect(names.map((name) => podsOf(cluster, name))).toEqual(
          after.map((counts) => counts.reduce((sum, n) => sum + n, 0)),
        );
      },
    ),
    { numRuns: 40 },
  );
});
