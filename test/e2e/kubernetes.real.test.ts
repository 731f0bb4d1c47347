/** From declared services to running pods and back, against a real API server. */
import { afterEach, beforeAll, expect, it } from 'vitest';
import {
  addNodes,
  command,
  newPlace,
  podsIn,
  productAccount,
  startProduct,
  writesIn,
} from '../support/kept-cluster.ts';
import type { Fields, Place, PodView, Product } from '../support/kept-cluster.ts';
import { ownName, sharedKubernetes } from '../support/real/shared.ts';
import type { KubernetesAccess } from '../support/real/servers.ts';

const base = '/api/rightstream/v1/clusters/default';
const image = 'registry.example/app:1';
const patience = { timeout: 60_000, interval: 200 };

let access: KubernetesAccess;
let place: Place;
let product: Product | undefined;
let namespace: string;

beforeAll(async () => {
  access = await sharedKubernetes();
});
afterEach(async () => {
  await product?.child.stop();
  product = undefined;
  place.remove();
});

async function start(): Promise<Product> {
  namespace = ownName('e2e');
  place = newPlace(await productAccount(access, namespace));
  product = await startProduct(place, namespace);
  return product;
}

/** Nodes with names of this test, declared and there. */
async function nodes(count: number): Promise<string[]> {
  const names = Array.from({ length: count }, (_, index) => `${namespace}-n${index}`);
  await addNodes(access, names);
  await product!.ask('PUT', `${base}/nodes`, {
    nodes: names.map((name) => ({ name, cpu: 4000, memory: 8192 })),
  });
  return names;
}

const service = (name: string, more: Fields = {}): Fields => ({
  ...{ name, image, cpu: 500, memory: 256, cores: [10], replicas: 1 },
  ...more,
});
const declare = (...services: Fields[]) => product!.ask('PUT', `${base}/services`, { services });

/** How many pods of each service run on each node, decided and real: `web@n1: 2`. */
function counts(rows: readonly { service: string; node: string }[]): string[] {
  const found = new Map<string, number>();
  for (const { service: name, node } of rows)
    found.set(`${name}@${node}`, (found.get(`${name}@${node}`) ?? 0) + 1);
  return [...found].map(([at, n]) => `${at}: ${n}`).sort();
}
const decided = async () =>
  counts(
    (await product!.rows('replicas')).map((row) => ({
      service: String(row['service']),
      node: String(row['node']),
    })),
  );
const running = async (): Promise<PodView[]> =>
  (await podsIn(access, namespace)).filter(({ phase }) => phase === 'Running');

it('2 → 3 → 1 replicas: one pod more, then two fewer, the others untouched; told as events', async () => {
  await start();
  await nodes(2);
  await declare(service('web', { replicas: 2 }));
  await expect.poll(running, patience).toHaveLength(2);
  const two = await running();
  expect(counts(two)).toEqual(await decided());
  await declare(service('web', { replicas: 3 }));
  await expect.poll(running, patience).toHaveLength(3);
  const three = await running();
  expect(three.filter(({ uid }) => two.some((before) => before.uid === uid))).toHaveLength(2);
  await declare(service('web', { replicas: 1 }));
  await expect.poll(() => podsIn(access, namespace), patience).toHaveLength(1);
  const [one] = await running();
  expect(three.map(({ uid }) => uid)).toContain(one!.uid);
  expect(counts(await running())).toEqual(await decided());
  await expect
    .poll(async () => (await product!.rows('pods')).map(({ uid, ready }) => [uid, ready]), patience)
    .toEqual([[one!.uid, true]]);
  await expect
    .poll(async () => (await product!.rows('objects')).map(({ state }) => state), patience)
    .toEqual(['applied']);
});

it('replaying everything with the cluster connected sends no write, and leaves no outcome to tell', async () => {
  await start();
  await nodes(1);
  await declare(service('web', { replicas: 2, ports: [{ container_port: 80, service_port: 80 }] }));
  await expect.poll(running, patience).toHaveLength(2);
  await expect
    .poll(async () => (await product!.rows('objects')).map(({ state }) => state), patience)
    .toEqual(['applied', 'applied']);
  const before = writesIn(access, namespace);
  expect(before.map(({ verb, resource, status }) => [verb, resource, status]).sort()).toEqual([
    ['patch', 'deployments', 201],
    ['patch', 'services', 201],
  ]);
  const replayed = await command(place, ['replay', 'placement', '--verify', '--json']);
  expect(replayed.tail()).toContain('"equal": true');
  // a new start looks at everything again
  await product!.child.stop();
  product = await startProduct(place, namespace);
  await declare(service('other'));
  await expect.poll(running, patience).toHaveLength(3);
  expect(writesIn(access, namespace).slice(before.length)).toMatchObject([{ verb: 'patch', status: 201 }]);
});

it('doctor names each right that is missing, and an API server that is away', async () => {
  namespace = ownName('e2e');
  place = newPlace(await productAccount(access, namespace, false));
  const env = { KUBECONFIG_FILE: place.kubeconfig, KUBERNETES_NAMESPACE: namespace };
  const none = (await command(place, ['doctor'], env)).tail();
  for (const right of [
    'list Node',
    `patch Deployment in ${namespace}`,
    `update Lease in ${namespace}`,
    `get Namespace in ${namespace}`,
  ])
    expect(none).toContain(right);
  const account = await productAccount(access, namespace);
  place.remove();
  place = newPlace(account);
  const all = await command(place, ['doctor'], { ...env, KUBECONFIG_FILE: place.kubeconfig });
  expect(all.tail()).toMatch(/ok +rights +none is missing/);
  place.remove();
  place = newPlace({ ...account, url: 'https://127.0.0.1:1' });
  const away = (await command(place, ['doctor'], { ...env, KUBECONFIG_FILE: place.kubeconfig })).tail();
  expect(away).toMatch(/problem +kubernetes +CLUSTER_AWAY: .*127\.0\.0\.1:1/);
  expect(none + all.tail() + away).not.toContain(account.token);
});
