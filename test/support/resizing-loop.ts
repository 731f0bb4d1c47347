/** Right-sizing as a whole over a cluster: the projection in memory, the actuator as it is. */
import { desiredResizes, toldOf } from '../../connectors/cli/resizing-desired.ts';
import type { Cluster } from '../../connectors/kubernetes/cluster.ts';
import { pause } from '../../connectors/kubernetes/pace.ts';
import { resizeWorkloads } from '../../connectors/kubernetes/resizing/resizer.ts';
import type { ResizeFact, ResizerSettings } from '../../connectors/kubernetes/resizing/resizer.ts';
import projection from '../../projections/placement/resizing.projection.ts';
import { Decider } from './decider.ts';
import type { Decided } from './decider.ts';

export const scope = { org_id: 'acme', cluster_id: 'edge' };
const settings: ResizerSettings = {
  ...{ writes: 16, gatherMs: 20, resyncMs: 5_000, retryFirstMs: 50, retryLastMs: 1_000, patienceMs: 600_000 },
};

/** Rings are not counted. */
class Bell {
  #rung = false;
  #ends: AbortController | undefined;
  readonly ring = (): void => {
    this.#rung = true;
    this.#ends?.abort();
  };
  async wait(ms: number, signal: AbortSignal): Promise<void> {
    if (!this.#rung && !signal.aborted) {
      this.#ends = new AbortController();
      await pause(ms, AbortSignal.any([signal, this.#ends.signal])).catch(() => undefined);
    }
    this.#rung = false;
  }
}

/** One cluster of one organisation. */
export class ResizingLoop {
  readonly decider: Decider;
  readonly facts: ResizeFact[] = [];
  readonly troubles: unknown[] = [];
  readonly #cluster: Cluster;
  readonly #bell = new Bell();
  readonly #stop = new AbortController();
  readonly #watchers = new Set<() => void>();
  #busy: Promise<unknown> = Promise.resolve();
  #work: Promise<void> | undefined;

  private constructor(decider: Decider, cluster: Cluster) {
    this.decider = decider;
    this.#cluster = cluster;
  }

  static async of(cluster: Cluster): Promise<ResizingLoop> {
    return new ResizingLoop(await Decider.of(projection), cluster);
  }

  /** Starts the actuator. */
  start(more: Partial<ResizerSettings> = {}): void {
    const rows = (table: string) => this.decider.rows(table)[0]!;
    this.#work = resizeWorkloads(
      {
        cluster: this.#cluster,
        settings: { ...settings, ...more },
        scope,
        isOurs: () => false,
        desired: () => Promise.resolve(desiredResizes(rows('resize_workloads'), rows('resize_policies'))),
        told: () => Promise.resolve(toldOf(rows('resize_workloads'), rows('resize_namespaces'))),
        tell: async (facts) => {
          this.facts.push(...facts);
          for (const { type, data } of facts) this.decider.send(type, data, 1, { at: Date.now() });
          await this.#run();
          for (const watcher of this.#watchers) watcher();
        },
        wake: this.#bell,
        now: Date.now,
        trouble: (error) => this.troubles.push(error),
      },
      this.#stop.signal,
    );
    this.#work.catch(() => undefined);
  }

  /** Says something and lets it be decided on. */
  async say(...events: readonly (readonly [Parameters<Decider['send']>[0], object])[]): Promise<Decided[]> {
    for (const [type, data] of events)
      this.decider.send(type, type === 'Ticked' ? data : { ...scope, ...data }, 1, { at: Date.now() });
    const decided = await this.#run();
    this.#bell.ring();
    return decided;
  }

  /** Resolves when what was told is enough. */
  async until(enough: (facts: readonly ResizeFact[]) => boolean): Promise<void> {
    const found = new Promise<void>((resolve) => {
      const look = (): void => {
        if (!enough(this.facts)) return;
        this.#watchers.delete(look);
        resolve();
      };
      this.#watchers.add(look);
      look();
    });
    const failed = this.#work?.then(() => Promise.reject(new Error('the actuator has ended')));
    await Promise.race([found, failed ?? found]);
  }

  /** Ends of decisions that were told. */
  ends(type: ResizeFact['type']): ResizeFact[] {
    return this.facts.filter((fact) => fact.type === type);
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#work;
  }

  #run(): Promise<Decided[]> {
    const next = this.#busy.then(() => this.decider.run());
    this.#busy = next.catch(() => undefined);
    return next;
  }
}
