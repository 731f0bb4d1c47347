import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startKruize } from '../../support/program.ts';
import type { KruizeServer } from '../../support/program.ts';

const root = mkdtempSync(join(tmpdir(), 'rightstream-manifests-'));
let server: KruizeServer;
beforeAll(async () => {
  server = await startKruize(['--manifests', root]);
});
afterAll(async () => {
  await server.stop();
  rmSync(root, { recursive: true, force: true });
});

const put = async (org: string, path: string, body: object) => {
  const url = `/api/rightstream/v1/clusters/edge/${path}`;
  const { status } = await server.ask(org, 'PUT', url, body, { 'content-type': 'application/json' });
  expect(status).toBe(200);
};
const web = {
  name: 'web',
  cpu: 500,
  memory: 256,
  image: 'web:1',
  ports: [{ container_port: 80, service_port: 80 }],
};
const nodes = [{ name: 'pi-1', cpu: 4000, memory: 4096 }];
const folder = (org: string) => join(root, org, 'edge');
const files = (org: string) => (existsSync(folder(org)) ? readdirSync(folder(org)).sort() : []);
const text = (org: string, name: string) => readFileSync(join(folder(org), name), 'utf8');

it('every decision is in the folder soon, each cluster of each organisation apart', async () => {
  for (const [org, replicas] of [
    ['one', 2],
    ['two', 3],
  ] as const) {
    await put(org, 'nodes', { nodes });
    await put(org, 'services', { services: [{ ...web, replicas }] });
    await expect
      .poll(() => files(org), { timeout: 20_000 })
      .toEqual(['deployment-web--pi-1.yaml', 'service-web-service.yaml']);
    await expect.poll(() => text(org, 'deployment-web--pi-1.yaml')).toContain(`replicas: ${replicas}`);
  }
  await put('one', 'services', { services: [{ ...web, replicas: 0 }] });
  await expect.poll(() => files('one'), { timeout: 20_000 }).toEqual(['service-web-service.yaml']);
  expect(files('two')).toHaveLength(2);
});

it('what is in the way is left alone, and the next decision is written where it can be', async () => {
  writeFileSync(join(root, 'three'), 'a file where a folder is wanted');
  await put('three', 'nodes', { nodes });
  await put('two', 'services', { services: [{ ...web, replicas: 1 }] });
  await expect
    .poll(() => text('two', 'deployment-web--pi-1.yaml'), { timeout: 20_000 })
    .toContain('replicas: 1');
});
