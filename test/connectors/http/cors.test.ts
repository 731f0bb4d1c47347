import { afterEach, describe, expect, test } from 'vitest';
import { httpSettings } from '../../../connectors/http/settings.ts';
import { fixtureRows } from '../../support/http-fixtures.ts';
import { identityOf, testServer, type TestServer } from '../../support/http-server.ts';

const url = '/api/cost-management/v1/recommendations/openshift';
const origin = 'https://ui.example.com';

let server: TestServer | undefined;
afterEach(async () => {
  await server?.app.close();
  server = undefined;
});

async function ask(corsOrigins: string[], method: 'GET' | 'OPTIONS', headers: Record<string, string>) {
  server = await testServer(fixtureRows('a'), { corsOrigins });
  return server.app.inject({ method, url, headers, remoteAddress: '127.0.0.1' });
}

describe('pages of other sites', () => {
  const preflight = { origin, 'access-control-request-method': 'GET' };

  test.each([
    ['no origin is named', [], undefined],
    ['theirs is named', [origin], origin],
    ['another one is named', ['https://other.example.com'], undefined],
    ['any may', ['*'], '*'],
  ])('%s', async (_, origins, allowed) => {
    const answer = await ask(origins, 'GET', { origin, ...identityOf('a') });
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['access-control-allow-origin']).toBe(allowed);
    expect(answer.headers['access-control-allow-credentials']).toBeUndefined();
  });

  test('a preflight needs no identity, and allows GET alone', async () => {
    const answer = await ask([origin], 'OPTIONS', preflight);
    expect(answer.statusCode).toBe(204);
    expect(answer.headers['access-control-allow-methods']).toBe('GET');
    expect(answer.headers['access-control-allow-headers']).toContain('x-rh-identity');
  });

  test('without the setting a preflight is refused', async () => {
    const answer = await ask([], 'OPTIONS', preflight);
    expect(answer.statusCode).toBe(404);
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
  });

  test('a page does not become the local caller, whatever the setting', async () => {
    const answer = await ask(['*'], 'GET', { origin });
    expect(answer.json()).toMatchObject({ code: 'CROSS_SITE' });
  });

  test.each(['ui.example.com', 'https://ui.example.com/path', 'ftp://ui.example.com', ''])(
    'refuses %j as an origin',
    (bad) => {
      expect(httpSettings.safeParse({ corsOrigins: [bad] }).success).toBe(false);
    },
  );
});
