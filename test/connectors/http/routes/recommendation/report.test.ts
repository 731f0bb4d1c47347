import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fixtureRows } from '../../../../support/http-fixtures.ts';
import { identityOf, testServer, type TestServer } from '../../../../support/http-server.ts';

const path = '/api/rightstream/v1/report';
const who = identityOf('org-a');
let server: TestServer;

beforeAll(async () => {
  server = await testServer(fixtureRows('org-a'));
});
afterAll(() => server.app.close());

async function get(query: string, headers = who) {
  const {
    statusCode: status,
    body,
    headers: answered,
  } = await server.app.inject({ url: path + query, headers });
  return { status, body, type: String(answered['content-type']), answered };
}

describe('the report', () => {
  test.each([
    ['', 'text/html', '<!doctype html>'],
    ['?format=csv', 'text/csv', 'Cluster,Namespace,Name'],
    ['?format=message', 'text/plain', 'Right-sizing: '],
    ['?format=prometheus', 'text/plain; version=0.0.4', '# HELP rightstream_request_current'],
  ])('%s is %s', async (query, type, head) => {
    const found = await get(query);
    expect(found).toMatchObject({ status: 200, type: expect.stringContaining(type) as string });
    expect(found.body.startsWith(head)).toBe(true);
  });

  test('has every container once, and fewer when asked', async () => {
    const lines = async (query: string): Promise<number> =>
      (await get(`?format=csv${query}`)).body.trimEnd().split('\n').length - 1;
    expect(await lines('')).toBe(14);
    expect(await lines('&project=shop')).toBe(5);
    expect(await lines('&project=sh%25')).toBe(0);
    expect(await lines('&cluster=other')).toBe(0);
  });

  test('of another organisation is empty and says what to do', async () => {
    const { body } = await get('', identityOf('org-b'));
    expect(body).toContain('No container has reported yet');
  });

  test('is a page that may run and load nothing', async () => {
    expect((await get('')).answered['content-security-policy']).toBe(
      "default-src 'none'; style-src 'unsafe-inline'",
    );
  });

  test.each(['?format=pdf', '?engine=magic', '?term=weekly', '?least=bad'])(
    '%s is refused',
    async (query) => {
      expect(await get(query)).toMatchObject({ status: 400 });
    },
  );
});
