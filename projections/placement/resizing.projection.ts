/** Which workloads are to have other resources, who said so, and what became of it. */
import type { EventMeta } from '../../streams/runtime/ports.ts';
import type { Read } from '../../streams/runtime/units.ts';
import { topics } from '../../schemas/topics.ts';
import { defineProjection } from '../runtime/define.ts';
import type { Scope } from './declared.ts';
import {
  foldApplied,
  foldClosed,
  foldDecided,
  foldFailed,
  foldHeld,
  foldInfeasible,
  foldProposed,
  foldRefused,
  foldRolledBack,
} from './resizing/decisions.ts';
import {
  decideOnAccept,
  decideOnResizing,
  decideOnTick,
  readsOfTick,
  readsToAccept,
  readsToTick,
} from './resizing/deciders.ts';
import { foldAdvised, foldGone, foldLimits, foldObserved, foldThrottling } from './resizing/facts.ts';
import { readsOfCluster, readsOfWorkload, schedule } from './resizing/rows.ts';
import type { All, WorkloadName } from './resizing/rows.ts';
import { resizingTables } from './resizing/tables.ts';

type PolicyScope = Scope & { readonly namespace: string | null };
type Ended = WorkloadName & { readonly decision: number; readonly rolls_back?: number };

const cluster = ({ org_id, cluster_id }: Scope): Read[] => [
  { table: 'resize_policies', prefix: [org_id, cluster_id] },
  { table: 'resize_workloads', prefix: [org_id, cluster_id] },
];
const ofNamespace = ({ org_id, cluster_id, namespace }: Scope & { namespace: string }): Read[] => [
  { table: 'resize_policies', prefix: [org_id, cluster_id] },
  { table: 'resize_workloads', prefix: [org_id, cluster_id], from: `${namespace}/`, to: `${namespace}0` },
  { table: 'resize_namespaces', key: [org_id, cluster_id, namespace] },
];
const ofWorkload = (event: WorkloadName): Read[] => [...readsOfWorkload(event), ...readsOfCluster(event)];
const ofOutcome = (event: Ended): Read[] => [
  ...ofWorkload(event),
  ...[event.decision, ...(event.rolls_back === undefined ? [] : [event.rolls_back])].map((decision) => ({
    table: 'resizes',
    key: [event.org_id, event.cluster_id, decision],
  })),
];
const ofProposal = (event: Scope & { readonly proposal: number }): Read[] => [
  ...readsOfCluster(event),
  { table: 'resize_proposals', key: [event.org_id, event.cluster_id, event.proposal] },
];

/** A changed policy: all that it is for is looked at anew. */
function foldPolicy(
  rows: All,
  event: PolicyScope & { request_id: string },
  meta: EventMeta,
  policy: string | null,
) {
  const { org_id, cluster_id, request_id } = event;
  const namespace = event.namespace ?? '';
  if (policy === null) rows.resize_policies.delete(org_id, cluster_id, namespace);
  else {
    const { mode } = JSON.parse(policy) as { mode: string };
    rows.resize_policies.put({ org_id, cluster_id, namespace, mode, policy, set_at: meta.timestamp });
  }
  for (const row of rows.resize_workloads.range([org_id, cluster_id]))
    if (namespace === '' || row.namespace === namespace)
      schedule(rows, { ...row, stale: true }, meta.partition);
  answer(rows, { request_id, org_id, cluster_id }, meta, { http_status: 200, code: null, message: null });
}

function answer(
  rows: All,
  { request_id, org_id, cluster_id }: Scope & { readonly request_id: string },
  meta: EventMeta,
  given: { http_status: number; code: string | null; message: string | null },
): void {
  rows.resize_answers.put({
    ...{ request_id, org_id, cluster_id, ...given, decision: null, decided_at: meta.timestamp },
  });
}

export default defineProjection({
  id: 'resizing',
  version: 2,
  about: 'Which workloads are to have other resources, who said so, and what became of it.',
  from: [topics.resizing, topics.ticks],
  emits: [topics.resizing, topics.placement],
  tables: resizingTables,
  reads: {
    ResizeAdvised: ofWorkload,
    ThrottlingReported: ofWorkload,
    WorkloadObserved: ofWorkload,
    WorkloadGone: ofWorkload,
    NamespaceLimitsObserved: ofNamespace,
    ResizingRequested: cluster,
    ResizingSet: cluster,
    ResizingRemoved: cluster,
    ResizeAcceptRequested: ofProposal,
    ResizeProposed: ofWorkload,
    ResizeProposalClosed: (event) => [...ofProposal(event), ...ofWorkload(event)],
    ResizeDecided: ofWorkload,
    ResizeHeld: ofWorkload,
    ResizeApplied: ofOutcome,
    ResizeInfeasible: ofOutcome,
    ResizeRefused: ofOutcome,
    ResizeFailed: ofOutcome,
    ResizeRolledBack: ofOutcome,
    Ticked: (event, { partition }) => readsOfTick(event, partition),
  },
  readsToDecide: {
    Ticked: (rows, event, { partition }) => readsToTick(rows, event, partition),
    ResizeAcceptRequested: readsToAccept,
  },
  fold: {
    ResizeAdvised: foldAdvised,
    ThrottlingReported: foldThrottling,
    WorkloadObserved: foldObserved,
    WorkloadGone: foldGone,
    NamespaceLimitsObserved: foldLimits,
    ResizingRequested: ({ resize_clusters }, { org_id, cluster_id, policy }, { timestamp }) => {
      if (policy !== null) resize_clusters.put({ org_id, cluster_id, asked_at: timestamp });
    },
    ResizingSet: (rows, event, meta) => {
      foldPolicy(rows, event, meta, event.policy);
    },
    ResizingRemoved: (rows, event, meta) => {
      foldPolicy(rows, event, meta, null);
    },
    ResizingRefused: (rows, event, meta) => {
      const { http_status, code, message } = event;
      answer(rows, event, meta, { http_status, code, message });
    },
    ResizeProposed: foldProposed,
    ResizeProposalClosed: foldClosed,
    ResizeDecided: foldDecided,
    ResizeHeld: foldHeld,
    ResizeApplied: foldApplied,
    ResizeInfeasible: foldInfeasible,
    ResizeRefused: foldRefused,
    ResizeFailed: foldFailed,
    ResizeRolledBack: foldRolledBack,
  },
  decide: {
    Ticked: decideOnTick,
    ResizingRequested: decideOnResizing,
    ResizeAcceptRequested: decideOnAccept,
  },
});
