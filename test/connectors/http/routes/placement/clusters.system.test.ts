import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startKruize } from '../../../../support/program.ts';
import type { KruizeServer } from '../../../../support/program.ts';

const base = '/api/rightstream/v1/clusters/edge';
let server: KruizeServer;
beforeAll(async () => {
  server = await startKruize();
});
afterAll(() => server.stop());

async function ask(
  method: string,
  path: string,
  body?: object,
  org = 'acme',
  more: Record<string, string> = {},
) {
  const headers = body === undefined ? more : { 'content-type': 'application/json', ...more };
  const { status, body: answer } = await server.ask(org, method, base + path, body, headers);
  return [status, answer] as const;
}

const node = (name: string, more: object = {}) => ({ name, cpu: 2000, memory: 2048, ...more });
const web = (more: object = {}) => ({
  name: 'web',
  cpu: 900,
  memory: 256,
  cores: [80],
  replicas: 2,
  ...more,
});

describe('clusters', () => {
  it('an empty one says what to do', async () => {
    expect(await ask('GET', '/nodes')).toEqual([
      200,
      { data: [], meta: { count: 0, why: 'nothing is declared in this cluster; PUT nodes here' } },
    ]);
  });

  it('nodes and services are declared, and places follow', async () => {
    expect(await ask('PUT', '/nodes', { nodes: [node('a'), node('b')] })).toEqual([
      200,
      {
        outcomes: [
          { name: 'a', outcome: 'added' },
          { name: 'b', outcome: 'added' },
        ],
      },
    ]);
    expect((await ask('PUT', '/services', { services: [web({ replicas: 5 })] }))[0]).toBe(200);
    const [, services] = await ask('GET', '/services');
    expect(services).toMatchObject({
      data: [
        {
          name: 'web',
          replicas: 5,
          placed: 4,
          unplaceable: { replicas: [4], reasons: { CPU: 2 }, nearest: { code: 'CPU' } },
        },
      ],
    });
    const [, nodes] = await ask('GET', '/nodes');
    expect(nodes).toMatchObject({
      data: [
        {
          name: 'a',
          cpu: { capacity: 2000, used: 1800 },
          memory: { capacity: 2048, used: 512 },
          cores: { capacity: [100, 100], used: [80, 80] },
          services: { web: 2 },
        },
        { name: 'b', services: { web: 2 } },
      ],
    });
  });

  it('another organisation sees nothing of it, and changes nothing', async () => {
    expect(await ask('GET', '/nodes', undefined, 'other')).toMatchObject([200, { data: [] }]);
    const [, removed] = await ask('DELETE', '/nodes/a', undefined, 'other');
    expect(removed).toEqual({ outcomes: [{ name: 'a', outcome: 'missing' }] });
    expect(await ask('GET', '/nodes')).toMatchObject([200, { meta: { count: 2 } }]);
  });

  it('a repeat with the same Idempotency-Key has the first answer; with another body it is refused', async () => {
    const key = { 'idempotency-key': 'k1' };
    const first = await ask('PUT', '/nodes', { nodes: [node('c')] }, 'acme', key);
    expect(first).toMatchObject([200, { outcomes: [{ outcome: 'added' }] }]);
    expect(await ask('PUT', '/nodes', { nodes: [node('c')] }, 'acme', key)).toEqual(first);
    expect(await ask('PUT', '/nodes', { nodes: [node('d')] }, 'acme', key)).toMatchObject([
      409,
      { code: 'REQUEST_ID_REUSED' },
    ]);
  });

  it('placing stops, goes on, and chooses otherwise', async () => {
    expect(await ask('PUT', '/placing', { running: false })).toMatchObject([200, { running: false }]);
    await ask('PUT', '/services', { services: [web({ replicas: 1 })] });
    expect(await ask('GET', '/services')).toMatchObject([200, { data: [{ replicas: 1, placed: 5 }] }]);
    await ask('PUT', '/placing', { running: true, strategy: 'spread' });
    expect(await ask('GET', '/placing')).toMatchObject([200, { running: true, strategy: 'spread' }]);
    expect(await ask('GET', '/services')).toMatchObject([200, { data: [{ placed: 1 }] }]);
    expect(await ask('PUT', '/placing', { strategy: 'best' })).toMatchObject([
      400,
      { code: 'UNKNOWN_STRATEGY' },
    ]);
  });

  it('what-if: tells what would follow, and nothing does', async () => {
    const before = await ask('GET', '/services');
    const drained = await ask('POST', '/what-if', { drain: ['a'] });
    expect(drained).toMatchObject([200, { data: { unplaced: [], unplaced_now: [] } }]);
    const [, more] = await ask('POST', '/what-if', {
      replicas: { web: 9 },
      add: [{ like: 'a' }],
      strategy: 'spread',
    });
    expect(more).toMatchObject({
      data: {
        started: { length: 7 },
        unplaced: [{ service: 'web', replicas: [8], nearest: { code: 'CPU' } }],
      },
      meta: { strategy: 'spread' },
    });
    expect(await ask('GET', '/services')).toEqual(before);
  });

  it('decisions: the latest first, in pages, a move with where from and to', async () => {
    const org = 'movers';
    expect(await ask('GET', '/decisions', undefined, org)).toMatchObject([
      200,
      { data: [], meta: { why: 'nothing is declared that needs a place; PUT …/services' } },
    ]);
    await ask('PUT', '/nodes', { nodes: [node('a'), node('b')] }, org);
    await ask('PUT', '/services', { services: [web()] }, org);
    await ask('DELETE', '/nodes/a', undefined, org);
    const moved = {
      kind: 'placed',
      reason: 'NODE_REMOVED',
      before: { node: 'a', cpu: 900 },
      after: { node: 'b', memory: 256 },
    };
    const [, page] = await ask('GET', '/decisions?limit=3', undefined, org);
    expect(page).toMatchObject({
      data: [
        { decision: 6, replica: 1, ...moved },
        { decision: 5, replica: 0, ...moved },
        { decision: 4, ...moved, kind: 'released' },
      ],
      meta: { before: 4 },
    });
    expect(await ask('GET', '/decisions?before=4&service=web', undefined, org)).toMatchObject([
      200,
      { data: [{ decision: 3 }, { decision: 2, before: null, after: { node: 'a' } }, { decision: 1 }] },
    ]);
    const { body } = await server.ask(org, 'GET', '/api/rightstream/v1/clusters');
    expect(body).toMatchObject({ data: [{ name: 'edge' }], meta: { count: 1 } });
    expect(await ask('GET', '/decisions', undefined, 'nobody')).toMatchObject([200, { data: [] }]);
  });

  it.each<[string, string, object, number, string, string]>([
    ['POST', '/what-if', { drain: ['z'] }, 404, 'UNKNOWN_NODE', 'no node z'],
    ['POST', '/what-if', { replicas: { z: 1 } }, 404, 'UNKNOWN_SERVICE', 'no service z'],
    ['POST', '/what-if', { add: [{ like: 'a', count: 101 }] }, 400, 'BAD_BODY', 'add.0.count'],
    ['POST', '/what-if', { strategy: 'best' }, 400, 'UNKNOWN_STRATEGY', 'dense'],
    ['POST', '/what-if', { remove: ['a'] }, 400, 'BAD_BODY', 'remove'],
    ['PUT', '/nodes', { nodes: [node('a', { cpu: -1 })] }, 400, 'BAD_BODY', 'nodes.0.cpu'],
    ['PUT', '/nodes', { nodes: [node('a', { colour: 'red' })] }, 400, 'BAD_BODY', 'colour'],
    ['PUT', '/nodes', { nodes: [node('x'), node('x')] }, 409, 'DUPLICATE_NODE', 'node x'],
    ['PUT', '/services', { services: [web({ replicas: 1e6 })] }, 400, 'BAD_BODY', 'services.0.replicas'],
    ['PUT', '/services', { services: [web({ next: ['web'] })] }, 400, 'CYCLIC_STAGES', 'web → web'],
  ])('%s %s %j is %i', async (method, path, body, status, code, text) => {
    const [given, answer] = await ask(method, path, body);
    expect([given, (answer as { code: string }).code]).toEqual([status, code]);
    expect((answer as { message: string }).message).toContain(text);
  });

  it('a replay makes the same tables', async () => {
    expect(await server.replay('placement')).toMatchObject({ equal: true });
  });
});
