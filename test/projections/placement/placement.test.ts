import { beforeEach, describe, expect, it } from 'vitest';
import projection from '../../../projections/placement/placement.projection.ts';
import type { RequestedNode, RequestedService } from '../../../schemas/generated/events.ts';
import { Decider } from '../../support/decider.ts';
import type { Decided } from '../../support/decider.ts';

const scope = { org_id: 'acme', cluster_id: 'edge' };
const tables = [
  ...['nodes', 'services', 'replicas', 'unplaceable', 'placing', 'placement_answers'],
  'placement_decisions',
];

const node = (name: string, more: Partial<RequestedNode> = {}): RequestedNode => ({
  ...{ name, mac: null, cpu: 2000, memory: 2048, cores: [100, 100], accelerators: [] },
  ...{ labels: {}, taints: [], schedulable: true, ...more },
});
const service = (name: string, more: Partial<RequestedService> = {}): RequestedService => ({
  ...{ name, application: 'shop', number: null, image: 'web:1', cpu: 1000, memory: 512, cores: [100] },
  ...{ accelerators: {}, sensitivity: 0, replicas: 1, ports: [], next: [], node_selector: {} },
  ...{ tolerations: [], spread: [], apart: [], ...more },
});

let placement: Decider;
beforeEach(async () => {
  placement = await Decider.of(projection);
});

async function say(type: Parameters<Decider['send']>[0], data: object): Promise<Decided[]> {
  placement.send(type, { ...scope, ...data });
  return placement.run();
}
const nodes = (...list: RequestedNode[]) => say('NodesRequested', { nodes: list });
const services = (...list: RequestedService[]) => say('ServicesRequested', { services: list });
const types = (decided: readonly Decided[]) => decided.map(({ type }) => type);
const replicas = () =>
  placement
    .rows('replicas')[0]!
    .map((row) => `${String(row['replica_id'])}@${String(row['node'])}`)
    .sort();

describe('placement', () => {
  it('decides on what is declared, once: the same wish again has an answer and no decision', async () => {
    expect(types(await nodes(node('a'), node('b')))).toEqual(['NodesRegistered']);
    expect(types(await services(service('web', { replicas: 2 })))).toEqual([
      'ServicesRegistered',
      'PlacementDecided',
      'PlacementDecided',
    ]);
    const [again] = await services(service('web', { replicas: 2 }));
    expect(again!.data).toMatchObject({ services: [], outcomes: [{ name: 'web', outcome: 'unchanged' }] });
    expect(types(await nodes(node('b'), node('a')))).toEqual(['NodesRegistered']);
    expect(replicas()).toEqual(['web/0@a', 'web/1@a']);
    expect(placement.rows('placing')[0]).toMatchObject([{ decisions: 2, strategy: 'dense', running: true }]);
  });

  it('two replicas, then three, then one: one more, then two fewer', async () => {
    await nodes(node('a'), node('b'));
    await services(service('web', { replicas: 2 }));
    const up = await services(service('web', { replicas: 3 }));
    expect(types(up)).toEqual(['ServicesRegistered', 'PlacementDecided']);
    const down = await services(service('web'));
    expect(types(down)).toEqual(['ServicesRegistered', 'ReplicaReleased', 'ReplicaReleased']);
    expect(down[1]!.data).toMatchObject({ reason: 'SCALED_DOWN', decision: 4 });
    expect(replicas()).toHaveLength(1);
  });

  it('records each decision with what was before, and what moves together', async () => {
    await nodes(node('a'), node('b'));
    await services(service('web', { cpu: 1000 }));
    await services(service('web', { cpu: 1500 }));
    await say('NodesRemovalRequested', { nodes: ['a'] });
    const [rows] = placement.rows('placement_decisions');
    expect(rows).toMatchObject([
      { decision: 1, kind: 'placed', node: 'a', cpu: 1000, cpu_before: null, strategy: 'dense' },
      { decision: 2, kind: 'resized', node: 'a', cpu: 1500, cpu_before: 1000, strategy: null },
      { decision: 3, kind: 'released', node: 'a', cpu: null, cpu_before: 1500, reason: 'NODE_REMOVED' },
      { decision: 4, kind: 'placed', node: 'b', cpu: 1500, cpu_before: null, reason: null },
    ]);
    const causes = rows!.map((row) => row['cause']);
    expect(new Set(causes).size).toBe(3);
    expect(causes[2]).toBe(causes[3]);
  });

  it('a new image is no reason to move', async () => {
    await nodes(node('a'));
    await services(service('web'));
    expect(types(await services(service('web', { image: 'web:2' })))).toEqual(['ServicesRegistered']);
  });

  it('changes what a service needs and nothing else of it', async () => {
    await nodes(node('a'));
    await services(service('web', { image: 'web:7', replicas: 2 }));
    const changed = await say('ServiceNeedsRequested', { service: 'web', cpu: 400, memory: 256 });
    expect(types(changed)).toEqual(['ServicesRegistered', 'PlacementDecided', 'PlacementDecided']);
    expect(placement.rows('services')[0]).toMatchObject([
      { cpu: 400, memory: 256, image: 'web:7', replicas: 2, cores: '[100]' },
    ]);
    const [unknown] = await say('ServiceNeedsRequested', { service: 'shop', cpu: 1, memory: 1 });
    expect(unknown).toMatchObject({ data: { code: 'SERVICE_NOT_FOUND', http_status: 404 } });
    const [bad] = await say('ServiceNeedsRequested', { service: 'web', cpu: -1, memory: 1 });
    expect(bad).toMatchObject({ data: { code: 'BAD_SERVICES' } });
  });

  it('says what has no place, once, and when that is over', async () => {
    const first = await services(service('web', { replicas: 3 }));
    expect(first.at(-1)).toMatchObject({
      type: 'Unplaceable',
      data: { replicas: [0, 1, 2], reasons: {}, nearest_node: null },
    });
    const some = await nodes(node('a'));
    expect(some.at(-1)!.data).toMatchObject({ replicas: [2], reasons: { CPU: 1 }, nearest_code: 'CPU' });
    expect(types(await services(service('web', { replicas: 3, image: 'web:2' })))).toEqual([
      'ServicesRegistered',
    ]);
    const all = await nodes(node('b'));
    expect(types(all)).toEqual(['NodesRegistered', 'PlacementDecided', 'Unplaceable']);
    expect(placement.rows('unplaceable')).toEqual([[]]);
  });

  it('what a removed node carried goes elsewhere; of unknown ones it says so', async () => {
    await nodes(node('a'), node('b'));
    await services(service('web', { replicas: 2 }));
    const moved = await say('NodesRemovalRequested', { nodes: ['a', 'z'] });
    expect(types(moved)).toEqual([
      'NodesRemoved',
      ...['ReplicaReleased', 'ReplicaReleased', 'PlacementDecided', 'PlacementDecided'],
    ]);
    expect(moved[0]!.data).toMatchObject({ nodes: ['a'], missing: ['z'] });
    expect(replicas()).toEqual(['web/0@b', 'web/1@b']);
    const gone = await say('ServicesRemovalRequested', { services: null });
    expect(types(gone)).toEqual(['ServicesRemoved', 'ReplicaReleased', 'ReplicaReleased']);
    expect(placement.rows('replicas', 'services')).toEqual([[], []]);
  });

  it('stands still until it goes on, with another strategy', async () => {
    const placing = { running: false, strategy: 'spread', priority: 0, balance: 3 };
    await say('PlacingRequested', placing);
    await nodes(node('a'), node('b'));
    expect(types(await services(service('web', { replicas: 2 })))).toEqual(['ServicesRegistered']);
    const on = await say('PlacingRequested', { ...placing, running: true });
    expect(types(on)).toEqual(['PlacingSet', 'PlacementDecided', 'PlacementDecided']);
    expect(
      replicas()
        .map((it) => it.slice(-1))
        .sort(),
    ).toEqual(['a', 'b']);
  });

  it.each<[string, () => Promise<Decided[]>, string]>([
    ['two nodes of one name', () => nodes(node('a'), node('a')), 'DUPLICATE_NODE'],
    ['a node without CPU', () => nodes(node('a', { cpu: 0 })), 'BAD_NODES'],
    ['cores of 101 %', () => nodes(node('a', { cores: [101] })), 'BAD_NODES'],
    ['replicas -1', () => services(service('a', { replicas: -1 })), 'BAD_SERVICES'],
    ['a million replicas', () => services(service('a', { replicas: 1e6 })), 'TOO_MANY_REPLICAS'],
    ['two services of one name', () => services(service('a'), service('a')), 'DUPLICATE_SERVICE'],
    [
      'stages in a circle',
      () =>
        services(service('a', { next: ['b'] }), service('b', { next: ['c'] }), service('c', { next: ['a'] })),
      'CYCLIC_STAGES',
    ],
    [
      'an unknown strategy',
      () => say('PlacingRequested', { running: true, strategy: 'best', priority: 0, balance: 3 }),
      'UNKNOWN_STRATEGY',
    ],
  ])('refuses %s and changes nothing', async (_, send, code) => {
    const [refused, ...more] = await send();
    expect(refused).toMatchObject({ type: 'PlacementRefused', data: { code } });
    expect(more).toEqual([]);
    expect(placement.rows('nodes', 'services', 'replicas')).toEqual([[], [], []]);
    expect(placement.rows('placement_answers')[0]).toMatchObject([{ code }]);
  });

  it('is the same after a replay, and with batches of one', async () => {
    await nodes(node('a'), node('b'));
    await services(service('web', { replicas: 3 }), service('db', { cpu: 1500, replicas: 2 }));
    await nodes(node('a', { cpu: 1000 }));
    await say('NodesRemovalRequested', { nodes: ['b'] });
    await nodes(node('c', { cpu: 8000, cores: [100, 100, 100, 100, 100] }));
    const sorted = (all: readonly (readonly object[])[]) =>
      all.map((rows) => rows.map((row) => JSON.stringify(row)).sort());
    expect(sorted(await placement.replayed(...tables))).toEqual(sorted(placement.rows(...tables)));
    const once = await Decider.of(projection);
    for (const [type, data] of [
      ['NodesRequested', { nodes: [node('a'), node('b')] }],
      ['ServicesRequested', { services: [service('web', { replicas: 2 })] }],
    ] as const) {
      once.send(type, { ...scope, ...data }, 3);
    }
    await once.run(1);
    expect(once.rows('placing')[0]).toMatchObject([{ decisions: 2 }]);
  });
});
