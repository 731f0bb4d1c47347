/** Workloads, limits and pace between rows and the deciders, and when a workload is looked at. */
import type { Rows } from '../../runtime/define.ts';
import type { Row } from '../../runtime/table.ts';
import type { EventMeta } from '../../../streams/runtime/ports.ts';
import type { Read } from '../../../streams/runtime/units.ts';
import { keySegments, recordKey } from '../../../schemas/keys.ts';
import type { Scope } from '../declared.ts';
import type {
  Advice,
  Change,
  Facts,
  LastResize,
  NamespaceLimits,
  Range,
  Resources,
  Throttled,
  Workload,
} from './model.ts';
import { still } from './pace.ts';
import type { Pace } from './pace.ts';
import { modeFor, off } from './policy.ts';
import type { ResizingPolicy } from './policy.ts';
import { rollBack } from './rollback.ts';
import type { resizingTables } from './tables.ts';

export type All = Rows<typeof resizingTables>;
export type WorkloadRow = Row<(typeof resizingTables)['resize_workloads']>;
export type DueRow = Row<(typeof resizingTables)['resize_due']>;

/** Names a workload. */
export interface WorkloadName extends Scope {
  readonly namespace: string;
  readonly workload_type: string;
  readonly workload: string;
}

/** namespace/type/name. */
export function idOf({ namespace, workload_type, workload }: Omit<WorkloadName, keyof Scope>): string {
  return recordKey(namespace, workload_type, workload);
}

/** Who a workload is. */
export function nameOf(row: WorkloadName): WorkloadName {
  const { org_id, cluster_id, namespace, workload_type, workload } = row;
  return { org_id, cluster_id, namespace, workload_type, workload };
}

/** What deciding on workloads of a cluster reads beside them. */
export function readsOfCluster({ org_id, cluster_id }: Scope): Read[] {
  return [
    { table: 'resize_policies', prefix: [org_id, cluster_id] },
    { table: 'resize_pace', key: [org_id, cluster_id] },
  ];
}

/** The row of a workload, and what is looked at when it is to be scheduled. */
export function readsOfWorkload(name: WorkloadName): Read[] {
  const { org_id, cluster_id, namespace } = name;
  return [
    { table: 'resize_workloads', key: [org_id, cluster_id, idOf(name)] },
    { table: 'resize_clusters', key: [org_id, cluster_id] },
    { table: 'resize_policies', prefix: [org_id, cluster_id] },
    { table: 'resize_namespaces', key: [org_id, cluster_id, namespace] },
  ];
}

/** The row of a workload, or a new one, first heard of at that time. */
export function rowOf(rows: All, name: WorkloadName, at: number): WorkloadRow {
  const { org_id, cluster_id } = name;
  const found = rows.resize_workloads.get(org_id, cluster_id, idOf(name));
  return (
    found ?? {
      ...{ ...nameOf(name), workload_id: idOf(name), facts: null, advice: '{}', throttled: '{}' },
      ...{ desired: null, base: null, last: null, in_flight: null, reversals: 0, rolled_back_at: null },
      ...{ proposal: null, rejected: null, due: null, held: null, message: null, held_until: null },
      ...{ looked_at: at, touched: -1, advised: -1, stale: false },
    }
  );
}

/** A workload for the deciders; undefined while the cluster does not show it. */
export function workloadOf(row: Readonly<WorkloadRow>): Workload | undefined {
  if (row.facts === null) return undefined;
  const { namespace, workload_type, workload, reversals, rolled_back_at } = row;
  return {
    ...{ namespace, workload_type, workload, reversals, rolled_back_at },
    facts: parsed<Facts>(row.facts),
    advice: parsed<Record<string, Advice>>(row.advice),
    throttled: parsed<Record<string, Throttled[]>>(row.throttled),
    desired: row.desired === null ? null : parsed<Record<string, Resources>>(row.desired),
    last: lastOf(row),
  };
}

/** The last decision on a workload. */
export function lastOf({ last }: Pick<WorkloadRow, 'last'>): LastResize | null {
  return last === null ? null : parsed<LastResize>(last);
}

/** The open proposal of a workload. */
export function proposalOf({ proposal }: Pick<WorkloadRow, 'proposal'>) {
  return proposal === null ? null : parsed<{ proposal: number; containers: Change[] }>(proposal);
}

/** What a decision adds that a quota may not count yet. */
export interface Reserved {
  readonly decision: number;
  readonly ended: boolean;
  /** How often limits had been told when it was decided. */
  readonly told: number;
  readonly adds: Readonly<Record<string, number>>;
}

/** What a namespace allows now: quotas less what decisions in flight will take. */
export function limitsOf(rows: All, { org_id, cluster_id }: Scope, namespace: string): NamespaceLimits {
  const row = rows.resize_namespaces.get(org_id, cluster_id, namespace);
  if (row === undefined) return { room: [], ranges: [] };
  const reserved = parsed<Reserved[]>(row.reserved);
  const quotas = parsed<{ resource: string; hard: number; used: number }[]>(row.quotas);
  const taken = (resource: string) =>
    reserved.reduce((sum, { adds }) => sum + Math.max(0, adds[resource] ?? 0), 0);
  return {
    room: quotas.map(({ resource, hard, used }) => ({ resource, left: hard - used - taken(resource) })),
    ranges: parsed<Range[]>(row.ranges),
  };
}

/** How often the limits of a namespace were told. */
export function limitsTold(rows: All, { org_id, cluster_id, namespace }: WorkloadName): number {
  return rows.resize_namespaces.get(org_id, cluster_id, namespace)?.told ?? 0;
}

/** How much is decided in a cluster. */
export function paceOf(rows: All, { org_id, cluster_id }: Scope): Pace {
  const row = rows.resize_pace.get(org_id, cluster_id);
  if (row === undefined) return still;
  const { decisions, proposals, minute, in_minute } = row;
  return { decisions, proposals, minute, in_minute, in_flight: parsed<number[]>(row.in_flight) };
}

/** Writes the pace of a cluster. */
export function putPace(rows: All, { org_id, cluster_id }: Scope, pace: Pace): void {
  rows.resize_pace.put({ org_id, cluster_id, ...pace, in_flight: JSON.stringify(pace.in_flight) });
}

/** The policy that holds in a namespace: its own, else that of the cluster, whole; without either nothing is done. */
export function policyOf(rows: All, { org_id, cluster_id }: Scope, namespace: string): ResizingPolicy {
  const own = rows.resize_policies.get(org_id, cluster_id, namespace);
  const row = own ?? rows.resize_policies.get(org_id, cluster_id, '');
  return row === undefined ? off : policyIn(row);
}

/** The policy of a row; what older versions of it lack is off. */
function policyIn({ policy }: { readonly policy: string }): ResizingPolicy {
  return { ...off, ...parsed<ResizingPolicy>(policy) };
}

/**
 * Stores a workload. It is to be looked at when something has changed since it was, else when it is no longer held. What has to be
 * taken back is due before everything else; what may not be touched is not looked at.
 */
export function schedule(rows: All, row: WorkloadRow, partition: number): void {
  if (row.due !== null) rows.resize_due.delete(partition, row.due);
  const { org_id, cluster_id, workload_id, namespace } = row;
  const at = row.stale ? row.looked_at : row.held_until;
  const facts = row.facts === null ? null : parsed<Facts>(row.facts);
  const wanted = at !== null && facts !== null && row.in_flight === null;
  const policy = policyOf(rows, row, namespace);
  const may = wanted && modeFor(policy, facts) !== 'off';
  const due = may ? dueKey(hasToGoBack(row, policy) ? 0 : Math.max(1, at), row) : null;
  if (due !== null) {
    const proposal = proposalOf(row)?.proposal ?? null;
    const service = facts!.service;
    rows.resize_due.put({ partition, due, org_id, cluster_id, workload_id, namespace, service, proposal });
  }
  rows.resize_workloads.put({ ...row, due });
}

/** Something was said of a workload: it is looked at with the next tick. */
export function touched(row: WorkloadRow, { offset }: Pick<EventMeta, 'offset'>): WorkloadRow {
  return { ...row, touched: offset, stale: true };
}

/** What a workload was like when it was looked at. */
export interface Look {
  readonly at: number;
  readonly touched: number;
  readonly advised: number;
}

/** A look at a workload, for what follows from it. */
export function lookOf({ touched, advised }: Pick<WorkloadRow, 'touched' | 'advised'>, at: number): Look {
  return { at, touched, advised };
}

/**
 * A workload after a look at it, held until then or for good. What was said since may stand before or behind what followed from the
 * look: either way it is looked at again. Advice waits where there is a time to wait for.
 */
export function lookedAt(row: WorkloadRow, look: Look, held_until: number | null): WorkloadRow {
  const advised = held_until === null && row.advised > look.advised;
  return { ...row, held_until, looked_at: look.at, stale: row.touched > look.touched || advised };
}

function hasToGoBack(row: WorkloadRow, policy: ResizingPolicy): boolean {
  if (row.last === null) return false;
  const workload = workloadOf(row);
  return workload?.facts.service === null && rollBack(workload, policy) !== undefined;
}

/** Sorts by time, so that what has waited longest is looked at first. */
function dueKey(at: number, { org_id, cluster_id, workload_id }: WorkloadRow): string {
  return `${timeText(at)}/${recordKey(org_id, cluster_id)}/${workload_id}`;
}

/** ms since 1970 as 15 digits. */
export function timeText(at: number): string {
  return String(Math.max(0, Math.floor(at))).padStart(15, '0');
}

/** Who a due row names. */
export function dueName({ org_id, cluster_id, workload_id }: DueRow): WorkloadName {
  const [namespace, workload_type, workload] = keySegments(workload_id) as [string, string, string];
  return { org_id, cluster_id, namespace, workload_type, workload };
}

export function parsed<T>(json: string): T {
  return JSON.parse(json) as T;
}
