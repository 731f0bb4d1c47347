/** Right-sizing over HTTP and the command line: policies, proposals that somebody accepts, decisions. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recordKey } from '../../../../../schemas/keys.ts';
import { commandLine } from '../../../../support/command-line.ts';
import { startKruize } from '../../../../support/program.ts';
import type { KruizeServer } from '../../../../support/program.ts';
import { MIB, observed, resources, scope, web } from '../../../../support/resizing-events.ts';

const path = '/api/rightstream/v1/clusters/edge/resizing';
const auto = { mode: 'auto', cpu: { min: 50, max: 4000 }, memory: { min: 64, max: 8192 } };
let server: KruizeServer;
let run: ReturnType<typeof commandLine>;
beforeAll(async () => {
  server = await startKruize();
  run = commandLine(server.dir);
});
afterAll(() => server.stop());

async function ask(method: string, more: string, body?: object, org = scope.org_id) {
  const headers = body === undefined ? {} : { 'content-type': 'application/json' };
  const { status, body: answer } = await server.ask(org, method, path + more, body, headers);
  return [status, answer] as const;
}

/** Appends facts, then waits until a wish that follows them is answered. */
async function tell(...events: (readonly [string, object])[]): Promise<void> {
  const key = recordKey(scope.org_id, scope.cluster_id);
  const input = events.map(([type, data]) => JSON.stringify({ key, type, data })).join('\n');
  expect(await run(['produce', 'resizing'], { input: `${input}\n` })).toMatchObject({ code: 0 });
  await ask('PUT', '?namespace=last', { mode: 'off' });
}

describe('right-sizing over HTTP', () => {
  it('has no policy at first; one is set, shown, replaced and removed', async () => {
    expect(await ask('GET', '')).toEqual([200, { data: [], meta: { count: 0 } }]);
    expect(await ask('DELETE', '')).toMatchObject([404, { code: 'POLICY_NOT_FOUND' }]);
    expect(await ask('PUT', '', auto)).toMatchObject([200, { data: auto }]);
    expect(await ask('PUT', '?namespace=shop', { mode: 'propose' })).toMatchObject([200, {}]);
    const [, list] = await ask('GET', '');
    expect(list).toMatchObject({
      data: [
        { namespace: '', mode: 'auto', policy: { ...auto, cooldown_minutes: 60, rollout_hours: null } },
        { namespace: 'shop', mode: 'propose' },
      ],
    });
    expect(await ask('DELETE', '?namespace=shop')).toEqual([200, { data: null }]);
    expect(await ask('GET', '', undefined, 'another')).toEqual([200, { data: [], meta: { count: 0 } }]);
  });

  it.each<[string, object]>([
    ['auto without bounds', { mode: 'auto' }],
    ['a mode that there is not', { mode: 'sometimes' }],
    ['a field that there is not', { mode: 'off', colour: 'red' }],
  ])('refuses %s', async (_name, body) => {
    expect(await ask('PUT', '', body)).toMatchObject([400, { code: 'BAD_RESIZING' }]);
  });

  it('a proposal is listed, accepted once, and leads to a decision that is listed', async () => {
    await ask('PUT', '', auto);
    const before = resources(1_000, 2_000, 512 * MIB, 1_024 * MIB);
    const after = resources(700, 1_400, 512 * MIB, 1_024 * MIB);
    const proposed = {
      ...{ ...web, proposal: 1, service: null, containers: [{ name: 'app', before, after }] },
      ...{ notes: [], advised_at: 1_000, policy: '{}' },
    };
    await tell(['WorkloadObserved', observed()], ['ResizeProposed', proposed]);
    expect(await ask('GET', '/proposals?state=open')).toMatchObject([
      200,
      { data: [{ proposal: 1, workload: 'web', state: 'open' }], meta: { count: 1 } },
    ]);
    expect(await ask('POST', '/proposals/1/accept', undefined, 'another')).toMatchObject([
      404,
      { code: 'PROPOSAL_NOT_FOUND' },
    ]);
    expect(await ask('POST', '/proposals/1/accept')).toEqual([200, { data: { proposal: 1, decision: 1 } }]);
    expect(await ask('POST', '/proposals/1/reject')).toMatchObject([409, { code: 'PROPOSAL_CLOSED' }]);
    expect(await ask('GET', '/decisions')).toMatchObject([
      200,
      { data: [{ decision: 1, why: 'accepted', state: 'decided', containers: [{ after }] }] },
    ]);
    expect(await ask('GET', '/workloads')).toMatchObject([
      200,
      { data: [{ workload: 'web', in_flight: 1 }] },
    ]);
    expect(await ask('POST', '/proposals/zero/accept')).toMatchObject([400, {}]);
  });

  it('the command line shows and does the same', async () => {
    const org = ['--org', scope.org_id, '--cluster', scope.cluster_id];
    const { out } = await run(['resize', 'decisions', ...org, '--json']);
    expect(JSON.parse(out)).toMatchObject({ data: [{ decision: 1, workload: 'web', why: 'accepted' }] });
    const set = await run([
      'resize',
      'policy',
      ...org,
      '--namespace',
      'bank',
      '--set',
      '{"mode": "propose"}',
    ]);
    expect(set).toMatchObject({ code: 0, out: 'Set for edge/bank.\n' });
    expect((await run(['resize', 'policy', ...org])).out).toMatch(/bank\s+propose/);
    expect(await run(['resize', 'accept', '9', ...org])).toMatchObject({ code: 2 });
    expect((await run(['resize', 'workloads', ...org])).out).toContain('shop/deployment/web');
    expect((await run(['resize', 'proposals', ...org])).out).toBe('none\n');
  });
});
