/** What a real API server shows of nodes, Deployments and pods, as it is told: the shapes are those that Kubernetes writes. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCluster } from '../../../connectors/kubernetes/client.ts';
import type { Cluster, ClusterObject } from '../../../connectors/kubernetes/cluster.ts';
import { readKubeconfig } from '../../../connectors/kubernetes/kubeconfig.ts';
import type { Observation, ObservedKind } from '../../../connectors/kubernetes/observed.ts';
import { Told } from '../../../connectors/kubernetes/told.ts';
import { doApi, fakeNode } from '../../support/real/kubernetes-api.ts';
import { kubeconfig } from '../../support/real/kubernetes-settings.ts';
import { startKubernetes } from '../../support/real/kubernetes.ts';
import { removeFolder, temporaryFolder, type NativeServer } from '../../support/real/native.ts';
import type { KubernetesServer } from '../../support/real/servers.ts';

const namespace = 'observed';
const kinds = ['Node', 'Deployment', 'Pod'] as const;
const folder = temporaryFolder('observed');
const watching = new AbortController();
const seen: Observation[] = [];
let stirred: () => void = () => undefined;
let server: KubernetesServer & NativeServer;
let cluster: Cluster;
let watches: Promise<unknown>;

/** As an observer does it: news of every kind, in the order in which they come. */
function watch(kind: ObservedKind): Promise<void> {
  const told = new Told(kind, []);
  const view = () => ({ org: 'acme', cluster: 'edge', at: Date.now(), names: new Map([['n1', 'Node One']]) });
  const tell = (news: readonly Observation[]) => {
    told.keep(news);
    seen.push(...news);
    stirred();
  };
  const handlers = {
    synced: (listed: Parameters<Told['synced']>[0]) => {
      tell(told.synced(listed, view()));
    },
    changed: (object: ClusterObject) => {
      tell(told.changed(object, view()));
    },
    gone: (object: ClusterObject) => {
      tell(told.gone(object, view()));
    },
  };
  return cluster.watch({ kind, ...(kind === 'Node' ? {} : { namespace }) }, handlers, watching.signal);
}

/** Resolves when something like this was told, now or later. */
async function told(type: Observation['type'], data: object): Promise<Observation['data']> {
  for (;;) {
    const found = seen.find(
      (one) =>
        one.type === type &&
        Object.entries(data).every(([name, value]) => (one.data as never)[name] === value),
    );
    if (found !== undefined) return found.data;
    await new Promise<void>((resolve) => (stirred = resolve));
  }
}

function deployment(service: string, replicas: number, cpu = '100m'): ClusterObject {
  const labels = { app: service };
  const annotations = { 'rightstream.io/service': service, 'rightstream.io/node': 'Node One' };
  return {
    ...{ apiVersion: 'apps/v1', kind: 'Deployment' },
    metadata: { name: service, namespace, annotations: { ...annotations, 'rightstream.io/decision': '7' } },
    spec: {
      ...{ replicas, selector: { matchLabels: labels } },
      template: {
        metadata: { labels, annotations },
        spec: {
          nodeSelector: { 'kubernetes.io/hostname': 'n1' },
          containers: [{ name: 'main', image: 'web:1', resources: { requests: { cpu } } }],
        },
      },
    },
  };
}

beforeAll(async () => {
  server = await startKubernetes();
  await doApi(server, 'POST', '/api/v1/namespaces', { metadata: { name: namespace } });
  const file = join(folder, 'config');
  writeFileSync(file, kubeconfig(server));
  cluster = openCluster(await readKubeconfig(file), { retryFirstMs: 50 });
  for (const node of [fakeNode({ name: 'n1', cpu: '1900m', memory: '3Gi' }), fakeNode({ name: 'n2' })])
    await doApi(server, 'POST', '/api/v1/nodes', node);
  watches = Promise.all(kinds.map(watch));
});
afterAll(async () => {
  watching.abort();
  await watches;
  await cluster.close();
  await server.stop();
  removeFolder(folder);
});

describe('a real API server', () => {
  it('shows nodes with what pods may take, under their declared names', async () => {
    expect(await told('NodeObserved', { node: 'Node One', ready: true })).toMatchObject({
      ...{ cpu: 1900, memory: 3072, unschedulable: false, reason: null },
      labels: { 'kubernetes.io/hostname': 'n1' },
    });
    expect(await told('NodeObserved', { node: 'n2', ready: true })).toMatchObject({
      cpu: 4000,
      memory: 8192,
    });
  });

  it('shows pods that get ready, and their Deployment', async () => {
    await cluster.apply(deployment('web', 2));
    expect(await told('DeploymentObserved', { service: 'web', ready: 2 })).toMatchObject({
      ...{ node: 'Node One', replicas: 2, updated: 2, settled: true, reason: null, decision: 7 },
    });
    const pod = await told('PodObserved', { service: 'web', ready: true });
    expect(pod).toMatchObject({ node: 'Node One', namespace, phase: 'Running', restarts: 0, reason: null });
  });

  it('says why a pod has no node, and why a Deployment gets no pod', async () => {
    await cluster.apply(deployment('large', 1, '30'));
    const pod = await told('PodObserved', { service: 'large', reason: 'UNSCHEDULABLE' });
    expect(pod).toMatchObject({ node: null, phase: 'Pending', ready: false });
    expect(pod).toHaveProperty('message', expect.stringMatching(/Insufficient cpu.*; free room/));
    const quota = { metadata: { name: 'none' }, spec: { hard: { 'limits.memory': '1Mi' } } };
    await doApi(server, 'POST', `/api/v1/namespaces/${namespace}/resourcequotas`, quota);
    await cluster.apply(deployment('refused', 1));
    const refused = await told('DeploymentObserved', { service: 'refused', reason: 'FAILED_CREATE' });
    expect(refused).toHaveProperty('message', expect.stringMatching(/quota.*; see quotas/));
  });

  it('shows a node that is cordoned, then one whose kubelet is not ready, then one that is gone', async () => {
    await doApi(server, 'PATCH', '/api/v1/nodes/n2', { spec: { unschedulable: true } });
    await told('NodeObserved', { node: 'n2', unschedulable: true, ready: true });
    await doApi(server, 'PATCH', '/api/v1/nodes/n2', {
      metadata: { annotations: { 'kwok.x-k8s.io/node': null } },
    });
    const conditions = [{ type: 'Ready', status: 'False', reason: 'KubeletNotReady', message: 'no network' }];
    await doApi(server, 'PATCH', '/api/v1/nodes/n2/status', { status: { conditions } });
    const unready = await told('NodeObserved', { node: 'n2', reason: 'NODE_NOT_READY' });
    expect(unready).toMatchObject({ ready: false, message: 'no network; look at its kubelet' });
    await doApi(server, 'DELETE', '/api/v1/nodes/n2');
    expect(await told('NodeGone', { node: 'n2' })).toMatchObject({ uid: (unready as { uid: string }).uid });
  });

  it('shows a Deployment and its pods leave and go', async () => {
    const pod = await told('PodObserved', { service: 'web', ready: true });
    await doApi(server, 'DELETE', `/apis/apps/v1/namespaces/${namespace}/deployments/web`);
    await told('DeploymentGone', { name: 'web' });
    expect(await told('PodGone', { uid: (pod as { uid: string }).uid })).toMatchObject({ namespace });
  });
});
