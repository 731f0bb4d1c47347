import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandLine } from '../../support/command-line.ts';
import { callApi, doApi } from '../../support/real/kubernetes-api.ts';
import { kubeconfig } from '../../support/real/kubernetes-settings.ts';
import { ownName, sharedKubernetes } from '../../support/real/shared.ts';

const folder = mkdtempSync(join(tmpdir(), 'rightstream-cluster-'));
const onPlace = commandLine(join(folder, 'data'));
const run = (...args: string[]) => onPlace(args);
const namespace = ownName('diff');
const config = join(folder, 'kubeconfig');
let access: Awaited<ReturnType<typeof sharedKubernetes>>;

beforeAll(async () => {
  access = await sharedKubernetes();
  writeFileSync(config, kubeconfig(access));
  await doApi(access, 'POST', '/api/v1/namespaces', { metadata: { name: namespace } });
});
afterAll(async () => {
  await callApi(access, 'DELETE', `/api/v1/namespaces/${namespace}`);
  rmSync(folder, { recursive: true, force: true });
});

function file(name: string, body: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(body));
  return path;
}
const web = { name: 'web', cpu: 900, memory: 256, image: 'web:1', replicas: 2 };
const diff = (...args: string[]) =>
  run('cluster', 'diff', '--kubeconfig', config, '--namespace', namespace, ...args);

describe('rightstream cluster, with a cluster', () => {
  it('shows what would change, has it checked, and changes nothing', async () => {
    await run('nodes', 'add', '-f', file('n.json', { nodes: [{ name: 'pi-1', cpu: 2000, memory: 2048 }] }));
    await run('services', 'add', '-f', file('s.json', { services: [web] }));
    const shown = await diff('--check');
    expect([shown.code, shown.err]).toEqual([3, '']);
    expect(shown.out).toMatch(/create {4}Deployment web--pi-1 {2}it is not there; 2 replicas of web/);
    const { items } = await doApi(access, 'GET', `/apis/apps/v1/namespaces/${namespace}/deployments`);
    expect(items).toEqual([]);
  });

  it('says what the API server refuses', async () => {
    const bad = { ...web, tolerations: [{ key: 'no key', operator: 'Exists' }] };
    await run('services', 'add', '-f', file('s.json', { services: [bad] }));
    const { code, out } = await diff('--check');
    expect(code).toBe(2);
    expect(out).toMatch(/refuse {4}Deployment web--pi-1 {2}REFUSED_BY_SERVER: .*no key/);
    expect((await diff()).code).toBe(3);
  });

  it('restarts nothing where nothing runs, and wants a cluster', async () => {
    const restart = await run('cluster', 'restart', 'web', '--kubeconfig', config, '--namespace', namespace);
    expect(restart).toMatchObject({ code: 2, err: expect.stringContaining('NOTHING_RUNS') as string });
    expect((await run('cluster', 'restart', 'web')).err).toContain('BAD_OPTION');
    expect((await run('cluster', 'diff', '--kubeconfig', join(folder, 'none'))).err).toContain(
      'BAD_KUBECONFIG',
    );
  });
});
