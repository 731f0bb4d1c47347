/** Folds decisions and how they end. */
import type {
  ResizeApplied,
  ResizeDecided,
  ResizeFailed,
  ResizeHeld,
  ResizeInfeasible,
  ResizeProposalClosed,
  ResizeProposed,
  ResizeRefused,
  ResizeRolledBack,
} from '../../../schemas/generated/events.ts';
import type { EventMeta } from '../../../streams/runtime/ports.ts';
import { added } from './bounds.ts';
import { byLimits, desiredAfter, templateOf } from './facts.ts';
import type { Change, Facts, LastResize, Resources } from './model.ts';
import { minuteOf, reversalsAfter } from './pace.ts';
import {
  lastOf,
  limitsTold,
  lookedAt,
  paceOf,
  parsed,
  proposalOf,
  putPace,
  rowOf,
  schedule,
  touched,
} from './rows.ts';
import type { All, Reserved, WorkloadName, WorkloadRow } from './rows.ts';

/** A decision: the workload waits for its end. */
export function foldDecided(rows: All, event: ResizeDecided, meta: EventMeta): void {
  const { decision, kind, why, rolls_back, containers, notes, replicas, restarts, at } = event;
  const { org_id, cluster_id, namespace } = event;
  const row = rowOf(rows, event, at);
  const pace = paceOf(rows, event);
  putPace(rows, event, {
    ...pace,
    decisions: Math.max(pace.decisions, decision),
    ...{ minute: minuteOf(at), in_minute: event.in_minute },
    in_flight: [...new Set([...pace.in_flight, decision])].sort((a, b) => a - b),
  });
  const last: LastResize = {
    ...{ decision, kind, why, rolls_back, containers: changesOf(containers), restarts, decided_at: at },
    ...{ applied_at: null, ended: null, touched: false },
  };
  const reversals =
    why === 'auto' || why === 'accepted'
      ? reversalsAfter(lastOf(row), row.reversals, containers)
      : row.reversals;
  const next = {
    ...{
      ...lookedAt(row, event, null),
      desired: event.desired,
      base: event.base,
      last: JSON.stringify(last),
      in_flight: decision,
      reversals,
    },
    rolled_back_at: why === 'rollback' ? at : row.rolled_back_at,
    ...{ held: null, message: null },
  };
  schedule(rows, next, meta.partition);
  if (kind === 'pods' && event.limits_told > 0)
    reserve(rows, event, {
      ...{ decision, ended: false, told: event.limits_told, adds: added(containers, replicas) },
    });
  rows.resizes.put({
    ...{ org_id, cluster_id, decision, namespace, workload_type: event.workload_type },
    ...{ workload: event.workload, kind, why, rolls_back, rolled_back_by: null, replicas, restarts },
    ...{ containers: JSON.stringify(containers), notes: JSON.stringify(notes), state: 'decided' },
    ...{
      pods: 0,
      patches: 0,
      code: null,
      message: null,
      policy: event.policy,
      decided_at: at,
      ended_at: null,
    },
  });
}

/** What pods are to have with a decision, and what the template says meanwhile. */
export function desiredBy(
  row: Pick<WorkloadRow, 'desired' | 'facts'>,
  containers: readonly Change[],
): Pick<WorkloadRow, 'desired' | 'base'> {
  const known = row.desired === null ? {} : parsed<Record<string, Resources>>(row.desired);
  const desired = { ...known, ...Object.fromEntries(containers.map((it) => [it.name, it.after])) };
  const template = row.facts === null ? {} : templateOf(parsed<Facts>(row.facts).containers);
  return { desired: JSON.stringify(desired), base: JSON.stringify(template) };
}

function reserve(rows: All, { org_id, cluster_id, namespace }: WorkloadName, mine: Reserved): void {
  const row = rows.resize_namespaces.get(org_id, cluster_id, namespace);
  if (row === undefined) return;
  const others = othersOf(row, mine.decision);
  rows.resize_namespaces.put({ ...row, reserved: JSON.stringify([...others, mine]) });
}

function othersOf({ reserved }: { readonly reserved: string }, decision: number): Reserved[] {
  return parsed<Reserved[]>(reserved).filter((it) => it.decision !== decision);
}

/** What ended stays reserved until quotas are told anew: where it changed something that they count and were not told since. */
function release(rows: All, { org_id, cluster_id, namespace, decision, patches }: Outcome): void {
  const row = rows.resize_namespaces.get(org_id, cluster_id, namespace);
  const mine = row && parsed<Reserved[]>(row.reserved).find((it) => it.decision === decision);
  if (row === undefined || mine === undefined) return;
  const quotas = parsed<{ resource: string }[]>(row.quotas);
  const counted = quotas.some(({ resource }) => (mine.adds[resource] ?? 0) > 0);
  const stays = patches > 0 && row.told === mine.told && counted ? [{ ...mine, ended: true }] : [];
  const reserved = JSON.stringify([...othersOf(row, decision), ...stays]);
  rows.resize_namespaces.put({ ...row, reserved });
}

type Outcome = WorkloadName & { readonly decision: number; readonly pods: number; readonly patches: number };

/** A decision has ended; the same end again changes nothing. */
function end(
  rows: All,
  event: Outcome,
  meta: EventMeta,
  state: string,
  more: { code?: string; message?: string },
): void {
  const { org_id, cluster_id, decision, pods, patches } = event;
  const known = rows.resizes.get(org_id, cluster_id, decision);
  if (known === undefined || known.state !== 'decided') return;
  const { code = null, message = null } = more;
  rows.resizes.put({ ...known, state, pods, patches, code, message, ended_at: meta.timestamp });
  const pace = paceOf(rows, event);
  putPace(rows, event, { ...pace, in_flight: pace.in_flight.filter((it) => it !== decision) });
  release(rows, event);
  const row = rowOf(rows, event, meta.timestamp);
  if (row.in_flight !== decision) return;
  const ended = { ...lastOf(row)!, ended: state, touched: patches > 0 };
  const last: LastResize = state === 'applied' ? { ...ended, applied_at: meta.timestamp } : ended;
  const free = { ...row, in_flight: null, last: JSON.stringify(last) };
  const facts = row.facts === null ? null : parsed<Facts>(row.facts);
  const next = {
    ...free,
    ...(facts === null ? { desired: null, base: null } : desiredWhen(state, last, free, facts)),
  };
  schedule(rows, touched(next, meta), meta.partition);
}

/** What was refused before anything was written is not wanted any more; what cannot be taken back is let go. */
function desiredWhen(state: string, last: LastResize, row: WorkloadRow, facts: Facts) {
  const done = state === 'applied' || state === 'rolled-back';
  if (!done && last.why === 'rollback') return { desired: null, base: null };
  if (done || last.touched || last.kind === 'template') return desiredAfter(row, facts);
  const desired = { ...(row.desired === null ? {} : parsed<Record<string, Resources>>(row.desired)) };
  for (const { name, before } of last.containers) desired[name] = before;
  return desiredAfter({ ...row, desired: JSON.stringify(desired) }, facts);
}

export function foldApplied(rows: All, event: ResizeApplied, meta: EventMeta): void {
  end(rows, event, meta, 'applied', {});
}

export function foldInfeasible(rows: All, event: ResizeInfeasible, meta: EventMeta): void {
  const message = `${event.pod}: ${event.message}`;
  end(rows, event, meta, 'infeasible', { code: event.deferred ? 'DEFERRED' : 'INFEASIBLE', message });
}

export function foldRefused(rows: All, event: ResizeRefused, meta: EventMeta): void {
  end(rows, event, meta, 'refused', event);
}

export function foldFailed(rows: All, event: ResizeFailed, meta: EventMeta): void {
  end(rows, event, meta, 'failed', event);
}

export function foldRolledBack(rows: All, event: ResizeRolledBack, meta: EventMeta): void {
  end(rows, event, meta, 'rolled-back', {});
  const { org_id, cluster_id, decision, rolls_back } = event;
  const row = rows.resizes.get(org_id, cluster_id, rolls_back);
  if (row !== undefined) rows.resizes.put({ ...row, rolled_back_by: decision });
}

/** Nothing is done now; by itself it is looked at again when there is a time. */
export function foldHeld(rows: All, event: ResizeHeld, meta: EventMeta): void {
  const { reason, message, until } = event;
  const row = lookedAt(rowOf(rows, event, event.at), event, until);
  const stale = row.stale || (byLimits(reason) && limitsTold(rows, event) > event.limits_told);
  schedule(rows, { ...row, held: reason, message, stale }, meta.partition);
}

export function foldProposed(rows: All, event: ResizeProposed, meta: EventMeta): void {
  const { org_id, cluster_id, namespace, workload_type, workload, proposal, service, advised_at } = event;
  const pace = paceOf(rows, event);
  putPace(rows, event, { ...pace, proposals: Math.max(pace.proposals, proposal) });
  const containers = JSON.stringify(event.containers);
  rows.resize_proposals.put({
    ...{ org_id, cluster_id, proposal, namespace, workload_type, workload, service, containers },
    ...{ notes: JSON.stringify(event.notes), state: 'open', decision: null, advised_at },
    ...{ policy: event.policy, proposed_at: meta.timestamp, closed_at: null },
  });
  const open = JSON.stringify({ proposal, containers: event.containers });
  const message = `proposal ${proposal} waits for somebody to accept it`;
  const row = lookedAt(rowOf(rows, event, event.at), event, null);
  schedule(rows, { ...row, proposal: open, held: 'PROPOSED', message }, meta.partition);
}

export function foldClosed(rows: All, event: ResizeProposalClosed, meta: EventMeta): void {
  const { org_id, cluster_id, proposal, outcome, decision } = event;
  const known = rows.resize_proposals.get(org_id, cluster_id, proposal);
  if (known !== undefined)
    rows.resize_proposals.put({ ...known, state: outcome, decision, closed_at: meta.timestamp });
  const row = rowOf(rows, event, meta.timestamp);
  if (proposalOf(row)?.proposal === proposal) {
    const rejected = outcome === 'rejected' && known !== undefined ? known.containers : row.rejected;
    schedule(rows, { ...row, proposal: null, rejected }, meta.partition);
  }
  if (event.request_id !== null) {
    rows.resize_answers.put({
      ...{ request_id: event.request_id, org_id, cluster_id, http_status: 200, code: null, message: null },
      ...{ decision, decided_at: meta.timestamp },
    });
  }
}

function changesOf(containers: readonly Change[]): Change[] {
  return containers.map(({ name, before, after }) => ({ name, before: { ...before }, after: { ...after } }));
}
