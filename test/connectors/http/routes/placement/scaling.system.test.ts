import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { decideScaling } from '../../../../../projections/placement/scaling/decide.ts';
import type { ScalingInputs } from '../../../../../projections/placement/scaling/decide.ts';
import { startKruize } from '../../../../support/program.ts';
import type { KruizeServer } from '../../../../support/program.ts';

const base = '/api/rightstream/v1/clusters/edge';
const its = '/services/web/scaling';
let server: KruizeServer;
beforeAll(async () => {
  server = await startKruize();
  await ask('PUT', '/nodes', { nodes: [{ name: 'a', cpu: 8000, memory: 8192 }] });
  await ask('PUT', '/services', { services: [{ name: 'web', cpu: 100, memory: 64, replicas: 1 }] });
});
afterAll(() => server.stop());

async function ask(method: string, path: string, body?: object, org = 'acme') {
  const headers = body === undefined ? {} : { 'content-type': 'application/json' };
  const { status, body: answer } = await server.ask(org, method, base + path, body, headers);
  return [status, answer] as const;
}
interface Decisions {
  readonly data: readonly Record<string, unknown>[];
  readonly series: { readonly load: readonly unknown[]; readonly replicas: readonly unknown[] };
}
/** Until so many decisions and reasons are there. */
const decisions = (count: number, query = '') =>
  vi.waitFor(
    async () => {
      const [, answer] = await ask('GET', `${its}/decisions${query}`);
      expect(answer).toMatchObject({ meta: { count } });
      return answer as unknown as Decisions;
    },
    { timeout: 20_000, interval: 50 },
  );
const policy = { min: 1, max: 10, throughput: 10, ready_seconds: 0 };

describe('replicas by load over HTTP', () => {
  it('a service without a policy says what to do, and loads of it change nothing', async () => {
    expect(await ask('GET', its)).toMatchObject([404, { code: 'NO_SCALING' }]);
    expect(await ask('DELETE', its)).toMatchObject([404, { code: 'NO_SCALING' }]);
    expect(await ask('GET', `${its}/decisions`)).toMatchObject([200, { data: [], meta: { count: 0 } }]);
    expect(await ask('POST', '/load', { loads: [{ service: 'web', rate: 5 }] })).toEqual([
      202,
      { status: 'accepted', loads: 1 },
    ]);
  });

  it('a policy is set, loads are followed, and every decision says why', async () => {
    expect(await ask('PUT', its, policy)).toMatchObject([200, { data: { tolerance: 0.1, timetable: [] } }]);
    await ask('POST', '/load', { loads: [{ service: 'web', rate: 50 }] });
    const { data, series } = await decisions(2, '?inputs=true');
    expect(data[0]).toMatchObject({
      ...{ from_replicas: 1, replicas: 5, wanted: 5, reason: 'LOAD_UP', rate: 50, throughput: 10 },
      ...{ throughput_source: 'policy', min: 1, max: 10, decision: expect.any(Number) as number },
      message: '50 requests/s at 10 per replica ask for 5; 5 instead of 1',
    });
    expect(decideScaling(data[0]!['inputs'] as ScalingInputs)).toMatchObject({
      replicas: 5,
      reason: 'LOAD_UP',
    });
    expect(series.replicas).toMatchObject([{ from: 1, to: 5, reason: 'LOAD_UP' }]);
    expect(series.load.at(-1)).toMatchObject({ high: 50 });
    expect(await ask('GET', its)).toMatchObject([
      200,
      {
        data: { replicas: 5, last: { from: 1, reason: 'LOAD_UP' }, held: null, limits: { min: 1, max: 10 } },
      },
    ]);
    const [, services] = await ask('GET', '/services');
    expect(services).toMatchObject({ data: [{ replicas: 5, placed: 5 }] });
  });

  it('pages, the latest first', async () => {
    await ask('PUT', its, { ...policy, max: 3 });
    await decisions(3);
    const [, first] = await ask('GET', `${its}/decisions?limit=1`);
    expect(first).toMatchObject({ data: [{ reason: 'ABOVE_MAX', replicas: 3 }], meta: { count: 3 } });
    const [, second] = await ask('GET', `${its}/decisions?limit=1&offset=1`);
    expect(second).toMatchObject({ data: [{ reason: 'LOAD_UP' }] });
  });

  it('another organisation sees nothing of it, and changes nothing', async () => {
    expect(await ask('GET', its, undefined, 'other')).toMatchObject([404, { code: 'NO_SCALING' }]);
    expect(await ask('PUT', its, policy, 'other')).toMatchObject([404, { code: 'UNKNOWN_SERVICE' }]);
    expect(await ask('GET', `${its}/decisions`, undefined, 'other')).toMatchObject([200, { data: [] }]);
    const loads = [{ service: 'web', rate: 500 }];
    expect(await ask('POST', '/load', { loads }, 'other')).toMatchObject([404, { code: 'UNKNOWN_SERVICE' }]);
  });

  it.each<[string, string, object, number, string, string]>([
    ['PUT', its, { min: 3, max: 2 }, 400, 'BAD_SCALING', 'min and max'],
    ['PUT', its, { ...policy, tolerance: 2 }, 400, 'BAD_SCALING', 'tolerance'],
    ['PUT', its, { min: 1 }, 400, 'BAD_BODY', 'max'],
    ['PUT', its, { ...policy, maximum: 1 }, 400, 'BAD_BODY', 'maximum'],
    ['PUT', '/services/nobody/scaling', policy, 404, 'UNKNOWN_SERVICE', 'nobody'],
    ['POST', '/load', { loads: [{ service: 'nobody', rate: 1 }] }, 404, 'UNKNOWN_SERVICE', 'nobody'],
    ['POST', '/load', { loads: [{ service: 'web', rate: -1 }] }, 400, 'BAD_BODY', 'loads.0.rate'],
    [
      'POST',
      '/load',
      { loads: [{ service: 'web', rate: 1, at: '2020-01-01T00:00:00Z' }] },
      400,
      'BAD_LOAD',
      'loads.0.at',
    ],
    [
      'POST',
      '/load',
      { loads: Array.from({ length: 1_001 }, () => ({ service: 'web', rate: 1 })) },
      400,
      'BAD_BODY',
      'loads',
    ],
  ])('%s %s with %j is %i %s', async (method, path, body, status, code, message) => {
    expect(await ask(method, path, body)).toMatchObject([
      status,
      { code, message: expect.stringContaining(message) as string },
    ]);
  });

  it('without its policy the number stays', async () => {
    expect(await ask('DELETE', its)).toEqual([200, { outcomes: [{ name: 'web', outcome: 'removed' }] }]);
    const [, services] = await ask('GET', '/services');
    expect(services).toMatchObject({ data: [{ replicas: 3 }] });
  });

  it('a rebuild has the same tables', async () => {
    expect(await server.replay('placement')).toMatchObject({ equal: true });
  });
});
