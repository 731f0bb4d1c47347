/**
 * Decides on what was observed of nodes. One that is not ready for longer than the cluster's placing says is lost: what it carries is
 * placed elsewhere. It counts again when it has been ready for as long without a break, so a node that comes and goes faster than
 * that changes nothing. One that is gone is given up at once, and forgotten when it is declared no longer and many others have gone.
 */
import type { NodeGone, NodeObserved, Ticked } from '../../schemas/generated/events.ts';
import type { EventMeta } from '../../streams/runtime/ports.ts';
import type { Read } from '../../streams/runtime/units.ts';
import type { DeciderMeta, Rows } from '../runtime/define.ts';
import type { Row } from '../runtime/table.ts';
import type { Scope } from './declared.ts';
import { effectiveNode } from './effective.ts';
import type { Seen } from './effective.ts';
import { waitingId } from './observed.ts';
import { grouped } from './placer/grouped.ts';
import type { Node } from './placer/model.ts';
import { cluster, placingOf, settle, target } from './settle.ts';
import type { placementTables } from './tables.ts';

type All = Rows<typeof placementTables>;
type Waiting = Readonly<Row<(typeof placementTables)['waiting_nodes']>>;
type OfNode = Scope & { readonly node: string };

/** Emits that a node is lost, or counts again, when what waits for that has lasted; true when it did. */
function decideOn(rows: All, waiting: Waiting, at: number, meta: DeciderMeta): boolean {
  const { org_id, cluster_id, name: node, ready, since } = waiting;
  const { not_ready_seconds } = placingOf(rows, waiting);
  if (at - since < 1_000 * not_ready_seconds) return false;
  const data = { org_id, cluster_id, node, since, not_ready_seconds, at };
  const to = target(waiting);
  if (ready) meta.emit({ ...to, type: 'NodeRegained', data });
  else meta.emit({ ...to, type: 'NodeLost', data: { ...data, reason: 'NODE_NOT_READY' } });
  return true;
}

/** All that is due of a cluster is decided before the cluster is settled, once. */
function decideOnTick(rows: All, { at }: Ticked, meta: DeciderMeta): void {
  const waiting = rows.waiting_nodes.range([meta.partition]);
  for (const ofCluster of grouped(waiting, (row) => target(row).key).values()) {
    const due = ofCluster.filter((row) => decideOn(rows, row, at, meta));
    if (due.some(({ org_id, cluster_id, name }) => rows.nodes.get(org_id, cluster_id, name) !== undefined))
      settle(rows, due[0]!, meta);
  }
}

/** Of nodes that went, those that are remembered whoever declares them, per cluster. */
const GONE_NODES = 2_000;
/** Nodes that went are remembered for so long at least, ms: what is told of them late is known to be late. */
const REMEMBERED_MS = 24 * 3_600_000;
/** Nodes of one event. */
const MOST_FORGOTTEN = 500;

/** When too many have gone, those that went first are forgotten; a declared one is not, for nothing may be placed on it. */
function forgetGone(rows: All, { org_id, cluster_id, at }: NodeGone, meta: DeciderMeta): void {
  const gone = rows.observed_nodes.range([org_id, cluster_id]).filter((row) => row.gone);
  const many = Math.min(gone.length - GONE_NODES, MOST_FORGOTTEN);
  if (many <= 0) return;
  const nodes = gone
    .filter(
      (row) => row.since < at - REMEMBERED_MS && rows.nodes.get(org_id, cluster_id, row.name) === undefined,
    )
    .sort((a, b) => a.since - b.since)
    .slice(0, many)
    .map(({ name: node, since }) => ({ node, since }));
  if (nodes.length === 0) return;
  const data = { org_id, cluster_id, nodes, at };
  meta.emit({ ...target(data), type: 'NodesForgotten', data });
}

function decideOnGone(rows: All, event: NodeGone, meta: DeciderMeta): void {
  decideOnNode(rows, event, meta);
  forgetGone(rows, event, meta);
}

function decideOnNode(rows: All, event: NodeObserved | NodeGone, meta: DeciderMeta): void {
  const { org_id, cluster_id, node: name, at } = event;
  const declared = rows.nodes.get(org_id, cluster_id, name);
  const before = rows.observed_nodes.get(org_id, cluster_id, name);
  const waiting = rows.waiting_nodes.get(meta.partition, waitingId(event, name));
  if (waiting !== undefined) decideOn(rows, waiting, at, meta);
  const now = rows.observed_nodes.get(org_id, cluster_id, name);
  if (declared === undefined || now === undefined) return;
  const was = effectiveNode(declared, wasSeen(before, now.was));
  if (matters(rows, event, was, effectiveNode(declared, now))) settle(rows, event, meta);
}

/** What was known before this observation: what holds of it (`lost`) is not the observation's to say. */
function wasSeen(row: { readonly lost: boolean } | undefined, was: string | null): Seen | undefined {
  return was === null ? undefined : { ...(JSON.parse(was) as Omit<Seen, 'lost'>), lost: row?.lost ?? false };
}

/** Does a change of a node let something go, or let in what has no place? Settling looks at the whole cluster, so not for nothing. */
function matters(rows: All, { org_id, cluster_id }: Scope, was: Node, now: Node): boolean {
  const at = [org_id, cluster_id] as const;
  const lost = now.state === 'gone' || now.state === 'lost';
  const drives = now.taints.some(
    (taint) => taint.effect === 'NoExecute' && !was.taints.some((other) => sameTaint(taint, other)),
  );
  if (lost || drives || now.cpu < was.cpu || now.memory < was.memory) {
    const here = rows.replicas.range(at).filter(({ node }) => node === now.id);
    const used = (name: 'cpu' | 'memory') => here.reduce((sum, row) => sum + row[name], 0);
    const full = used('cpu') > now.cpu || used('memory') > now.memory;
    if (here.length > 0 && (lost || drives || full)) return true;
  }
  const more =
    now.schedulable &&
    (!was.schedulable ||
      now.cpu > was.cpu ||
      now.memory > was.memory ||
      was.taints.some((taint) => !now.taints.some((other) => sameTaint(taint, other))));
  return more && rows.unplaceable.range(at).length > 0;
}

function sameTaint(a: Node['taints'][number], b: Node['taints'][number]): boolean {
  return a.key === b.key && a.value === b.value && a.effect === b.effect;
}

const toDecide = (_rows: All, event: OfNode, { partition }: EventMeta): Read[] => [
  ...cluster(event),
  { table: 'waiting_nodes', key: [partition, waitingId(event, event.node)] },
];

/** Parts of the placement projection. */
export const watched = {
  reads: {
    Ticked: (_event: Ticked, { partition }: EventMeta): Read[] => [
      { table: 'waiting_nodes', prefix: [partition] },
    ],
  },
  readsToDecide: {
    NodeObserved: toDecide,
    NodeGone: toDecide,
    Ticked: (rows: All, _event: Ticked, { partition }: EventMeta): Read[] =>
      [...grouped(rows.waiting_nodes.range([partition]), (row) => target(row).key).values()].flatMap(
        ([first]) => cluster(first!),
      ),
  },
  decide: { NodeObserved: decideOnNode, NodeGone: decideOnGone, Ticked: decideOnTick },
};
