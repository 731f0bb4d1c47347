/** From declared services to running pods and back, against a real API server. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { hostnameOf } from '../../connectors/kubernetes/names.ts';
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
import { callApi, doApi, patchStatus } from '../support/real/kubernetes-api.ts';
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
const decided = async () => {
  const declared = (await product!.rows('nodes')) as unknown as Parameters<typeof hostnameOf>[0][];
  const hosts = new Map(declared.map((node) => [node.name, hostnameOf(node)]));
  const rows = await product!.rows('replicas');
  return counts(
    rows.map((row) => ({ service: String(row['service']), node: hosts.get(String(row['node']))! })),
  );
};
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

/** Where every replica was decided to be is where its pod runs, and nothing else does. */
async function runsAsDecided(replicas: number): Promise<void> {
  await expect.poll(async () => (await product!.rows('replicas')).length, patience).toBe(replicas);
  await expect
    .poll(async () => ({ decided: await decided(), running: counts(await running()) }), patience)
    .toSatisfy((now: Record<'decided' | 'running', string[]>) => now.decided.join() === now.running.join());
  expect(await podsIn(access, namespace)).toHaveLength(replicas);
}

/** A simulated node for each declared one, under the name that the cluster has for it. */
async function nodesAsDeclared(): Promise<void> {
  const declared = (await product!.rows('nodes')) as unknown as Parameters<typeof hostnameOf>[0][];
  await addNodes(access, declared.map(hostnameOf));
}

const setReady = (node: string, status: 'True' | 'False') =>
  patchStatus(access, `/api/v1/nodes/${node}/status`, {
    status: { conditions: [{ type: 'Ready', status, reason: 'Test', message: 'set by a test' }] },
  });

const data = process.env['CONFORMANCE_DATA'];
const example = (path: string) => readFileSync(join(data!, 'rohe', path), 'utf8');

it.skipIf(data === undefined)(
  "ROHE's example runs on the nodes decided; what a node that is not ready carried runs elsewhere",
  async () => {
    await start();
    await product!.ask('PUT', `${base}/placing`, { not_ready_seconds: 0 });
    for (const file of ['node', 'service']) {
      const body = JSON.parse(example(`orchestration/seed/${file}_command.json`)) as Fields;
      await product!.ask('POST', '/management', body);
    }
    await nodesAsDeclared();
    await runsAsDecided(10);
    const [first] = await running();
    await setReady(first!.node, 'False');
    await expect
      .poll(async () => (await running()).filter(({ node }) => node === first!.node), patience)
      .toEqual([]);
    await runsAsDecided(10);
    const [state] = (await product!.rows('observed_nodes')).filter(({ lost }) => lost === true);
    expect(state).toMatchObject({ ready: false });
  },
);

it.skipIf(data === undefined)('the BTS example runs on the nodes decided', async () => {
  await start();
  await nodes(4);
  const names = [
    'aggregator',
    'data-hub',
    'data-ingestion',
    'gateway',
    'gru',
    'lstm',
    'orchestrator',
    'statistical',
  ];
  const services = [...names, 'transformer'].map((name) => btsService(example(`k8s/head_bts/${name}.yaml`)));
  await declare(...services);
  await runsAsDecided(services.reduce((sum, { replicas }) => sum + Number(replicas), 0));
});

/** The Deployment of a file as a service of ours. */
function btsService(text: string): Fields {
  const found = parseAllDocuments(text).map((document) => document.toJS() as Fields);
  const deployment = found.find(({ kind }) => kind === 'Deployment') as unknown as {
    readonly metadata: { readonly name: string };
    readonly spec: {
      readonly replicas: number;
      readonly template: { readonly spec: { readonly containers: readonly BtsContainer[] } };
    };
  };
  const [container] = deployment.spec.template.spec.containers;
  const { cpu, memory } = container!.resources.requests;
  return service(deployment.metadata.name, {
    image: container!.image,
    replicas: deployment.spec.replicas,
    cpu: cpu.endsWith('m') ? parseInt(cpu, 10) : Number(cpu) * 1000,
    memory: parseInt(memory, 10) * (memory.endsWith('Gi') ? 1024 : 1),
    ports: (container!.ports ?? []).map(({ containerPort }) => ({
      container_port: containerPort,
      service_port: containerPort,
    })),
  });
}

interface BtsContainer {
  readonly image: string;
  readonly ports?: readonly { readonly containerPort: number }[];
  readonly resources: { readonly requests: { readonly cpu: string; readonly memory: string } };
}

const objectState = async (kind: string) => {
  const rows = (await product!.rows('objects')).filter((row) => row['kind'] === kind);
  return rows.map(({ state, code, drift_action }) => ({ state, code, drift_action }));
};

it('an image that is missing is a failure that is seen; hand edits are put back; what is not ours stays', async () => {
  await start();
  const [host] = await nodes(1);
  await declare(service('web', { image: 'missing.invalid/app:1' }));
  await expect
    .poll(async () => (await product!.rows('pods')).map(({ reason }) => reason), patience)
    .toEqual(['IMAGE_PULL_FAILED']);
  await declare(service('web'));
  await runsAsDecided(1);

  const deployment = `/apis/apps/v1/namespaces/${namespace}/deployments/web--${host!}`;
  await doApi(access, 'PATCH', deployment, { spec: { replicas: 3 } });
  await expect
    .poll(() => objectState('Deployment'), patience)
    .toMatchObject([{ state: 'applied', drift_action: 'put-back' }]);
  await runsAsDecided(1);

  const name = `other--${host!}`;
  const theirs = {
    metadata: { name },
    spec: {
      replicas: 0,
      selector: { matchLabels: { a: 'b' } },
      template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'x', image }] } },
    },
  };
  await doApi(access, 'POST', `/apis/apps/v1/namespaces/${namespace}/deployments`, theirs);
  await declare(service('other'));
  await expect
    .poll(() => objectState('Deployment'), patience)
    .toContainEqual({ state: 'refused', code: 'OBJECT_NOT_OURS', drift_action: null });
  await doApi(access, 'DELETE', `/apis/apps/v1/namespaces/${namespace}/deployments/${name}`);
  await runsAsDecided(2);
});

it('what admission denies is refused with its words, and nothing old is taken away for it', async () => {
  await start();
  const [host] = await nodes(1);
  await declare(service('web'));
  await runsAsDecided(1);
  const before = await running();
  const admission = '/apis/admissionregistration.k8s.io/v1';
  const policy = {
    metadata: { name: namespace },
    spec: {
      failurePolicy: 'Fail',
      matchConstraints: {
        resourceRules: [
          {
            apiGroups: ['apps'],
            apiVersions: ['v1'],
            operations: ['CREATE', 'UPDATE'],
            resources: ['deployments'],
          },
        ],
      },
      validations: [
        {
          expression: "!object.spec.template.spec.containers[0].image.endsWith(':2')",
          message: 'no second version here',
        },
      ],
    },
  };
  await doApi(access, 'POST', `${admission}/validatingadmissionpolicies`, policy);
  const binding = {
    metadata: { name: namespace },
    spec: {
      policyName: namespace,
      validationActions: ['Deny'],
      matchResources: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } } },
    },
  };
  await doApi(access, 'POST', `${admission}/validatingadmissionpolicybindings`, binding);
  const path = `/apis/apps/v1/namespaces/${namespace}/deployments/web--${host!}?dryRun=All`;
  const second = { spec: { template: { spec: { containers: [{ name: 'x', image: 'x:2' }] } } } };
  // the API server takes a moment to hear of it
  await expect
    .poll(async () => (await callApi(access, 'PATCH', path, second)).body.message ?? '', patience)
    .toContain('no second version');
  await declare(service('web', { image: 'registry.example/app:2' }));
  await expect
    .poll(() => objectState('Deployment'), patience)
    .toMatchObject([{ state: 'refused', code: 'CLUSTER_ADMISSION_DENIED' }]);
  const [row] = (await product!.rows('objects')).filter(({ kind }) => kind === 'Deployment');
  expect(row!['message']).toContain('no second version here');
  expect((await running()).map(({ uid }) => uid)).toEqual(before.map(({ uid }) => uid));
  await doApi(access, 'DELETE', `${admission}/validatingadmissionpolicybindings/${namespace}`);
  await declare(service('web', { image: 'registry.example/app:3' }));
  await expect.poll(() => objectState('Deployment'), patience).toMatchObject([{ state: 'applied' }]);
});
