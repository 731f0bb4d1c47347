import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openCluster } from '../../../connectors/kubernetes/client.ts';
import type { Cluster } from '../../../connectors/kubernetes/cluster.ts';
import { readKubeconfig } from '../../../connectors/kubernetes/kubeconfig.ts';
import { callApi, doApi, fakeNode } from '../../support/real/kubernetes-api.ts';
import type { ApiBody } from '../../support/real/kubernetes-api.ts';
import { kubeconfig } from '../../support/real/kubernetes-settings.ts';
import { startKubernetes } from '../../support/real/kubernetes.ts';
import { removeFolder, temporaryFolder, type NativeServer } from '../../support/real/native.ts';
import type { KubernetesServer } from '../../support/real/servers.ts';
import { resizable } from '../../support/resizable.ts';
import type { Resizable } from '../../support/resizable.ts';
import { ResizingLoop } from '../../support/resizing-loop.ts';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const MIB = 1_048_576;
const HOUR = 3_600_000;
const folder = temporaryFolder('resizing');
let server: KubernetesServer & NativeServer;
let cluster: Cluster;
let loop: ResizingLoop;
let namespace: string;
let count = 0;

beforeAll(async () => {
  server = await startKubernetes();
  await doApi(server, 'POST', '/api/v1/nodes', fakeNode({ name: 'n1', cpu: '64', memory: '256Gi' }));
  const file = join(folder, 'config');
  writeFileSync(file, kubeconfig(server));
  cluster = openCluster(await readKubeconfig(file), { retryFirstMs: 50 });
});
afterAll(async () => {
  await cluster.close();
  await server.stop();
  removeFolder(folder);
});
beforeEach(async () => {
  namespace = `resizing-${++count}`;
  await doApi(server, 'POST', '/api/v1/namespaces', { metadata: { name: namespace } });
  loop = await ResizingLoop.of(cluster);
});
afterEach(async () => {
  await loop.stop();
  const path = `/apis/apps/v1/namespaces/${namespace}/deployments`;
  await doApi(server, 'DELETE', path);
});

const auto = { mode: 'auto', cpu: { min: 10, max: 4_000 }, memory: { min: 16, max: 4_096 } };
const policy = (more: object = {}) =>
  loop.say(['ResizingRequested', { namespace: null, policy: JSON.stringify({ ...auto, ...more }) }]);
const advice = (workload: string, cpu: number, memory: number, at = Date.now()) =>
  [
    'ResizeAdvised',
    {
      ...{ namespace, workload_type: 'deployment', workload, container: 'app', recommendation_id: 'r', at },
      ...{ engine: 'balanced', cpu_request: cpu, cpu_limit: null, memory_request: memory * MIB },
      ...{ memory_limit: null, confidence: 1, do_nothing: false, flags: [] },
    },
  ] as const;
const tick = (at = Date.now()) => loop.say(['Ticked', { at }]);

async function deploy(it: Resizable): Promise<void> {
  await doApi(server, 'POST', `/apis/apps/v1/namespaces/${namespace}/deployments`, resizable(it));
}
async function pods(): Promise<ApiBody[]> {
  return [...((await doApi(server, 'GET', `/api/v1/namespaces/${namespace}/pods`)).items ?? [])];
}
const observed = (ready: number) =>
  loop.until((facts) => {
    const latest = new Map<string, number>();
    for (const { type, data } of facts)
      if (type === 'WorkloadObserved' && data.namespace === namespace)
        latest.set(data.workload, data.rolled_out ? data.ready : 0);
    return [...latest.values()].reduce((sum, n) => sum + n, 0) === ready;
  });
const ended = (
  type: 'ResizeApplied' | 'ResizeRolledBack' | 'ResizeInfeasible' | 'ResizeRefused',
  n: number,
) => loop.until(() => loop.ends(type).length >= n);
const requestsOf = (pod: ApiBody) => {
  const { containers } = pod['spec'] as {
    containers: { resources: { requests: unknown; limits: unknown } }[];
  };
  return containers[0]!.resources;
};
const smaller = { requests: { cpu: '100m', memory: '64Mi' }, limits: { cpu: '200m', memory: '128Mi' } };
const identity = (list: readonly ApiBody[]) =>
  list.map(({ metadata, status }) => {
    const { containerStatuses = [] } = status as { containerStatuses?: { restartCount: number }[] };
    return [metadata!.uid, containerStatuses.map(({ restartCount }) => restartCount)];
  });

describe('right-sizing on a cluster', () => {
  it('twenty pods get what is advised in place, by one patch each, and none of them is replaced', async () => {
    for (let i = 0; i < 10; i++) await deploy({ name: `web-${i}`, replicas: 2 });
    await policy();
    loop.start();
    await observed(20);
    const before = await pods();
    await loop.say(...Array.from({ length: 10 }, (_, i) => advice(`web-${i}`, 100, 64)));
    expect(await tick()).toHaveLength(10);
    await ended('ResizeApplied', 10);
    const after = await pods();
    expect(identity(after)).toEqual(identity(before));
    expect(after.map(requestsOf)).toEqual(after.map(() => smaller));
    for (const { data } of loop.ends('ResizeApplied')) expect(data).toMatchObject({ pods: 2, patches: 2 });
    const owners = after[0]!.metadata as unknown as {
      managedFields: { manager: string; subresource?: string }[];
    };
    expect(owners.managedFields.map(({ manager, subresource }) => [manager, subresource])).toContainEqual([
      'rightstream-resize',
      'resize',
    ]);
  });

  it('a new pod is resized on sight, and the template follows when a roll-out is allowed', async () => {
    await deploy({ name: 'web', replicas: 2 });
    await policy({ watch_minutes: 1, rollout_hours: { from: 0, to: 23 } });
    loop.start();
    await observed(2);
    await loop.say(advice('web', 100, 64));
    await tick();
    await ended('ResizeApplied', 1);
    await doApi(server, 'PATCH', `/apis/apps/v1/namespaces/${namespace}/deployments/web`, {
      spec: { replicas: 3 },
    });
    await loop.until((facts) =>
      facts.some(({ type, data }) => type === 'WorkloadObserved' && data.ready === 3 && data.rolled_out),
    );
    await expect.poll(async () => (await pods()).map(requestsOf)).toEqual([smaller, smaller, smaller]);
    const at = new Date().setUTCHours(12) + 48 * HOUR;
    expect(await tick(at)).toMatchObject([
      { type: 'ResizeDecided', data: { kind: 'template', why: 'roll-out' } },
    ]);
    await ended('ResizeApplied', 2);
    const deployment = await doApi(server, 'GET', `/apis/apps/v1/namespaces/${namespace}/deployments/web`);
    expect(deployment.metadata!.annotations).toMatchObject({ 'rightstream.io/decision': '2' });
    const { template, replicas } = deployment['spec'] as { template: ApiBody; replicas: number };
    expect([requestsOf(template), replicas]).toEqual([smaller, 3]);
  });

  it('what the kubelet cannot do is taken back', async () => {
    await deploy({ name: 'web', podLabels: { 'test.rightstream.io/resize': 'infeasible' } });
    await policy();
    loop.start();
    await observed(1);
    await loop.say(advice('web', 390, 128));
    await tick();
    const [pod] = await pods();
    const path = `/api/v1/namespaces/${namespace}/pods/${pod!.metadata!.name}`;
    const condition = {
      type: 'PodResizePending',
      status: 'True',
      reason: 'Infeasible',
      message: 'too large',
    };
    await expect
      .poll(async () => requestsOf((await pods())[0]!))
      .toMatchObject({ requests: { cpu: '390m' } });
    const { conditions } = (await doApi(server, 'GET', path))['status'] as { conditions: { type: string }[] };
    const others = conditions.filter(({ type }) => type !== condition.type);
    await callApi(server, 'PATCH', `${path}/status`, { status: { conditions: [...others, condition] } });
    await ended('ResizeInfeasible', 1);
    expect(loop.ends('ResizeInfeasible')[0]!.data).toMatchObject({ deferred: false });
    expect(await tick()).toMatchObject([{ data: { why: 'rollback', notes: ['INFEASIBLE'] } }]);
    await expect
      .poll(async () => requestsOf((await pods())[0]!))
      .toMatchObject({ requests: { cpu: '200m' } });
  });

  it('a pod that is killed for memory after a resize gets back what it had', async () => {
    await deploy({ name: 'web' });
    await policy();
    loop.start();
    await observed(1);
    await loop.say(advice('web', 200, 64));
    await tick();
    await ended('ResizeApplied', 1);
    const [pod] = await pods();
    const path = `/api/v1/namespaces/${namespace}/pods/${pod!.metadata!.name}`;
    const { containerStatuses } = (await doApi(server, 'GET', path))['status'] as {
      containerStatuses: object[];
    };
    const finishedAt = `${new Date(Date.now() + 1_000).toISOString().slice(0, 19)}Z`;
    const terminated = { exitCode: 137, reason: 'OOMKilled', finishedAt, startedAt: finishedAt };
    const killed = containerStatuses.map((it) => ({ ...it, restartCount: 1, lastState: { terminated } }));
    await doApi(server, 'PATCH', `${path}/status`, { status: { containerStatuses: killed } });
    await loop.until((facts) =>
      facts.some(({ type, data }) => type === 'WorkloadObserved' && data.kills.length > 0),
    );
    expect(await tick()).toMatchObject([{ data: { why: 'rollback', notes: ['OOM_KILLED'] } }]);
    await ended('ResizeRolledBack', 1);
    expect(requestsOf((await pods())[0]!)).toMatchObject({
      requests: { memory: '128Mi' },
      limits: { memory: '256Mi' },
    });
  });

  it('tells what limits a workload: scalers, budgets, quotas, limit ranges, restarts', async () => {
    const create = (path: string, body: object) =>
      doApi(server, 'POST', `${path.replace('NS', `namespaces/${namespace}`)}`, body);
    const selector = { matchLabels: { app: 'web' } };
    await create('/apis/policy/v1/NS/poddisruptionbudgets', {
      ...{ metadata: { name: 'web' }, spec: { minAvailable: 2, selector } },
    });
    const resource = { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } };
    const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };
    await create('/apis/autoscaling/v2/NS/horizontalpodautoscalers', {
      metadata: { name: 'web' },
      spec: { scaleTargetRef, minReplicas: 2, maxReplicas: 4, metrics: [{ type: 'Resource', resource }] },
    });
    await create('/api/v1/NS/resourcequotas', {
      ...{ metadata: { name: 'most' }, spec: { hard: { cpu: '2', 'limits.memory': '1Gi' } } },
    });
    const limits = [{ type: 'Container', max: { memory: '512Mi' }, maxLimitRequestRatio: { cpu: '3' } }];
    await create('/api/v1/NS/limitranges', { metadata: { name: 'rules' }, spec: { limits } });
    const resizePolicy = [{ resourceName: 'memory', restartPolicy: 'RestartContainer' }];
    await deploy({ name: 'web', replicas: 2, resizePolicy });
    await policy();
    loop.start();
    await observed(2);
    await loop.until((facts) =>
      facts.some(
        ({ type, data }) => type === 'WorkloadObserved' && data.disruptions === 0 && data.ready === 2,
      ),
    );
    await loop.until((facts) =>
      facts.some(
        ({ type, data }) =>
          type === 'NamespaceLimitsObserved' && data.quotas.some(({ used }) => used === 400),
      ),
    );
    const workload = loop.ends('WorkloadObserved').at(-1)!.data;
    expect(workload).toMatchObject({
      ...{ qos: 'Burstable', rolling: true, scaled_on: ['cpu'], label: 'auto', service: null, kills: [] },
      containers: [{ cpu_request: 200, memory_limit: 256 * MIB, cpu_restart: false, memory_restart: true }],
    });
    expect(loop.ends('NamespaceLimitsObserved').at(-1)!.data).toMatchObject({
      quotas: [
        { name: 'most', resource: 'limits.memory', hard: 1_024 * MIB, used: 512 * MIB },
        { name: 'most', resource: 'requests.cpu', hard: 2_000, used: 400 },
      ],
      ranges: [
        { type: 'Container', resource: 'cpu', min: null, max: null, ratio: 3 },
        { type: 'Container', resource: 'memory', min: null, max: 512 * MIB, ratio: null },
      ],
    });
    await loop.say(advice('web', 100, 64));
    expect(await tick()).toMatchObject([{ type: 'ResizeHeld', data: { reason: 'DISRUPTION_BUDGET' } }]);
  });

  it('what has no label is neither looked at nor written', async () => {
    await deploy({ name: 'theirs', label: null });
    await deploy({ name: 'web' });
    await policy();
    loop.start();
    await observed(1);
    await loop.say(advice('theirs', 100, 64), advice('web', 100, 64));
    await tick();
    await ended('ResizeApplied', 1);
    expect(loop.facts.filter(({ data }) => 'workload' in data && data.workload === 'theirs')).toEqual([]);
  });
});
