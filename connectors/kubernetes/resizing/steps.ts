/** What is to be done for one workload now, and how its decision has ended. Pure. */
import type { ClusterObject, ContainerResources } from '../cluster.ts';
import { OBJECT_KINDS } from '../cluster.ts';
import { marks } from '../names.ts';
import { fields, items, text } from './objects.ts';
import type { SeenObject } from './objects.ts';
import { isReady, restartsOn, templateOf } from './observe.ts';
import type { SeenWorkload } from './observe.ts';
import { amountsOf, has, patchOf } from './resources.ts';
import type { Amounts, PodContainer } from './resources.ts';

/** A decision that has not ended. */
export interface InFlight {
  readonly decision: number;
  /** pods or template. */
  readonly kind: string;
  readonly why: string;
  readonly rolls_back: number | null;
  /** Containers restart: one pod at a time. */
  readonly restarts: boolean;
  /** ms since 1970. */
  readonly decided_at: number;
}

/** What a workload is to have, by the latest decision. */
export interface DesiredResize {
  readonly namespace: string;
  readonly workload_type: string;
  readonly workload: string;
  /** By container. */
  readonly containers: Readonly<Record<string, Amounts>>;
  /** false: the policy was changed and allows nothing. */
  readonly allowed: boolean;
  readonly in_flight: InFlight | null;
}

/** A pod, and what its containers are to have instead. */
export interface PodPatch {
  readonly pod: SeenObject;
  readonly containers: readonly ContainerResources[];
}

/** How a decision has ended. */
export type End =
  | { readonly end: 'done'; readonly pods: number }
  | {
      readonly end: 'infeasible';
      readonly pods: number;
      readonly pod: string;
      readonly deferred: boolean;
      readonly message: string;
    }
  | { readonly end: 'refused'; readonly pods: number; readonly code: string; readonly message: string };

/** Writes to make now, and the end when it is reached. */
export interface Steps {
  readonly patches: readonly PodPatch[];
  readonly template: ClusterObject | null;
  readonly end: End | null;
}

const nothing: Steps = { patches: [], template: null, end: null };

/** Steps towards what is desired. `workload` is undefined when the cluster has it no more; a resize that waits longer than `patienceMs` counts as infeasible, and so does a pod that is not ready again by then. */
export function stepsFor(
  desired: DesiredResize,
  workload: SeenWorkload | undefined,
  at: number,
  patienceMs: number,
): Steps {
  const { in_flight } = desired;
  if (!desired.allowed) return ended(in_flight, 'POLICY_OFF', 'no policy allows it any more');
  if (workload === undefined)
    return ended(in_flight, 'WORKLOAD_GONE', 'the cluster has the workload no more');
  if (workload.service !== null || (workload.label !== 'propose' && workload.label !== 'auto'))
    return ended(in_flight, 'NOT_LABELLED', 'its label rightstream.io/resize does not allow it any more');
  const pods = workload.pods.filter(
    ({ spec, status }) => text(spec['nodeName']) !== '' && status['phase'] === 'Running',
  );
  const patches = pods.flatMap((pod) => patchFor(pod, desired.containers));
  if (in_flight?.kind === 'template') return templateSteps(desired, in_flight, workload, pods.length);
  const waiting = patches.length;
  const end = in_flight === null ? null : endOf(in_flight, desired, pods, waiting, at, patienceMs);
  const away = patches.filter((patch) => in_flight?.restarts ?? restartsBy(patch, desired, workload));
  const others = patches.filter((patch) => !away.includes(patch));
  return { ...nothing, patches: [...others, ...oneByOne(workload, pods, away, desired)], end };
}

function ended(in_flight: InFlight | null, code: string, message: string): Steps {
  return in_flight === null ? nothing : { ...nothing, end: { end: 'refused', pods: 0, code, message } };
}

/** What differs in a pod; nothing when it is as it is to be. */
function patchFor(pod: SeenObject, wanted: Readonly<Record<string, Amounts>>): PodPatch[] {
  const containers = containersOf(pod).flatMap((container) => {
    const to = wanted[container.name];
    return to === undefined || has(amountsOf(container), to) ? [] : [patchOf(container.name, to)];
  });
  return containers.length === 0 ? [] : [{ pod, containers }];
}

function containersOf({ spec }: SeenObject): PodContainer[] {
  return items(spec['containers']) as unknown as PodContainer[];
}

/** True when a patch changes something that restarts a container, by the template. */
function restartsBy({ pod }: PodPatch, { containers }: DesiredResize, { object }: SeenWorkload): boolean {
  const made = new Map(templateOf(object).containers.map((it) => [it.name, it]));
  return containersOf(pod).some((container) => {
    const [to, like] = [containers[container.name], made.get(container.name)];
    if (to === undefined || like === undefined) return false;
    const is = amountsOf(container);
    const cpu = { ...to, memory_request: null, memory_limit: null };
    const memory = { ...to, cpu_request: null, cpu_limit: null };
    return (restartsOn(like, 'cpu') && !has(is, cpu)) || (restartsOn(like, 'memory') && !has(is, memory));
  });
}

/**
 * A restart takes a pod away for a while: one at a time, while all are ready and another one is there. Pods that are down anyway have
 * nothing to lose.
 */
function oneByOne(
  { disruptions }: SeenWorkload,
  pods: readonly SeenObject[],
  patches: readonly PodPatch[],
  { containers }: DesiredResize,
): PodPatch[] {
  const down = patches.filter(({ pod }) => !isReady(pod) && pendingOf(pod) === undefined);
  if (down.length > 0) return down;
  const quiet = pods.every((pod) => isReady(pod) && pendingOf(pod) === undefined);
  const settled = pods
    .filter((pod) => patchFor(pod, containers).length === 0)
    .every((pod) => reported(pod, containers));
  const may = pods.length > 1 && quiet && settled && (disruptions === null || disruptions > 0);
  return may ? patches.slice(0, 1) : [];
}

/** Until when, and why, the kubelet has not resized a pod; undefined: it has, or has not said otherwise. */
function pendingOf({ status }: SeenObject): { reason: string; message: string; since: number } | undefined {
  const found = items(status['conditions']).find(
    ({ type, status: is }) =>
      (type === 'PodResizePending' || type === 'PodResizeInProgress') && is === 'True',
  );
  if (found === undefined) return undefined;
  const since = Date.parse(text(found['lastTransitionTime']));
  return {
    reason: text(found['reason']),
    message: text(found['message']),
    since: Number.isNaN(since) ? 0 : since,
  };
}

/** True when the kubelet says that the containers have it, or says nothing about it. */
function reported({ status }: SeenObject, wanted: Readonly<Record<string, Amounts>>): boolean {
  return items(status['containerStatuses']).every(({ name, resources }) => {
    const to = wanted[text(name)];
    return (
      to === undefined || resources === undefined || has(amountsOf({ resources: fields(resources) }), to)
    );
  });
}

function endOf(
  { decided_at }: InFlight,
  { containers }: DesiredResize,
  pods: readonly SeenObject[],
  waiting: number,
  at: number,
  patienceMs: number,
): End | null {
  const done = pods.length - waiting;
  for (const pod of pods) {
    const pending = pendingOf(pod);
    if (pending === undefined || patchFor(pod, containers).length > 0) continue;
    const late = at - Math.max(pending.since, decided_at) > patienceMs;
    if (pending.reason !== 'Infeasible' && !late) continue;
    const deferred = pending.reason !== 'Infeasible';
    const message = pending.message || pending.reason || 'the kubelet does not resize it';
    return {
      end: 'infeasible',
      pods: done,
      pod: pod.metadata.name,
      deferred,
      message: message.slice(0, 1_000),
    };
  }
  if (waiting > 0) return stuck(decided_at, containers, pods, at, patienceMs);
  const late = at - decided_at > patienceMs;
  const settled = pods.every((pod) => pendingOf(pod) === undefined && (late || reported(pod, containers)));
  return settled ? { end: 'done', pods: pods.length } : null;
}

/** The end of a decision that gets no further: a resized pod does not become ready again, or some have waited as long as all may take. */
function stuck(
  decided_at: number,
  containers: Readonly<Record<string, Amounts>>,
  pods: readonly SeenObject[],
  at: number,
  patienceMs: number,
): End | null {
  const isDone = (pod: SeenObject) => patchFor(pod, containers).length === 0;
  const done = pods.filter(isDone);
  const end = { end: 'infeasible', pods: done.length, deferred: true } as const;
  const late = done.find((pod) => !isReady(pod) && at - Math.max(readySince(pod), decided_at) > patienceMs);
  if (late !== undefined)
    return { ...end, pod: late.metadata.name, message: 'it is resized and does not become ready' };
  if (at - decided_at <= patienceMs * pods.length) return null;
  const pod = pods.find((it) => !isDone(it))!.metadata.name;
  return { ...end, pod, message: `its turn has not come: ${done.length} of ${pods.length} pods are resized` };
}

/** Since when a pod is ready, or is not; 0: it does not say. */
function readySince({ status }: SeenObject): number {
  const found = items(status['conditions']).find(({ type }) => type === 'Ready');
  const since = Date.parse(text(found?.['lastTransitionTime']));
  return Number.isNaN(since) ? 0 : since;
}

/** The template takes it by server-side apply: resources, and the number of the decision beside them. */
function templateSteps(
  { containers }: DesiredResize,
  { decision }: InFlight,
  { object }: SeenWorkload,
  pods: number,
): Steps {
  const { containers: template } = templateOf(object);
  const behind = template.filter(
    (it) => containers[it.name] !== undefined && !has(amountsOf(it), containers[it.name]!),
  );
  if (behind.length === 0) return { ...nothing, end: { end: 'done', pods } };
  const { kind, metadata } = object;
  const { apiVersion } = OBJECT_KINDS[kind];
  const { name, namespace = '' } = metadata;
  const known = template.filter((it) => containers[it.name] !== undefined);
  const manifest: ClusterObject = {
    ...{ apiVersion, kind },
    metadata: { name, namespace, annotations: { [marks.decision]: String(decision) } },
    spec: { template: { spec: { containers: known.map((it) => patchOf(it.name, containers[it.name]!)) } } },
  };
  return { ...nothing, template: manifest };
}
