import { afterAll, beforeAll, expect, it } from 'vitest';
import { fixtureRows } from '../../support/http-fixtures.ts';
import { testServer, type TestServer } from '../../support/http-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await testServer(fixtureRows('local'), {});
});
afterAll(() => server.app.close());

const ask = async (url: string) => {
  const answer = await server.app.inject({ url: `/api/rightstream/v1/${url}`, remoteAddress: '127.0.0.1' });
  return { ...answer.json<{ code?: string; message?: string }>(), status: answer.statusCode };
};

it.each([
  ['recommendations?namespace=shop', 'unknown parameter: namespace; there are '],
  ['recommendations?project=shop&limt=1', 'unknown parameter: limt; there are '],
  ['savings?Project=shop', 'unknown parameter: Project; there are '],
  ['uploads?org=other', 'unknown parameter: org; there are '],
  ['policies?foo=1', 'unknown parameter: foo; there are none here'],
])('%s is refused, for it would show everything', async (url, message) => {
  expect(await ask(url)).toMatchObject({
    ...{ status: 400, code: 'UNKNOWN_PARAMETER' },
    message: expect.stringContaining(message) as string,
  });
});

it.each(['recommendations?project=shop&limit=1', 'savings?project=shop', 'uploads?limit=2'])(
  '%s is answered',
  async (url) => {
    expect(await ask(url)).toMatchObject({ status: 200 });
  },
);
