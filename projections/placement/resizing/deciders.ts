/** Decides: with every tick on workloads that are due, and at once on what somebody wishes. */
import type { ResizeAcceptRequested, ResizingRequested, Ticked } from '../../../schemas/generated/events.ts';
import { recordKey } from '../../../schemas/keys.ts';
import { topics } from '../../../schemas/topics.ts';
import { BadInput } from '../../../streams/runtime/errors.ts';
import type { Read } from '../../../streams/runtime/units.ts';
import type { DeciderMeta } from '../../runtime/define.ts';
import type { Scope } from '../declared.ts';
import { target as placementOf } from '../settle.ts';
import { near } from './bounds.ts';
import { judge, judgeAccepted } from './decide.ts';
import type { Resize, Situation } from './decide.ts';
import { desiredBy } from './decisions.ts';
import type { Advice, Change, Workload } from './model.ts';
import { inMinute } from './pace.ts';
import { MAX_POLICIES, policyText, readPolicy } from './policy.ts';
import {
  dueName,
  idOf,
  limitsOf,
  limitsTold,
  lookOf,
  nameOf,
  paceOf,
  parsed,
  policyOf,
  proposalOf,
  readsOfCluster,
  readsOfWorkload,
  timeText,
  workloadOf,
} from './rows.ts';
import type { All, DueRow, WorkloadRow } from './rows.ts';

/** Workloads of one cluster that one tick looks at. */
const MOST_OF_CLUSTER = 500;
/** Of one partition. */
const MOST = 2_000;
const MIB = 1_048_576;

/** Where facts about right-sizing in a cluster go: its workloads share its pace, so they share its key. */
function target({ org_id, cluster_id }: Scope) {
  return { topic: topics.resizing, key: recordKey(org_id, cluster_id) };
}

/** What is due by now, in a partition. */
export function readsOfTick({ at }: Ticked, partition: number): Read[] {
  return [{ table: 'resize_due', prefix: [partition], from: '', to: `${timeText(at)}~` }];
}

/** Each cluster has the same share of what one tick looks at, whoever else waits. */
function dueNow(rows: All, { at }: Ticked, partition: number): DueRow[] {
  const clusters = new Map<string, DueRow[]>();
  for (const row of rows.resize_due.range([partition], '', `${timeText(at)}~`)) {
    const key = recordKey(row.org_id, row.cluster_id);
    const known = clusters.get(key);
    if (known === undefined) clusters.set(key, [row]);
    else known.push(row);
  }
  const share = Math.max(1, Math.min(MOST_OF_CLUSTER, Math.floor(MOST / clusters.size)));
  return [...clusters.values()].flatMap((waiting) => waiting.slice(0, share)).slice(0, MOST);
}

/** What deciding on what is due takes. */
export function readsToTick(rows: All, event: Ticked, partition: number): Read[] {
  return dueNow(rows, event, partition).flatMap((due) => [
    ...readsOfDue(due),
    ...(due.proposal === null
      ? []
      : [{ table: 'resize_proposals', key: [due.org_id, due.cluster_id, due.proposal] }]),
  ]);
}

function readsOfDue(due: DueRow): Read[] {
  const { org_id, cluster_id, service } = due;
  const siblings: Read[] =
    service === null ? [] : [{ table: 'resize_services', prefix: [org_id, cluster_id, service] }];
  return [...readsOfWorkload(dueName(due)), ...readsOfCluster(due), ...siblings];
}

/** Looks at what is due: in each cluster first at what has to be taken back, then at what has waited longest. */
export function decideOnTick(rows: All, event: Ticked, meta: DeciderMeta): void {
  for (const due of dueNow(rows, event, meta.partition)) lookAt(rows, due, event.at, meta);
}

function lookAt(rows: All, due: DueRow, at: number, meta: DeciderMeta): void {
  const row = rows.resize_workloads.get(due.org_id, due.cluster_id, due.workload_id);
  const seen = row && situationOf(rows, row, at);
  if (row === undefined || seen === undefined) return;
  const { service } = seen.workload.facts;
  const siblings = service === null ? [] : rows.resize_services.range([due.org_id, due.cluster_id, service]);
  if (siblings.length > 1 && siblings[0]!.workload_id !== due.workload_id) {
    const message = `${siblings[0]!.workload_id} is looked at for all of service ${service ?? ''}`;
    hold(rows, row, { reason: 'PART_OF_SERVICE', message, until: null }, at, meta);
    return;
  }
  const all = siblings.map((it) => parsed<Record<string, Advice>>(it.advice));
  const workload = { ...seen.workload, advice: greatest(seen.workload.advice, all) };
  const found = judge({ ...seen, workload });
  if (found.verdict === 'wait') return;
  if (found.verdict === 'held') hold(rows, row, found.held, at, meta);
  else if (found.verdict === 'propose') propose(rows, row, found.resize, seen, meta);
  else decide(rows, row, found.resize, seen, meta, null);
}

function situationOf(rows: All, row: Readonly<WorkloadRow>, at: number): Situation | undefined {
  const workload = workloadOf(row);
  if (workload === undefined) return undefined;
  return {
    ...{ workload, at, policy: policyOf(rows, row, row.namespace), pace: paceOf(rows, row) },
    limits: limitsOf(rows, row, row.namespace),
  };
}

/** A service needs what the neediest of its workloads needs. */
function greatest(
  own: Workload['advice'],
  all: readonly Readonly<Record<string, Advice>>[],
): Record<string, Advice> {
  const most = (a: number | null, b: number | null) => (a === null || b === null ? (a ?? b) : Math.max(a, b));
  return Object.fromEntries(
    Object.entries(own).map(([name, mine]) => [
      name,
      all.reduce<Advice>((sum, them) => {
        const it = them[name];
        if (it === undefined) return sum;
        return {
          ...sum,
          cpu_request: most(sum.cpu_request, it.cpu_request),
          memory_request: most(sum.memory_request, it.memory_request),
          do_nothing: sum.do_nothing && it.do_nothing,
        };
      }, mine),
    ]),
  );
}

function hold(
  rows: All,
  row: Readonly<WorkloadRow>,
  held: { reason: string; message: string; until: number | null },
  at: number,
  meta: DeciderMeta,
): void {
  const name = nameOf(row);
  const data = { ...name, ...held, ...lookOf(row, at), limits_told: limitsTold(rows, name) };
  meta.emit({ ...target(name), type: 'ResizeHeld', data });
}

/** One proposal is open per workload: another one takes its place. */
function propose(
  rows: All,
  row: Readonly<WorkloadRow>,
  resize: Resize,
  seen: Situation,
  meta: DeciderMeta,
): void {
  const name = nameOf(row);
  const open = proposalOf(row);
  if (open !== null && near(open.containers, resize.changes, seen.policy)) {
    const message = `proposal ${open.proposal} waits for somebody to accept it`;
    hold(rows, row, { reason: 'PROPOSED', message, until: null }, seen.at, meta);
    return;
  }
  if (row.rejected !== null && near(parsed<Change[]>(row.rejected), resize.changes, seen.policy)) {
    const message = 'somebody turned down a proposal of nearly the same';
    hold(rows, row, { reason: 'REJECTED', message, until: null }, seen.at, meta);
    return;
  }
  if (open !== null) {
    const data = {
      ...name,
      request_id: null,
      proposal: open.proposal,
      outcome: 'superseded',
      decision: null,
    };
    meta.emit({ ...target(name), type: 'ResizeProposalClosed', data });
  }
  const { changes: containers, notes, advised_at } = resize;
  const data = {
    ...{ ...name, proposal: seen.pace.proposals + 1, service: seen.workload.facts.service },
    ...{ containers, notes, advised_at, policy: policyText(seen.policy), ...lookOf(row, seen.at) },
  };
  meta.emit({ ...target(name), type: 'ResizeProposed', data });
}

/** Returns the number of the decision. */
function decide(
  rows: All,
  row: Readonly<WorkloadRow>,
  resize: Resize,
  { workload, policy, at }: Situation,
  meta: DeciderMeta,
  proposal: number | null,
): number {
  const name = nameOf(row);
  const pace = paceOf(rows, name);
  const { changes: containers, ...rest } = resize;
  const decision = pace.decisions + 1;
  const other = proposalOf(row);
  if (other !== null && other.proposal !== proposal) {
    const data = { ...name, request_id: null, proposal: other.proposal, outcome: 'superseded', decision };
    meta.emit({ ...target(name), type: 'ResizeProposalClosed', data });
  }
  const data = {
    ...{ ...name, decision, ...rest, containers, replicas: workload.facts.replicas },
    ...{ policy: policyText(policy), in_minute: inMinute(pace, at) + 1 },
    ...{ ...lookOf(row, at), ...desiredBy(row, containers), limits_told: limitsTold(rows, name) },
  };
  meta.emit({ ...target(name), type: 'ResizeDecided', data });
  return decision;
}

/** What answering a wish about a proposal takes, when its row is there. */
export function readsToAccept(rows: All, { org_id, cluster_id, proposal }: ResizeAcceptRequested): Read[] {
  const row = rows.resize_proposals.get(org_id, cluster_id, proposal);
  return row === undefined ? [] : readsOfWorkload(nameOf(row));
}

/** Carries a proposal out, or turns it down. */
export function decideOnAccept(rows: All, event: ResizeAcceptRequested, meta: DeciderMeta): void {
  const { org_id, cluster_id, proposal, accept } = event;
  const row = rows.resize_proposals.get(org_id, cluster_id, proposal);
  if (row === undefined)
    return refuse(event, meta, 404, 'PROPOSAL_NOT_FOUND', `there is no proposal ${proposal} in this cluster`);
  if (row.state !== 'open')
    return refuse(event, meta, 409, 'PROPOSAL_CLOSED', `proposal ${proposal} is ${row.state}`);
  const name = nameOf(row);
  const close = (outcome: string, decision: number | null) => {
    const data = { ...name, request_id: meta.eventId, proposal, outcome, decision };
    meta.emit({ ...target(event), type: 'ResizeProposalClosed', data });
  };
  if (!accept) return close('rejected', null);
  const known = rows.resize_workloads.get(org_id, cluster_id, idOf(name));
  const seen = known && situationOf(rows, known, meta.timestamp);
  if (known === undefined || seen === undefined)
    return refuse(event, meta, 409, 'WORKLOAD_GONE', 'the cluster does not show the workload');
  const changes = parsed<Change[]>(row.containers);
  const { advised_at } = row;
  const found = judgeAccepted(seen, { changes, notes: parsed<string[]>(row.notes), advised_at });
  if (found.verdict === 'wait')
    return refuse(
      event,
      meta,
      429,
      'PACE',
      'as many decisions as the policy wants are in flight; in a minute',
    );
  if (found.verdict === 'held') {
    const { reason, message } = found.held;
    return refuse(event, meta, 409, reason, message);
  }
  if (found.verdict !== 'decide') return;
  if (row.service !== null) {
    meta.emit({
      ...placementOf(event),
      type: 'ServiceNeedsRequested',
      data: needsOf(event, row.service, changes),
    });
    return close('accepted', null);
  }
  close('accepted', decide(rows, known, found.resize, seen, meta, proposal));
}

/** What each replica of a service needs by a proposal: the sum over its containers. */
function needsOf({ org_id, cluster_id }: Scope, service: string, changes: readonly Change[]) {
  const sum = (amount: 'cpu_request' | 'memory_request') =>
    changes.reduce((total, { after }) => total + (after[amount] ?? 0), 0);
  const memory = Math.ceil(sum('memory_request') / MIB);
  return { org_id, cluster_id, service, cpu: sum('cpu_request'), memory };
}

/** Sets or removes a policy. */
export function decideOnResizing(rows: All, event: ResizingRequested, meta: DeciderMeta): void {
  const { org_id, cluster_id, namespace } = event;
  const answered = { request_id: meta.eventId, org_id, cluster_id, namespace };
  const known = rows.resize_policies.range([org_id, cluster_id]);
  const there = known.some((row) => row.namespace === (namespace ?? ''));
  if (event.policy === null) {
    if (!there) return refuse(event, meta, 404, 'POLICY_NOT_FOUND', 'there is no policy of this scope');
    meta.emit({ ...target(event), type: 'ResizingRemoved', data: answered });
    return;
  }
  if (namespace === '') return refuse(event, meta, 400, 'BAD_RESIZING', 'a namespace has a name');
  if (!there && known.length >= MAX_POLICIES)
    return refuse(event, meta, 409, 'TOO_MANY_POLICIES', `a cluster has at most ${MAX_POLICIES} policies`);
  try {
    const policy = policyText(readPolicy(event.policy));
    meta.emit({ ...target(event), type: 'ResizingSet', data: { ...answered, policy } });
  } catch (error) {
    if (!(error instanceof BadInput)) throw error;
    refuse(event, meta, 400, error.code, error.message);
  }
}

function refuse(event: Scope, meta: DeciderMeta, http_status: number, code: string, message: string): void {
  const { org_id, cluster_id } = event;
  const answered = { request_id: meta.eventId, org_id, cluster_id, wish: meta.type };
  meta.emit({ ...target(event), type: 'ResizingRefused', data: { ...answered, code, http_status, message } });
}
