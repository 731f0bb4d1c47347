import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { actuate } from '../../../connectors/kubernetes/actuator.ts';
import type { Cluster, ClusterObject, WatchHandlers } from '../../../connectors/kubernetes/cluster.ts';
import { Refused } from '../../../connectors/kubernetes/errors.ts';
import type { Outcome } from '../../../connectors/kubernetes/outcomes.ts';
import { Wake } from '../../../connectors/kubernetes/wake.ts';
import { desired, node, placed, service, settings as manifests } from './clusters.ts';
import { SimulatedCluster } from './simulated.ts';

const web = service('web', { next: ['db'] });
const db = service('db');
const edge = desired({
  ...{ nodes: [node('pi-1')], services: [web, db] },
  replicas: [...placed(web, 'pi-1'), ...placed(db, 'pi-1')],
});
const settings = {
  ...{ writes: 4, gatherMs: 1, resyncMs: 60_000, heldMs: 500, refusedMs: 1_000 },
  ...{ retryFirstMs: 10_000, retryLastMs: 30_000 },
};

const stop: AbortController[] = [];
afterEach(() => {
  for (const one of stop.splice(0)) one.abort();
});

/** An actuator on a simulated cluster; the clock stands. `refused`: kinds whose objects of web it does not take. */
class Kept {
  readonly cluster = new SimulatedCluster();
  readonly refused = new Set<string>();
  readonly told: Outcome[] = [];
  now = 0;
  passes = 0;
  readonly wake = new Wake();
  readonly #watching = new Map<string, WatchHandlers>();

  constructor() {
    const ends = new AbortController();
    stop.push(ends);
    const cluster = {
      watch: async ({ kind }: { kind: string }, handlers: WatchHandlers, signal: AbortSignal) => {
        this.#watching.set(kind, handlers);
        await handlers.synced({ objects: this.#of(kind), resourceVersion: '1' });
        await sleep(600_000, undefined, { signal }).catch(() => undefined);
      },
      apply: (manifest: ClusterObject) => {
        if (this.refused.has(manifest.kind) && manifest.metadata.name.startsWith('web')) {
          throw new Refused({ code: 'CLUSTER_ADMISSION_DENIED', message: 'no' });
        }
        this.cluster.put(manifest);
        return this.#of(manifest.kind).find(({ metadata }) => metadata.name === manifest.metadata.name)!;
      },
    } as unknown as Cluster;
    const deps = {
      ...{ cluster, settings, manifests, wake: this.wake, now: () => this.now, trouble: () => undefined },
      desired: () => Promise.resolve({ state: (this.passes++, edge) }),
      known: () => Promise.resolve([]),
      tell: (outcomes: readonly Outcome[]) => Promise.resolve(void this.told.push(...outcomes)),
    };
    void actuate(deps, ends.signal);
  }

  #of(kind: string): ClusterObject[] {
    return this.cluster.list().filter((object) => object.kind === kind);
  }

  /** What somebody else made of the objects of a kind, or that they are gone. */
  async edit(kind: string, change: (object: ClusterObject) => ClusterObject | undefined): Promise<void> {
    const edited = this.#of(kind).flatMap((object) => change(object) ?? []);
    for (const [id, object] of this.cluster.objects)
      if (object.kind === kind) this.cluster.objects.delete(id);
    for (const object of edited) this.cluster.put(object);
    await this.#watching.get(kind)!.synced({ objects: this.#of(kind), resourceVersion: '2' });
  }

  applied(kind: string): number {
    return this.told.filter(({ type, data }) => type === 'ObjectApplied' && data.kind === kind).length;
  }

  refusals(): number {
    return this.told.filter(({ type }) => type === 'ObjectRefused').length;
  }
}

it('what is due and held back by another of its service does not keep it busy', async () => {
  const kept = new Kept();
  kept.refused.add('Deployment');
  await expect.poll(() => kept.refusals()).toBe(1);
  kept.now = 500;
  kept.refused.add('ConfigMap');
  await kept.edit('ConfigMap', () => undefined);
  await expect.poll(() => kept.refusals()).toBe(2);
  kept.now = 1_200;
  const before = kept.passes;
  kept.wake.ring();
  await expect.poll(() => kept.passes).toBeGreaterThan(before);
  await sleep(100);
  expect(kept.passes - before).toBeLessThanOrEqual(2);
  // the time of what held it back
  kept.now = 1_600;
  kept.refused.clear();
  kept.wake.ring();
  await expect.poll(() => kept.applied('ConfigMap')).toBe(2);
  await expect.poll(() => kept.applied('Deployment')).toBe(2);
});

it('what somebody changes again and again is put back less and less often', async () => {
  const kept = new Kept();
  await expect.poll(() => kept.applied('Deployment')).toBe(2);
  const drifts = () => kept.told.filter(({ type }) => type === 'DriftFound').length;
  const edit = () =>
    kept.edit('Deployment', (object) =>
      object.metadata.name.startsWith('web')
        ? { ...object, spec: { ...(object['spec'] as object), replicas: 7 } }
        : object,
    );
  await edit();
  await expect.poll(drifts).toBe(1);
  await edit();
  await sleep(50);
  expect(drifts()).toBe(1);
  kept.now = 10_000;
  kept.wake.ring();
  await expect.poll(drifts).toBe(2);
  await edit();
  kept.now = 15_000;
  kept.wake.ring();
  await sleep(50);
  expect(drifts()).toBe(2);
  // nobody has changed it for long: once again at once
  kept.now = 200_000;
  kept.wake.ring();
  await expect.poll(drifts).toBe(3);
});
