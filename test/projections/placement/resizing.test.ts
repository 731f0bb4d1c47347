import { beforeEach, describe, expect, it } from 'vitest';
import projection from '../../../projections/placement/resizing.projection.ts';
import { Decider } from '../../support/decider.ts';
import type { Decided } from '../../support/decider.ts';
import { MIB, observed, resources, scope, web } from '../../support/resizing-events.ts';

const tables = [
  'resize_clusters',
  ...['resize_policies', 'resize_workloads', 'resize_services', 'resize_namespaces', 'resize_proposals'],
  ...['resizes', 'resize_pace', 'resize_due', 'resize_answers'],
];
const auto = { mode: 'auto', cpu: { min: 50, max: 4_000 }, memory: { min: 32, max: 4_096 } };
const hours = 3_600_000;
const refusal = { code: 'QUOTA_EXCEEDED', http_status: 403, message: 'exceeded' };

let resizing: Decider;
beforeEach(async () => {
  resizing = await Decider.of(projection);
});

async function say(type: Parameters<Decider['send']>[0], data: object): Promise<Decided[]> {
  resizing.send(type, { ...scope, ...data });
  return resizing.run();
}
const policy = (it: object, namespace: string | null = null) =>
  say('ResizingRequested', { namespace, policy: JSON.stringify(it) });
const advise = (at: number, cpu: number, memory: number, more: object = {}) =>
  say('ResizeAdvised', {
    ...{ ...web, container: 'app', recommendation_id: 'r', at, engine: 'balanced', confidence: 0.9 },
    ...{ ...resources(cpu, null, memory, null), do_nothing: false, flags: [], ...more },
  });
const tick = async (at: number) => {
  resizing.send('Ticked', { at });
  return resizing.run();
};
const types = (decided: readonly Decided[]) => decided.map(({ type }) => type);
const outcome = (type: Parameters<Decider['send']>[0], decision: number, more: object = {}) =>
  say(type, { ...web, decision, pods: 2, patches: 2, ...more });

describe('resizing', () => {
  it('does nothing without a policy, nor without the label', async () => {
    await say('WorkloadObserved', observed());
    await advise(1_000, 300, 200 * MIB);
    expect(await tick(2_000)).toEqual([]);
    await policy(auto);
    await say('WorkloadObserved', observed({ label: null }));
    await advise(3_000, 300, 200 * MIB);
    expect(await tick(4_000)).toEqual([]);
    expect(resizing.rows('resizes')).toEqual([[]]);
  });

  it('decides inside bounds, once, and waits for the end', async () => {
    await policy(auto);
    await say('WorkloadObserved', observed());
    await advise(1_000, 300, 200 * MIB);
    const decided = await tick(60_000);
    expect(types(decided)).toEqual(['ResizeDecided']);
    expect(decided[0]!.data).toMatchObject({
      ...{ decision: 1, kind: 'pods', why: 'auto', replicas: 2, in_minute: 1, notes: ['STEP'] },
      containers: [
        {
          name: 'app',
          before: resources(1_000, 2_000, 512 * MIB, 1_024 * MIB),
          after: resources(500, 1_000, 256 * MIB, 512 * MIB),
        },
      ],
    });
    await advise(61_000, 200, 100 * MIB);
    expect(await tick(120_000)).toEqual([]);
    await outcome('ResizeApplied', 1);
    expect(resizing.rows('resizes')[0]).toMatchObject([{ state: 'applied', pods: 2, patches: 2 }]);
    expect(types(await tick(180_000))).toEqual(['ResizeHeld']);
    expect(resizing.rows('resize_workloads')[0]).toMatchObject([{ held: 'COOL_DOWN', in_flight: null }]);
  });

  it.each<[string, object, string]>([
    ['a HorizontalPodAutoscaler on both resources', { scaled_on: ['cpu', 'memory'] }, 'HPA'],
    ['a restart of the only replica', { replicas: 1, ready: 1, restart: true }, 'ONLY_REPLICA'],
    ['a restart that a PodDisruptionBudget forbids', { disruptions: 0, restart: true }, 'DISRUPTION_BUDGET'],
    ['a roll-out under way', { rolled_out: false }, 'ROLLING_OUT'],
    ['a class that containers do not tell', { qos: 'Guaranteed' }, 'QOS'],
  ])('%s holds it', async (_name, facts, reason) => {
    await policy(auto);
    await say('WorkloadObserved', observed(facts));
    await advise(1_000, 300, 200 * MIB);
    const [held] = await tick(60_000);
    expect(held).toMatchObject({ type: 'ResizeHeld', data: { reason } });
  });

  it('changes what no HorizontalPodAutoscaler scales on', async () => {
    await policy(auto);
    await say('WorkloadObserved', observed({ scaled_on: ['cpu'] }));
    await advise(1_000, 300, 256 * MIB);
    const [decided] = await tick(60_000);
    expect(decided!.data).toMatchObject({
      containers: [{ after: resources(1_000, 2_000, 256 * MIB, 512 * MIB) }],
    });
  });

  it('a quota holds what does not fit for every pod, until it has room', async () => {
    await policy(auto);
    await say('WorkloadObserved', observed());
    const quota = (hard: number) =>
      say('NamespaceLimitsObserved', {
        namespace: 'shop',
        quotas: [{ name: 'q', resource: 'requests.cpu', hard, used: 2_000 }],
        ranges: [],
      });
    await quota(2_999);
    await advise(1_000, 1_500, 512 * MIB);
    expect((await tick(60_000))[0]).toMatchObject({ data: { reason: 'QUOTA' } });
    await quota(3_000);
    expect(types(await tick(120_000))).toEqual(['ResizeDecided']);
  });

  it.each<[string, string, (quota: (used: number) => Promise<unknown>) => Promise<unknown>]>([
    ['what was refused', 'requests.cpu', () => outcome('ResizeRefused', 1, { ...refusal, patches: 0 })],
    [
      'what was told while it was in flight',
      'requests.cpu',
      async (quota) => [await quota(2_500), await outcome('ResizeApplied', 1)],
    ],
    ['what no quota counts', 'requests.storage', () => outcome('ResizeApplied', 1)],
  ])('reserves nothing for %s', async (_name, resource, ends) => {
    const quota = (used: number) =>
      say('NamespaceLimitsObserved', {
        namespace: 'shop',
        quotas: [{ name: 'q', resource, hard: 3_000, used }],
        ranges: [],
      });
    await policy(auto);
    await say('WorkloadObserved', observed());
    await quota(2_000);
    await advise(1_000, 1_250, 512 * MIB);
    expect(types(await tick(60_000))).toEqual(['ResizeDecided']);
    await ends(quota);
    expect(resizing.rows('resize_namespaces')[0]).toMatchObject([{ reserved: '[]' }]);
  });

  it('proposes, and carries out what is accepted', async () => {
    await policy({ mode: 'propose' });
    await say('WorkloadObserved', observed());
    await advise(1_000, 700, 512 * MIB);
    const [proposed] = await tick(60_000);
    expect(proposed).toMatchObject({ type: 'ResizeProposed', data: { proposal: 1, service: null } });
    await advise(2_000, 600, 512 * MIB);
    expect(types(await tick(120_000))).toEqual(['ResizeProposalClosed', 'ResizeProposed']);
    const late = await say('ResizeAcceptRequested', { proposal: 1, accept: true });
    expect(late[0]).toMatchObject({ data: { code: 'PROPOSAL_CLOSED', http_status: 409 } });
    const accepted = await say('ResizeAcceptRequested', { proposal: 2, accept: true });
    expect(types(accepted)).toEqual(['ResizeDecided', 'ResizeProposalClosed']);
    expect(resizing.rows('resizes')[0]).toMatchObject([{ why: 'accepted', state: 'decided' }]);
    const none = await say('ResizeAcceptRequested', { proposal: 9, accept: true });
    expect(none[0]).toMatchObject({ data: { code: 'PROPOSAL_NOT_FOUND', http_status: 404 } });
  });

  it('proposes nearly the same only once, and not again what was turned down', async () => {
    await policy({ mode: 'propose' });
    await say('WorkloadObserved', observed());
    await advise(1_000, 700, 512 * MIB);
    expect(types(await tick(60_000))).toEqual(['ResizeProposed']);
    await advise(2_000, 731, 512 * MIB);
    expect((await tick(120_000))[0]).toMatchObject({ type: 'ResizeHeld', data: { reason: 'PROPOSED' } });
    await say('ResizeAcceptRequested', { proposal: 1, accept: false });
    await advise(3_000, 690, 512 * MIB);
    expect((await tick(180_000))[0]).toMatchObject({ type: 'ResizeHeld', data: { reason: 'REJECTED' } });
    await advise(4_000, 600, 512 * MIB);
    expect((await tick(240_000))[0]).toMatchObject({ type: 'ResizeProposed', data: { proposal: 2 } });
    expect(await resizing.replayed(...tables)).toEqual(resizing.rows(...tables));
  });

  it('a service of ours gets a proposal for its needs, also where the policy says auto', async () => {
    await policy(auto);
    await say('WorkloadObserved', observed({ service: 'web', label: null }));
    await advise(1_000, 700, 300 * MIB);
    expect((await tick(60_000))[0]).toMatchObject({ type: 'ResizeProposed', data: { service: 'web' } });
    const accepted = await say('ResizeAcceptRequested', { proposal: 1, accept: true });
    expect(types(accepted)).toEqual(['ResizeProposalClosed']);
    expect(await resizing.told('placement')).toMatchObject([
      { type: 'ServiceNeedsRequested', data: { service: 'web', cpu: 700, memory: 300 } },
    ]);
  });

  it('takes memory that was lowered back when a container is then killed for memory', async () => {
    await policy(auto);
    await say('WorkloadObserved', observed());
    await advise(1_000, 900, 300 * MIB);
    await tick(60_000);
    await outcome('ResizeApplied', 1);
    const kills = [{ pod: 'web-1', container: 'app', at: 61_000 }];
    await say('WorkloadObserved', observed({ kills }));
    const [back] = await tick(120_000);
    expect(back).toMatchObject({
      type: 'ResizeDecided',
      data: { decision: 2, why: 'rollback', rolls_back: 1, notes: ['OOM_KILLED'] },
    });
    expect(back!.data['containers']).toMatchObject([
      { after: resources(900, 1_800, 512 * MIB, 1_024 * MIB) },
    ]);
    await outcome('ResizeRolledBack', 2, { rolls_back: 1 });
    expect(resizing.rows('resizes')[0]).toMatchObject([
      { state: 'applied', rolled_back_by: 2 },
      { state: 'rolled-back' },
    ]);
    await advise(3 * hours, 900, 300 * MIB);
    expect((await tick(3 * hours + 1))[0]).toMatchObject({ data: { reason: 'COOL_DOWN' } });
  });

  it('what is infeasible is taken back whole, once', async () => {
    await policy(auto);
    await say('WorkloadObserved', observed());
    await advise(1_000, 1_900, 512 * MIB);
    await tick(60_000);
    await outcome('ResizeInfeasible', 1, { pod: 'web-1', deferred: false, message: 'too large' });
    expect((await tick(120_000))[0]).toMatchObject({ data: { why: 'rollback', notes: ['INFEASIBLE'] } });
    await outcome('ResizeFailed', 2, { code: 'CLUSTER_AWAY', message: 'away', attempts: 5 });
    expect(types(await tick(180_000))).toEqual(['ResizeHeld']);
  });

  it('the template follows when a roll-out is allowed, and what somebody else says in it goes first', async () => {
    await policy({ ...auto, rollout_hours: { from: 0, to: 23 } });
    await say('WorkloadObserved', observed());
    await advise(1_000, 700, 512 * MIB);
    await tick(60_000);
    await outcome('ResizeApplied', 1);
    const [follows] = await tick(3 * hours);
    expect(follows).toMatchObject({ type: 'ResizeDecided', data: { kind: 'template', why: 'roll-out' } });
    await outcome('ResizeApplied', 2);
    await say('WorkloadObserved', observed({ app: resources(800, 2_000, 512 * MIB, 1_024 * MIB) }));
    expect(resizing.rows('resize_workloads')[0]).toMatchObject([{ desired: null, base: null }]);
  });

  it('never more in a minute than the policy wants', async () => {
    await policy({ ...auto, per_minute: 2, in_flight: 3 });
    for (const name of ['a', 'b', 'c', 'd']) {
      await say('WorkloadObserved', { ...observed(), workload: name });
      await advise(1_000, 700, 512 * MIB, { workload: name });
    }
    expect(await tick(60_000)).toHaveLength(2);
    expect(await tick(60_001)).toHaveLength(0);
    expect(await tick(120_000)).toHaveLength(1);
    expect(await tick(180_000)).toHaveLength(0);
  });

  it.each([
    ['no JSON', '{', 'BAD_RESIZING'],
    ['an unknown mode', '{"mode":"yes"}', 'BAD_RESIZING'],
    ['auto without bounds', '{"mode":"auto"}', 'BAD_RESIZING'],
    ['bounds upside down', '{"mode":"propose","cpu":{"min":2,"max":1}}', 'BAD_RESIZING'],
    ['what it does not know', '{"mode":"off","colour":1}', 'BAD_RESIZING'],
  ])('refuses %s', async (_name, text, code) => {
    const [refused] = await say('ResizingRequested', { namespace: null, policy: text });
    expect(refused).toMatchObject({ type: 'ResizingRefused', data: { code, http_status: 400 } });
  });

  it('removes a policy, and says when there is none', async () => {
    await policy(auto, 'shop');
    expect(types(await say('ResizingRequested', { namespace: 'shop', policy: null }))).toEqual([
      'ResizingRemoved',
    ]);
    const [none] = await say('ResizingRequested', { namespace: 'shop', policy: null });
    expect(none).toMatchObject({ data: { code: 'POLICY_NOT_FOUND', http_status: 404 } });
  });

  it('a replay of everything gives the same tables', async () => {
    await policy(auto);
    await say('WorkloadObserved', observed());
    await advise(1_000, 900, 300 * MIB);
    await tick(60_000);
    await outcome('ResizeApplied', 1);
    await say('WorkloadObserved', observed({ kills: [{ pod: 'p', container: 'app', at: 61_000 }] }));
    await tick(120_000);
    await outcome('ResizeRolledBack', 2, { rolls_back: 1 });
    await tick(180_000);
    await say('WorkloadGone', web);
    expect(await resizing.dead()).toBe(0);
    expect(await resizing.replayed(...tables)).toEqual(resizing.rows(...tables));
  });
});
