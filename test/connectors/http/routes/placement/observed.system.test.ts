/** What a cluster shows, told as an observer tells it, and read over the APIs. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../../../../connectors/define.ts';
import { recordKey } from '../../../../../schemas/keys.ts';
import {
  applied,
  deploymentSeen,
  failed,
  nodeSeen,
  nodeUnready,
  podSeen,
} from '../../../../support/observations.ts';
import { startKruize } from '../../../../support/program.ts';
import type { KruizeServer } from '../../../../support/program.ts';

const base = '/api/rightstream/v1/clusters/default';
const org = 'acme';
let server: KruizeServer;

async function get(path: string, who = org): Promise<{ data: unknown[]; meta: unknown }> {
  const { status, body } = await server.ask(who, 'GET', base + path);
  expect(status).toBe(200);
  return body as { data: unknown[]; meta: unknown };
}
async function put(path: string, body: object): Promise<void> {
  const answer = await server.ask(org, 'PUT', base + path, body, { 'content-type': 'application/json' });
  expect(answer).toMatchObject({ status: 200 });
}
async function rohe(command: string): Promise<Record<string, unknown>> {
  const headers = { 'content-type': 'application/json' };
  const { body } = await server.ask(org, 'POST', '/management', { command }, headers);
  return (body as { result: Record<string, unknown> }).result;
}

/** Appends events, then waits until a wish that follows them is answered: they have been taken then. */
async function tell(...events: [string, object][]): Promise<void> {
  const key = recordKey(org, 'default');
  const lines = events.map(([type, data]) =>
    JSON.stringify({ key, type, data: { org_id: org, cluster_id: 'default', ...data } }),
  );
  const args = [
    join(packageRoot(), 'dist', 'rightstream.js'),
    'produce',
    'placement',
    '--data-dir',
    server.dir,
  ];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'ignore', 'inherit'] });
  child.stdin.end(lines.join('\n'));
  expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(0);
  await put('/placing', { running: true });
}

beforeAll(async () => {
  server = await startKruize();
  await put('/nodes', {
    nodes: [
      { name: 'a', cpu: 2000, memory: 2048 },
      { name: 'b', cpu: 2000, memory: 2048 },
    ],
  });
  await put('/services', { services: [{ name: 'web', cpu: 500, memory: 128, replicas: 2 }] });
});
afterAll(() => server.stop());

describe('services, nodes, objects and pods', () => {
  it('while no cluster reports, what has a place runs', async () => {
    expect((await get('/services')).data).toMatchObject([
      { placed: 2, running: 2, applied: null, ready: null, failed: [] },
    ]);
    expect((await get('/nodes')).data).toMatchObject([{ observed: null }, { observed: null }]);
    expect(await rohe('GET ALL SERVICES')).toMatchObject({ web: { running: 2, status: 'running' } });
    expect(await get('/pods')).toEqual({
      data: [],
      meta: { count: 0, limit: 50, offset: 0, why: 'no pod like this was seen in this cluster' },
    });
  });

  it('once one does, ready pods run: requested, placed, applied, ready and failed are told apart', async () => {
    const why = { ready: false, reason: 'IMAGE_PULL_FAILED', message: 'no such image; check its name' };
    await tell(
      ['NodeObserved', nodeSeen('a', 1_000)],
      ['ObjectApplied', applied('web', 3)],
      ['ObjectFailed', failed('web', 4, { kind: 'ConfigMap', name: 'web-next', node: null })],
      ['DeploymentObserved', deploymentSeen('web', 5, { replicas: 2, decision: 3 })],
      ['PodObserved', podSeen('web', 'web-1', 6)],
      ['PodObserved', podSeen('web', 'web-2', 7, { phase: 'Pending', ...why })],
    );
    expect((await get('/services')).data).toMatchObject([
      {
        ...{ replicas: 2, placed: 2, applied: 2, ready: 1, running: 1 },
        failed: [
          { kind: 'ConfigMap', name: 'web-next', code: 'CLUSTER_AWAY', message: 'no answer' },
          { kind: 'Pod', name: 'web-2', node: 'a', code: 'IMAGE_PULL_FAILED' },
        ],
      },
    ]);
    expect(await rohe('GET ALL SERVICES')).toMatchObject({ web: { running: 1, status: 'queueing' } });
    await tell(['PodObserved', podSeen('web', 'web-2', 8)]);
    expect(await rohe('GET ALL SERVICES')).toMatchObject({ web: { running: 2, status: 'running' } });
  });

  it('objects and pods in pages, by state', async () => {
    expect(await get('/objects?limit=1')).toMatchObject({
      data: [{ kind: 'ConfigMap' }],
      meta: { count: 1 },
    });
    expect(await get('/objects?limit=1&offset=1')).toMatchObject({ data: [{ kind: 'Deployment' }] });
    expect(await get('/objects?state=failed')).toMatchObject({ data: [{ code: 'CLUSTER_AWAY' }] });
    expect(await get('/objects?state=refused')).toMatchObject({ data: [], meta: { count: 0 } });
    expect(await get('/pods?service=web&ready=true')).toMatchObject({ meta: { count: 2 } });
    expect(await get('/pods?failed=true')).toMatchObject({ data: [] });
    expect((await get('/pods')).data[0]).not.toHaveProperty('org_id');
    for (const path of ['/objects', '/pods', '/services', '/nodes'])
      expect(await get(path, 'other')).toMatchObject({ data: [] });
    const bad = await server.ask(org, 'GET', `${base}/objects?state=done`);
    expect(bad).toMatchObject({ status: 400, body: { code: 'FST_ERR_VALIDATION' } });
  });

  it('nodes with what the cluster shows; what-if counts on no more than that', async () => {
    await tell(
      ['NodeObserved', nodeSeen('a', 2_000, { cpu: 1200 })],
      ['NodeObserved', nodeUnready('b', 2_000)],
    );
    expect((await get('/nodes')).data).toMatchObject([
      { name: 'a', cpu: { capacity: 2000 }, observed: { state: 'ready', cpu: 1200, memory: 2048 } },
      { name: 'b', observed: { state: 'not-ready', reason: 'NODE_NOT_READY', message: 'no kubelet' } },
    ]);
    expect(await rohe('GET ALL NODES')).toMatchObject({
      a: { status: 'running' },
      b: { status: 'not-ready' },
    });
    const headers = { 'content-type': 'application/json' };
    const more = { replicas: { web: 4 } };
    const { body } = await server.ask(org, 'POST', `${base}/what-if`, more, headers);
    expect(body).toMatchObject({ data: { unplaced: [{ reasons: { NODE_NOT_READY: 1, CPU: 1 } }] } });
  });

  it('a node that is lost at once lets go what it carries; a replay makes the same tables', async () => {
    await put('/placing', { not_ready_seconds: 0 });
    await tell(['NodeObserved', nodeUnready('a', 3_000)], ['NodeObserved', nodeSeen('b', 3_000)]);
    expect((await get('/nodes')).data).toMatchObject([
      { name: 'a', observed: { state: 'lost' }, services: {} },
      { name: 'b', observed: { state: 'ready' }, services: { web: 2 } },
    ]);
    expect(await server.replay('placement')).toMatchObject({ equal: true });
  });
});
