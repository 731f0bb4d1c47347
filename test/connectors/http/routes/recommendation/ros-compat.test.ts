import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Retryable } from '../../../../../streams/runtime/errors.ts';
import { fixtureRows, idOf } from '../../../../support/http-fixtures.ts';
import { identityOf, testReadModels, testServer, type TestServer } from '../../../../support/http-server.ts';

const base = '/api/cost-management/v1/recommendations/openshift';
const who = identityOf('org-a');
const six = 'container=1&container=2&container=3&container=4&container=5&container=6';
let [right, compat] = [undefined, undefined] as unknown as [TestServer, TestServer];
beforeAll(async () => {
  const [row] = fixtureRows('org-a')['recommendations']!;
  const many = Array.from({ length: 1_203 }, (_, i) => ({ ...row, recommendation_id: idOf(`many ${i}`) }));
  const rows = { ...fixtureRows('org-a'), recommendations: many };
  right = await testServer(rows);
  compat = await testServer(rows, { rosCompat: true });
});
afterAll(async () => {
  await right.app.close();
  await compat.app.close();
});

async function both(path: string): Promise<[string, string]> {
  const ask = async ({ app }: TestServer): Promise<string> => {
    const answer = await app.inject({ url: base + path, headers: who });
    const { code } = answer.json<{ code?: string }>();
    return `${answer.statusCode} ${answer.body === '{}' ? '{}' : (code ?? 'data')}`;
  };
  return [await ask(right), await ask(compat)];
}

describe('slips of upstream that clients may depend on: without and with rosCompat', () => {
  test.each([
    // what cannot be asked for is answered with nothing
    [`?${six}`, '400 TOO_MANY_VALUES', '200 {}'],
    ['?workload_type=job', '400 BAD_WORKLOAD_TYPE', '200 {}'],
    ['?start_date=x', '400 BAD_DATE', '200 {}'],
    ['?project=a&exclude[project]=a', '400 FILTER_CONFLICT', '200 {}'],
    ['/namespace?limit=-2', '400 BAD_LIMIT', '200 {}'],
    ['/namespace?cpu-unit=x', '400 BAD_CPU_UNIT', '200 {}'],
    ['/namespace/x', '400 BAD_RECOMMENDATION_ID', '200 {}'],
    [`/namespace/${idOf('nobody')}`, '404 RECOMMENDATION_NOT_FOUND', '200 {}'],
    // what upstream tells is told in both
    ['?limit=-2', '400 BAD_LIMIT', '400 BAD_LIMIT'],
    ['?order_by=x', '400 BAD_ORDER_BY', '400 BAD_ORDER_BY'],
    ['?cpu-unit=x', '400 BAD_CPU_UNIT', '400 BAD_CPU_UNIT'],
    ['/x', '400 BAD_RECOMMENDATION_ID', '400 BAD_RECOMMENDATION_ID'],
    [`/${idOf('nobody')}`, '404 RECOMMENDATION_NOT_FOUND', '404 RECOMMENDATION_NOT_FOUND'],
    // unknown parameters, and repeats of those that have one value
    ['?colour=red', '400 UNKNOWN_PARAMETER', '200 data'],
    ['?limit=1&limit=2', '400 REPEATED_PARAMETER', '200 data'],
    [`/${idOf('many 1')}?colour=red`, '400 UNKNOWN_PARAMETER', '200 data'],
  ])('%s: %s, %s', async (path, without, withIt) => {
    expect(await both(path)).toEqual([without, withIt]);
  });

  test('of repeats the first counts', async () => {
    const { meta } = (await compat.app.inject({ url: `${base}?limit=1&limit=2`, headers: who })).json<{
      meta: unknown;
    }>();
    expect(meta).toMatchObject({ limit: 1 });
  });

  test('limit=-1: 1,000 rows and a next page, or all up to 10,000', async () => {
    const sizes = await Promise.all(
      [right, compat].map(async ({ app }) => {
        const body = (await app.inject({ url: `${base}?limit=-1`, headers: who })).json<{
          data: unknown[];
          links: { next?: string };
        }>();
        return [body.data.length, body.links.next === undefined];
      }),
    );
    expect(sizes).toEqual([
      [1000, false],
      [1203, true],
    ]);
  });

  test('links: first is the page asked for, last the one after it, the second page has no previous', async () => {
    const links = async ({ app }: TestServer): Promise<unknown> =>
      (await app.inject({ url: `${base}?limit=10&offset=10`, headers: who })).json<{ links: unknown }>()
        .links;
    const to = (offset: number): string => `${base}?limit=10&offset=${offset}`;
    expect(await links(right)).toEqual({ first: to(0), previous: to(0), next: to(20), last: to(1200) });
    expect(await links(compat)).toEqual({ first: to(10), next: to(20), last: to(20) });
  });

  test('a database that is away is told in both', async () => {
    const away = (): Promise<never> =>
      Promise.reject(new Retryable({ code: 'DATABASE_AWAY', message: 'ECONNREFUSED' }));
    const readModels = { ...testReadModels(() => ({})), select: away, count: away };
    for (const rosCompat of [false, true]) {
      const { app } = await testServer({}, { rosCompat }, { readModels });
      const answer = await app.inject({ url: `${base}/namespace`, headers: who });
      expect([answer.statusCode, answer.json()]).toEqual([
        503,
        { status: 'error', code: 'DATABASE_AWAY', message: 'unable to fetch records from database' },
      ]);
      await app.close();
    }
  });
});
