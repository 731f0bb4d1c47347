import { describe, expect, it } from 'vitest';
import {
  again,
  drive,
  loadAt,
  roomyNode,
  ScaledCluster,
  scaledTables,
  smallService,
  START,
} from '../../../support/scaled-cluster.ts';
import type { Decided } from '../../../support/decider.ts';
import { deploymentSeen } from '../../../support/observations.ts';

const types = (decided: readonly Decided[]) => decided.map(({ type }) => type);
const quick = {
  ...{ min: 1, max: 10, throughput: 10, ready_seconds: 20 },
  ...{ up_cool_down_seconds: 0, down_cool_down_seconds: 30, down_stabilisation_seconds: 30 },
};
const sorted = (all: readonly (readonly object[])[]) =>
  all.map((rows) => rows.map((row) => JSON.stringify(row)).sort());

/** 5 requests/s, and 50 for 30 s every 120 s. */
const bursts = (cluster: ScaledCluster, periods: number) =>
  drive(cluster, (second) => (second % 120 >= 90 ? 50 : 5), periods * 120);

describe('scaling', () => {
  it('follows bursts of 5 to 50 requests/s to ceil(rate / throughput) and back, twice per burst and no more', async () => {
    const cluster = await ScaledCluster.of([roomyNode('a', 20)]);
    expect(types(await cluster.policy(0, quick))).toEqual(['ScalingSet', 'ScalingHeld']);
    const { seen, decided } = await bursts(cluster, 5);
    const scaled = decided.filter(({ type }) => type === 'ServiceScaled');
    expect(scaled.map(({ data }) => [data['from'], data['replicas'], data['reason']])).toEqual(
      Array.from({ length: 5 }, () => [
        [1, 5, 'LOAD_UP'],
        [5, 1, 'LOAD_DOWN'],
      ])
        .flat()
        .slice(0, scaled.length),
    );
    expect(scaled.length).toBeGreaterThanOrEqual(9);
    // The report that shows a burst is the one that is decided on; the last of a burst is followed for 45 s at most.
    for (const { rate, replicas } of seen.filter((it) => it.rate === 50))
      expect(replicas).toBe(Math.ceil(rate / 10));
    for (const { second, replicas } of seen)
      if (second % 120 >= 50 && second % 120 < 90) expect(replicas).toBe(1);
    expect(cluster.placed).toBe(cluster.replicas);
    // Reasons not to change come once each, not with every report: at most four per change.
    expect(decided.filter(({ type }) => type === 'ScalingHeld').length).toBeLessThanOrEqual(
      4 * scaled.length,
    );
    for (const it of decided.filter(({ data }) => 'inputs' in data))
      expect(it.data).toMatchObject({ ...again(it), rules: 1 });
  });

  it('is the same after a replay, ticks before or after the rest', async () => {
    const cluster = await ScaledCluster.of([roomyNode('a', 20)]);
    await cluster.policy(0, quick);
    await bursts(cluster, 2);
    const live = sorted(cluster.decider.rows(...scaledTables));
    expect(live[4]!.length).toBeGreaterThan(5);
    expect(sorted(await cluster.decider.replayed(...scaledTables))).toEqual(live);
    const back = ['ticks', 'retention', 'placement'];
    expect(sorted(await cluster.decider.replayedFrom(back, ...scaledTables))).toEqual(live);
  });

  it('decides the same on many reports at a time as on one', async () => {
    const [one, many] = [
      await ScaledCluster.of([roomyNode('a', 20)]),
      await ScaledCluster.of([roomyNode('a', 20)]),
    ];
    for (const cluster of [one, many]) await cluster.policy(0, { ...quick, ready_seconds: 0 });
    for (const cluster of [one, many])
      for (let second = 5; second < 400; second += 5)
        cluster.send(second, 'LoadReported', loadAt(second, second % 120 >= 90 ? 50 : 5));
    await one.decider.run(1);
    await many.decider.run();
    const plain = (cluster: ScaledCluster) =>
      cluster.decider
        .rows('scaling_decisions')[0]!
        .map(({ at, decision, reason, replicas }) => [at, decision, reason, replicas]);
    expect(plain(many).length).toBeGreaterThan(5);
    expect(plain(many)).toEqual(plain(one));
  });

  it('takes nothing on while the last decision is under way, and goes on when it is ready or when a tick ends the wait', async () => {
    const cluster = await ScaledCluster.of([roomyNode('a', 20)]);
    await cluster.policy(0, { ...quick, ready_seconds: 60 });
    expect(types(await cluster.load(5, 20))).toEqual(['ServiceScaled', 'PlacementDecided']);
    expect((await cluster.load(10, 50))[0]).toMatchObject({
      type: 'ScalingHeld',
      data: { reason: 'IN_FLIGHT' },
    });
    expect(await cluster.load(15, 60, { replicas: 1 })).toEqual([]);
    expect(types(await cluster.load(20, 50, { replicas: 2 }))[0]).toBe('ServiceScaled');
    expect(cluster.replicas).toBe(5);
    await cluster.load(25, 90);
    expect(cluster.replicas).toBe(5);
    expect(types(await cluster.tick(81))[0]).toBe('ServiceScaled');
    expect(cluster.replicas).toBe(9);
  });

  it('takes the readiness of Deployments for what it is', async () => {
    const cluster = await ScaledCluster.of([roomyNode('a', 20)]);
    await cluster.policy(0, { ...quick, ready_seconds: 600 });
    await cluster.load(5, 20);
    const deployment = (second: number, ready: number) => ({
      ...{
        uid: 'u1',
        resource_version: String(second),
        namespace: 'rightstream',
        name: 'web-a',
        service: 'web',
      },
      ...{
        node: 'a',
        replicas: 2,
        ready,
        updated: 2,
        settled: true,
        reason: null,
        message: null,
        decision: 1,
      },
      at: START + second * 1_000,
    });
    await cluster.say(8, 'DeploymentObserved', deployment(8, 1));
    await cluster.load(10, 50);
    expect(cluster.held).toBe('IN_FLIGHT');
    await cluster.say(12, 'DeploymentObserved', deployment(12, 2));
    await cluster.load(15, 50);
    expect(cluster.replicas).toBe(5);
    expect(cluster.decider.rows('scaling_decisions')[0]!.at(-1)).toMatchObject({ ready: 2 });
  });

  it('a policy that is set again while the last decision is under way waits for it, as for any load', async () => {
    const cluster = await ScaledCluster.of([roomyNode('a', 20)]);
    const policy = { min: 1, max: 10, throughput: 10 };
    await cluster.policy(0, policy);
    expect(types(await cluster.load(5, 20))[0]).toBe('ServiceScaled');
    expect(types(await cluster.policy(10, { ...policy, max: 1 }))).toEqual(['ScalingSet', 'ScalingHeld']);
    expect([cluster.held, cluster.replicas]).toEqual(['IN_FLIGHT', 2]);
  });

  it('a report that is stamped before the last decision wakes what has none', async () => {
    const cluster = await ScaledCluster.of([roomyNode('a', 20)]);
    await cluster.policy(0, { ...quick, min: 0, ready_seconds: 600, down_stabilisation_seconds: 0 });
    await cluster.load(50, 0);
    expect(cluster.replicas).toBe(0);
    const none = deploymentSeen('web', 51, { replicas: 0, ready: 0, at: START + 51_000 });
    await cluster.say(51, 'DeploymentObserved', none);
    const [woken] = await cluster.load(45, 50, { at: START + 52_000 });
    expect(woken).toMatchObject({ type: 'ServiceScaled', data: { reason: 'ACTIVATED', replicas: 5 } });
  });

  it('does not pile up what has no place, and says so', async () => {
    const cluster = await ScaledCluster.of([roomyNode('a', 3)]);
    await cluster.policy(0, { ...quick, ready_seconds: 0 });
    expect(types(await cluster.load(5, 50))).toEqual([
      ...['ServiceScaled', 'PlacementDecided', 'PlacementDecided', 'Unplaceable'],
    ]);
    expect((await cluster.load(10, 90))[0]).toMatchObject({ data: { reason: 'UNPLACEABLE', replicas: 5 } });
    expect(cluster.placed).toBe(3);
  });

  it('goes to none and back for a queue', async () => {
    const cluster = await ScaledCluster.of([roomyNode('a', 20)]);
    await cluster.policy(0, { ...quick, min: 0, drain_seconds: 60, ready_seconds: 0 });
    for (let second = 5; second <= 60; second += 5) await cluster.load(second, 0, { queue: 0 });
    expect([cluster.replicas, cluster.placed, cluster.held]).toEqual([0, 0, 'AT_MIN']);
    const [woken] = await cluster.load(65, 0, { queue: 1_200 });
    expect(woken).toMatchObject({ type: 'ServiceScaled', data: { reason: 'ACTIVATED', replicas: 2 } });
  });

  it('a minute that passes reads no loads of services that follow no policy', async () => {
    const cluster = await ScaledCluster.of([roomyNode('a', 20)]);
    await cluster.say(0, 'ServicesRequested', { services: [smallService('db', 1)] });
    await cluster.policy(0, { ...quick, ready_seconds: 0 });
    await cluster.load(5, 10);
    await cluster.say(5, 'LoadReported', { ...loadAt(5, 10), service: 'db' });
    const read = cluster.decider.reading('load');
    await cluster.tick(60);
    expect(read.map((row) => row['service'])).toEqual(['web']);
  });

  it('a service that is declared again keeps the number that scaling gave it, within the limits', async () => {
    const cluster = await ScaledCluster.of([roomyNode('a', 20)]);
    await cluster.policy(0, { ...quick, ready_seconds: 0 });
    await cluster.load(5, 50);
    const same = await cluster.say(6, 'ServicesRequested', { services: [smallService('web', 1)] });
    expect(same[0]!.data).toMatchObject({ outcomes: [{ outcome: 'unchanged' }] });
    await cluster.say(7, 'ServicesRequested', { services: [{ ...smallService('web', 1), image: 'web:2' }] });
    expect([cluster.replicas, cluster.placed]).toEqual([5, 5]);
    await cluster.policy(8, { ...quick, max: 3, ready_seconds: 0 });
    expect([cluster.replicas, cluster.placed]).toEqual([3, 3]);
    expect(types(await cluster.say(9, 'ScalingRemovalRequested', { service: 'web' }))).toEqual([
      'ScalingRemoved',
    ]);
    await cluster.say(10, 'ServicesRequested', { services: [smallService('web', 2)] });
    expect([cluster.replicas, cluster.placed]).toEqual([2, 2]);
  });

  it('refuses what cannot be, and forgets with the service', async () => {
    const cluster = await ScaledCluster.of([roomyNode('a', 20)]);
    const code = async (said: Promise<Decided[]>) => (await said)[0]!.data['code'];
    expect(await code(cluster.say(1, 'ScalingRemovalRequested', { service: 'web' }))).toBe('NO_SCALING');
    expect(await code(cluster.policy(1, { ...quick, min: 11 }))).toBe('BAD_SCALING');
    const elsewhere = { service: 'db' } as Partial<typeof quick>;
    expect(await code(cluster.policy(1, { ...quick, ...elsewhere }))).toBe('UNKNOWN_SERVICE');
    await cluster.policy(2, quick);
    await cluster.say(3, 'ServicesRemovalRequested', { services: ['web'] });
    expect(cluster.decider.rows('scaling')).toEqual([[]]);
    expect(await cluster.load(4, 50)).toEqual([]);
  });

  it.each<[string, object, object?]>([
    ['a negative rate', { rate: -1 }],
    ['a time far ahead', { at: START + 3_600_000 }],
    ['a service without a name', { service: '' }],
  ])('sets %s aside', async (_, wrong) => {
    const cluster = await ScaledCluster.of([roomyNode('a', 20)]);
    await cluster.say(1, 'LoadReported', { ...loadAt(1, 5), ...wrong });
    expect(await cluster.decider.dead()).toBe(1);
    expect(cluster.decider.rows('load')).toEqual([[]]);
  });

  it('what has expired is gone, whichever comes first', async () => {
    const expire = (cluster: ScaledCluster, rows_of: string) => {
      const data = { rows_of, before: START + 90_000 };
      cluster.decider.send('HistoryExpired', data, 1, { topic: 'retention', at: START + 200_000 });
    };
    const cluster = await ScaledCluster.of([roomyNode('a', 20)]);
    await cluster.policy(0, quick);
    await bursts(cluster, 1);
    for (const rows_of of ['loads', 'scaling_decisions']) expire(cluster, rows_of);
    await cluster.decider.run();
    const live = sorted(cluster.decider.rows('load', 'scaling_decisions'));
    expect(live[1]!.length).toBeLessThan(5);
    for (const order of [
      ['placement', 'retention', 'ticks'],
      ['retention', 'ticks', 'placement'],
    ])
      expect(sorted(await cluster.decider.replayedFrom(order, 'load', 'scaling_decisions'))).toEqual(live);
  });
});
