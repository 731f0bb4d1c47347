import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Retryable } from '../../../../../streams/runtime/errors.ts';
import { fixtureRows, idOf } from '../../../../support/http-fixtures.ts';
import { identityOf, testReadModels, testServer, type TestServer } from '../../../../support/http-server.ts';

const base = '/api/cost-management/v1/recommendations/openshift';
const who = identityOf('org-a');
let server: TestServer;
beforeAll(async () => {
  server = await testServer(fixtureRows('org-a'));
});
afterAll(() => server.app.close());

interface Item {
  id: string;
  container?: string;
  workload?: string;
  project: string;
  last_reported: string;
  recommendations: Record<string, never>;
}
interface List {
  data: Item[];
  meta: { count: number; limit: number; offset: number; why?: string };
  links: Record<string, string>;
}

async function get(
  path: string,
  headers: Record<string, string> = who,
): Promise<{ status: number; body: string }> {
  const answer = await server.app.inject({ url: base + path, headers });
  return { status: answer.statusCode, body: answer.body };
}
const list = async (path: string): Promise<List> => JSON.parse((await get(path)).body) as List;
const containers = async (query: string): Promise<string[]> =>
  (await list(`?limit=-1&${query}`)).data.map(({ workload, container }) => `${workload}/${container}`);

describe('lists', () => {
  test('an item has what clients know, and no plots', async () => {
    const { data, meta } = await list('?limit=1');
    expect(meta).toEqual({ count: 13, limit: 1, offset: 0 });
    expect(Object.keys(data[0]!).sort()).toEqual([
      'cluster_alias',
      'cluster_uuid',
      'container',
      'id',
      'last_reported',
      'project',
      'recommendations',
      'source_id',
      'workload',
      'workload_type',
    ]);
    expect(data[0]!.last_reported).toBe('2026-11-20T12:00:05Z');
    expect(JSON.stringify(data[0])).not.toContain('plots');
  });

  test('namespaces lack container, workload and workload_type', async () => {
    const { data, meta } = await list('/namespace');
    expect(meta.count).toBe(4);
    expect(data[0]).not.toHaveProperty('container');
    expect(data[0]).not.toHaveProperty('workload_type');
  });

  test('/openshift and /openshift/container are the same list', async () => {
    const [a, b] = [await list(''), await list('/container')];
    expect(a.data).toEqual(b.data);
    expect(b.links['first']).toBe(`${base}/container?limit=10&offset=0`);
  });

  test.each([
    ['container=REDIS', ['cart-cache/redis']],
    ['container=redis&container=envoy', ['cart-cache/redis', 'gateway/envoy']],
    ['filter[exact:container]=red', []],
    ['filter[exact:container]=redis', ['cart-cache/redis']],
    ['project=shop&exclude[workload]=web', ['checkout/app', 'cart-cache/redis', 'search/engine']],
    ['project=pay&workload_type=statefulset', ['postgres/postgres']],
    ['workload=%25', []],
    ['cluster=BERLIN&container=envoy', ['gateway/envoy']],
    ['cluster=1B36B20F-7fa0-4454-a6d2-008294e06378&container=envoy', ['gateway/envoy']],
    ['exclude[cluster]=berlin-1', []],
    ['container=', 13],
    ['start_date=2026-11-20&end_date=2026-11-20&container=nginx', ['web/nginx']],
    ['end_date=2026-11-19', []],
  ] as const)('%s', async (query, expected) => {
    const found = await containers(query);
    expect(typeof expected === 'number' ? found.length : found).toEqual(expected);
  });

  test('order: nulls last either way, ties by id', async () => {
    const down = await containers('order_by=cpu_request_current&order_how=DESC');
    const up = await containers('order_by=cpu_request_current&order_how=asc');
    expect([down[0], down.at(-1)]).toEqual(['report-builder/worker', 'fraud-check/model']);
    expect([up[0], up.at(-1)]).toEqual(['log-shipper/fluent-bit', 'fraud-check/model']);
    expect((await containers('order_by=cpu_variation_short_cost&order_how=asc'))[0]).toBe('web/sidecar');
  });

  test('pages: what cannot be read counts as the default, -1 as the cap', async () => {
    expect((await list('?limit=x&offset=-3')).meta).toEqual({ count: 13, limit: 10, offset: 0 });
    expect((await list('?limit=5000')).meta.limit).toBe(1000);
    expect((await list('?limit=0')).data).toEqual([]);
    const { links, data } = await list('?limit=5&offset=5&project=o&container=a&container=e');
    const to = (offset: number): string =>
      `${base}?container=a&container=e&limit=5&offset=${offset}&project=o`;
    expect(links).toEqual({ first: to(0), previous: to(0), last: to(5) });
    expect(data.length).toBeLessThanOrEqual(5);
  });

  test('an empty list that hides older rows says so', async () => {
    const late = await testServer(
      fixtureRows('org-a'),
      {},
      { now: () => Date.parse('2027-01-05T00:00:00Z') },
    );
    const body = (await late.app.inject({ url: base, headers: who })).json<List>();
    expect(body.meta).toMatchInlineSnapshot(`
      {
        "count": 0,
        "limit": 10,
        "offset": 0,
        "why": "13 end before 2027-01-01, where this list starts; add start_date=1970-01-01",
      }
    `);
    await late.app.close();
  });
});

describe('details', () => {
  const id = idOf('org-a/shop/web/nginx');
  test('the item alone, with plots, in MiB; namespaces in bytes', async () => {
    const item = JSON.parse((await get(`/${id}?true-units=true`)).body) as Item;
    expect(item).toMatchObject({
      id,
      container: 'nginx',
      recommendations: {
        current: {
          requests: { cpu: { amount: 2, format: 'cores' }, memory: { amount: 1024, format: 'MiB' } },
        },
        recommendation_terms: {
          short_term: {
            plots: { datapoints: 4 },
            recommendation_engines: {
              cost: {
                config: { requests: { memory: { amount: 310, format: 'MiB' } } },
                variation: { requests: { cpu: { amount: -82.5, format: 'percent' } } },
              },
            },
          },
          medium_term: { plots: { plots_data: { '2026-11-18T12:00:00.000Z': {} } } },
        },
      },
    });
    const namespace = JSON.parse((await get(`/namespace/${idOf('org-a/shop')}`)).body) as Item;
    expect(namespace).toMatchObject({
      project: 'shop',
      recommendations: { current: { requests: { memory: { amount: 1073741824, format: 'bytes' } } } },
    });
  });

  test('an id in capitals is the same id; a container is no namespace', async () => {
    expect((await get(`/container/${id.toUpperCase()}`)).status).toBe(200);
    expect((await get(`/namespace/${id}`)).status).toBe(404);
  });
});

describe('CSV', () => {
  test('containers: 38 columns, a row per term and engine, limit does not count', async () => {
    const answer = await server.app.inject({ url: `${base}?format=csv&limit=1`, headers: who });
    expect(answer.headers['content-type']).toContain('text/csv');
    expect(answer.headers['content-disposition']).toBe('attachment; filename=recommendations-20261121.csv');
    const lines = answer.body.trimEnd().split('\n');
    expect(lines.every((line) => line.split(',').length === 38)).toBe(true);
    expect(lines).toHaveLength(1 + 9 * 6 + 4 * 4);
    expect(lines[1]).toContain(
      ',2026-11-20 12:00:00 +0000 UTC,short_term,24,2026-11-19 12:00:00 +0000 UTC,cost,',
    );
  });

  test('namespaces too; Accept wins over format', async () => {
    const headers = { ...who, accept: 'text/csv' };
    const answer = await server.app.inject({ url: `${base}/namespace?format=json`, headers });
    const lines = answer.body.trimEnd().split('\n');
    expect(lines.every((line) => line.split(',').length === 38)).toBe(true);
    expect(lines[1]!.split(',').slice(3, 7)[1]).toMatch(/^(shop|payments|platform|analytics)$/);
    expect(lines[1]!.split(',')[3]).toBe('');
  });
});

describe('errors are errors', () => {
  test.each([
    '?order_by=color',
    '?order_by=__proto__',
    '/namespace?order_by=container',
    '?order_how=up',
    '?limit=-2',
    '?format=xml',
    '?cpu-unit=pounds',
    '?memory-unit=MB',
    '?true-units=maybe',
    '?workload_type=job',
    '?start_date=2026-13-01',
    '?end_date=yesterday',
    '?project=a&exclude[project]=a',
    '?project=a&project=b&project=c&project=d&project=e&project=f',
    '/not-an-id',
    '/namespace/not-an-id?memory-unit=x',
    `/${idOf('nobody')}`,
  ])('%s', async (path) => {
    expect(await get(path)).toMatchSnapshot();
  });

  test('an identity that cannot be read: 401 in the words of the API', async () => {
    expect(await get('', { 'x-rh-identity': '%%%' })).toEqual({
      status: 401,
      body: '{"message":"Unable to decode X-Rh-Identity"}',
    });
    expect(await get('', { 'x-rh-identity': 'bm8=' })).toEqual({
      status: 401,
      body: '{"message":"Unable to marshal X-Rh-Identity into struct"}',
    });
  });

  test('a database that is away: 503', async () => {
    const away = (): Promise<never> =>
      Promise.reject(new Retryable({ code: 'DATABASE_AWAY', message: 'ECONNREFUSED' }));
    const readModels = { ...testReadModels(() => ({})), select: away, count: away };
    const broken = await testServer({}, {}, { readModels });
    const answer = await broken.app.inject({ url: base, headers: who });
    expect(answer.statusCode).toBe(503);
    expect(answer.json()).toMatchObject({
      status: 'error',
      message: expect.stringContaining('unable to fetch records from database'),
    });
    await broken.app.close();
  });
});

describe('the paths of the data-flow document', () => {
  test('work without identity from this machine', async () => {
    const local = await testServer(fixtureRows('local'));
    const read = async (path: string): Promise<unknown> => (await local.app.inject(path)).json();
    expect(await read('/status')).toEqual({ 'api-server': 'working' });
    expect(await read('/api/ros/v1/recommendations')).toMatchObject({ meta: { count: 13 } });
    expect(await read('/api/ros/v1/workloads?project=shop&limit=1')).toMatchObject({
      meta: { count: 4, limit: 1 },
      data: [
        { project: 'shop', workload: 'cart-cache', workload_type: 'statefulset', containers: ['redis'] },
      ].map(() => expect.objectContaining({ project: 'shop' })),
    });
    await local.app.close();
  });
});
