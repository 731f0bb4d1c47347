import { describe, expect, it } from 'vitest';
import type { ClusterObject } from '../../../connectors/kubernetes/cluster.ts';
import { declaredNames, gist, gone, observed } from '../../../connectors/kubernetes/observed.ts';
import { codeOfReason } from '../../../connectors/kubernetes/reasons.ts';
import { Told } from '../../../connectors/kubernetes/told.ts';

const view = { org: 'acme', cluster: 'edge', at: 1_000, names: new Map([['n1', 'Node One']]) };
const ready = { type: 'Ready', status: 'True' };

function nodeObject(more: { spec?: object; status?: object; version?: string } = {}): ClusterObject {
  const { version = '7', spec = {}, status = {} } = more;
  return {
    ...{ apiVersion: 'v1', kind: 'Node' },
    metadata: {
      ...{ name: 'n1', uid: 'u-n1', resourceVersion: version, creationTimestamp: '2026-01-02T03:04:05Z' },
      labels: { zone: 'b', 'kubernetes.io/hostname': 'n1' },
    },
    spec,
    status: { allocatable: { cpu: '1930m', memory: '7700Mi' }, conditions: [ready], ...status },
  };
}

function podObject(status: object, metadata: object = {}, spec: object = { nodeName: 'n1' }): ClusterObject {
  return {
    ...{ apiVersion: 'v1', kind: 'Pod', spec, status },
    metadata: {
      ...{ name: 'web-1', namespace: 'rightstream', uid: 'u-web-1', resourceVersion: '9' },
      annotations: { 'rightstream.io/service': 'Web shop', 'rightstream.io/node': 'Node One' },
      ...metadata,
    },
  };
}

function deploymentObject(status: object, metadata: object = {}): ClusterObject {
  return {
    ...{ apiVersion: 'apps/v1', kind: 'Deployment', spec: { replicas: 3 }, status },
    metadata: {
      ...{ name: 'web', namespace: 'rightstream', uid: 'u-web', resourceVersion: '9', generation: 4 },
      annotations: { 'rightstream.io/service': 'web', 'rightstream.io/decision': '12' },
      ...metadata,
    },
  };
}

const waiting = (reason: string, more: object = {}) => ({
  phase: 'Pending',
  containerStatuses: [{ name: 'main', restartCount: 2, state: { waiting: { reason } }, ...more }],
});
const ended = (reason: string, exitCode: number) => ({ terminated: { reason, exitCode } });

describe('a node', () => {
  it('is told under its declared name, with what pods may take', () => {
    expect(observed(nodeObject(), view)).toEqual({
      type: 'NodeObserved',
      data: {
        ...{ org_id: 'acme', cluster_id: 'edge', node: 'Node One', uid: 'u-n1', resource_version: '7' },
        ...{ created_at: Date.UTC(2026, 0, 2, 3, 4, 5), ready: true, unschedulable: false, at: 1_000 },
        ...{ reason: null, message: null, cpu: 1930, memory: 7700, taints: [] },
        labels: { zone: 'b', 'kubernetes.io/hostname': 'n1' },
      },
    });
  });

  it.each<[string, string, number]>([
    ['cpu', '4', 4000],
    ['cpu', '1999999u', 1999],
    ['cpu', '2.5', 2500],
    ['cpu', '4e3', 4_000_000],
    ['memory', '1Gi', 1024],
    ['memory', '1G', 953],
    ['memory', '2000000Ki', 1953],
    ['memory', '1048576', 1],
    ['memory', '9E', 2_147_483_647],
    ['cpu', 'four', 0],
    ['cpu', '-1', 0],
  ])('%s %s is %d', (name, quantity, expected) => {
    const allocatable = { cpu: '1', memory: '1Gi', [name]: quantity };
    expect(observed(nodeObject({ status: { allocatable } }), view)!.data).toMatchObject({ [name]: expected });
  });

  it('says which quantity it cannot read, and that it was told none', () => {
    const bad = observed(nodeObject({ status: { allocatable: { cpu: 'four' } } }), view)!;
    expect(bad.data).toMatchObject({ reason: 'NODE_BAD_QUANTITY', cpu: 0, memory: 0 });
    expect(bad.data).toHaveProperty('message', expect.stringContaining('"four" is no quantity'));
    expect(observed(nodeObject({ status: { allocatable: {} } }), view)!.data).toMatchObject({ reason: null });
  });

  it.each<[string, object[], boolean, string]>([
    ['no kubelet yet', [], false, 'NODE_NOT_REPORTING'],
    ['not ready', [{ type: 'Ready', status: 'False', message: 'cni' }], false, 'NODE_NOT_READY'],
    ['silent', [{ type: 'Ready', status: 'Unknown' }], false, 'NODE_UNREACHABLE'],
    ['short of memory', [ready, { type: 'MemoryPressure', status: 'True' }], true, 'MEMORY_PRESSURE'],
    ['short of processes', [ready, { type: 'PIDPressure', status: 'True' }], true, 'PID_PRESSURE'],
  ])('%s', (_, conditions, isReady, reason) => {
    const { data } = observed(nodeObject({ status: { conditions } }), view)!;
    expect(data).toMatchObject({ ready: isReady, reason });
  });

  it('cordoned and tainted', () => {
    const taints = [{ key: 'gpu', effect: 'NoSchedule' }];
    expect(observed(nodeObject({ spec: { unschedulable: true, taints } }), view)!.data).toMatchObject({
      ...{ unschedulable: true, taints: [{ key: 'gpu', value: null, effect: 'NoSchedule' }] },
    });
  });

  it('its declared name is found by the host that it is', () => {
    const labels = { 'kubernetes.io/hostname': 'host-7' };
    expect(declaredNames([{ name: 'A', labels }])).toEqual(new Map([['host-7', 'A']]));
    expect(observed(nodeObject(), { ...view, names: new Map() })!.data).toMatchObject({ node: 'n1' });
  });
});

describe('a pod', () => {
  it('that is ready, with the service as it was declared', () => {
    const status = {
      phase: 'Running',
      conditions: [ready],
      containerStatuses: [{ name: 'm', restartCount: 1 }],
    };
    expect(observed(podObject(status), view)!.data).toMatchObject({
      ...{ service: 'Web shop', node: 'Node One', pod: 'web-1', phase: 'Running', ready: true },
      ...{ restarts: 1, reason: null, message: null, decision: null },
    });
  });

  it.each<[string, object, string | null]>([
    ['starting', waiting('ContainerCreating'), null],
    ['without an image', waiting('ImagePullBackOff'), 'IMAGE_PULL_FAILED'],
    ['without an image, by turns', waiting('ErrImagePull'), 'IMAGE_PULL_FAILED'],
    ['a name of an image that is none', waiting('InvalidImageName'), 'INVALID_IMAGE_NAME'],
    ['crashing', waiting('CrashLoopBackOff'), 'CRASH_LOOP'],
    ['killed', waiting('CrashLoopBackOff', { lastState: ended('OOMKilled', 137) }), 'OOM_KILLED'],
    ['lacking a Secret', waiting('CreateContainerConfigError'), 'CREATE_CONTAINER_CONFIG_ERROR'],
    ['ended badly', { containerStatuses: [{ name: 'm', state: ended('Error', 1) }] }, 'CONTAINER_FAILED'],
    ['ended well', { containerStatuses: [{ name: 'm', state: ended('Completed', 0) }] }, null],
    [
      'an init container',
      { initContainerStatuses: [{ name: 'i', state: ended('Error', 2) }] },
      'CONTAINER_FAILED',
    ],
    ['evicted', { phase: 'Failed', reason: 'Evicted', message: 'low on memory' }, 'EVICTED'],
    ['failed without a reason', { phase: 'Failed' }, 'POD_FAILED'],
    [
      'without a node',
      {
        conditions: [
          { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/3 nodes' },
        ],
      },
      'UNSCHEDULABLE',
    ],
    ['with a reason of its own', waiting('SomeNewReason'), 'SOME_NEW_REASON'],
  ])('%s', (_, status, reason) => {
    const { data } = observed(podObject(status), view)!;
    expect(data).toMatchObject({ ready: false, reason });
    if (reason !== null) expect(data).toHaveProperty('message', expect.stringMatching(/\S; \S|\S{3}/));
  });

  it('that is leaving is not ready, and nothing is wrong with it', () => {
    const leaving = podObject(
      {
        phase: 'Running',
        conditions: [ready],
        containerStatuses: [{ name: 'm', state: ended('Error', 143) }],
      },
      { deletionTimestamp: '2026-01-02T03:04:05Z' },
    );
    expect(observed(leaving, view)!.data).toMatchObject({ phase: 'Terminating', ready: false, reason: null });
  });

  it('of somebody else, or of another kind, is none of ours', () => {
    expect(observed(podObject({}, { annotations: {} }), view)).toBeUndefined();
    expect(gone(podObject({}, { annotations: {} }), view)).toBeUndefined();
    expect(observed({ ...podObject({}), kind: 'Lease' }, view)).toBeUndefined();
  });

  it('a long message is cut, and control characters are gone', () => {
    const message = `a\n\u0000b ${'x'.repeat(9_000)}`;
    const { data } = observed(podObject({ phase: 'Failed', reason: 'Evicted', message }), view)!;
    const text = (data as { message: string }).message;
    expect(text.length).toBeLessThan(700);
    expect(text.startsWith('a b xx')).toBe(true);
  });
});

describe('a Deployment', () => {
  it('with its decision, its pods, and whether the cluster has seen the latest', () => {
    const status = { observedGeneration: 3, readyReplicas: 2, updatedReplicas: 1 };
    expect(observed(deploymentObject(status), view)!.data).toMatchObject({
      ...{ service: 'web', node: null, replicas: 3, ready: 2, updated: 1, settled: false, decision: 12 },
    });
    expect(observed(deploymentObject({ observedGeneration: 4 }), view)!.data).toMatchObject({
      settled: true,
    });
  });

  it.each([
    ['ReplicaFailure', 'True', 'FailedCreate', 'FAILED_CREATE'],
    ['Progressing', 'False', 'ProgressDeadlineExceeded', 'PROGRESS_DEADLINE_EXCEEDED'],
    ['Progressing', 'True', 'NewReplicaSetAvailable', null],
  ])('%s %s: %s', (type, status, reason, code) => {
    const conditions = [{ type, status, reason, message: 'exceeded quota' }];
    expect(observed(deploymentObject({ conditions }), view)!.data).toMatchObject({ reason: code });
  });
});

it('reasons of Kubernetes as codes', () => {
  expect(['UnexpectedAdmissionError', 'OutOfcpu', 'a b-c', 'x'.repeat(99)].map(codeOfReason)).toEqual([
    ...['UNEXPECTED_ADMISSION_ERROR', 'OUT_OFCPU', 'A_B_C', 'X'.repeat(63)],
  ]);
});

describe('what was told', () => {
  const seen = observed(nodeObject(), view)!;
  // As the tables give it: JSON as text or read, more columns than the event has.
  const row = {
    ...seen.data,
    ...{ name: 'Node One', gone: false, lost: false, since: 1, taints: '[]' },
    labels: { 'kubernetes.io/hostname': 'n1', zone: 'b' },
  };

  it('a row and its observation say the same; a heartbeat is no news', () => {
    expect(gist('Node', row)).toBe(gist('Node', seen.data as never));
    const told = new Told('Node', [row]);
    expect(told.changed(nodeObject({ version: '8' }), { ...view, at: 9 })).toEqual([]);
    const cordoned = told.changed(nodeObject({ spec: { unschedulable: true } }), view);
    expect(cordoned).toMatchObject([{ type: 'NodeObserved', data: { unschedulable: true } }]);
    told.keep(cordoned);
    expect(told.changed(nodeObject({ spec: { unschedulable: true } }), view)).toEqual([]);
    expect(told.changed(nodeObject(), view)).toHaveLength(1);
  });

  it('a list tells what changed, what is gone, and which declared nodes are not there, once', () => {
    const told = new Told('Node', [row]);
    const names = new Map([
      ['n1', 'Node One'],
      ['n2', 'Node Two'],
    ]);
    const news = told.synced({ objects: [], resourceVersion: '99' }, { ...view, names });
    expect(news).toEqual([
      {
        type: 'NodeGone',
        data: {
          ...{ org_id: 'acme', cluster_id: 'edge', node: 'Node One', uid: 'u-n1', resource_version: '99' },
          at: 1_000,
        },
      },
      { type: 'NodeGone', data: expect.objectContaining({ node: 'Node Two', uid: null }) as unknown },
    ]);
    told.keep(news);
    expect(told.synced({ objects: [], resourceVersion: '100' }, { ...view, names })).toEqual([]);
    const back = told.synced({ objects: [nodeObject()], resourceVersion: '101' }, { ...view, names });
    expect(back).toMatchObject([{ type: 'NodeObserved', data: { node: 'Node One' } }]);
  });

  it('a node that went while nobody declared it is told of again when it is declared', () => {
    const told = new Told('Node', [row]);
    const nothing = { objects: [], resourceVersion: '99' };
    const undeclared = { ...view, names: new Map<string, string>() };
    told.keep(told.synced(nothing, undeclared));
    expect(told.synced(nothing, undeclared)).toEqual([]);
    const again = told.synced(nothing, view);
    expect(again).toMatchObject([{ type: 'NodeGone', data: { node: 'Node One' } }]);
    told.keep(again);
    expect(told.synced(nothing, view)).toEqual([]);
  });

  it('pods and Deployments that are gone, by a list or one by one', () => {
    const pods = new Told('Pod', []);
    const first = pods.changed(podObject({ phase: 'Pending' }), view);
    expect(first).toHaveLength(1);
    pods.keep(first);
    const expected = { namespace: 'rightstream', pod: 'web-1', uid: 'u-web-1' };
    const listed = pods.synced({ objects: [], resourceVersion: '50' }, view);
    expect(listed).toMatchObject([{ type: 'PodGone', data: { ...expected, resource_version: '50' } }]);
    const one = pods.gone(podObject({ phase: 'Pending' }), view);
    expect(one).toMatchObject([{ type: 'PodGone', data: { ...expected, resource_version: '9' } }]);
    pods.keep(one);
    expect(pods.synced({ objects: [], resourceVersion: '51' }, view)).toEqual([]);
    const deployments = new Told('Deployment', [
      { uid: 'u-web', name: 'web', namespace: 'rightstream', service: 'web', decision: '12' },
    ]);
    expect(deployments.synced({ objects: [], resourceVersion: '52' }, view)).toMatchObject([
      { type: 'DeploymentGone', data: { namespace: 'rightstream', name: 'web', uid: 'u-web' } },
    ]);
    expect(deployments.changed(podObject({}), view)).toEqual([]);
  });
});
