import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCluster } from '../../../connectors/kubernetes/client.ts';
import type { Cluster, ClusterObject } from '../../../connectors/kubernetes/cluster.ts';
import { readKubeconfig } from '../../../connectors/kubernetes/kubeconfig.ts';
import { doApi, fakeNode } from '../../support/real/kubernetes-api.ts';
import { kubeconfig } from '../../support/real/kubernetes-settings.ts';
import { startKubernetes } from '../../support/real/kubernetes.ts';
import { removeFolder, temporaryFolder, type NativeServer } from '../../support/real/native.ts';
import type { KubernetesServer } from '../../support/real/servers.ts';

const namespace = 'client';
const folder = temporaryFolder('kubeconfig');
let server: KubernetesServer & NativeServer;
let cluster: Cluster;
const opened: Cluster[] = [];

async function open(token: string, settings: object = {}): Promise<Cluster> {
  const file = join(folder, 'config');
  writeFileSync(file, kubeconfig({ ...server, token }));
  const client = openCluster(await readKubeconfig(file), { retryFirstMs: 50, ...settings });
  opened.push(client);
  return client;
}

beforeAll(async () => {
  server = await startKubernetes();
  await doApi(server, 'POST', '/api/v1/namespaces', { metadata: { name: namespace } });
  cluster = await open(server.token);
});
afterAll(async () => {
  await Promise.all(opened.map((client) => client.close()));
  await server.stop();
  removeFolder(folder);
});

function configMap(name: string, data: Record<string, string>, labels = {}): ClusterObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace, labels }, data };
}
const versionOf = (object: ClusterObject) => object.metadata.resourceVersion!;
const idOf = (object: ClusterObject) => ({ uid: object.metadata.uid!, resourceVersion: versionOf(object) });

describe('writes', () => {
  it('what is expected to be absent, once', async () => {
    const made = await cluster.apply(configMap('once', { a: '1' }), { expect: 'absent' });
    expect(made['data']).toEqual({ a: '1' });
    await expect(cluster.apply(configMap('once', { a: '2' }), { expect: 'absent' })).rejects.toMatchObject({
      name: 'Postponed',
      code: 'CLUSTER_CONFLICT',
    });
    expect((await cluster.read({ kind: 'ConfigMap', namespace, name: 'once' }))?.['data']).toEqual({
      a: '1',
    });
  });

  it('only over the version that was read, and nothing for what is the same', async () => {
    const first = await cluster.apply(configMap('fenced', { a: '1', b: '1' }), { expect: 'absent' });
    const same = await cluster.apply(configMap('fenced', { a: '1', b: '1' }), { expect: versionOf(first) });
    expect(versionOf(same)).toBe(versionOf(first));
    const second = await cluster.apply(configMap('fenced', { a: '2' }), { expect: versionOf(first) });
    // what we no longer name goes
    expect(second['data']).toEqual({ a: '2' });
    await expect(
      cluster.apply(configMap('fenced', { a: '3' }), { expect: versionOf(first) }),
    ).rejects.toMatchObject({ code: 'CLUSTER_CONFLICT', httpStatus: 409 });
  });

  it('never takes what another owns, unless told to', async () => {
    await cluster.apply(configMap('owned', { a: 'theirs' }), { fieldManager: 'another' });
    await expect(cluster.apply(configMap('owned', { a: 'ours' }))).rejects.toMatchObject({
      name: 'Refused',
      code: 'CLUSTER_OWNED_BY_OTHER',
      message: expect.stringContaining('another') as string,
    });
    expect((await cluster.apply(configMap('owned', { a: 'ours' }), { force: true }))['data']).toEqual({
      a: 'ours',
    });
  });

  it('removes this very object, and says when it is gone already', async () => {
    const ref = { kind: 'ConfigMap', namespace, name: 'removed' } as const;
    const made = await cluster.apply(configMap('removed', {}));
    await expect(cluster.remove(ref, { uid: 'another' })).rejects.toMatchObject({ code: 'CLUSTER_CONFLICT' });
    expect(await cluster.remove(ref, idOf(made))).toBe(true);
    expect(await cluster.remove(ref, idOf(made))).toBe(false);
    expect(await cluster.read(ref)).toBeNull();
  });

  it('is told what is wrong with a manifest, and tries nothing with a strange name', async () => {
    await expect(cluster.apply({ ...configMap('strict', {}), dta: {} })).rejects.toMatchObject({
      name: 'Refused',
      message: expect.stringContaining('dta') as string,
    });
    await expect(cluster.read({ kind: 'ConfigMap', namespace, name: '../x' })).rejects.toMatchObject({
      code: 'BAD_OBJECT_NAME',
    });
  });
});

it('lists page by page, and no more than it may', async () => {
  const names = Array.from({ length: 7 }, (_, index) => `page-${index}`);
  for (const name of names) await cluster.apply(configMap(name, {}, { pages: 'yes' }));
  const query = { kind: 'ConfigMap', namespace, labelSelector: 'pages=yes' } as const;
  const small = await open(server.token, { pageSize: 3 });
  const { objects } = await small.list(query);
  expect(objects.map(({ metadata }) => metadata.name)).toEqual(names);
  expect(objects[0]).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap' });
  const bounded = await open(server.token, { pageSize: 3, maxObjects: 5 });
  await expect(bounded.list(query)).rejects.toMatchObject({ code: 'CLUSTER_TOO_MANY' });
});

it('a token that is not accepted is tried again and printed nowhere', async () => {
  const wrong = await open('secret-of-nobody');
  const error: unknown = await wrong.list({ kind: 'Node' }).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ name: 'Postponed', code: 'CLUSTER_UNAUTHORIZED' });
  expect(String(error) + JSON.stringify(error)).not.toContain('secret-of-nobody');
});

it('asks what it may', async () => {
  expect(await cluster.allowed({ verb: 'patch', kind: 'Pod', subresource: 'resize', namespace })).toBe(true);
  expect(await cluster.version()).toBe('v1.37.2');
});

it('resizes a pod in place', async () => {
  await doApi(server, 'POST', '/api/v1/nodes', fakeNode({ name: 'client-1' }));
  const requests = { cpu: '100m', memory: '64Mi' };
  const container = { name: 'main', image: 'registry.example/app:1', resources: { requests } };
  const pod = {
    metadata: { name: 'resized' },
    spec: { automountServiceAccountToken: false, containers: [container] },
  };
  await expect
    .poll(
      () =>
        cluster
          .read({ kind: 'Pod', namespace, name: 'resized' })
          .then(async (found) => found ?? doApi(server, 'POST', `/api/v1/namespaces/${namespace}/pods`, pod)),
      { timeout: 30_000 },
    )
    .toMatchObject({ status: { phase: 'Running' } });
  const before = (await cluster.read({ kind: 'Pod', namespace, name: 'resized' }))!;
  const wish = [{ name: 'main', resources: { requests: { cpu: '200m', memory: '64Mi' } } }];
  const after = await cluster.resizePod({ namespace, name: 'resized' }, wish, { expect: versionOf(before) });
  expect(after.metadata.uid).toBe(before.metadata.uid);
  await expect(
    cluster.resizePod({ namespace, name: 'resized' }, wish, { expect: versionOf(before) }),
  ).rejects.toMatchObject({ code: 'CLUSTER_CONFLICT' });
});

describe('a watch', () => {
  it('goes on after kill -9 and a pause of the API server, and misses nothing', async () => {
    const seen: string[] = [];
    const interruptions: unknown[] = [];
    const stop = new AbortController();
    const watcher = await open(server.token, { silenceMs: 3_000, retryLastMs: 500 });
    const done = watcher.watch(
      { kind: 'ConfigMap', namespace, labelSelector: 'watched=yes' },
      {
        synced: ({ objects }) =>
          void seen.push(`all ${objects.map(({ metadata }) => metadata.name).join(',')}`),
        changed: ({ metadata }) => void seen.push(`+${metadata.name}`),
        gone: ({ metadata }) => void seen.push(`-${metadata.name}`),
        interrupted: (error) => void interruptions.push(error),
      },
      stop.signal,
    );
    const put = (name: string) => cluster.apply(configMap(name, {}, { watched: 'yes' }));
    await expect.poll(() => seen).toEqual(['all ']);
    const a = await put('a');
    await expect.poll(() => seen).toEqual(['all ', '+a']);
    await server.kill();
    await expect.poll(() => interruptions.length, { timeout: 30_000 }).toBeGreaterThan(0);
    await expect(put('b')).rejects.toMatchObject({ code: 'CLUSTER_AWAY' });
    await server.restart();
    await put('b');
    await expect.poll(() => seen, { timeout: 60_000 }).toContain('+b');
    interruptions.length = 0;
    await server.pause();
    // nothing is heard, so it hangs up
    await expect.poll(() => interruptions.length, { timeout: 60_000 }).toBeGreaterThan(0);
    await server.resume();
    await cluster.remove({ kind: 'ConfigMap', namespace, name: 'a' }, { uid: a.metadata.uid! });
    await expect.poll(() => seen, { timeout: 60_000 }).toContain('-a');
    stop.abort();
    await done;
  });

  it('ends when it is refused', async () => {
    const path = `/api/v1/namespaces/${namespace}/serviceaccounts`;
    await doApi(server, 'POST', path, { metadata: { name: 'nobody' } });
    const { status } = await doApi(server, 'POST', `${path}/nobody/token`, {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: {},
    });
    const nobody = await open((status as { token: string }).token);
    const handlers = { synced: () => undefined, changed: () => undefined, gone: () => undefined };
    await expect(
      nobody.watch({ kind: 'Pod', namespace }, handlers, new AbortController().signal),
    ).rejects.toMatchObject({ name: 'Refused', code: 'CLUSTER_FORBIDDEN' });
    expect(await nobody.allowed({ verb: 'list', kind: 'Pod', namespace })).toBe(false);
  });
});

describe('a lease', () => {
  it('has one holder at a time; who waits follows when it is given back, and when its holder is cut off', async () => {
    const place = { namespace, name: 'leader' };
    const ends = new AbortController();
    const [one, two, three] = await Promise.all([1, 2, 3].map(() => open(server.token, { leaseSeconds: 3 })));
    const first = await one!.lead(place, ends.signal);
    let led = false;
    const waiting = two!.lead(place, ends.signal).then((leadership) => ((led = true), leadership));
    await expect(three!.lead(place, AbortSignal.timeout(5_000))).rejects.toMatchObject({
      name: 'TimeoutError',
    });
    expect({ led, lost: first.signal.aborted }).toEqual({ led: false, lost: false });
    await first.release();
    expect(first.signal.aborted).toBe(true);
    const second = await waiting;
    expect(second.transitions).toBeGreaterThan(first.transitions);
    // cut off: it stops by itself before another begins
    const next = one!.lead(place, ends.signal).then((leadership) => {
      expect(second.signal.aborted).toBe(true);
      return leadership;
    });
    await two!.close();
    await (await next).release();
  });
});
