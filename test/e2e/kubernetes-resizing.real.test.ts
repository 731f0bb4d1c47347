/** The product as it is run: a labelled Deployment of somebody else is seen, a proposal for it accepted, its pods resized in place. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { recordKey } from '../../schemas/keys.ts';
import { commandLine } from '../support/command-line.ts';
import { addNodes, newPlace, ORG, startProduct } from '../support/kept-cluster.ts';
import type { Fields, Place, Product } from '../support/kept-cluster.ts';
import { doApi } from '../support/real/kubernetes-api.ts';
import { ownName, sharedKubernetes } from '../support/real/shared.ts';
import type { KubernetesAccess } from '../support/real/servers.ts';
import { resizable } from '../support/resizable.ts';
import { MIB, resources } from '../support/resizing-events.ts';

const base = '/api/rightstream/v1/clusters/default/resizing';
const patience = { timeout: 60_000, interval: 200 };
const namespace = ownName('resizing');
const node = `${namespace}-n`;
let access: KubernetesAccess;
let place: Place;
let product: Product;

beforeAll(async () => {
  access = await sharedKubernetes();
  await doApi(access, 'POST', '/api/v1/namespaces', { metadata: { name: namespace } });
  await addNodes(access, [node]);
  await doApi(
    access,
    'POST',
    `/apis/apps/v1/namespaces/${namespace}/deployments`,
    resizable({ name: 'web' }),
  );
  place = newPlace(access);
  product = await startProduct(place, `${namespace}-kept`);
});
afterAll(async () => {
  await product.child.stop();
  place.remove();
});

const data = async (path: string) => (await product.ask('GET', base + path))['data'] as Fields[];

it('sees a labelled workload once a policy allows something, and carries out what is accepted', async () => {
  await product.ask('PUT', `${base}?namespace=${namespace}`, { mode: 'propose' });
  const seen = async () =>
    (await data('/workloads')).find((row) => row['namespace'] === namespace)?.['facts'];
  await expect.poll(seen, patience).toMatchObject({ label: 'auto', ready: 1, qos: 'Burstable' });
  const before = resources(200, 400, 128 * MIB, 256 * MIB);
  const after = resources(100, 200, 128 * MIB, 256 * MIB);
  const who = { org_id: ORG, cluster_id: 'default', namespace, workload_type: 'deployment', workload: 'web' };
  const proposed = {
    ...{ ...who, proposal: 1, service: null, containers: [{ name: 'app', before, after }], notes: [] },
    ...{ advised_at: 1, policy: '{}' },
  };
  const key = recordKey(ORG, 'default');
  const input = `${JSON.stringify({ key, type: 'ResizeProposed', data: proposed })}\n`;
  const produced = await commandLine(place.dir)(['produce', 'resizing'], { input });
  expect(produced).toMatchObject({ code: 0 });
  await expect.poll(() => data('/proposals'), patience).toHaveLength(1);
  await product.ask('POST', `${base}/proposals/1/accept`);
  await expect
    .poll(() => data('/decisions'), patience)
    .toMatchObject([{ state: 'applied', pods: 1, patches: 1 }]);
  const [pod] = (await doApi(access, 'GET', `/api/v1/namespaces/${namespace}/pods`)).items ?? [];
  expect(pod!['spec']).toMatchObject({ containers: [{ resources: { requests: { cpu: '100m' } } }] });
});
