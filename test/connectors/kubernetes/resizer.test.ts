import { afterEach, describe, expect, it } from 'vitest';
import type { Cluster, ClusterObject, ContainerResources } from '../../../connectors/kubernetes/cluster.ts';
import { Postponed } from '../../../connectors/kubernetes/errors.ts';
import { pause } from '../../../connectors/kubernetes/pace.ts';
import { resizeWorkloads } from '../../../connectors/kubernetes/resizing/resizer.ts';
import type { ResizeFact, ResizerDeps } from '../../../connectors/kubernetes/resizing/resizer.ts';
import type { DesiredResize } from '../../../connectors/kubernetes/resizing/steps.ts';
import { Wake } from '../../../connectors/kubernetes/wake.ts';
import { Retryable } from '../../../streams/runtime/errors.ts';
import { deploymentOf, podOf, wanted } from './resized.ts';

/** One Deployment with one pod; the answers to patches are those of a test. */
class Loop {
  readonly facts: ResizeFact[] = [];
  readonly troubles: { code: string }[] = [];
  patches = 0;
  desired: DesiredResize;
  tell: (facts: readonly ResizeFact[]) => Promise<void> = (facts) => {
    this.facts.push(...facts);
    return Promise.resolve();
  };
  resize: (containers: readonly ContainerResources[]) => Promise<ClusterObject>;
  readonly #stop = new AbortController();
  #work: Promise<void> | undefined;

  constructor(in_flight: DesiredResize['in_flight'], resize: Loop['resize']) {
    this.desired = wanted(in_flight);
    this.resize = resize;
  }

  start(): void {
    const watch: Cluster['watch'] = async ({ kind }, { synced }, signal) => {
      const objects = [deploymentOf(), podOf('web-1-a')].filter((object) => object.kind === kind);
      await synced({ objects, resourceVersion: '10' });
      await new Promise<void>((resolve) => {
        signal.addEventListener('abort', () => {
          resolve();
        });
      });
    };
    const resizePod: Cluster['resizePod'] = (_, containers) => {
      this.patches += 1;
      return this.resize(containers);
    };
    const deps: ResizerDeps = {
      cluster: { watch, resizePod } as unknown as Cluster,
      settings: {
        ...{ writes: 1, gatherMs: 1, resyncMs: 60_000, retryFirstMs: 1, retryLastMs: 2, patienceMs: 600_000 },
      },
      ...{ scope: { org_id: 'acme', cluster_id: 'edge' }, isOurs: () => false },
      desired: () => Promise.resolve([this.desired]),
      told: () => Promise.resolve({ workloads: new Map(), namespaces: new Map() }),
      tell: (facts) => this.tell(facts),
      ...{ wake: new Wake(), now: () => 1_000 },
      trouble: (error) => this.troubles.push(error as { code: string }),
    };
    this.#work = resizeWorkloads(deps, this.#stop.signal);
    this.#work.catch(() => undefined);
  }

  ends(): ResizeFact[] {
    return this.facts.filter(({ type }) => type !== 'WorkloadObserved');
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#work;
  }
}

const inFlight = {
  decision: 7,
  kind: 'pods',
  why: 'advice',
  rolls_back: null,
  restarts: false,
  decided_at: 0,
};
let loop: Loop;
afterEach(() => loop.stop());

describe('right-sizing', () => {
  it('survives a log that is away, and tells an end that was not taken again', async () => {
    const resized = podOf('web-1-a', { version: '11', cpu: '100m' });
    loop = new Loop(inFlight, () => Promise.resolve(resized));
    const { tell } = loop;
    let refusals = 2;
    loop.tell = (facts) => {
      const isEnd = facts.some(({ type }) => type === 'ResizeApplied');
      if (!isEnd || refusals-- <= 0) return tell(facts);
      return Promise.reject(new Retryable({ code: 'POSTGRES_AWAY', message: 'away' }));
    };
    loop.start();
    await expect.poll(() => loop.ends()).toMatchObject([{ type: 'ResizeApplied', data: { decision: 7 } }]);
    expect(loop.troubles.map(({ code }) => code)).toEqual(['POSTGRES_AWAY', 'POSTGRES_AWAY']);
  });

  it('tries a decision eight times, and says then that it failed', async () => {
    const fault = new Postponed({ code: 'CLUSTER_FAULT', message: 'no', httpStatus: 500 });
    loop = new Loop(inFlight, () => Promise.reject(fault));
    loop.start();
    await expect.poll(() => loop.ends()).toMatchObject([{ type: 'ResizeFailed', data: { attempts: 8 } }]);
    expect(loop.patches).toBe(8);
  });

  it.each([
    ['outside of a decision', null, []],
    ['of a decision', inFlight, [{ type: 'ResizeRefused', data: { code: 'RESIZE_UNDONE', patches: 8 } }]],
  ])('leaves a pod %s alone that somebody changes back again and again', async (_, in_flight, ends) => {
    let version = 10;
    loop = new Loop(in_flight, () => Promise.resolve(podOf('web-1-a', { version: String(++version) })));
    loop.start();
    await expect.poll(() => loop.patches).toBe(8);
    const told = () => [...loop.troubles.map(({ code }) => code), ...loop.ends()];
    await expect.poll(told).toMatchObject(in_flight === null ? ['RESIZE_UNDONE'] : ends);
    await pause(50, new AbortController().signal);
    expect(loop.patches).toBe(8);
  });
});
