/** Outcomes and observations of a cluster for tests, each whole unless told otherwise. */
import type {
  DeploymentObserved,
  NodeObserved,
  ObjectApplied,
  ObjectFailed,
  PodObserved,
} from '../../schemas/generated/events.ts';

type OfCluster<T> = Omit<T, 'org_id' | 'cluster_id'>;

/** A node that is ready, seen at `at`. */
export function nodeSeen(node: string, at: number, more: Partial<OfCluster<NodeObserved>> = {}) {
  const data: OfCluster<NodeObserved> = {
    ...{ node, uid: `uid-${node}`, resource_version: String(at), created_at: 1, ready: true, at },
    ...{ unschedulable: false, reason: null, message: null, cpu: 2000, memory: 2048, labels: {}, taints: [] },
    ...more,
  };
  return data;
}

/** The same, not ready. */
export function nodeUnready(node: string, at: number, more: Partial<OfCluster<NodeObserved>> = {}) {
  return nodeSeen(node, at, { ready: false, reason: 'NODE_NOT_READY', message: 'no kubelet', ...more });
}

/** A pod that is ready. */
export function podSeen(
  service: string,
  pod: string,
  at: number,
  more: Partial<OfCluster<PodObserved>> = {},
) {
  const data: OfCluster<PodObserved> = {
    ...{ service, node: 'a', namespace: 'rightstream', pod, uid: `uid-${pod}`, resource_version: String(at) },
    ...{ phase: 'Running', ready: true, restarts: 0, reason: null, message: null, decision: null, at },
    ...more,
  };
  return data;
}

/** A Deployment of one pod that is ready. */
export function deploymentSeen(
  service: string,
  at: number,
  more: Partial<OfCluster<DeploymentObserved>> = {},
) {
  const data: OfCluster<DeploymentObserved> = {
    ...{ service, node: 'a', namespace: 'rightstream', name: `${service}-a`, uid: `uid-${service}-a` },
    ...{ resource_version: String(at), replicas: 1, ready: 1, updated: 1, settled: true },
    ...{ reason: null, message: null, decision: null, at, ...more },
  };
  return data;
}

const target = (service: string, position: number) => ({
  ...{ kind: 'Deployment', namespace: 'rightstream', name: `${service}-a`, service, node: 'a' },
  ...{ decision: position, position, at: position },
});

/** A Deployment that was applied; `position` is its decision and its time, too. */
export function applied(service: string, position: number, more: Partial<OfCluster<ObjectApplied>> = {}) {
  const data: OfCluster<ObjectApplied> = { ...target(service, position), change: 'created', ...more };
  return data;
}

/** A Deployment that could not be applied for now. */
export function failed(service: string, position: number, more: Partial<OfCluster<ObjectFailed>> = {}) {
  const why = { code: 'CLUSTER_AWAY', message: 'no answer', http_status: null, attempts: 1 };
  const data: OfCluster<ObjectFailed> = { ...target(service, position), ...why, ...more };
  return data;
}
