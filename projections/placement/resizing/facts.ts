/** Folds what is said of workloads: what the cluster has, what is advised, where it is held back. */
import type {
  NamespaceLimitsObserved,
  ResizeAdvised,
  ThrottlingReported,
  WorkloadGone,
  WorkloadObserved,
} from '../../../schemas/generated/events.ts';
import type { EventMeta } from '../../../streams/runtime/ports.ts';
import type { Scope } from '../declared.ts';
import { resourcesOf, sameResources } from './model.ts';
import type { Advice, Container, Facts, Resources, Throttled } from './model.ts';
import { idOf, parsed, rowOf, schedule, touched } from './rows.ts';
import type { All, Reserved, WorkloadRow } from './rows.ts';

/** Containers of a workload, and intervals of a container, that are kept. */
const MOST_CONTAINERS = 100;
const MOST_INTERVALS = 96;

function factsOf(event: WorkloadObserved): Facts {
  const { service, label, replicas, ready, qos, rolling, rolled_out } = event;
  const { containers, kills, disruptions, scaled_on } = event;
  return {
    ...{ service, label, replicas, ready, qos, rolling, rolled_out },
    ...{ containers, kills, disruptions, scaled_on },
  };
}

/** The cluster has it so now. What somebody else has said in the template since a decision goes before the decision. */
export function foldObserved(rows: All, event: WorkloadObserved, meta: EventMeta): void {
  const facts = factsOf(event);
  const row = rowOf(rows, event, meta.timestamp);
  const text = JSON.stringify(facts);
  if (row.facts === text) return;
  const before = row.facts === null ? null : parsed<Facts>(row.facts);
  keepService(rows, row, before, facts);
  const next = { ...row, facts: text, ...desiredAfter(row, facts) };
  schedule(rows, touched(next, meta), meta.partition);
}

/** What pods are to have beside the template, now that it says this; what is in flight stays. */
export function desiredAfter(row: WorkloadRow, { containers }: Facts): Pick<WorkloadRow, 'desired' | 'base'> {
  if (row.desired === null || row.base === null) return { desired: null, base: null };
  const desired = parsed<Record<string, Resources>>(row.desired);
  const base = parsed<Record<string, Resources>>(row.base);
  const theirs = containers.some((it) => {
    const [was, wanted] = [base[it.name], desired[it.name]];
    return (
      was !== undefined && !sameResources(it, was) && (wanted === undefined || !sameResources(it, wanted))
    );
  });
  const follows = (name: string, wanted: Resources) => {
    const found = containers.find((it) => it.name === name);
    return found !== undefined && sameResources(found, wanted);
  };
  const done = Object.entries(desired).every(([name, wanted]) => follows(name, wanted));
  return (theirs || done) && row.in_flight === null
    ? { desired: null, base: null }
    : { desired: row.desired, base: row.base };
}

function keepService(rows: All, row: WorkloadRow, before: Facts | null, after: Facts | null): void {
  const { org_id, cluster_id, workload_id, advice } = row;
  const was = before?.service ?? null;
  const is = after?.service ?? null;
  if (was !== null && was !== is) rows.resize_services.delete(org_id, cluster_id, was, workload_id);
  if (is !== null) rows.resize_services.put({ org_id, cluster_id, service: is, workload_id, advice });
}

/** It is not there any more; what was decided on it ends by itself. */
export function foldGone(rows: All, event: WorkloadGone, meta: EventMeta): void {
  const { org_id, cluster_id } = event;
  if (rows.resize_workloads.get(org_id, cluster_id, idOf(event)) === undefined) return;
  const row = rowOf(rows, event, meta.timestamp);
  keepService(rows, row, row.facts === null ? null : parsed<Facts>(row.facts), null);
  const gone = { ...row, facts: null, ...(row.in_flight === null ? { desired: null, base: null } : {}) };
  schedule(rows, touched(gone, meta), meta.partition);
}

/** Of a cluster without policies nothing is kept: a policy takes effect with the next advice after it was wished. */
function hasPolicy(rows: All, { org_id, cluster_id }: Scope): boolean {
  return rows.resize_clusters.get(org_id, cluster_id) !== undefined;
}

/** The latest advice per container; older advice changes nothing. */
export function foldAdvised(rows: All, event: ResizeAdvised, meta: EventMeta): void {
  if (!hasPolicy(rows, event)) return;
  const row = rowOf(rows, event, meta.timestamp);
  const known = parsed<Record<string, Advice>>(row.advice);
  if ((known[event.container]?.at ?? -Infinity) > event.at) return;
  const { at, confidence, do_nothing } = event;
  const mine: Advice = { ...resourcesOf(event), at, confidence, do_nothing };
  const advice = JSON.stringify(bounded({ ...known, [event.container]: mine }, (it) => it.at));
  const next = { ...row, advice };
  if (row.facts !== null) keepService(rows, next, null, parsed<Facts>(row.facts));
  // Advice does not make what waits for a time come sooner.
  const stale = row.stale || row.held_until === null;
  schedule(rows, { ...next, stale, advised: meta.offset }, meta.partition);
}

/** The latest intervals per container. */
export function foldThrottling(rows: All, event: ThrottlingReported, meta: EventMeta): void {
  if (!hasPolicy(rows, event)) return;
  const row = rowOf(rows, event, meta.timestamp);
  const known = parsed<Record<string, Throttled[]>>(row.throttled);
  const byStart = new Map((known[event.container] ?? []).map((it) => [it.start, it]));
  for (const it of event.intervals) byStart.set(it.start, { ...it });
  const mine = [...byStart.values()].sort((a, b) => a.start - b.start).slice(-MOST_INTERVALS);
  const throttled = bounded({ ...known, [event.container]: mine }, (it) => it.at(-1)?.end ?? 0);
  schedule(rows, touched({ ...row, throttled: JSON.stringify(throttled) }, meta), meta.partition);
}

/** The latest names, in one order. */
function bounded<T>(map: Readonly<Record<string, T>>, at: (it: T) => number): Record<string, T> {
  const latest = Object.entries(map)
    .sort(([, a], [, b]) => at(b) - at(a))
    .slice(0, MOST_CONTAINERS);
  return Object.fromEntries(latest.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Quotas and rules of a namespace; what ended decisions add is counted by them now. */
export function foldLimits(rows: All, event: NamespaceLimitsObserved, meta: EventMeta): void {
  const { org_id, cluster_id, namespace } = event;
  const known = rows.resize_namespaces.get(org_id, cluster_id, namespace);
  const reserved =
    known === undefined ? [] : parsed<Reserved[]>(known.reserved).filter(({ ended }) => !ended);
  const quotas = JSON.stringify(event.quotas);
  const ranges = JSON.stringify(event.ranges);
  rows.resize_namespaces.put({
    ...{ org_id, cluster_id, namespace, quotas, ranges, reserved: JSON.stringify(reserved) },
    told: (known?.told ?? 0) + 1,
  });
  for (const row of rows.resize_workloads.range([org_id, cluster_id], `${namespace}/`, `${namespace}0`))
    if (byLimits(row.held)) schedule(rows, { ...row, stale: true }, meta.partition);
}

/** True when other limits could change that. */
export function byLimits(held: string | null): boolean {
  return held === 'QUOTA' || held === 'LIMIT_RANGE';
}

/** The template of a workload, by container. */
export function templateOf(containers: readonly Container[]): Record<string, Resources> {
  return Object.fromEntries(containers.map((it) => [it.name, resourcesOf(it)]));
}
