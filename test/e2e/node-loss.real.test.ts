/** Nodes that are lost, come back and go, against a real API server: replicas go elsewhere, once, and the tables say what runs. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  addNodes,
  command,
  newPlace,
  podsIn,
  productAccount,
  startProduct,
} from '../support/kept-cluster.ts';
import type { Fields, Place, Product } from '../support/kept-cluster.ts';
import { doApi } from '../support/real/kubernetes-api.ts';
import { ownName, sharedKubernetes } from '../support/real/shared.ts';
import type { KubernetesAccess } from '../support/real/servers.ts';

const base = '/api/rightstream/v1/clusters/default';
const patience = { timeout: 60_000, interval: 200 };
const namespace = ownName('loss');
const [first, second] = [`${namespace}-a`, `${namespace}-b`];

let access: KubernetesAccess;
let place: Place;
let product: Product;

beforeAll(async () => {
  access = await sharedKubernetes();
  place = newPlace(await productAccount(access, namespace));
  product = await startProduct(place, namespace);
  await addNodes(access, [first, second]);
  await product.ask('PUT', `${base}/nodes`, {
    nodes: [first, second].map((name) => ({ name, cpu: 4000, memory: 8192 })),
  });
  await product.ask('PUT', `${base}/placing`, { not_ready_seconds: 0 });
  const web = { name: 'web', image: 'registry.example/app:1', cpu: 500, memory: 256, replicas: 2 };
  await product.ask('PUT', `${base}/services`, { services: [web] });
});
afterAll(async () => {
  await product.child.stop();
  place.remove();
});

/** A simulated kubelet that stops to look after its node, or goes on; and what the node says of itself. */
async function kubelet(node: string, ready: boolean): Promise<void> {
  const annotations = { 'kwok.x-k8s.io/node': ready ? 'fake' : null };
  await doApi(access, 'PATCH', `/api/v1/nodes/${node}`, { metadata: { annotations } });
  const conditions = [{ type: 'Ready', status: ready ? 'True' : 'False', reason: 'Test', message: 'test' }];
  await doApi(access, 'PATCH', `/api/v1/nodes/${node}/status`, { status: { conditions } });
}
const runningOn = async () =>
  (await podsIn(access, namespace)).filter(({ phase }) => phase === 'Running').map(({ node }) => node);
const data = async (path: string) => (await product.ask('GET', `${base}${path}`))['data'] as Fields[];
const observed = async (node: string) =>
  ((await data('/nodes')).find(({ name }) => name === node)!['observed'] as Fields | null)?.['state'];

it('two replicas are placed, applied, ready and run', async () => {
  await expect.poll(runningOn, patience).toEqual([first, first]);
  const whole = { replicas: 2, placed: 2, applied: 2, ready: 2, running: 2, failed: [] };
  await expect.poll(async () => (await data('/services'))[0], patience).toMatchObject(whole);
  expect(await observed(first)).toBe('ready');
  expect(await data(`/pods?node=${first}&ready=true`)).toHaveLength(2);
});

it('a node whose kubelet is not ready is lost: its replicas run elsewhere', async () => {
  await kubelet(first, false);
  await expect.poll(() => observed(first), patience).toBe('lost');
  await expect.poll(runningOn, patience).toEqual([second, second]);
  const reasons = (await data('/decisions')).map(({ reason }) => reason);
  expect(reasons).toContain('NODE_NOT_READY');
  await expect
    .poll(async () => (await data('/services'))[0], patience)
    .toMatchObject({ ready: 2, running: 2 });
});

it('when it is back, nothing moves', async () => {
  const before = (await data('/decisions')).length;
  await kubelet(first, true);
  await expect.poll(() => observed(first), patience).toBe('ready');
  // what it kept of the pods that were to go is gone as soon as its kubelet looks
  await expect.poll(async () => (await data(`/pods?node=${first}`)).length, patience).toBe(0);
  expect((await data('/decisions')).length).toBe(before);
  expect(await runningOn()).toEqual([second, second]);
});

it('a node that is deleted is given up at once, and stays declared', async () => {
  await doApi(access, 'DELETE', `/api/v1/nodes/${second}`);
  await expect.poll(() => observed(second), patience).toBe('gone');
  await expect.poll(runningOn, patience).toEqual([first, first]);
  await expect
    .poll(async () => (await data('/services'))[0], patience)
    .toMatchObject({ ready: 2, running: 2 });
  expect((await data('/decisions')).map(({ reason }) => reason)).toContain('NODE_GONE');
  const replayed = await command(place, ['replay', 'placement', '--verify', '--json']);
  expect(replayed.tail()).toContain('"equal": true');
});
