/**
 * Right-sizes workloads of a cluster: tells what the cluster has, and carries out the latest decisions. Woken by news of either side it
 * looks at everything; it remembers nothing that it could not read or find out again, so it may die at every moment.
 */
import { setMaxListeners } from 'node:events';
import type {
  NamespaceLimitsObserved,
  ResizeApplied,
  ResizeFailed,
  ResizeInfeasible,
  ResizeRefused,
  ResizeRolledBack,
  WorkloadGone,
  WorkloadObserved,
} from '../../../schemas/generated/events.ts';
import { Retryable } from '../../../streams/runtime/errors.ts';
import type { Cluster } from '../cluster.ts';
import { Postponed, Refused } from '../errors.ts';
import { canonical } from '../manifests/labels.ts';
import { backOff, pause } from '../pace.ts';
import { WATCHED_KINDS, SeenObjects } from './objects.ts';
import type { SeenObject } from './objects.ts';
import { observedLimits, observedWorkload, workloadId, workloadsOf } from './observe.ts';
import type { Scope, SeenWorkload } from './observe.ts';
import { stepsFor } from './steps.ts';
import type { DesiredResize, End, InFlight } from './steps.ts';
import { VainPatches } from './vain.ts';

/** Owner of the fields of workloads that are not ours. */
export const RESIZE_MANAGER = 'rightstream-resize';
/** Pods that are resized before what is desired is read again. */
const MOST_AT_ONCE = 200;
/** Tries of one decision, and patches of a pod that somebody undoes. */
const MOST_TRIES = 8;

/** What is told. */
export type ResizeFact =
  | { readonly type: 'WorkloadObserved'; readonly data: WorkloadObserved }
  | { readonly type: 'WorkloadGone'; readonly data: WorkloadGone }
  | { readonly type: 'NamespaceLimitsObserved'; readonly data: NamespaceLimitsObserved }
  | { readonly type: 'ResizeApplied'; readonly data: ResizeApplied }
  | { readonly type: 'ResizeRolledBack'; readonly data: ResizeRolledBack }
  | { readonly type: 'ResizeInfeasible'; readonly data: ResizeInfeasible }
  | { readonly type: 'ResizeRefused'; readonly data: ResizeRefused }
  | { readonly type: 'ResizeFailed'; readonly data: ResizeFailed };

/** How it works. */
export interface ResizerSettings {
  /** Pods that are resized at a time. */
  readonly writes: number;
  readonly gatherMs: number;
  readonly resyncMs: number;
  readonly retryFirstMs: number;
  readonly retryLastMs: number;
  /** A resize that the kubelet puts off for so long is taken back, ms. */
  readonly patienceMs: number;
}

/** What was told last: facts by `namespace/kind/name`, and quotas and ranges by namespace. */
export interface Told {
  readonly workloads: ReadonlyMap<string, object>;
  readonly namespaces: ReadonlyMap<string, object>;
}

/** What it needs. */
export interface ResizerDeps {
  readonly cluster: Cluster;
  readonly settings: ResizerSettings;
  readonly scope: Scope;
  /** Whether an object was written by the placer's actuator. */
  readonly isOurs: (object: Pick<SeenObject, 'metadata'>) => boolean;
  /** Workloads with something decided that a policy allows, or in flight; null: not to be known now. */
  readonly desired: () => Promise<readonly DesiredResize[] | null>;
  /** What was told last. */
  readonly told: () => Promise<Told>;
  /** Appends facts; resolves when the log has them. */
  readonly tell: (facts: readonly ResizeFact[]) => Promise<void>;
  /** Rung by news; waited for by this loop. */
  readonly wake: { ring: () => void; wait(ms: number, signal: AbortSignal): Promise<void> };
  readonly now: () => number;
  /** Told of what keeps it from working, for people. */
  readonly trouble: (error: unknown, inMs: number) => void;
}

/** Works until the signal is aborted; what is being written then is finished, and told with the next start. */
export async function resizeWorkloads(deps: ResizerDeps, signal: AbortSignal): Promise<void> {
  const { cluster, wake, trouble } = deps;
  const seen = new SeenObjects(wake.ring);
  const ended = new AbortController();
  // every watch listens to it
  setMaxListeners(4 * WATCHED_KINDS.length, ended.signal);
  const end = (): void => {
    ended.abort(signal.reason);
  };
  signal.addEventListener('abort', end);
  if (signal.aborted) end();
  const interrupted = (error: unknown): void => {
    trouble(error, 0);
  };
  const work = WATCHED_KINDS.map((kind) =>
    cluster.watch({ kind }, { ...seen.handlers(kind), interrupted }, ended.signal),
  );
  work.push(new Resizer(deps, seen).run(ended.signal));
  const ends = await Promise.allSettled(
    work.map((one) =>
      one.finally(() => {
        ended.abort();
      }),
    ),
  );
  signal.removeEventListener('abort', end);
  for (const one of ends) if (one.status === 'rejected') throw one.reason as Error;
}

/** What was done for a decision, as far as this process knows. */
interface Tried {
  patches: number;
  tries: number;
}

class Resizer {
  readonly #deps: ResizerDeps;
  readonly #seen: SeenObjects;
  /** What was told, as text: `w/` and `n/` are workloads and namespaces. */
  #told: Map<string, string> | undefined;
  readonly #tried = new Map<number, Tried>();
  /** Ends that were told and may not have come back yet. */
  readonly #over = new Set<number>();
  readonly #vain = new VainPatches();

  constructor(deps: ResizerDeps, seen: SeenObjects) {
    this.#deps = deps;
    this.#seen = seen;
  }

  async run(signal: AbortSignal): Promise<void> {
    const { wake, settings, trouble } = this.#deps;
    for (let failures = 0; !signal.aborted;) {
      let more = false;
      try {
        more = await this.#pass(signal);
        failures = 0;
      } catch (error) {
        // The cluster, the tables or the log are away.
        if (!(error instanceof Retryable)) throw error;
        const waitMs = backOff(settings, ++failures, error);
        trouble(error, waitMs);
        await pause(waitMs, signal).catch(() => undefined);
        continue;
      }
      if (!more) await wake.wait(settings.resyncMs, signal);
      await pause(settings.gatherMs, signal).catch(() => undefined);
    }
  }

  /** Looks at everything once; true when there is more to do at once. */
  async #pass(signal: AbortSignal): Promise<boolean> {
    if (!this.#seen.complete) return false;
    this.#told ??= textsOf(await this.#deps.told());
    const workloads = workloadsOf(this.#seen, this.#deps.isOurs);
    await this.#observe(workloads);
    const desired = await this.#deps.desired();
    if (desired === null || signal.aborted) return false;
    return this.#carryOut(desired, workloads, signal);
  }

  async #observe(workloads: ReadonlyMap<string, SeenWorkload>): Promise<void> {
    const { scope } = this.#deps;
    const told = this.#told!;
    const facts: ResizeFact[] = [];
    const now = new Map<string, string>();
    const news = (key: string, fact: ResizeFact): void => {
      now.set(key, comparedText(fact.data));
      if (told.get(key) !== now.get(key)) facts.push(fact);
    };
    const scalers = this.#seen.of('HorizontalPodAutoscaler');
    for (const [id, workload] of workloads)
      news(`w/${id}`, { type: 'WorkloadObserved', data: observedWorkload(scope, workload, scalers) });
    const [quotas, ranges] = [this.#seen.of('ResourceQuota'), this.#seen.of('LimitRange')];
    const namespaces = new Set([...workloads.values()].map(({ object }) => object.metadata.namespace ?? ''));
    for (const namespace of namespaces) {
      const here = ({ metadata }: SeenObject) => metadata.namespace === namespace;
      const data = observedLimits(scope, namespace, quotas.filter(here), ranges.filter(here));
      const none = data.quotas.length === 0 && data.ranges.length === 0;
      if (!none || told.has(`n/${namespace}`))
        news(`n/${namespace}`, { type: 'NamespaceLimitsObserved', data });
    }
    for (const key of told.keys()) {
      if (now.has(key)) continue;
      if (key.startsWith('n/')) now.set(key, told.get(key)!);
      else facts.push({ type: 'WorkloadGone', data: { ...scope, ...namedBy(key.slice(2)) } });
    }
    if (facts.length > 0) await this.#deps.tell(facts);
    this.#told = now;
  }

  /** True when something was written and there is more. */
  async #carryOut(
    desired: readonly DesiredResize[],
    workloads: ReadonlyMap<string, SeenWorkload>,
    signal: AbortSignal,
  ): Promise<boolean> {
    const { settings, now } = this.#deps;
    this.#forget(desired);
    let room = MOST_AT_ONCE;
    const ends: ResizeFact[] = [];
    const writes: (() => Promise<ResizeFact | undefined>)[] = [];
    for (const it of desired) {
      const { in_flight } = it;
      if (in_flight !== null && this.#over.has(in_flight.decision)) continue;
      const workload = workloads.get(workloadId(it.namespace, it.workload_type, it.workload));
      const steps = stepsFor(it, workload, now(), settings.patienceMs);
      if (steps.end !== null && in_flight !== null) ends.push(this.#endOf(it, in_flight, steps.end));
      else if (steps.template !== null && room-- > 0)
        writes.push(() => this.#template(it, steps.template!, workload!));
      for (const patch of steps.end === null ? steps.patches : []) {
        if (
          in_flight === null &&
          this.#vain.isRefused(patch.pod.metadata.uid ?? '', JSON.stringify(patch.containers))
        )
          continue;
        if (room-- > 0) writes.push(() => this.#patch(it, patch));
      }
    }
    const failed = await this.#inLanes(writes, ends, signal);
    const mine = ends.filter((fact) => !('decision' in fact.data) || !this.#over.has(fact.data.decision));
    if (mine.length > 0) await this.#deps.tell(mine);
    for (const { data } of mine) if ('decision' in data) this.#over.add(data.decision);
    if (failed !== undefined) throw failed as Error;
    return writes.length > 0;
  }

  /** Some at a time; what each ends in goes to `ends`. The first error that is nothing of the pod. */
  async #inLanes(
    writes: readonly (() => Promise<ResizeFact | undefined>)[],
    ends: ResizeFact[],
    signal: AbortSignal,
  ): Promise<unknown> {
    let failed: unknown;
    const rest = writes.values();
    const lane = async (): Promise<void> => {
      for (const write of rest) {
        if (signal.aborted || failed !== undefined) return;
        try {
          const end = await write();
          if (
            end !== undefined &&
            !ends.some(
              ({ data }) =>
                'decision' in data && data.decision === (end.data as { decision: number }).decision,
            )
          )
            ends.push(end);
        } catch (error) {
          failed ??= error;
        }
      }
    };
    await Promise.all(Array.from({ length: Math.min(this.#deps.settings.writes, writes.length) }, lane));
    return failed;
  }

  async #patch(
    it: DesiredResize,
    { pod, containers }: { pod: SeenObject; containers: Parameters<Cluster['resizePod']>[1] },
  ) {
    const { namespace = '', name, resourceVersion = '', uid = '' } = pod.metadata;
    const what = JSON.stringify(containers);
    const { now, settings } = this.#deps;
    return this.#try(it, uid, what, async () => {
      if (this.#vain.times(uid, what, now(), settings.resyncMs) >= MOST_TRIES) throw undone(namespace, name);
      const after = await this.#deps.cluster.resizePod({ namespace, name }, containers, {
        ...{ expect: resourceVersion, fieldManager: RESIZE_MANAGER },
      });
      this.#seen.put({ ...after, apiVersion: 'v1', kind: 'Pod' });
      this.#vain.made(uid, what, now(), settings.resyncMs);
      return after.metadata.resourceVersion !== resourceVersion;
    });
  }

  async #template(it: DesiredResize, manifest: Parameters<Cluster['apply']>[0], { object }: SeenWorkload) {
    const expect = object.metadata.resourceVersion ?? '';
    return this.#try(it, object.metadata.uid ?? '', '', async () => {
      const after = await this.#deps.cluster.apply(manifest, {
        expect,
        force: true,
        fieldManager: RESIZE_MANAGER,
      });
      this.#seen.put(after);
      return after.metadata.resourceVersion !== expect;
    });
  }

  /** Writes once; the end of the decision when it is refused or was tried too often. */
  async #try(
    it: DesiredResize,
    uid: string,
    what: string,
    write: () => Promise<boolean>,
  ): Promise<ResizeFact | undefined> {
    const { in_flight } = it;
    const tried = in_flight === null ? { patches: 0, tries: 0 } : this.#triedOf(in_flight.decision);
    try {
      if (await write()) tried.patches += 1;
      return undefined;
    } catch (error) {
      if (error instanceof Refused) {
        // The pod is gone: its watch will say so.
        if (error.httpStatus === 404 && error.code !== 'CLUSTER_NOT_SERVED') return undefined;
        if (in_flight === null) this.#vain.refuse(uid, what);
        const { code, httpStatus: http_status } = error;
        const message = error.message.slice(0, 1_000);
        if (in_flight === null) this.#deps.trouble(error, this.#deps.settings.resyncMs);
        else
          return {
            type: 'ResizeRefused',
            data: { ...this.#counted(it, in_flight, 0), code, http_status, message },
          };
        return undefined;
      }
      if (!(error instanceof Postponed)) throw error;
      // Changed since it was read: the next pass has its newer state.
      if (error.code === 'CLUSTER_CONFLICT') return undefined;
      if (error.code === 'CLUSTER_AWAY' || error.code === 'CLUSTER_UNAUTHORIZED' || in_flight === null)
        throw error;
      tried.tries += 1;
      if (tried.tries < MOST_TRIES) throw error;
      const message = error.message.slice(0, 1_000);
      const data = { ...this.#counted(it, in_flight, 0), code: error.code, message, attempts: tried.tries };
      return { type: 'ResizeFailed', data };
    }
  }

  #triedOf(decision: number): Tried {
    let tried = this.#tried.get(decision);
    if (tried === undefined) this.#tried.set(decision, (tried = { patches: 0, tries: 0 }));
    return tried;
  }

  #counted({ namespace, workload_type, workload }: DesiredResize, { decision }: InFlight, pods: number) {
    const { patches } = this.#triedOf(decision);
    return { ...this.#deps.scope, namespace, workload_type, workload, decision, pods, patches };
  }

  #endOf(it: DesiredResize, in_flight: InFlight, end: End): ResizeFact {
    const data = this.#counted(it, in_flight, end.pods);
    if (end.end === 'infeasible') {
      const { pod, deferred, message } = end;
      return { type: 'ResizeInfeasible', data: { ...data, pod, deferred, message } };
    }
    if (end.end === 'refused') {
      const { code, message } = end;
      return { type: 'ResizeRefused', data: { ...data, code, http_status: 0, message } };
    }
    return in_flight.why === 'rollback' && in_flight.rolls_back !== null
      ? { type: 'ResizeRolledBack', data: { ...data, rolls_back: in_flight.rolls_back } }
      : { type: 'ResizeApplied', data };
  }

  /** Decisions that are over are forgotten once the tables say so. */
  #forget(desired: readonly DesiredResize[]): void {
    const open = new Set(desired.map(({ in_flight }) => in_flight?.decision));
    for (const decision of this.#over) if (!open.has(decision)) this.#over.delete(decision);
    for (const decision of this.#tried.keys()) if (!open.has(decision)) this.#tried.delete(decision);
    this.#vain.keep(new Set(this.#seen.of('Pod').map(({ metadata }) => metadata.uid)));
  }
}

function undone(namespace: string, name: string): Refused {
  return new Refused({
    code: 'RESIZE_UNDONE',
    message: `Pod ${namespace}/${name}: somebody undid its resize ${MOST_TRIES} times. Let one of both set its resources.`,
  });
}

function textsOf({ workloads, namespaces }: Told): Map<string, string> {
  const texts = new Map<string, string>();
  for (const [id, facts] of workloads) texts.set(`w/${id}`, comparedText(facts));
  for (const [namespace, limits] of namespaces) texts.set(`n/${namespace}`, comparedText(limits));
  return texts;
}

/** What is compared of facts: everything but who they are about, and the version that was read. */
function comparedText(facts: object): string {
  const names = ['org_id', 'cluster_id', 'namespace', 'workload_type', 'workload', 'resource_version'];
  return canonical(Object.fromEntries(Object.entries(facts).filter(([name]) => !names.includes(name))));
}

function namedBy(id: string): { namespace: string; workload_type: string; workload: string } {
  const [namespace, workload_type, workload] = id.split('/') as [string, string, string];
  return { namespace, workload_type, workload };
}
