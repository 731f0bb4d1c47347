/** The objects and the plan against a real API server, which fills in defaults and writes amounts its own way. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isChange } from '../../../connectors/kubernetes/actions.ts';
import type { Action } from '../../../connectors/kubernetes/actions.ts';
import { openCluster } from '../../../connectors/kubernetes/client.ts';
import type { Cluster, ClusterObject } from '../../../connectors/kubernetes/cluster.ts';
import type { DesiredCluster } from '../../../connectors/kubernetes/desired.ts';
import { readKubeconfig } from '../../../connectors/kubernetes/kubeconfig.ts';
import { planCluster } from '../../../connectors/kubernetes/look.ts';
import { manifestsOf } from '../../../connectors/kubernetes/manifests/index.ts';
import { originOf, ownerSelector } from '../../../connectors/kubernetes/manifests/labels.ts';
import { readManifestSettings } from '../../../connectors/kubernetes/manifests/settings.ts';
import { hostnameOf } from '../../../connectors/kubernetes/names.ts';
import { defaultPlanPolicy, plan, WRITTEN_KINDS } from '../../../connectors/kubernetes/plan.ts';
import { restartService } from '../../../connectors/kubernetes/restart.ts';
import { callApi, doApi, fakeNode } from '../../support/real/kubernetes-api.ts';
import { kubeconfig } from '../../support/real/kubernetes-settings.ts';
import { removeFolder, temporaryFolder } from '../../support/real/native.ts';
import { ownName, sharedKubernetes } from '../../support/real/shared.ts';
import { placedCluster } from './placed.ts';
import { anyCluster, desired, node, placed, service } from './clusters.ts';

const namespace = ownName('manifests');
const settings = readManifestSettings({ namespace });
const atOnce = { ...defaultPlanPolicy, oneNodeAtATime: false };
const folder = temporaryFolder('kubeconfig');
let access: Awaited<ReturnType<typeof sharedKubernetes>>;
let cluster: Cluster;

beforeAll(async () => {
  access = await sharedKubernetes();
  const file = join(folder, 'config');
  writeFileSync(file, kubeconfig(access));
  cluster = openCluster(await readKubeconfig(file), { qps: 1_000, burst: 1_000 });
  await doApi(access, 'POST', '/api/v1/namespaces', { metadata: { name: namespace } });
});
afterAll(async () => {
  await callApi(access, 'DELETE', `/api/v1/namespaces/${namespace}`);
  await cluster.close();
  removeFolder(folder);
});

async function live(): Promise<ClusterObject[]> {
  const lists = await Promise.all(WRITTEN_KINDS.map((kind) => cluster.list({ kind, namespace })));
  return lists.flatMap(({ objects }) => objects);
}

async function planned(it: DesiredCluster): Promise<Action[]> {
  return plan(it, manifestsOf(it, settings), await live(), atOnce);
}

async function act({ kind, ref, manifest, uid, resourceVersion, force }: Action): Promise<void> {
  if (kind === 'remove') await cluster.remove(ref, { uid: uid! });
  else if (manifest !== null) await cluster.apply(manifest, { expect: resourceVersion ?? 'absent', force });
}

/** Plans and acts until nothing is left; controllers write status meanwhile, so what was read may have changed. */
async function converge(it: DesiredCluster): Promise<void> {
  await expect
    .poll(
      async () => {
        const changes = (await planned(it)).filter(isChange);
        for (const action of changes) await act(action).catch(() => undefined);
        return (await planned(it))
          .filter((action) => action.code !== 'EQUAL')
          .map(({ code, why }) => `${code}: ${why}`);
      },
      { timeout: 60_000, interval: 200 },
    )
    .toEqual([]);
}

const web = service('web');
const simple = desired({ nodes: [node('m-1')], services: [web], replicas: placed(web, 'm-1', 2) });
const deployment = `/apis/apps/v1/namespaces/${namespace}/deployments/web--m-1`;

it('takes every object of random clusters', async () => {
  await fc.assert(
    fc.asyncProperty(anyCluster, async (it) => {
      for (const { manifest, problem } of manifestsOf(it, settings).objects)
        if (problem === null) await cluster.apply(manifest, { dryRun: true });
    }),
    { numRuns: 25 },
  );
});

const data = process.env['CONFORMANCE_DATA'];
const json = (path: string): unknown =>
  JSON.parse(readFileSync(join(data!, 'rohe/orchestration', path), 'utf8'));

it.skipIf(data === undefined).each([
  ['seed/node_command.json', 'seed/service_command.json'],
  ['head/add_node.json', 'head/add_service.json'],
])('takes every object of the inputs of ROHE: %s', async (nodes, services) => {
  const { objects } = manifestsOf(placedCluster(json(nodes), json(services)), settings);
  for (const { manifest } of objects) await cluster.apply(manifest, { dryRun: true });
});

it('leaves nothing to plan after a plan, for one random cluster after the other', async () => {
  const clusters = fc.sample(anyCluster, { numRuns: 8, seed: 7 });
  for (const [i, it] of clusters.entries()) await converge({ ...it, cluster: 'random', position: i });
  await converge(desired({ cluster: 'random', position: 99 }));
});

describe('hand edits', () => {
  const edit = (patch: object) => doApi(access, 'PATCH', `${deployment}?fieldManager=kubectl-edit`, patch);

  it('are put back', async () => {
    await converge(simple);
    await edit({ spec: { replicas: 5 }, metadata: { labels: { mine: 'x' } } });
    const found = (await planned(simple)).filter(isChange);
    expect(found.map(({ kind, fields }) => [kind, fields.map(({ path }) => path)])).toEqual([
      ['put-back', ['spec.replicas']],
    ]);
    await converge(simple);
    const now = await doApi(access, 'GET', deployment);
    expect(now).toMatchObject({ spec: { replicas: 2 }, metadata: { labels: { mine: 'x' } } });
  });

  it('stay where they are adopted, through the next decision, too', async () => {
    const adopting = { ...simple, placing: { binding: 'placer', drift: 'adopt' } as const };
    await converge(simple);
    await edit({ spec: { replicas: 4 } });
    const [adopted] = (await planned(adopting)).filter(({ ref }) => ref.kind === 'Deployment');
    expect(adopted).toMatchObject({
      kind: 'leave',
      code: 'ADOPTED',
      fields: [{ path: 'spec.replicas', live: 4 }],
    });
    const other = { ...adopting, position: 11, services: [service('web', { image: 'registry/web:2' })] };
    const [configured] = (await planned(other)).filter(isChange);
    expect(configured).toMatchObject({ kind: 'configure', force: false });
    await act(configured!);
    const now = await doApi(access, 'GET', deployment);
    expect(now).toMatchObject({
      spec: { replicas: 4, template: { spec: { containers: [{ image: 'registry/web:2' }] } } },
    });
    expect((await planned(other)).some(isChange)).toBe(false);
  });
});

it('is fenced: an older plan writes nothing over a newer one', async () => {
  await converge({ ...simple, position: 20 });
  const older = await planned({
    ...simple,
    position: 19,
    services: [service('web', { image: 'registry/old:1' })],
  });
  expect(older.some(isChange)).toBe(false);
  expect(older.find(({ ref }) => ref.kind === 'Deployment')?.code).toBe('NEWER_POSITION');
});

it('is looked at without a change, and says what the API server would refuse', async () => {
  const bad = service('bad', {
    tolerations: [{ key: 'not a key', operator: 'Exists', value: null, effect: null }],
  });
  const it = desired({
    ...{ cluster: 'looked-at', nodes: [node('m-1')], services: [web, bad] },
    replicas: [...placed(bad, 'm-1')],
  });
  const { actions } = await planCluster(cluster, it, settings, true);
  expect(actions.map(({ ref, code }) => [ref.name, code])).toEqual([
    ['bad-service', 'MISSING'],
    ['web-service', 'OBJECT_NOT_OURS'],
    ['bad--m-1', 'REFUSED_BY_SERVER'],
  ]);
  expect(actions[2]!.why).toContain('not a key');
  expect((await live()).some(({ metadata }) => metadata.name.startsWith('bad'))).toBe(false);
});

it('gives a service new pods one node after the other, and nothing is left to plan then', async () => {
  const names = [ownName('restart'), ownName('restart')];
  for (const name of names) await doApi(access, 'POST', '/api/v1/nodes', fakeNode({ name }));
  const owner = { org: 'org1', cluster: 'restarted' };
  const shop = service('shop');
  const it = desired({
    ...{ ...owner, nodes: names.map((name) => node(name)), services: [shop] },
    replicas: names.flatMap((name, i) => placed(shop, name, 2, 2 * i)),
  });
  await converge(it);
  const pods = async () => {
    const { objects } = await cluster.list({
      kind: 'Pod',
      namespace,
      labelSelector: 'rightstream.io/service-id=shop',
    });
    return objects.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  };
  await expect.poll(async () => (await pods()).length, { timeout: 30_000 }).toBe(4);
  const before = new Set((await pods()).map(({ metadata }) => metadata.uid));
  const wish = { owner, namespace, service: 'shop', at: new Date().toISOString(), patienceMs: 60_000 };
  const { signal } = new AbortController();
  expect(await restartService(cluster, wish, signal)).toEqual(names.map((name) => `shop--${name}`).sort());
  await expect
    .poll(async () => (await pods()).filter(({ metadata }) => !before.has(metadata.uid)).length, {
      timeout: 30_000,
    })
    .toBe(4);
  expect((await planned(it)).some(isChange)).toBe(false);
  await expect(restartService(cluster, { ...wish, service: 'nothing' }, signal)).rejects.toMatchObject({
    code: 'NOTHING_RUNS',
  });
});

it.skipIf(data === undefined).each([
  ['seed', 'seed/node_command.json', 'seed/service_command.json', 10],
  ['head', 'head/add_node.json', 'head/add_service.json', 15],
])('runs the example of ROHE on the nodes decided: %s', async (name, nodes, services, count) => {
  // Names of nodes are everybody's on this control plane.
  const prefix = ownName(name);
  const placedIt = placedCluster(json(nodes), json(services));
  const named = (it: string) => `${prefix}_${it}`;
  const it: DesiredCluster = {
    ...placedIt,
    cluster: name,
    nodes: placedIt.nodes.map((one) => ({ ...one, name: named(one.name), labels: {} })),
    replicas: placedIt.replicas.map((one) => ({ ...one, node: named(one.node) })),
  };
  const made = it.nodes.map((one) => ({ ...one, host: hostnameOf(one) }));
  for (const { host, cpu, memory } of made)
    await doApi(
      access,
      'POST',
      '/api/v1/nodes',
      fakeNode({ name: host, cpu: `${cpu}m`, memory: `${memory}Mi` }),
    );
  try {
    await converge(it);
    const labelSelector = ownerSelector(it);
    const where = async () => {
      const { objects } = await cluster.list({ kind: 'Pod', namespace, labelSelector });
      return objects.map((pod) => {
        const { phase } = pod['status'] as { readonly phase: string };
        const { service: of } = originOf(pod);
        return `${of ?? ''} on ${(pod['spec'] as { readonly nodeName?: string }).nodeName ?? ''}: ${phase}`;
      });
    };
    const hosts = new Map(made.map(({ name: declared, host }) => [declared, host]));
    const decided = it.replicas.map((one) => `${one.service} on ${hosts.get(one.node)!}: Running`);
    expect(decided).toHaveLength(count);
    await expect.poll(async () => (await where()).sort(), { timeout: 60_000 }).toEqual(decided.sort());
    expect((await planned(it)).some(isChange)).toBe(false);
  } finally {
    await converge({ ...it, position: 100, services: [], replicas: [] });
    for (const { host } of made) await callApi(access, 'DELETE', `/api/v1/nodes/${host}`);
  }
});
