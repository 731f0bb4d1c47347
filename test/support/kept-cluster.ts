/** The built product that keeps a cluster of a real control plane, as a process of its own; and what is in that cluster. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../connectors/define.ts';
import { parseAllDocuments } from 'yaml';
import { type ApiBody, callApi, doApi, fakeNode } from './real/kubernetes-api.ts';
import { kubeconfig } from './real/kubernetes-settings.ts';
import { removeFolder, temporaryFolder } from './real/native.ts';
import { type Child, startChild } from './real/process.ts';
import type { KubernetesAccess } from './real/servers.ts';

/** The organisation whose cluster it is. */
export const ORG = 'local';

/** A data folder with a kubeconfig. */
export interface Place {
  readonly dir: string;
  readonly kubeconfig: string;
  remove(): void;
}

/** The account of the product in a new namespace, with the rights of install.yaml; `rights` false: with none. */
export async function productAccount(
  access: KubernetesAccess,
  namespace: string,
  rights = true,
): Promise<KubernetesAccess> {
  const file = join(packageRoot(), 'connectors', 'kubernetes', 'manifests', 'install.yaml');
  const text = readFileSync(file, 'utf8').replaceAll(/(?<=namespace: )rightstream\b/g, namespace);
  for (const document of parseAllDocuments(text)) {
    const object = document.toJS() as ApiBody & {
      readonly kind: string;
      readonly metadata: { name: string };
    };
    const place = places[object.kind];
    if (place === undefined || (!rights && object.kind.includes('Role'))) continue;
    if (object.kind === 'Namespace' || object.kind === 'ClusterRoleBinding') object.metadata.name = namespace;
    const { status, body } = await callApi(access, 'POST', place.replace('NAMESPACE', namespace), object);
    // the role for the whole cluster is everybody's
    if (status !== 201 && status !== 409) throw new Error(`${object.kind}: ${status} ${body.message ?? ''}`);
  }
  const { status } = await doApi(
    access,
    'POST',
    `/api/v1/namespaces/${namespace}/serviceaccounts/rightstream/token`,
    { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} },
  );
  return { ...access, token: (status as { token: string }).token };
}

const rbac = '/apis/rbac.authorization.k8s.io/v1';
/** What of install.yaml a product outside the cluster needs, and where it is made. */
const places: Readonly<Record<string, string | undefined>> = {
  Namespace: '/api/v1/namespaces',
  ServiceAccount: '/api/v1/namespaces/NAMESPACE/serviceaccounts',
  Role: `${rbac}/namespaces/NAMESPACE/roles`,
  RoleBinding: `${rbac}/namespaces/NAMESPACE/rolebindings`,
  ClusterRole: `${rbac}/clusterroles`,
  ClusterRoleBinding: `${rbac}/clusterrolebindings`,
};

/** What the API server's records call that account. */
export function accountName(namespace: string): string {
  return `system:serviceaccount:${namespace}:rightstream`;
}

/** A new place; `access` is who the product is to the cluster. */
export function newPlace(access: KubernetesAccess): Place {
  const dir = temporaryFolder('kept');
  const file = join(dir, 'kubeconfig');
  writeFileSync(file, kubeconfig(access), { mode: 0o600 });
  return {
    dir: join(dir, 'data'),
    kubeconfig: file,
    remove: () => {
      removeFolder(dir);
    },
  };
}

/** The product at work. */
export interface Product {
  readonly child: Child;
  readonly url: string;
  /** Asks the API; rejects unless the answer is 200. */
  ask(method: string, path: string, body?: unknown): Promise<Fields>;
  /** Rows of a table. */
  rows(table: string): Promise<readonly Fields[]>;
}

/** JSON as tests read it. */
export type Fields = Readonly<Record<string, unknown>>;

const program = join(packageRoot(), 'dist', 'rightstream.js');

/** Starts the product; it keeps the cluster, unless `args` say otherwise. */
export async function startProduct(
  { dir, kubeconfig: file }: Place,
  namespace: string,
  args: readonly string[] = ['up'],
): Promise<Product> {
  const more = ['--port', '0', '--data-dir', dir, '--kubeconfig', file, '--namespace', namespace];
  const env = { KUBERNETES_LEASE_SECONDS: '3' };
  const child = await startChild({ file: process.execPath, args: [program, ...args, ...more], env });
  const line = await child.untilLine(/^ +(dashboard +http|units )/, 60_000);
  const url = /http\S+(?=\/)/.exec(line)?.[0] ?? '';
  const ask = async (method: string, path: string, body?: unknown): Promise<Fields> => {
    const identity = Buffer.from(JSON.stringify({ identity: { org_id: ORG } })).toString('base64');
    const answer = await fetch(url + path, {
      method,
      headers: {
        'x-rh-identity': identity,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const said = (await answer.json()) as Fields;
    if (answer.status !== 200) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(said)}`);
    return said;
  };
  return {
    child,
    url,
    ask,
    async rows(table) {
      const { data } = await ask('GET', `/tables/${table}?limit=1000`);
      return data as Fields[];
    },
  };
}

/** Runs a command of the product on its data. */
export async function command(
  place: Place,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Child> {
  const all = [program, ...args, '--data-dir', place.dir];
  const child = await startChild({ file: process.execPath, args: all, env });
  await child.exited;
  return child;
}

/** A pod, as tests look at it. */
export interface PodView {
  readonly name: string;
  readonly uid: string;
  readonly service: string;
  readonly node: string;
  readonly phase: string;
}

/** The pods of a namespace that are not being removed, by name. */
export async function podsIn(access: KubernetesAccess, namespace: string): Promise<PodView[]> {
  const { items = [] } = await doApi(access, 'GET', `/api/v1/namespaces/${namespace}/pods`);
  return items
    .filter(({ metadata }) => (metadata as Fields | undefined)?.['deletionTimestamp'] === undefined)
    .map(({ metadata, spec, status }) => ({
      name: metadata!.name,
      uid: metadata!.uid,
      service: metadata!.annotations?.['rightstream.io/service'] ?? '',
      node: (spec as { nodeName?: string }).nodeName ?? '',
      phase: (status as { phase?: string }).phase ?? '',
    }));
}

/** Adds simulated nodes for declared ones, and resolves when they are there. */
export async function addNodes(
  access: KubernetesAccess,
  names: readonly string[],
  more: Fields = {},
): Promise<void> {
  for (const name of names) {
    await doApi(access, 'POST', '/api/v1/nodes', fakeNode({ name, cpu: '64', memory: '64Gi', ...more }));
  }
}

/** A write that the API server recorded. */
export interface Write {
  readonly verb: string;
  readonly resource: string;
  readonly name: string;
  readonly status: number;
}

/** All writes of the product to its namespace, in their order; without Leases and questions about rights. */
export function writesIn(access: KubernetesAccess, namespace: string): Write[] {
  return readFileSync(access.auditLog, 'utf8')
    .split('\n')
    .filter((line) => line.includes(`"namespace":"${namespace}"`))
    .map((line) => JSON.parse(line) as AuditEvent)
    .filter(
      (event) => event.user.username === accountName(namespace) && event.objectRef?.namespace === namespace,
    )
    .map(({ verb, objectRef, responseStatus }) => ({
      verb,
      resource: objectRef?.resource ?? '',
      name: objectRef?.name ?? '',
      status: responseStatus?.code ?? 0,
    }))
    .filter(({ resource }) => resource !== 'leases');
}

interface AuditEvent {
  readonly verb: string;
  readonly user: { readonly username: string };
  readonly objectRef?: { readonly namespace?: string; readonly resource?: string; readonly name?: string };
  readonly responseStatus?: { readonly code?: number };
}

/** Objects of a kind in a namespace. */
export async function objectsIn(
  access: KubernetesAccess,
  namespace: string,
  group: string,
  plural: string,
): Promise<readonly ApiBody[]> {
  const root = group === '' ? '/api/v1' : `/apis/${group}/v1`;
  return (await doApi(access, 'GET', `${root}/namespaces/${namespace}/${plural}`)).items ?? [];
}
