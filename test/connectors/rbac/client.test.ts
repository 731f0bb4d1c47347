import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rbacFrom } from '../../../connectors/cli/rbac.ts';
import { rbacClient } from '../../../connectors/rbac/client.ts';
import { reachOf } from '../../../connectors/rbac/permissions.ts';
import { rbacSettings } from '../../../connectors/rbac/settings.ts';
import { codeOf, messageOf } from '../../../streams/runtime/errors.ts';
import { permission, rbacServer, type RbacServer } from '../../support/rbac-server.ts';

let stub: RbacServer;
let now = 0;
beforeEach(async () => {
  now = 0;
  stub = await rbacServer();
});
afterEach(() => stub.close());

function client(more: Record<string, unknown> = {}) {
  return rbacClient(rbacSettings.parse({ url: stub.url, ...more }), () => now);
}

async function outcome(more: Record<string, unknown> = {}): Promise<unknown> {
  return client(more)('identity').catch((error: unknown) => `${codeOf(error)}: ${messageOf(error)}`);
}

describe('permissions', () => {
  const read = (...permissions: unknown[]): unknown => reachOf(permissions as Parameters<typeof reachOf>[0]);
  it.each([
    ['none', [], null],
    ['all', [permission('*:*')], {}],
    ['all of the application, to read', [permission('*:read')], {}],
    ['writing alone', [permission('*:write'), permission('openshift.cluster:write', 'c')], null],
    [
      'nodes alone give nothing',
      [permission('openshift.node:read', 'n'), permission('openshift.node:*')],
      null,
    ],
    ['clouds', [permission('aws.account:read')], null],
    ['another application', [{ permission: 'inventory:*:read', resourceDefinitions: [] }], null],
    [
      'clusters',
      [permission('openshift.cluster:read', 'c1', ['c2', 'c3'])],
      { clusters: ['c1', 'c2', 'c3'] },
    ],
    ['projects', [permission('openshift.project:*', 'p')], { projects: ['p'] }],
    [
      'both',
      [permission('openshift.cluster:read', 'c'), permission('openshift.project:read', 'p')],
      { clusters: ['c'], projects: ['p'] },
    ],
    [
      'any cluster, one project',
      [permission('openshift.cluster:read'), permission('openshift.project:read', 'p')],
      { projects: ['p'] },
    ],
    ['* among values', [permission('openshift.cluster:read', ['c', '*'])], {}],
    [
      'several roles add up',
      [permission('openshift.project:read', 'p'), permission('openshift.project:read', 'q')],
      { projects: ['p', 'q'] },
    ],
    ['no values', [permission('openshift.cluster:read', [])], null],
    ['values that are no text', [permission('openshift.cluster:read', [1, null, {}])], null],
    ['too many parts', [{ permission: 'cost-management:*:read:x', resourceDefinitions: [] }], null],
    ['too few parts', [{ permission: 'cost-management', resourceDefinitions: [] }], null],
    ['names of Object', [permission('constructor:read'), permission('__proto__:read')], null],
  ])('%s', (_, permissions, expected) => {
    expect(read(...permissions)).toEqual(expected);
  });

  it('reads a list in one text, and nothing of operations that it does not know', () => {
    const of = (operation: string, value: string): unknown =>
      read({
        permission: 'cost-management:openshift.project:read',
        resourceDefinitions: [{ attributeFilter: { operation, value } }],
      });
    expect(of('in', 'a, b')).toEqual({ projects: ['a', 'b'] });
    expect(of('like', 'a')).toBeNull();
  });
});

describe('the access service', () => {
  it('is asked as upstream asks, page by page, with the identity', async () => {
    stub.pages = [
      [permission('openshift.cluster:read', 'c1')],
      [{ permission: 7 }, permission('openshift.cluster:read', 'c2')],
      [permission('openshift.project:read', 'p')],
    ];
    expect(await outcome()).toEqual({ clusters: ['c1', 'c2'], projects: ['p'] });
    expect(stub.asked).toEqual([
      { path: '/api/rbac/v1/access/?application=cost-management&limit=100', identity: 'identity' },
      ...[100, 200].map((offset) => ({
        path: `/api/rbac/v1/access/?application=cost-management&limit=100&offset=${offset}`,
        identity: 'identity',
      })),
    ]);
  });

  it('gets no identity on another host', async () => {
    const other = await rbacServer([[permission('*:*')]]);
    for (const next of [`${other.url}/api/rbac/v1/access/`, `//${new URL(other.url).host}/`, 'http://']) {
      stub.answer = (_, response) => response.end(JSON.stringify({ data: [], links: { next } }));
      expect(await outcome()).toMatch(/^RBAC_AWAY: .*(another host|no URL)/);
    }
    stub.answer = (_, response) => response.writeHead(302, { location: other.url }).end();
    expect(await outcome()).toMatch(/^RBAC_AWAY/);
    expect(other.asked).toEqual([]);
    await other.close();
  });

  it.each([
    ['an error', (stub: RbacServer) => (stub.answer = (_, response) => response.writeHead(500).end())],
    ['no JSON', (stub: RbacServer) => (stub.answer = (_, response) => response.end('<html>'))],
    ['no list', (stub: RbacServer) => (stub.answer = (_, response) => response.end('{"data":7}'))],
    ['silence', (stub: RbacServer) => (stub.answer = () => undefined)],
    ['half an answer', (stub: RbacServer) => (stub.answer = (_, response) => response.write('{"data":['))],
    ['too long', (stub: RbacServer) => (stub.pages = [[permission('x'.repeat(3_000))]])],
    ['pages without end', (stub: RbacServer) => (stub.pages = Array.from({ length: 9 }, () => []))],
    [
      'too many values',
      (stub: RbacServer) =>
        (stub.pages = Array.from({ length: 3 }, (_, i) => [
          permission(
            'openshift.project:read',
            Array.from({ length: 4_000 }, (__, n) => `${i}.${n}`),
          ),
        ])),
    ],
  ])('%s: nobody knows', async (name, prepare) => {
    prepare(stub);
    const size = name === 'too many values' ? 1_000_000 : 2_000;
    expect(await outcome({ timeoutMs: 500, maxPages: 5, maxPageBytes: size })).toMatch(/^RBAC_AWAY/);
  });

  it('that is not there: nobody knows', async () => {
    await stub.close();
    expect(await outcome()).toMatch(/^RBAC_AWAY/);
    stub = await rbacServer();
  });

  it('is asked once per caller and moment; failures are not remembered', async () => {
    stub.pages = [[permission('*:*')]];
    const ask = client({ cacheMs: 1_000, cacheEntries: 2 });
    await Promise.all([ask('a'), ask('a')]);
    now = 999;
    await ask('a');
    expect(stub.asked).toHaveLength(1);
    now = 1_000;
    stub.pages = [[permission('openshift.project:read', 'p')]];
    expect(await ask('a')).toEqual({ projects: ['p'] });
    await ask('b');
    await ask('c');
    await ask('a');
    expect(stub.asked.map(({ identity }) => identity)).toEqual(['a', 'a', 'b', 'c', 'a']);
    stub.answer = (_, response) => response.writeHead(503).end();
    await expect(ask('d')).rejects.toThrow('503');
    stub.answer = undefined;
    expect(await ask('d')).toEqual({ projects: ['p'] });
  });
});

describe('settings', () => {
  it.each([
    [{}, undefined],
    [{ RBACHOST: 'rbac' }, undefined],
    [{ RBAC_ENABLE: 'true' }, 'http://localhost:9080'],
    [{ RBAC_ENABLE: 'True', RBACHOST: 'rbac', RBACPORT: '8000', RBACPROTOCOL: 'https' }, 'https://rbac:8000'],
    [{ RBAC_URL: 'https://rbac.example' }, 'https://rbac.example'],
    [{ RBAC_URL: 'https://rbac.example', RBAC_ENABLE: 'false' }, undefined],
  ])('%j: %s', (env, url) => {
    expect(rbacFrom(env)?.url).toBe(url);
  });
  it.each([{ RBAC_ENABLE: 'yes' }, { RBAC_URL: 'ftp://rbac' }, { RBAC_ENABLE: 'true', RBACPORT: 'x' }])(
    '%j is refused',
    (env) => {
      expect(() => rbacFrom(env)).toThrow(/RBAC_ENABLE|rbac\.url/);
    },
  );
});
