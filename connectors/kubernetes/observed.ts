/** Objects of the cluster as observations: what we tell of nodes, Deployments and pods, and whether that is news. Pure. */
import type {
  DeploymentGone,
  DeploymentObserved,
  NodeGone,
  NodeObserved,
  PodGone,
  PodObserved,
} from '../../schemas/generated/events.ts';
import type { ClusterObject } from './cluster.ts';
import { canonical, originOf } from './manifests/labels.ts';
import { hostnameOf, HOSTNAME, marks } from './names.ts';
import { billionths } from './quantity.ts';
import { conditionOf, trouble, troubleOfDeployment, troubleOfNode, troubleOfPod } from './reasons.ts';
import type { Condition, PodStatus } from './reasons.ts';

/** Who sees, and when. */
export interface View {
  readonly org: string;
  readonly cluster: string;
  /** ms since 1970. */
  readonly at: number;
  /** Declared names of nodes by the name that the cluster has for them, see {@link declaredNames}. */
  readonly names: ReadonlyMap<string, string>;
}

/** What is told; gone carries no state. */
export type Observation =
  | { readonly type: 'NodeObserved'; readonly data: NodeObserved }
  | { readonly type: 'NodeGone'; readonly data: NodeGone }
  | { readonly type: 'DeploymentObserved'; readonly data: DeploymentObserved }
  | { readonly type: 'DeploymentGone'; readonly data: DeploymentGone }
  | { readonly type: 'PodObserved'; readonly data: PodObserved }
  | { readonly type: 'PodGone'; readonly data: PodGone };

/** Kinds that are observed. */
export type ObservedKind = 'Node' | 'Deployment' | 'Pod';

interface NodeObject {
  readonly spec?: { readonly unschedulable?: boolean; readonly taints?: readonly TaintObject[] };
  readonly status?: {
    readonly allocatable?: Readonly<Record<string, string>>;
    readonly conditions?: readonly Condition[];
  };
}
interface TaintObject {
  readonly key: string;
  readonly value?: string;
  readonly effect: string;
}
interface DeploymentObject {
  readonly spec?: { readonly replicas?: number };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly readyReplicas?: number;
    readonly updatedReplicas?: number;
    readonly conditions?: readonly Condition[];
  };
}
interface PodObject {
  readonly spec?: { readonly nodeName?: string };
  readonly status?: PodStatus;
}

const LARGEST = 2_147_483_647;
const MEBIBYTE = 1_048_576n;
const BILLION = 1_000_000_000n;

/** Declared names of nodes by what the cluster calls them. */
export function declaredNames(
  nodes: readonly { readonly name: string; readonly labels: Readonly<Record<string, string>> }[],
): Map<string, string> {
  return new Map(nodes.map((node) => [hostnameOf(node), node.name]));
}

/** An object as an observation; undefined when it is of no service of ours. */
export function observed(object: ClusterObject, view: View): Observation | undefined {
  switch (object.kind) {
    case 'Node':
      return { type: 'NodeObserved', data: nodeObserved(object, view) };
    case 'Deployment': {
      const data = deploymentObserved(object, view);
      return data && { type: 'DeploymentObserved', data };
    }
    case 'Pod': {
      const data = podObserved(object, view);
      return data && { type: 'PodObserved', data };
    }
    default:
      return undefined;
  }
}

/** That an object is gone; undefined when it was of no service of ours. */
export function gone(object: ClusterObject, view: View): Observation | undefined {
  const seen = observed(object, view);
  const { org: org_id, cluster: cluster_id, at } = view;
  const resource_version = object.metadata.resourceVersion ?? null;
  const scope = { org_id, cluster_id, at, resource_version };
  switch (seen?.type) {
    case 'NodeObserved':
      return { type: 'NodeGone', data: { ...scope, node: seen.data.node, uid: seen.data.uid } };
    case 'DeploymentObserved': {
      const { namespace, name, uid } = seen.data;
      return { type: 'DeploymentGone', data: { ...scope, namespace, name, uid } };
    }
    case 'PodObserved': {
      const { namespace, pod, uid } = seen.data;
      return { type: 'PodGone', data: { ...scope, namespace, pod, uid } };
    }
    default:
      return undefined;
  }
}

function nodeObserved(object: ClusterObject, view: View): NodeObserved {
  const { spec = {}, status = {} } = object as NodeObject;
  const { labels = {}, name } = object.metadata;
  const cpu = amount(status.allocatable?.['cpu'], 1_000n, BILLION);
  const memory = amount(status.allocatable?.['memory'], 1n, MEBIBYTE * BILLION);
  const unreadable = [cpu, memory].find((it) => typeof it === 'string');
  const what =
    troubleOfNode(status.conditions) ??
    (unreadable === undefined ? undefined : trouble('NODE_BAD_QUANTITY', `"${unreadable}" is no quantity`));
  return {
    ...common(object, view),
    node: view.names.get(labels[HOSTNAME] ?? name) ?? labels[HOSTNAME] ?? name,
    created_at: time(object.metadata.creationTimestamp),
    ready: conditionOf(status.conditions, 'Ready')?.status === 'True',
    unschedulable: spec.unschedulable === true,
    ...(what ?? nothing),
    cpu: typeof cpu === 'number' ? cpu : 0,
    memory: typeof memory === 'number' ? memory : 0,
    labels,
    taints: (spec.taints ?? []).map(({ key, value, effect }) => ({ key, value: value ?? null, effect })),
  };
}

function deploymentObserved(object: ClusterObject, view: View): DeploymentObserved | undefined {
  const { spec = {}, status = {} } = object as DeploymentObject;
  const { service, node } = originOf(object);
  if (service === null) return undefined;
  const { name, namespace = '', generation = 0 } = object.metadata;
  return {
    ...common(object, view),
    ...{ service, node, namespace, name },
    replicas: spec.replicas ?? 1,
    ready: status.readyReplicas ?? 0,
    updated: status.updatedReplicas ?? 0,
    settled: (status.observedGeneration ?? 0) >= generation,
    ...(troubleOfDeployment(status.conditions) ?? nothing),
    decision: decisionOf(object),
  };
}

function podObserved(object: ClusterObject, view: View): PodObserved | undefined {
  const { spec = {}, status = {} } = object as PodObject;
  const { service } = originOf(object);
  if (service === null) return undefined;
  const { name: pod, namespace = '', deletionTimestamp } = object.metadata;
  const leaving = deletionTimestamp !== undefined;
  const containers = status.containerStatuses ?? [];
  return {
    ...common(object, view),
    ...{ service, namespace, pod },
    node: spec.nodeName === undefined ? null : (view.names.get(spec.nodeName) ?? spec.nodeName),
    phase: leaving ? 'Terminating' : (status.phase ?? 'Pending'),
    ready: !leaving && conditionOf(status.conditions, 'Ready')?.status === 'True',
    restarts: containers.reduce((sum, { restartCount = 0 }) => sum + restartCount, 0),
    ...((leaving ? undefined : troubleOfPod(status)) ?? nothing),
    decision: decisionOf(object),
  };
}

const nothing = { reason: null, message: null };

function common({ metadata }: ClusterObject, { org, cluster, at }: View) {
  const { uid = '', resourceVersion = '' } = metadata;
  return { org_id: org, cluster_id: cluster, uid, resource_version: resourceVersion, at };
}

function decisionOf({ metadata }: ClusterObject): number | null {
  const text = metadata.annotations?.[marks.decision] ?? '';
  return /^\d{1,15}$/.test(text) ? Number(text) : null;
}

function time(text: string | undefined): number {
  const ms = Date.parse(text ?? '');
  return Number.isNaN(ms) ? 0 : ms;
}

/** A quantity times a factor, rounded down: 0 when it is not told, the text itself when it cannot be read. */
function amount(quantity: string | undefined, times: bigint, by: bigint): number | string {
  if (quantity === undefined) return 0;
  const found = billionths(quantity);
  if (found === undefined || found < 0n) return quantity.slice(0, 100);
  const whole = (found * times) / by;
  return whole > BigInt(LARGEST) ? LARGEST : Number(whole);
}

/** Which row an observation is about, of its kind. */
export function identityOf({ type, data }: Observation): string {
  return type === 'NodeObserved' || type === 'NodeGone' ? data.node : data.uid;
}

const told = {
  Node: ['uid', 'ready', 'unschedulable', 'reason', 'cpu', 'memory', 'labels', 'taints'],
  Deployment: ['service', 'node', 'replicas', 'ready', 'updated', 'settled', 'reason', 'decision'],
  Pod: ['service', 'node', 'phase', 'ready', 'restarts', 'reason'],
} as const;
const numbers = new Set(['cpu', 'memory', 'replicas', 'ready', 'updated', 'restarts', 'decision']);

/**
 * What we tell of an object as one text: of an observation, or of its row in `observed_nodes`, `deployments` or `pods`. When the
 * texts are equal nothing is to be told; versions, times and messages (which count seconds) do not matter.
 */
export function gist(kind: ObservedKind, from: Readonly<Record<string, unknown>>): string {
  if (from['gone'] === true) return 'gone';
  return canonical(told[kind].map((name) => plain(name, from[name])));
}

/** A cell as the event has it: JSON read, wide numbers as numbers. */
function plain(name: string, cell: unknown): unknown {
  if (cell === null || cell === undefined) return null;
  if (numbers.has(name) && typeof cell !== 'boolean') return Number(cell);
  return typeof cell === 'string' && (name === 'labels' || name === 'taints') ? JSON.parse(cell) : cell;
}
