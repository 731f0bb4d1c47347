/** What is told of a cluster, outcomes and observations, folded into rows: late and repeated ones change nothing. */
import type {
  DeploymentGone,
  DeploymentObserved,
  DriftFound,
  NodeGone,
  NodeLost,
  NodeObserved,
  NodeRegained,
  NodesForgotten,
  ObjectApplied,
  ObjectFailed,
  ObjectRefused,
  ObjectRemoved,
  PodGone,
  PodObserved,
} from '../../schemas/generated/events.ts';
import { recordKey } from '../../schemas/keys.ts';
import type { EventMeta } from '../../streams/runtime/ports.ts';
import type { Read } from '../../streams/runtime/units.ts';
import type { Rows } from '../runtime/define.ts';
import type { Row } from '../runtime/table.ts';
import { ordered } from './declared.ts';
import type { Scope } from './declared.ts';
import type { observedTables } from './observed-tables.ts';

type All = Rows<typeof observedTables>;
type ObjectRow = Row<(typeof observedTables)['objects']>;
type NodeRow = Row<(typeof observedTables)['observed_nodes']>;
type Outcome = ObjectApplied | ObjectRemoved | ObjectRefused | ObjectFailed | DriftFound;

/** Objects, pods and Deployments that went and are remembered, per cluster and kind. */
const REMEMBERED = 200;

/** Which object: kind/namespace/name, which Kubernetes keeps free of slashes. */
export function objectId({ kind, namespace, name }: Pick<Outcome, 'kind' | 'namespace' | 'name'>): string {
  return `${kind}/${namespace}/${name}`;
}

/** Is a version of an object older than another one of the same object? Versions that are no numbers are never older. */
export function isOlderVersion(version: string, than: string): boolean {
  if (!/^\d{1,30}$/.test(version) || !/^\d{1,30}$/.test(than)) return false;
  return BigInt(version) < BigInt(than);
}

type Kind = 'objects' | 'pods' | 'deployments';
/** With the position or version by which it was gone; null: not known. */
type Gone = [id: string, by: number | string | null][];

function goneOf(rows: All, { org_id, cluster_id }: Scope, kind: Kind): Gone {
  const row = rows.recently_gone.get(org_id, cluster_id, kind);
  return row === undefined ? [] : (JSON.parse(row.gone) as Gone);
}

function remember(rows: All, { org_id, cluster_id }: Scope, kind: Kind, ...one: Gone[number]): void {
  const others = goneOf(rows, { org_id, cluster_id }, kind).filter(([other]) => other !== one[0]);
  const gone = JSON.stringify([...others, one].slice(-REMEMBERED));
  rows.recently_gone.put({ org_id, cluster_id, kind, gone });
}

/** The row that an outcome changes; undefined when the outcome is older than what is known. */
function objectRow(rows: All, event: Outcome): ObjectRow | undefined {
  const { org_id, cluster_id, kind, namespace, name, service, node, decision, position } = event;
  const object_id = objectId(event);
  const before = rows.objects.get(org_id, cluster_id, object_id);
  if (before !== undefined) return position < before.position ? undefined : { ...before };
  const gone = goneOf(rows, event, 'objects').find(([id]) => id === object_id);
  if (gone !== undefined && position < Number(gone[1])) return undefined;
  return {
    ...{ org_id, cluster_id, object_id, kind, namespace, name, service, node, decision, position },
    ...{ state: 'applied', change: null, applied_decision: null, code: null, message: null },
    ...{ http_status: null, attempts: 0, drift_fields: '[]', drift_action: null, drift_at: null },
    at: event.at,
  };
}

function objectApplied(rows: All, event: ObjectApplied): void {
  const row = objectRow(rows, event);
  if (row === undefined) return;
  const { service, node, decision, position, change, at } = event;
  rows.objects.put({
    ...{ ...row, service, node, decision, position, change, at, state: 'applied' },
    ...{ applied_decision: decision, code: null, message: null, http_status: null, attempts: 0 },
  });
}

function objectRemoved(rows: All, event: ObjectRemoved): void {
  if (objectRow(rows, event) === undefined) return;
  const object_id = objectId(event);
  rows.objects.delete(event.org_id, event.cluster_id, object_id);
  remember(rows, event, 'objects', object_id, event.position);
}

function objectInTrouble(rows: All, event: ObjectRefused | ObjectFailed): void {
  const row = objectRow(rows, event);
  if (row === undefined) return;
  const { service, node, decision, position, code, message, http_status, at } = event;
  const [state, attempts] = 'attempts' in event ? ['failed', event.attempts] : ['refused', 1];
  rows.objects.put({
    ...{ ...row, service, node, decision, position, state, attempts, code, message, http_status, at },
  });
}

function driftFound(rows: All, event: DriftFound): void {
  const row = objectRow(rows, event);
  if (row === undefined) return;
  const { decision, fields, action, at } = event;
  rows.objects.put({
    ...row,
    ...{ drift_fields: JSON.stringify(fields), drift_action: action, drift_at: at },
    ...(action === 'adopted' ? { change: 'adopted' } : {}),
    applied_decision: row.applied_decision ?? decision,
  });
}

/** Names a row of `waiting_nodes` within its partition. */
export function waitingId({ org_id, cluster_id }: Scope, name: string): string {
  return `${recordKey(org_id, cluster_id)}/${name}`;
}

/** What counted of a node. */
function wasOf(before: Readonly<NodeRow> | undefined): string | null {
  if (before === undefined) return null;
  const { gone, ready, unschedulable, cpu, memory, taints } = before;
  return JSON.stringify({ gone, ready, unschedulable, cpu, memory, taints });
}

/** Tells the ticks which nodes to look at: those whose readiness is not what was decided. */
function watch(rows: All, row: Readonly<NodeRow>, { partition }: EventMeta): void {
  const { org_id, cluster_id, name, ready, since } = row;
  const node_id = waitingId(row, name);
  if (row.gone || ready !== row.lost) rows.waiting_nodes.delete(partition, node_id);
  else rows.waiting_nodes.put({ partition, node_id, org_id, cluster_id, name, ready, since });
}

/** Is it told late: of a node that went before, of an older version, or of one that another of its name has followed? */
function isLate(event: NodeObserved, before: Readonly<NodeRow>): boolean {
  if (event.uid !== before.uid) return event.created_at < before.created_at;
  return before.gone
    ? !isOlderVersion(before.resource_version, event.resource_version)
    : isOlderVersion(event.resource_version, before.resource_version);
}

function nodeObserved(rows: All, event: NodeObserved, meta: EventMeta): void {
  const { org_id, cluster_id, node: name, uid, resource_version, created_at, at } = event;
  const before = rows.observed_nodes.get(org_id, cluster_id, name);
  if (before !== undefined && isLate(event, before)) return;
  const { ready, unschedulable, reason, message, cpu, memory } = event;
  const lasts = before?.uid === uid && !before.gone && before.ready === ready;
  const row: NodeRow = {
    ...{ org_id, cluster_id, name, uid, resource_version, created_at, gone: false, ready },
    ...{ since: lasts ? before.since : at, lost: before?.lost ?? false },
    ...{ unschedulable, reason, message, cpu, memory },
    labels: JSON.stringify(ordered(event.labels)),
    taints: JSON.stringify(event.taints),
    was: wasOf(before),
    at,
  };
  rows.observed_nodes.put(row);
  watch(rows, row, meta);
}

/** Is the one that went not the one that is there now, or has it been seen since? */
function isOfAnother({ uid, resource_version }: NodeGone, before: Readonly<NodeRow>): boolean {
  if (uid !== null && uid !== before.uid) return true;
  return resource_version !== null && isOlderVersion(resource_version, before.resource_version);
}

function nodeGone(rows: All, event: NodeGone, meta: EventMeta): void {
  const { org_id, cluster_id, node: name, uid, at } = event;
  const before = rows.observed_nodes.get(org_id, cluster_id, name);
  if (before !== undefined && (before.gone || isOfAnother(event, before))) return;
  const row: NodeRow = {
    ...(before ?? {
      ...{ org_id, cluster_id, name, uid: uid ?? '', resource_version: '', created_at: 0, lost: false },
      ...{ unschedulable: false, reason: null, message: null, cpu: 0, memory: 0, labels: '{}', taints: '[]' },
    }),
    ...{ gone: true, ready: false, since: at, at, resource_version: event.resource_version ?? '' },
    was: wasOf(before),
  };
  rows.observed_nodes.put(row);
  watch(rows, row, meta);
}

/** Forgets nodes that are still gone. One that was told of since, before this was recorded, is as if it had been told of first then. */
function nodesForgotten(rows: All, { org_id, cluster_id, nodes }: NodesForgotten, meta: EventMeta): void {
  for (const { node, since } of nodes) {
    const before = rows.observed_nodes.get(org_id, cluster_id, node);
    if (before === undefined) continue;
    if (before.gone && before.since === since) {
      rows.observed_nodes.delete(org_id, cluster_id, node);
      continue;
    }
    const row = { ...before, lost: false };
    rows.observed_nodes.put(row);
    watch(rows, row, meta);
  }
}

function decidedOnNode(lost: boolean) {
  return (rows: All, { org_id, cluster_id, node }: NodeLost | NodeRegained, meta: EventMeta): void => {
    const before = rows.observed_nodes.get(org_id, cluster_id, node);
    if (before === undefined) return;
    const row = { ...before, lost };
    rows.observed_nodes.put(row);
    watch(rows, row, meta);
  };
}

/** Is an observation of a pod or Deployment late: of one that is gone, or of an older version? */
function isLateOf(
  rows: All,
  event: Scope & { readonly uid: string; readonly resource_version: string },
  kind: 'pods' | 'deployments',
): boolean {
  const { org_id, cluster_id, uid, resource_version } = event;
  const before = rows[kind].get(org_id, cluster_id, uid);
  if (before !== undefined) return isOlderVersion(resource_version, before.resource_version);
  const gone = goneOf(rows, event, kind).find(([id]) => id === uid);
  return gone !== undefined && !isOlderVersion(String(gone[1]), resource_version);
}

/** One that has been seen since it is said to have gone is there. */
function wentAway(rows: All, event: PodGone | DeploymentGone, kind: 'pods' | 'deployments'): void {
  const { org_id, cluster_id, uid, resource_version } = event;
  const before = rows[kind].get(org_id, cluster_id, uid);
  const seenSince =
    before !== undefined &&
    resource_version !== null &&
    isOlderVersion(resource_version, before.resource_version);
  if (seenSince) return;
  rows[kind].delete(org_id, cluster_id, uid);
  remember(rows, event, kind, uid, resource_version);
}

const readGone = ({ org_id, cluster_id }: Scope, kind: Kind): Read => ({
  table: 'recently_gone',
  key: [org_id, cluster_id, kind],
});
const readObject = (event: Outcome): Read[] => [
  { table: 'objects', key: [event.org_id, event.cluster_id, objectId(event)] },
  readGone(event, 'objects'),
];
const readByUid = (kind: 'pods' | 'deployments') => (event: Scope & { readonly uid: string }) => [
  { table: kind, key: [event.org_id, event.cluster_id, event.uid] },
  readGone(event, kind),
];
const readNode = ({ org_id, cluster_id, node }: Scope & { readonly node: string }): Read[] => [
  { table: 'observed_nodes', key: [org_id, cluster_id, node] },
];

/** What the folds of outcomes and observations read. */
export const observedReads = {
  ObjectApplied: readObject,
  ObjectRemoved: readObject,
  ObjectRefused: readObject,
  ObjectFailed: readObject,
  DriftFound: readObject,
  NodeObserved: readNode,
  NodeGone: readNode,
  NodeLost: readNode,
  NodeRegained: readNode,
  NodesForgotten: ({ nodes, ...scope }: NodesForgotten): Read[] =>
    nodes.flatMap(({ node }) => readNode({ ...scope, node })),
  PodObserved: readByUid('pods'),
  PodGone: readByUid('pods'),
  DeploymentObserved: readByUid('deployments'),
  DeploymentGone: readByUid('deployments'),
};

/** Folds of outcomes and observations. */
export const observedFolds = {
  ObjectApplied: objectApplied,
  ObjectRemoved: objectRemoved,
  ObjectRefused: objectInTrouble,
  ObjectFailed: objectInTrouble,
  DriftFound: driftFound,
  NodeObserved: nodeObserved,
  NodeGone: nodeGone,
  NodeLost: decidedOnNode(true),
  NodeRegained: decidedOnNode(false),
  NodesForgotten: nodesForgotten,
  PodObserved: (rows: All, event: PodObserved) => {
    if (!isLateOf(rows, event, 'pods')) rows.pods.put({ ...event });
  },
  PodGone: (rows: All, event: PodGone) => {
    wentAway(rows, event, 'pods');
  },
  DeploymentObserved: (rows: All, event: DeploymentObserved) => {
    if (!isLateOf(rows, event, 'deployments')) rows.deployments.put({ ...event });
  },
  DeploymentGone: (rows: All, event: DeploymentGone) => {
    wentAway(rows, event, 'deployments');
  },
};
