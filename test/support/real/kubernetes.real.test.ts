import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { callApi, doApi, fakeNode, type ApiBody } from './kubernetes-api.ts';
import { startKubernetes } from './kubernetes.ts';
import type { NativeServer } from './native.ts';
import type { KubernetesServer } from './servers.ts';
import { ownName } from './shared.ts';

let server: KubernetesServer & NativeServer;
beforeAll(async () => {
  server = await startKubernetes();
});
afterAll(async () => {
  const { pid } = server;
  await server.stop();
  await server.stop();
  expect(() => process.kill(pid, 0)).toThrow('ESRCH');
});

function podOf(name: string, image: string, labels: Record<string, string> = {}): object {
  const resources = { requests: { cpu: '100m', memory: '64Mi' } };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels },
    spec: { automountServiceAccountToken: false, containers: [{ name: 'main', image, resources }] },
  };
}

/** Waits for what an object shall be like. */
async function seen(path: string, good: (object: ApiBody) => boolean): Promise<ApiBody> {
  return expect
    .poll(async () => (await callApi(server, 'GET', path)).body, { timeout: 60_000 })
    .toSatisfy(good)
    .then(async () => (await callApi(server, 'GET', path)).body);
}

const statusOf = (object: ApiBody) => (object['status'] ?? {}) as Record<string, unknown>;

it('schedules, runs, resizes and ends pods on simulated nodes, also after kill -9 of the API server', async () => {
  const namespace = ownName('support');
  await doApi(server, 'POST', '/api/v1/nodes', fakeNode({ name: 'node-1', cpu: '2' }));
  await doApi(server, 'POST', '/api/v1/namespaces', { metadata: { name: namespace } });
  const pods = `/api/v1/namespaces/${namespace}/pods`;
  await seen(
    `/api/v1/namespaces/${namespace}/serviceaccounts/default`,
    (account) => account.metadata !== undefined,
  );
  await doApi(server, 'POST', pods, podOf('fine', 'registry.example/app:1'));
  await doApi(server, 'POST', pods, podOf('imageless', 'missing.invalid/app:1'));
  const stubborn = { 'test.rightstream.io/resize': 'infeasible' };
  await doApi(server, 'POST', pods, podOf('stubborn', 'registry.example/app:1', stubborn));
  const fine = await seen(`${pods}/fine`, (pod) => statusOf(pod)['phase'] === 'Running');
  expect((fine['spec'] as { nodeName: string }).nodeName).toBe('node-1');
  await seen(`${pods}/imageless`, (pod) => JSON.stringify(statusOf(pod)).includes('ImagePullBackOff'));
  await seen(`${pods}/stubborn`, (pod) => statusOf(pod)['phase'] === 'Running');

  const before = server.pid;
  await server.kill();
  expect(() => process.kill(before, 0)).toThrow('ESRCH');
  await expect(callApi(server, 'GET', '/readyz')).rejects.toThrow('ECONNREFUSED');
  await server.restart();

  const resources = { requests: { cpu: '250m', memory: '64Mi' } };
  const wish = { spec: { containers: [{ name: 'main', image: 'registry.example/app:1', resources }] } };
  for (const name of ['fine', 'stubborn']) await doApi(server, 'PATCH', `${pods}/${name}/resize`, wish);
  const resized = await seen(`${pods}/fine`, (pod) => JSON.stringify(statusOf(pod)).includes('250m'));
  expect(resized.metadata?.uid).toBe(fine.metadata?.uid);
  await seen(`${pods}/stubborn`, (pod) => JSON.stringify(statusOf(pod)).includes('Infeasible'));

  await doApi(server, 'DELETE', `${pods}/fine`);
  await expect
    .poll(async () => (await callApi(server, 'GET', `${pods}/fine`)).status, { timeout: 60_000 })
    .toBe(404);
  const audited = readFileSync(server.auditLog, 'utf8');
  expect(audited).toContain(`"requestURI":"${pods}/fine/resize`);
  // the scheduler's bindings are the control plane's own
  expect(audited).not.toContain('"controlplane"');
});
