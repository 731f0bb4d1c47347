import { afterAll, beforeAll, expect, test } from 'vitest';
import { fixtureRows, idOf } from '../../../../support/http-fixtures.ts';
import { identityOf, testServer, type TestServer } from '../../../../support/http-server.ts';

const base = '/api/cost-management/v1/recommendations/openshift';
const id = idOf('org-a/shop/web/nginx');
let server: TestServer;
beforeAll(async () => {
  const rows = fixtureRows('org-a');
  const now = rows['recommendations']!.find((row) => row['recommendation_id'] === id)!;
  const history = Array.from({ length: 25 }, (_, day) => ({
    ...now,
    monitoring_end_time: new Date(Date.UTC(2026, 9, 27) + day * 86_400_000).toISOString(),
    ...(day === 0
      ? Object.fromEntries(
          Object.keys(now)
            .filter((name) => /^(short|medium|long)_/.test(name))
            .map((name) => [name, null]),
        )
      : {}),
    available: day > 0,
  }));
  const foreign = { ...history[3]!, org_id: 'org-b' };
  server = await testServer({ ...rows, recommendation_history: [...history, foreign] });
});
afterAll(() => server.app.close());

async function get(path: string, org = 'org-a') {
  const answer = await server.app.inject({ url: base + path, headers: identityOf(org) });
  return { status: answer.statusCode, body: answer.json<Record<string, unknown>>() };
}

test('tells what was advised at each report end, the latest first, by pages', async () => {
  const { body } = await get(`/${id}/history?limit=2&offset=2&true-units=true`);
  expect(body).toMatchObject({
    meta: { count: 25, limit: 2, offset: 2 },
    data: [{ monitoring_end_time: '2026-11-18T00:00:00Z' }, { monitoring_end_time: '2026-11-17T00:00:00Z' }],
    links: {
      first: `${base}/${id}/history?limit=2&offset=0&true-units=true`,
      next: `${base}/${id}/history?limit=2&offset=4&true-units=true`,
      last: `${base}/${id}/history?limit=2&offset=24&true-units=true`,
    },
  });
  const [item] = body['data'] as Record<string, unknown>[];
  expect(item).toMatchObject({
    available: true,
    recommendations: {
      current: { requests: { cpu: { amount: 2, format: 'cores' }, memory: { amount: 1024, format: 'MiB' } } },
      recommendation_terms: {
        short_term: {
          recommendation_engines: {
            cost: {
              config: {
                requests: { cpu: { amount: 0.35, format: 'cores' }, memory: { amount: 310, format: 'MiB' } },
              },
              variation: { requests: { cpu: { amount: -82.5, format: 'percent' } } },
            },
          },
        },
      },
    },
  });
});

test('by days, in units, and where there was no advice', async () => {
  const first = await get(
    `/container/${id}/history?end_date=2026-10-28&memory-unit=bytes&cpu-unit=millicores`,
  );
  expect(first.body).toMatchObject({
    meta: { count: 2 },
    data: [
      { recommendations: { current: { requests: { cpu: { amount: 2000, format: 'm' } } } } },
      { available: false, recommendations: { recommendation_terms: {} } },
    ],
  });
  expect((await get(`/${id}/history?start_date=2026-11-20`)).body).toMatchObject({ meta: { count: 1 } });
});

test('belongs to one organisation and one kind', async () => {
  for (const [path, org] of [
    [`/${id}/history`, 'org-b'],
    [`/namespace/${id}/history`, 'org-a'],
    [`/${idOf('nobody')}/history`, 'org-a'],
  ] as const) {
    expect(await get(path, org)).toEqual({
      status: 404,
      body: { status: 'error', code: 'RECOMMENDATION_NOT_FOUND', message: 'unable to fetch recommendation' },
    });
  }
  expect((await get('/nothing/history')).status).toBe(400);
  expect((await get(`/${id}/history?start_date=x`)).status).toBe(400);
});
