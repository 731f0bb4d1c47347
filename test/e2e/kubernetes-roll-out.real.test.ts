/** A roll-out of 200 services by two products side by side, through deaths of products and of the API server at any moment. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  addNodes,
  newPlace,
  objectsIn,
  podsIn,
  productAccount,
  startProduct,
  writesIn,
} from '../support/kept-cluster.ts';
import type { Fields, Place, Product, Write } from '../support/kept-cluster.ts';
import { startKubernetes } from '../support/real/kubernetes.ts';
import type { NativeServer } from '../support/real/native.ts';
import type { KubernetesServer } from '../support/real/servers.ts';

const namespace = 'roll-out';
const patience = { timeout: 150_000, interval: 500 };
const seed = Number(process.env['ROLL_OUT_SEED'] ?? Math.floor(Math.random() * 1_000_000));

let server: KubernetesServer & NativeServer;
let place: Place;
/** Units and HTTP; the other two keep the cluster. */
let units: Product;
const keepers: Product[] = [];

beforeAll(async () => {
  console.log(`roll-out: ROLL_OUT_SEED=${seed}`);
  server = await startKubernetes();
  place = newPlace(await productAccount(server, namespace));
  units = await startUnits();
  keepers.push(await startKeeper(), await startKeeper());
  const names = Array.from({ length: 10 }, (_, index) => `n${index}`);
  await addNodes(server, names);
  const nodes = names.map((name) => ({ name, cpu: 8000, memory: 32_768 }));
  await units.ask('PUT', '/api/rightstream/v1/clusters/default/nodes', { nodes });
});
afterAll(async () => {
  await Promise.all(keepers.map(({ child }) => child.stop()));
  await units.child.stop();
  place.remove();
  await server.stop();
});

const startUnits = () => startProduct(place, namespace, ['run', '--only', 'streams,projections,http']);
const startKeeper = () => startProduct(place, namespace, ['run', '--only', 'kubernetes']);

/** Whole numbers below `n`, the same for the same seed. */
function random(): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
}
const below = random();

const numbered = (index: number, more: Fields = {}): Fields => ({
  ...{ name: `s${index}`, image: 'registry.example/app:1', cpu: 100, memory: 64, cores: [], replicas: 1 },
  ...more,
});
const declare = (services: Fields[]) =>
  units.ask('PUT', '/api/rightstream/v1/clusters/default/services', { services });

const succeeded = (): Write[] => writesIn(server, namespace).filter(({ status }) => status < 300);

/** Resolves when so many writes more have succeeded. */
async function afterWrites(from: number, count: number): Promise<void> {
  await expect
    .poll(() => succeeded().length - from, { timeout: 60_000, interval: 20 })
    .toBeGreaterThanOrEqual(count);
}

const deaths: Readonly<Record<string, () => Promise<void>>> = {
  async keeper() {
    const at = below(keepers.length);
    await keepers[at]!.child.kill();
    keepers[at] = await startKeeper();
  },
  async bothKeepers() {
    await Promise.all(keepers.map(({ child }) => child.kill()));
    keepers.splice(0, 2, await startKeeper(), await startKeeper());
  },
  async units() {
    await units.child.kill();
    units = await startUnits();
  },
  async apiServer() {
    await server.kill();
    await server.restart();
  },
};

/** Deployments with their replicas and pods per node, as they shall be and as they are. */
async function decided(): Promise<string[]> {
  const rows = await units.rows('replicas');
  return rows.map((row) => `${String(row['service'])}@${String(row['node'])}`).sort();
}
async function real(): Promise<string[]> {
  const pods = await podsIn(server, namespace);
  return pods
    .filter(({ phase }) => phase === 'Running')
    .map((pod) => `${pod.service}@${pod.node}`)
    .sort();
}
async function converged(replicas: number): Promise<void> {
  await expect.poll(async () => (await decided()).length, patience).toBe(replicas);
  const wanted = await decided();
  await expect.poll(real, patience).toEqual(wanted);
  // no pod beside them, and no Deployment for nothing
  expect(await podsIn(server, namespace)).toHaveLength(replicas);
  const deployments = await objectsIn(server, namespace, 'apps', 'deployments');
  expect(deployments).toHaveLength(new Set(wanted).size);
  await expect
    .poll(async () => (await units.rows('objects')).map(({ state }) => state), patience)
    .toEqual(wanted.filter((at, index) => wanted.indexOf(at) === index).map(() => 'applied'));
}

it('converges: no duplicate, no orphan, every object written once', { timeout: 400_000 }, async () => {
  await declare(Array.from({ length: 200 }, (_, index) => numbered(index)));
  for (const [turn, death] of (['keeper', 'apiServer', 'units'] as const).entries()) {
    await afterWrites(0, 60 * turn + 1 + below(60));
    await deaths[death]!();
  }
  await converged(200);
  const written = succeeded().map(({ name }) => name);
  expect(written.filter((name, index) => written.indexOf(name) !== index)).toEqual([]);

  const before = succeeded().length;
  await declare(Array.from({ length: 100 }, (_, index) => numbered(index, { replicas: index < 50 ? 2 : 0 })));
  await afterWrites(before, 1 + below(60));
  await deaths['bothKeepers']!();
  await deaths['apiServer']!();
  await converged(200);
  const changed = succeeded()
    .slice(before)
    .map(({ verb, name }) => `${verb} ${name}`);
  expect(changed.filter((one, index) => changed.indexOf(one) !== index)).toEqual([]);
});
