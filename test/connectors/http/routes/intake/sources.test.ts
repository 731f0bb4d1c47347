import { afterAll, beforeAll, expect, test } from 'vitest';
import { fixtureRows } from '../../../../support/http-fixtures.ts';
import { identityOf, testServer, type TestServer } from '../../../../support/http-server.ts';

const prefix = '/api/sources/v3.1';
let server: TestServer;
beforeAll(async () => {
  const rows = fixtureRows('org-a');
  const [one] = rows['clusters']!;
  const more = [
    { ...one, cluster_id: 'c-2', source_id: '112', cluster_alias: null },
    { ...one, cluster_id: 'c-3', source_id: null },
    { ...one, cluster_id: 'c-4', source_id: '111', org_id: 'org-b', cluster_alias: 'foreign' },
  ];
  server = await testServer({ ...rows, clusters: [one!, ...more] });
});
afterAll(() => server.app.close());

async function get(path: string, headers: Record<string, string> = identityOf('org-a')) {
  const answer = await server.app.inject({ url: prefix + path, headers });
  return { status: answer.statusCode, body: answer.json<Record<string, unknown>>() };
}

test('the application type that the housekeeper of ROS-OCP looks up, without identity', async () => {
  const path = '/application_types?filter[name][eq]=/insights/platform/cost-management';
  const { body } = await get(path, { 'x-forwarded-for': '203.0.113.1' });
  const [found] = body['data'] as { id: string }[];
  expect(Number.isInteger(Number(found!.id))).toBe(true);
  expect((await get('/application_types?filter[name][eq]=/other')).body).toMatchObject({
    meta: { count: 0 },
    data: [],
  });
});

test('sources are the clusters of the organisation whose source is known', async () => {
  const { body } = await get('/sources?limit=1');
  expect(body).toMatchObject({
    meta: { count: 2, limit: 1, offset: 0 },
    links: { first: `${prefix}/sources?limit=1&offset=0`, next: `${prefix}/sources?limit=1&offset=1` },
    data: [{ id: '111', name: 'berlin-1', source_ref: '1b36b20f-7fa0-4454-a6d2-008294e06378' }],
  });
  expect((await get('/sources?filter[source_ref][eq]=c-2')).body['data']).toMatchObject([
    { id: '112', name: 'c-2' },
  ]);
  expect((await get('/sources/112')).body).toMatchObject({ source_ref: 'c-2' });
  expect((await get('/sources/111', identityOf('org-b'))).body).toMatchObject({ name: 'foreign' });
});

test('what is not there, and what cannot be asked', async () => {
  expect((await get('/sources/112', identityOf('org-b'))).status).toBe(404);
  expect((await get('/sources/x')).body).toMatchObject({ code: 'SOURCE_NOT_FOUND' });
  expect((await get('/sources?limit=0')).status).toBe(400);
  expect((await get('/sources?limit=5000')).status).toBe(400);
});
