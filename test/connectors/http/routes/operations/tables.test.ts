import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fixtureRows } from '../../../../support/http-fixtures.ts';
import { testServer, type TestServer } from '../../../../support/http-server.ts';

let server: TestServer;
beforeAll(async () => {
  const rows = fixtureRows('local');
  const evil = {
    ...rows['clusters']![0],
    cluster_id: '=cmd|calc',
    cluster_alias: 'a,"b"\nc',
    source_id: '-1',
  };
  server = await testServer({ ...rows, clusters: [...rows['clusters']!, evil] });
});
afterAll(() => server.app.close());

interface Page {
  data: Record<string, unknown>[];
  meta: Record<string, unknown>;
  links: { next?: string };
}
const get = async (url: string): Promise<Page> => (await server.app.inject(url)).json<Page>();

test('the list says what each table and column is', async () => {
  const { data } = await get('/tables');
  expect(data.map((table) => table['name'])).toContain('rejected_rows');
  expect(data[0]).toHaveProperty('comment');
});

describe('rows of a table', () => {
  test.each([
    ['where=status:eq:accepted', 1],
    ['filter[status]=accepted', 1],
    ['filter[status]=accepted&filter[status]=duplicate', 2],
    ['where=rows:gt:6000&where=rejected:gte:1', 1],
    ['where=received_at:lt:2026-11-18T00:00:00Z', 2],
    ['where=message:like:HEADER', 1],
    ['where=code:isNull', 4],
    ['where=status:in:accepted,reading', 2],
    ['where=status:notIn:accepted,reading', 3],
  ])('uploads %s', async (query, count) => {
    const { data, meta } = await get(`/tables/uploads?count=true&${query}`);
    expect([data.length, meta['count']]).toEqual([count, count]);
  });

  test('by key, page after page, each row once', async () => {
    const seen: unknown[] = [];
    let url: string | undefined = '/tables/rejected_rows?limit=5&columns=code';
    for (let pages = 0; url !== undefined && pages < 10; pages++) {
      const page: Page = await get(url);
      expect(page.data.every((row) => Object.keys(row).join() === 'code')).toBe(true);
      seen.push(...page.data);
      url = page.links.next;
    }
    expect(seen).toHaveLength(12);
  });

  test('sorted, by offset', async () => {
    const { data, links } = await get('/tables/uploads?sort=-rows,request_id&limit=2&columns=rows');
    expect(data).toEqual([{ rows: 6144 }, { rows: 6144 }]);
    expect((await get(links.next!)).data).toEqual([{ rows: 2048 }, { rows: 0 }]);
  });

  test('as CSV: nothing a spreadsheet would run, quotes and line breaks kept', async () => {
    const answer = await server.app.inject(
      '/tables/clusters?format=csv&columns=cluster_id,cluster_alias,source_id',
    );
    expect(answer.headers['content-type']).toContain('text/csv');
    expect(answer.body).toBe(
      'cluster_id,cluster_alias,source_id\n' +
        '1b36b20f-7fa0-4454-a6d2-008294e06378,berlin-1,111\n' +
        `'=cmd|calc,"a,""b""\nc",'-1\n`.replace(/^/, ''),
    );
  });
});

describe('a request that cannot be read says why', () => {
  test.each([
    '/tables/secrets',
    '/tables/uploads?where=status',
    '/tables/uploads?where=status:is:x',
    '/tables/uploads?where=color:eq:red',
    '/tables/uploads?where=rows:gt:many',
    '/tables/uploads?status=accepted',
    '/tables/uploads?sort=color',
    '/tables/uploads?columns=color',
    '/tables/uploads?limit=0',
    '/tables/uploads?after=abc',
    '/tables/uploads?after=WyJ4Il0&sort=rows',
    '/tables/container_usage?where=usage:eq:x',
    '/tables/__proto__',
    '/api/rightstream/v1/uploads/none',
    '/api/rightstream/v1/recommendations/none',
    '/api/rightstream/v1/recommendations?sort=document',
    '/nowhere?x=1',
  ])('%s', async (url) => {
    const answer = await server.app.inject(url);
    const body = answer.json<{ message: string }>();
    expect({ http: answer.statusCode, ...body, message: body.message.slice(0, 160) }).toMatchSnapshot();
  });
});

describe('uploads and recommendations of the dashboard', () => {
  test('uploads, latest first; one with files and rejected rows', async () => {
    const { data, meta } = await get('/api/rightstream/v1/uploads?limit=2');
    expect(meta).toEqual({ count: 5, limit: 2, offset: 0 });
    expect(data.map((row) => row['request_id'])).toEqual(['req-0', 'req-1']);
    const one = await get(`/api/rightstream/v1/uploads/${String(data[0]!['upload_id'])}`);
    expect(one).toMatchObject({
      data: { status: 'partly-rejected' },
      files: [{ position: 0 }, { status: 'ignored' }],
    });
    expect((one as unknown as { rejected_rows: unknown[] }).rejected_rows).toHaveLength(12);
    expect((await get('/api/rightstream/v1/uploads?status=duplicate')).data).toHaveLength(1);
  });

  test('recommendations as numbers, filtered and sorted; one with its document', async () => {
    const { data, meta } = await get(
      '/api/rightstream/v1/recommendations?kind=container&q=WEB&sort=cpu_variation_short_cost_pct',
    );
    expect(meta['count']).toBe(2);
    expect(data[0]).toMatchObject({ container: 'sidecar', short_cost_cpu_request: 0.02 });
    expect(data[0]).not.toHaveProperty('document');
    const one = await get(`/api/rightstream/v1/recommendations/${String(data[0]!['recommendation_id'])}`);
    expect(one).toMatchObject({ data: { document: { version: '1.0' } }, explanation: null });
  });

  test('savings add up what has a request and advice', async () => {
    const { data, meta } = await get('/api/rightstream/v1/savings?project=payments');
    expect(meta).toEqual({ rows: 3, complete: true });
    expect(data[0]).toMatchObject({
      term: 'short',
      engine: 'cost',
      rows: 3,
      cpu: { current: 6, advised: 3, unset: 1 },
    });
  });
});
