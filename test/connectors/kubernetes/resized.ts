/** Objects that right-sizing looks at: a Deployment `web` that may be resized, and its pods. */
import type { ClusterObject } from '../../../connectors/kubernetes/cluster.ts';
import { RESIZE_LABEL } from '../../../connectors/kubernetes/resizing/observe.ts';
import type { DesiredResize } from '../../../connectors/kubernetes/resizing/steps.ts';

/** How a pod is. */
export interface ResizedPod {
  readonly version?: string;
  readonly cpu?: string;
  /** Since when it is ready, or not, ms since 1970. */
  readonly since?: number;
  readonly ready?: boolean;
}

/** A pod with one container. */
export function podOf(
  name: string,
  { version = '10', cpu = '200m', ready = true, since = 0 }: ResizedPod = {},
): ClusterObject & { spec: Record<string, unknown>; status: Record<string, unknown> } {
  const lastTransitionTime = new Date(since).toISOString();
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...{ name, namespace: 'shop', uid: `uid-${name}`, resourceVersion: version },
      labels: { app: 'web', 'pod-template-hash': '1' },
      ownerReferences: [
        { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-1', uid: 'r', controller: true },
      ],
    },
    spec: { nodeName: 'n1', containers: [{ name: 'app', resources: { requests: { cpu } } }] },
    status: {
      phase: 'Running',
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime }],
    },
  };
}

/** The Deployment; `restarts`: a change of this resource restarts its container. */
export function deploymentOf(
  restarts = '',
): ClusterObject & { spec: Record<string, unknown>; status: Record<string, unknown> } {
  const resizePolicy = restarts === '' ? [] : [{ resourceName: restarts, restartPolicy: 'RestartContainer' }];
  const containers = [{ name: 'app', resources: { requests: { cpu: '200m' } }, resizePolicy }];
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      ...{ name: 'web', namespace: 'shop', uid: 'uid-web', resourceVersion: '10' },
      labels: { [RESIZE_LABEL]: 'auto' },
    },
    spec: { template: { metadata: { labels: { app: 'web' } }, spec: { containers } } },
    status: {},
  };
}

/** 100m of CPU for it. */
export function wanted(in_flight: DesiredResize['in_flight']): DesiredResize {
  const amounts = { cpu_request: 100, cpu_limit: null, memory_request: null, memory_limit: null };
  const workload = { namespace: 'shop', workload_type: 'deployment', workload: 'web' };
  return { ...workload, containers: { app: amounts }, allowed: true, in_flight };
}
