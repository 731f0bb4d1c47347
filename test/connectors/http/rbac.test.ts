import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { rbacClient } from '../../../connectors/rbac/client.ts';
import { rbacSettings } from '../../../connectors/rbac/settings.ts';
import { fixtureRows, idOf } from '../../support/http-fixtures.ts';
import { identityOf, testServer, type TestServer } from '../../support/http-server.ts';
import { permission, rbacServer, type RbacServer } from '../../support/rbac-server.ts';

const base = '/api/cost-management/v1/recommendations/openshift';
const cluster = '1b36b20f-7fa0-4454-a6d2-008294e06378';
const who = identityOf('org-a');
let rbac: RbacServer;
let server: TestServer;
let errors: unknown[];

beforeEach(async () => {
  errors = [];
  rbac = await rbacServer();
  const rows = fixtureRows('org-a');
  const history = rows['recommendations']!.map((row) => row);
  server = await testServer(
    { ...rows, recommendation_history: history },
    {},
    {
      authorize: rbacClient(rbacSettings.parse({ url: rbac.url, cacheMs: 0 }), () => 0),
      logError: (error) => errors.push(error),
    },
  );
});
afterEach(async () => {
  await server.app.close();
  await rbac.close();
});

async function get(url: string, headers: Record<string, string> = who) {
  const { statusCode: status, body } = await server.app.inject({ url, headers });
  return { status, body };
}
const countOf = async (url: string): Promise<number> =>
  (JSON.parse((await get(url)).body) as { meta: { count: number } }).meta.count;

describe('what a caller may read', () => {
  test.each([
    ['all', [permission('*:*')], 13, 4],
    ['this cluster', [permission('openshift.cluster:read', cluster.toUpperCase())], 13, 4],
    ['another cluster', [permission('openshift.cluster:read', 'other')], 0, 0],
    ['one project', [permission('openshift.project:read', 'shop')], 5, 1],
    [
      'one project of another cluster',
      [permission('openshift.project:read', 'shop'), permission('openshift.cluster:read', 'other')],
      0,
      0,
    ],
    ['a project with a wildcard in its name', [permission('openshift.project:read', 'sh%')], 0, 0],
  ])('%s', async (_, permissions, containers, namespaces) => {
    rbac.pages = [permissions];
    expect(await countOf(base)).toBe(containers);
    expect(await countOf(`${base}/namespace`)).toBe(namespaces);
    const csv = await get(`${base}?format=csv`);
    const ids = new Set(
      csv.body
        .trimEnd()
        .split('\n')
        .slice(1)
        .map((line) => line.split(',')[0]),
    );
    expect(ids.size).toBe(containers);
    expect(await countOf('/api/ros/v1/recommendations')).toBe(containers);
    expect(await countOf('/api/rightstream/v1/recommendations?kind=namespace')).toBe(namespaces);
  });

  test('what is beyond reach is not there, by any path', async () => {
    rbac.pages = [[permission('openshift.project:read', 'shop')]];
    const [inside, beyond] = [idOf('org-a/shop/web/nginx'), idOf('org-a/payments/ledger/ledger')];
    for (const path of [base, `${base}/container`, '/api/rightstream/v1/recommendations']) {
      expect((await get(`${path}/${inside}`)).status).toBe(200);
      expect((await get(`${path}/${beyond}`)).status).toBe(404);
    }
    expect(await countOf(`${base}/${inside}/history`)).toBe(1);
    expect((await get(`${base}/${beyond}/history`)).status).toBe(404);
    expect((await get(`${base}/namespace/${idOf('org-a/payments')}`)).status).toBe(404);
    expect((await get(`${base}/namespace/${idOf('org-a/payments')}/history`)).status).toBe(404);
  });

  test('every route of the description shows a caller with one project nothing of the others', async () => {
    rbac.pages = [[permission('openshift.project:read', 'shop')]];
    const description = JSON.parse((await get('/openapi.json')).body) as {
      paths: Record<string, Record<string, { parameters?: { name: string }[] }>>;
    };
    const tables = (JSON.parse((await get('/tables')).body) as { data: { name: string }[] }).data.map(
      ({ name }) => name,
    );
    const secret = /payments|ledger|fraud|fluent-bit|analytics|cost-mgmt\.tar/;
    const statuses = new Map<string, number>();
    for (const [path, methods] of Object.entries(description.paths)) {
      if (methods['get'] === undefined) continue;
      for (const table of path.includes('{table}') ? tables : ['']) {
        for (const id of [
          idOf('org-a/payments/ledger/ledger'),
          idOf('org-a/payments'),
          idOf('org-a/upload/0'),
        ]) {
          const url = path.replace('{table}', table).replace('{id}', id);
          const { status, body } = await get(url);
          statuses.set(path.replace('{table}', table), status);
          expect([url, secret.exec(body)?.[0]]).toEqual([url, undefined]);
          expect([url, status < 500 || path === '/readyz']).toEqual([url, true]);
        }
      }
    }
    // what does not say whose its rows are is refused whole
    for (const path of [
      '/tables/uploads',
      '/tables/rejected_rows',
      '/tables/container_usage',
      '/listExperiments',
    ])
      expect([path, statuses.get(path)]).toEqual([path, 403]);
    for (const path of ['/tables/recommendations', '/tables/workloads', '/tables/containers', base])
      expect([path, statuses.get(path)]).toEqual([path, 200]);
  });

  test('the same calls with all permissions do show it, so that the test above can fail', async () => {
    rbac.pages = [[permission('*:read')]];
    for (const url of [
      '/tables/uploads',
      '/tables/recommendations',
      '/api/rightstream/v1/recommendations',
      base,
    ])
      expect([url, (await get(url)).body]).toEqual([url, expect.stringMatching(/payments|cost-mgmt/)]);
    expect((await get('/listExperiments')).status).toBe(200);
  });
});

describe('nothing without permission', () => {
  const refused = { status: 403, body: '{"message":"User is not authorized"}' };
  test.each([
    ['no permission', []],
    ['nodes alone', [permission('openshift.node:read', 'n')]],
    ['writing alone', [permission('openshift.project:write', 'shop')]],
  ])('%s', async (_, permissions) => {
    rbac.pages = [permissions];
    for (const path of ['', '/namespace', `/${idOf('org-a/shop/web/nginx')}`, '?format=csv'])
      expect(await get(base + path)).toEqual(refused);
    expect(JSON.parse((await get('/tables/workloads')).body)).toMatchObject({ code: 'NOT_AUTHORIZED' });
    expect((await get('/api/ros/v1/workloads')).status).toBe(403);
  });

  test('a service that is away gives nothing, and is told in the log', async () => {
    rbac.answer = (_, response) => response.writeHead(500).end();
    expect(await get(base)).toEqual(refused);
    expect(String(errors[0])).toContain('it answers 500');
    await rbac.close();
    expect(await get(base)).toEqual(refused);
    rbac = await rbacServer();
  });

  test('permission to read lets nobody write', async () => {
    rbac.pages = [[permission('*:*')]];
    for (const [method, url] of [
      ['POST', '/createExperiment'],
      ['DELETE', '/createExperiment'],
      ['POST', '/updateResults'],
    ] as const) {
      const answer = await server.app.inject({ method, url, headers: who, payload: [] });
      expect([method, url, answer.statusCode]).toEqual([method, url, 403]);
    }
  });

  test('a caller of this machine without identity is nobody', async () => {
    expect(await get(base, {})).toEqual(refused);
    expect(rbac.asked).toEqual([]);
  });

  test('an identity that cannot be read is not asked about', async () => {
    expect((await get(base, { 'x-rh-identity': '%%%' })).status).toBe(401);
    expect(rbac.asked).toEqual([]);
  });

  test('uploads and health do not ask', async () => {
    expect((await get('/healthz')).status).toBe(200);
    expect((await get('/status')).status).toBe(200);
    expect((await get('/api/ingress/v1/')).status).toBe(200);
    expect(rbac.asked).toEqual([]);
  });
});
