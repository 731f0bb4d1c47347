import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { openCluster } from '../../../connectors/kubernetes/client.ts';
import type { Cluster, ClusterObject } from '../../../connectors/kubernetes/cluster.ts';
import { readKubeconfig } from '../../../connectors/kubernetes/kubeconfig.ts';
import { type FaultProxy, startFaultProxy } from '../../support/fault-proxy.ts';
import { doApi } from '../../support/real/kubernetes-api.ts';
import { removeFolder, temporaryFolder } from '../../support/real/native.ts';
import { ownName, sharedKubernetes } from '../../support/real/shared.ts';

const folder = temporaryFolder('faults');
const namespace = ownName('faults');
let proxy: FaultProxy;
let cluster: Cluster;

beforeAll(async () => {
  const access = await sharedKubernetes();
  await doApi(access, 'POST', '/api/v1/namespaces', { metadata: { name: namespace } });
  proxy = await startFaultProxy(access);
  const file = join(folder, 'config');
  const config = {
    clusters: [{ name: 'c', cluster: { server: proxy.url, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'u', user: { token: access.token } }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'x',
  };
  writeFileSync(file, JSON.stringify(config));
  cluster = openCluster(await readKubeconfig(file), { retryFirstMs: 20, retryLastMs: 2_000, pageSize: 2 });
});
afterEach(() => {
  proxy.fault = () => undefined;
});
afterAll(async () => {
  await cluster.close();
  proxy.close();
  removeFolder(folder);
});

const map = (name: string): ClusterObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace, labels: { mine: 'yes' } },
});
const query = { kind: 'ConfigMap', namespace, labelSelector: 'mine=yes' } as const;

/** Answers the next requests of this method with a fault, `times` of them. */
function faults(method: string, times: number, fault: ReturnType<FaultProxy['fault']>, only = ''): void {
  let left = times;
  proxy.fault = (asked, path) => (asked === method && path.includes(only) && left-- > 0 ? fault : undefined);
}

it.each([
  [429, { 'retry-after': '1' }, 'CLUSTER_BUSY', 1_000],
  [500, {}, 'CLUSTER_FAULT', undefined],
  [503, { 'retry-after': '2' }, 'CLUSTER_FAULT', 2_000],
  [409, {}, 'CLUSTER_CONFLICT', undefined],
  [401, {}, 'CLUSTER_UNAUTHORIZED', undefined],
] as const)(
  '%i is to be tried again, not before the server says',
  async (status, headers, code, retryAfterMs) => {
    faults('PATCH', 1, { status, headers });
    const error: unknown = await cluster.apply(map('later')).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'Postponed', code, httpStatus: status, retryAfterMs });
    // nothing else goes out before
    const asked = performance.now();
    await cluster.apply(map('later'));
    expect(performance.now() - asked).toBeGreaterThanOrEqual((retryAfterMs ?? 0) - 50);
  },
);

it('a list whose pages have expired begins anew, and is whole', async () => {
  for (const name of ['a', 'b', 'c', 'd', 'e']) await cluster.apply(map(name));
  faults('GET', 1, { status: 410, reason: 'Expired' }, 'continue=');
  const { objects } = await cluster.list(query);
  expect(objects.map(({ metadata }) => metadata.name)).toEqual(
    expect.arrayContaining(['a', 'b', 'c', 'd', 'e']),
  );
  faults('GET', 100, { status: 410, reason: 'Expired' }, 'continue=');
  await expect(cluster.list(query)).rejects.toMatchObject({ code: 'CLUSTER_GONE' });
});

it.each([
  ['an event that says so', { status: 410, inWatch: true }, true],
  ['410 at once', { status: 410 }, true],
  ['500', { status: 500 }, false],
  ['429', { status: 429, headers: { 'retry-after': '1' } }, false],
] as const)('a watch that is refused goes on after %s', async (_, fault, listsAgain) => {
  await cluster.apply(map('a'));
  const stop = new AbortController();
  const seen: string[] = [];
  faults('GET', 1, fault, 'watch=true');
  const done = cluster.watch(
    query,
    {
      synced: ({ objects }) => void seen.push(`all ${objects.length}`),
      changed: ({ metadata }) => void seen.push(`+${metadata.name}`),
      gone: ({ metadata }) => void seen.push(`-${metadata.name}`),
    },
    stop.signal,
  );
  await expect
    .poll(() => seen.filter((what) => what.startsWith('all')).length, { timeout: 20_000 })
    .toBe(listsAgain ? 2 : 1);
  const name = ownName('new');
  await expect
    .poll(async () => (await cluster.apply(map(name)), seen), { timeout: 20_000 })
    .toContain(`+${name}`);
  // cut off, it goes on where it was
  proxy.cut();
  const again = ownName('new');
  await expect
    .poll(
      () =>
        cluster.apply(map(again)).then(
          () => seen,
          () => seen,
        ),
      { timeout: 20_000 },
    )
    .toContain(`+${again}`);
  expect(seen.filter((what) => what === `+${name}`)).toHaveLength(1);
  stop.abort();
  await done;
});
