import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fixtureRows, idOf } from '../../../../support/http-fixtures.ts';
import { identityOf, testServer, type TestServer } from '../../../../support/http-server.ts';

const base = '/api/cost-management/v1/recommendations/openshift';
const who = identityOf('org-a');
const id = idOf('org-a/shop/web/nginx');
const namespace = idOf('org-a/shop');
let server: TestServer;
beforeAll(async () => {
  server = await testServer(fixtureRows('org-a'));
});
afterAll(() => server.app.close());

interface Answer {
  status: number;
  code?: string;
  message?: string;
  body: string;
  headers: Record<string, unknown>;
}

async function get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
  const answer = await server.app.inject({ url: base + path, headers: { ...who, ...headers } });
  const json = /json/.test(String(answer.headers['content-type']));
  const { code, message } = json ? answer.json<{ code?: string; message?: string }>() : {};
  return {
    status: answer.statusCode,
    body: answer.body,
    headers: answer.headers,
    ...(code === undefined ? {} : { code }),
    ...(message === undefined ? {} : { message }),
  };
}

describe('unknown and repeated parameters', () => {
  test.each([
    ['?colour=red', 'colour'],
    ['?order=desc', 'order'],
    ['?filter[limit]=1', 'filter[limit]'],
    ['?filter[exact:project', 'filter[exact:project'],
    ['/namespace?workload=web', 'workload'],
    ['/namespace?exclude[container]=a', 'exclude[container]'],
    [`/${id}?project=shop`, 'project'],
    [`/namespace/${namespace}?limit=1`, 'limit'],
    [`/${id}/history?order_by=cluster`, 'order_by'],
    ['?__proto__=1', '__proto__'],
    ['?constructor=1', 'constructor'],
  ])('%s is refused by name', async (path, name) => {
    const { status, code, message } = await get(path);
    expect([status, code]).toEqual([400, 'UNKNOWN_PARAMETER']);
    expect(message).toMatch(
      new RegExp(`^unknown parameter: ${name.replaceAll(/[[\]]/g, '\\$&')}; there are `),
    );
  });

  test('a name of any length is cut', async () => {
    const { message } = await get(`?${'x'.repeat(5_000)}=1`);
    expect(message!.length).toBeLessThan(2_000);
  });

  test.each(['limit', 'offset', 'order_by', 'order_how', 'format', 'start_date', 'end_date', 'cpu-unit'])(
    '%s counts once',
    async (name) => {
      expect(await get(`?${name}=1&${name}=2`)).toMatchObject({
        status: 400,
        code: 'REPEATED_PARAMETER',
        message: `${name} is given 2 times; give it once`,
      });
    },
  );

  test('empty is absent', async () => {
    const empty = await get(
      '?order_by=&order_how=&limit=&offset=&format=&cpu-unit=&memory-unit=&true-units=',
    );
    expect(empty.status).toBe(200);
    expect(JSON.parse(empty.body)).toMatchObject({ meta: { count: 13, limit: 10, offset: 0 } });
    // as without: the first of the month
    expect(JSON.parse((await get('?start_date=')).body)).toMatchObject({ meta: { count: 13 } });
  });
});

describe('filters', () => {
  test('five values are taken, six are not, in each group', async () => {
    const values = (name: string, n: number): string =>
      Array.from({ length: n }, (_, i) => `${encodeURIComponent(name)}=v${i}`).join('&');
    for (const name of ['container', 'filter[exact:container]', 'exclude[container]']) {
      expect((await get(`?${values(name, 5)}`)).status).toBe(200);
      expect(await get(`?${values(name, 6)}`)).toMatchObject({ status: 400, code: 'TOO_MANY_VALUES' });
    }
  });

  test('10,000 values are refused, by us or before by the limit of a request line', async () => {
    const query = `?${'project=a&'.repeat(10_000)}`;
    expect(await get(query)).toMatchObject({
      status: 400,
      message: 'project has 10000 values; at most 5 are taken',
    });
    const url = new URL(await server.app.listen({ host: '127.0.0.1', port: 0 }));
    const status = await new Promise((resolve, reject) => {
      request({ host: url.hostname, port: url.port, path: base + query, headers: who })
        .on('response', (answer) => {
          answer.resume();
          resolve(answer.statusCode);
        })
        .on('error', reject)
        .end();
    });
    expect(status).toBe(431);
  });

  test.each([['%25'], ['_'], ['web%25'], ['%5C'], ["'%20OR%20'1'='1"], ['w_b']])(
    'workload=%s finds nothing: it is text',
    async (value) => {
      const { status, body } = await get(`?workload=${value}`);
      expect([status, (JSON.parse(body) as { meta: { count: number } }).meta.count]).toEqual([200, 0]);
    },
  );
});

describe('pages', () => {
  const links = async (query: string): Promise<Record<string, string>> =>
    (JSON.parse((await get(`?${query}`)).body) as { links: Record<string, string> }).links;
  const to = (limit: number, offset: number): string => `${base}?limit=${limit}&offset=${offset}`;

  test('walking next from first sees every row once, and ends at last', async () => {
    const seen: string[] = [];
    let [at, last] = [(await links('limit=4&offset=8'))['first'], ''];
    while (at !== undefined) {
      const body = (await server.app.inject({ url: at, headers: who })).json<{
        data: { id: string }[];
        links: Record<string, string>;
      }>();
      seen.push(...body.data.map((item) => item.id));
      [last, at] = [at, body.links['next']];
      expect(body.links['last']).toBe(to(4, 12));
    }
    expect(last).toBe(to(4, 12));
    expect(seen).toHaveLength(13);
    expect(new Set(seen).size).toBe(13);
  });

  test('previous leads back to rows, from the second page and from behind the end', async () => {
    expect((await links('limit=5&offset=5'))['previous']).toBe(to(5, 0));
    expect((await links('limit=5&offset=3'))['previous']).toBe(to(5, 0));
    expect((await links('limit=5&offset=1000'))['previous']).toBe(to(5, 10));
    expect((await links('limit=5&offset=1000'))['next']).toBeUndefined();
  });

  test('a limit beyond all bounds is the cap; an offset keeps all its digits', async () => {
    const meta = async (query: string): Promise<unknown> =>
      (JSON.parse((await get(`?${query}`)).body) as { meta: unknown }).meta;
    expect(await meta('limit=999999999999')).toMatchObject({ limit: 1000 });
    expect(await meta('offset=999999999999')).toMatchObject({ offset: 999_999_999_999 });
    expect(await get('?limit=-99999999999')).toMatchObject({ status: 400, code: 'BAD_LIMIT' });
  });
});

describe('Accept', () => {
  test.each([
    ['', 'application/json', 'json'],
    ['?format=csv', 'application/json', 'json'],
    ['?format=csv', 'text/html,*/*;q=0.8', 'csv'],
    ['', 'text/html, application/xhtml+xml, */*;q=0.8', 'json'],
    ['', 'text/csv;q=0.9, application/json;q=0.1', 'csv'],
    ['', 'text/csv, application/json', 'json'],
    ['', 'text/csv; charset=utf-8', 'csv'],
    ['', 'TEXT/*', 'csv'],
    ['/namespace', 'text/csv', 'csv'],
    ['', 'image/png', 406],
    ['', 'application/json;q=0, text/csv;q=0', 406],
    [`/${id}`, 'text/csv', 406],
    [`/${id}/history`, 'text/csv', 406],
    [`/${id}`, '*/*', 'json'],
  ] as const)('%s with %s: %s', async (path, accept, expected) => {
    const { status, headers, code } = await get(path, { accept });
    if (typeof expected === 'number') expect([status, code]).toEqual([expected, 'NOT_ACCEPTABLE']);
    else expect([status, String(headers['content-type'])]).toEqual([200, expect.stringContaining(expected)]);
  });
});

test('a CSV export that has more to come leads there', async () => {
  const [row] = fixtureRows('org-a')['recommendations']!;
  const many = Array.from({ length: 1_203 }, (_, i) => ({ ...row, recommendation_id: idOf(`many ${i}`) }));
  const large = await testServer({ ...fixtureRows('org-a'), recommendations: many });
  const ids = new Set<string>();
  let at: string | undefined = `${base}?format=csv&limit=1`;
  const pages: number[] = [];
  while (at !== undefined) {
    const answer: { body: string; headers: Record<string, unknown> } = await large.app.inject({
      url: at,
      headers: who,
    });
    const rows = answer.body.trimEnd().split('\n').slice(1);
    for (const line of rows) ids.add(line.split(',')[0]!);
    pages.push(rows.length);
    at = /^<(.*)>; rel="next"$/.exec(String(answer.headers['link'] ?? ''))?.[1];
  }
  expect(pages).toEqual([6_000, 1_218]);
  expect(ids.size).toBe(1_203);
  await large.app.close();
});
