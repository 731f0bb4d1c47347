import { afterEach, describe, expect, test } from 'vitest';
import { callerOf } from '../../../connectors/http/caller.ts';
import { csvCell } from '../../../connectors/http/csv.ts';
import { readSettings } from '../../../connectors/define.ts';
import { httpSettings } from '../../../connectors/http/settings.ts';
import { fixtureRows, idOf } from '../../support/http-fixtures.ts';
import { form, identityOf, testServer, type TestServer } from '../../support/http-server.ts';

let server: TestServer | undefined;
afterEach(async () => {
  await server?.app.close();
  server = undefined;
});

async function ask(
  options: { url?: string; remote?: string; headers?: Record<string, string>; method?: 'GET' | 'POST' },
  settings: Record<string, unknown> = {},
): Promise<[number, string]> {
  server = await testServer(fixtureRows('a'), settings);
  const answer = await server.app.inject({
    method: options.method ?? 'GET',
    url: options.url ?? '/tables',
    headers: options.headers ?? {},
    remoteAddress: options.remote ?? '127.0.0.1',
  });
  const body = answer.body.startsWith('{') ? answer.json<{ code?: string }>() : {};
  return [answer.statusCode, body.code ?? ''];
}

describe('who may call', () => {
  const proxy = { trustIdentity: 'proxy', trustedProxies: ['10.1.0.0/16', 'fd00::/8'] };
  test.each([
    ['this machine without identity', {}, {}, 200, ''],
    ['this machine over IPv6', { remote: '::1' }, {}, 200, ''],
    ['this machine with an identity', { headers: identityOf('x') }, {}, 200, ''],
    ['another machine', { remote: '192.168.1.4' }, {}, 403, 'CALLER_NOT_TRUSTED'],
    [
      'another machine with an identity',
      { remote: '192.168.1.4', headers: identityOf('x') },
      {},
      403,
      'CALLER_NOT_TRUSTED',
    ],
    [
      'a proxy on this machine that was not declared',
      { headers: { 'x-forwarded-for': '8.8.8.8' } },
      {},
      403,
      'CALLER_NOT_TRUSTED',
    ],
    ['strict, without identity', {}, { strict: true }, 401, 'IDENTITY_MISSING'],
    [
      'strict, with a certificate that has no organisation',
      { headers: identityOf('', { type: 'X509' }) },
      { strict: true },
      401,
      'IDENTITY_WITHOUT_ORG',
    ],
    [
      'a declared proxy',
      { remote: '10.1.2.3', headers: { ...identityOf('x'), 'x-forwarded-for': '8.8.8.8' } },
      proxy,
      200,
      '',
    ],
    [
      'a declared proxy, IPv4 in IPv6',
      { remote: '::ffff:10.1.2.3', headers: identityOf('x') },
      proxy,
      200,
      '',
    ],
    ['a declared proxy over IPv6', { remote: 'fd00::7', headers: identityOf('x') }, proxy, 200, ''],
    [
      'a declared proxy that says nothing of the caller',
      { remote: '10.1.2.3' },
      proxy,
      401,
      'IDENTITY_MISSING',
    ],
    [
      'who goes around the proxy',
      { remote: '10.2.0.1', headers: identityOf('x') },
      proxy,
      403,
      'CALLER_NOT_TRUSTED',
    ],
    [
      'who goes around the proxy on this machine',
      { headers: identityOf('x') },
      proxy,
      403,
      'CALLER_NOT_TRUSTED',
    ],
  ])('%s', async (_, options, settings, status, code) => {
    expect(await ask(options, settings)).toEqual([status, code]);
  });

  test('a proxy that is no address stops the start', () => {
    const settings = readSettings('http', httpSettings, { trustedProxies: ['10.0.0.0/99'] });
    expect(() => callerOf(settings)).toThrow('"10.0.0.0/99" is no address or network');
  });
});

describe('pages of other sites', () => {
  test.each([
    [
      'a name that was bound to this address',
      { headers: { host: 'evil.example:3000' } },
      421,
      'HOST_NOT_ALLOWED',
    ],
    ['localhost with a port', { headers: { host: 'localhost:3000' } }, 200, ''],
    ['[::1]', { headers: { host: '[::1]:3000' } }, 200, ''],
    [
      'a form of another site',
      { method: 'POST', url: '/api/ingress/v1/upload', headers: { origin: 'https://evil.example' } },
      403,
      'CROSS_SITE',
    ],
    [
      'a script of another port',
      { headers: { host: 'localhost:3000', 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'cors' } },
      403,
      'CROSS_SITE',
    ],
    [
      'a link of another site',
      { headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' } },
      200,
      '',
    ],
    [
      'our own page',
      {
        headers: { host: 'localhost:3000', origin: 'http://localhost:3000', 'sec-fetch-site': 'same-origin' },
      },
      200,
      '',
    ],
    ['a health check by address', { url: '/readyz', headers: { host: '10.0.0.9:3000' } }, 200, ''],
  ] as const)('%s', async (_, options, status, code) => {
    expect(await ask(options)).toEqual([status, code]);
  });

  test('a host that is allowed', async () => {
    expect(await ask({ headers: { host: 'ROS.example' } }, { allowedHosts: ['ros.example'] })).toEqual([
      200,
      '',
    ]);
  });

  test('answers forbid to be framed, sniffed or cached', async () => {
    server = await testServer();
    const { headers } = await server.app.inject('/tables');
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    });
  });
});

describe('one organisation never sees another', () => {
  test('every route of the description, called as B, shows nothing of A', async () => {
    server = await testServer(fixtureRows('org-a'));
    const description = (await server.app.inject('/openapi.json')).json<{
      paths: Record<string, Record<string, { parameters?: { name: string; in: string }[] }>>;
    }>();
    const ids = {
      recommendation: idOf('org-a/shop/web/nginx'),
      namespace: idOf('org-a/shop'),
      upload: idOf('org-a/upload/0'),
    };
    const secret = /berlin-1|nginx|ledger|cost-mgmt\.tar|org-a|secret/;
    const called: string[] = [];
    for (const [path, methods] of Object.entries(description.paths)) {
      for (const method of Object.keys(methods)) {
        const tables = path.includes('{table}')
          ? ['uploads', 'upload_files', 'rejected_rows', 'recommendations', 'workloads', 'clusters']
          : [''];
        for (const table of tables) {
          const id = path.includes('upload')
            ? ids.upload
            : path.includes('namespace')
              ? ids.namespace
              : ids.recommendation;
          const url = path.replace('{table}', table).replace('{id}', id).replace('{requestId}', 'req-0');
          const dated = methods[method]!.parameters?.some(({ name }) => name === 'start_date') === true;
          if (path === '/signals') continue; // never ends: see signals.test.ts
          const body = form([{ name: 'file', filename: 'x.csv', type: 'text/csv', body: 'x' }]);
          const answer = await server.app.inject({
            method: method.toUpperCase() as 'GET',
            url: dated ? `${url}?start_date=1970-01-01` : url,
            headers: { ...identityOf('org-b'), ...(method === 'post' ? body.headers : {}) },
            ...(method === 'post' ? { payload: body.payload } : {}),
          });
          called.push(`${method} ${path}`);
          expect([path, answer.statusCode < 500]).toEqual([path, true]);
          expect([path, secret.exec(answer.body)?.[0]]).toEqual([path, undefined]);
          if (/\{(id|requestId)\}/.test(path)) expect([path, answer.statusCode]).toEqual([path, 404]);
        }
      }
    }
    expect(called.length).toBeGreaterThan(25);
  });

  test('the same calls as A do show them, so that the test above can fail', async () => {
    server = await testServer(fixtureRows('org-a'));
    const as = (url: string): Promise<{ body: string }> =>
      server!.app.inject({ url, headers: identityOf('org-a') });
    for (const url of ['/tables/uploads', '/api/rightstream/v1/recommendations', '/api/ros/v1/workloads']) {
      expect((await as(url)).body).toMatch(/berlin-1/);
    }
  });

  test('a route that says nothing of access needs a caller', async () => {
    server = await testServer(fixtureRows('a'), { strict: true });
    const open = [
      '/',
      '/healthz',
      '/readyz',
      '/metrics',
      '/status',
      '/api/sources/v3.1/application_types',
      '/openapi.json',
      '/dashboard/',
      '/docs/',
      // Kruize's sign of life
      '/health',
    ];
    const { paths } = (await server.app.inject('/openapi.json')).json<{ paths: Record<string, object> }>();
    for (const path of Object.keys(paths)) {
      if (open.includes(path) || /\/(version|openapi\.json)$/.test(path)) continue;
      for (const method of Object.keys(paths[path]!).map((it) => it.toUpperCase() as 'GET')) {
        const answer = await server.app.inject({ method, url: path.replaceAll(/\{\w+\}/g, 'x') });
        expect([method, path, answer.statusCode]).toEqual([
          method,
          path,
          path.includes('ingress') ? 400 : 401,
        ]);
      }
    }
  });
});

test('settings name every mistake at once', () => {
  expect(() => readSettings('http', httpSettings, { port: 'x', hots: 1, trustIdentity: 'all' })).toThrow(
    /http\.port: .*http\.trustIdentity: .*hots/s,
  );
});

test.each([
  ['=1+1', "'=1+1"],
  ['+x', "'+x"],
  ['-1', "'-1"],
  ['@sum', "'@sum"],
  ['\tx', "'\tx"],
  ['\rx', '"\'\rx"'],
  ['a\0b', 'ab'],
  ['say "x", y', '"say ""x"", y"'],
  [-1.5, '-1.5'],
  [null, ''],
])('CSV cell %j is written %j', (cell, text) => {
  expect(csvCell(cell)).toBe(text);
});
