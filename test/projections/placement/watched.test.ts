import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { runningOf, serviceOf } from '../../../projections/placement/declared.ts';
import { effectiveNode } from '../../../projections/placement/effective.ts';
import projection from '../../../projections/placement/placement.projection.ts';
import { reconcile } from '../../../projections/placement/placer/reconcile.ts';
import { strategyNamed } from '../../../projections/placement/placer/strategies/index.ts';
import type { RequestedNode, RequestedService } from '../../../schemas/generated/events.ts';
import type { AnyRow } from '../../../streams/runtime/units.ts';
import { Decider } from '../../support/decider.ts';
import type { Decided } from '../../support/decider.ts';
import { nodeSeen, nodeUnready } from '../../support/observations.ts';

const scope = { org_id: 'acme', cluster_id: 'edge' };
const tables = ['nodes', 'services', 'replicas', 'unplaceable', 'placing', 'observed_nodes', 'waiting_nodes'];
const SECOND = 1_000;

const node = (name: string, more: Partial<RequestedNode> = {}): RequestedNode => ({
  ...{ name, mac: null, cpu: 2000, memory: 2048, cores: [100, 100], accelerators: [] },
  ...{ labels: {}, taints: [], schedulable: true, ...more },
});
const service = (name: string, more: Partial<RequestedService> = {}): RequestedService => ({
  ...{ name, application: 'shop', number: null, image: 'web:1', cpu: 500, memory: 256, cores: [] },
  ...{ accelerators: {}, sensitivity: 0, replicas: 1, ports: [], next: [], node_selector: {} },
  ...{ tolerations: [], spread: [], apart: [], ...more },
});
const placing = { running: true, strategy: 'dense', priority: 0, balance: 3, not_ready_seconds: 60 };

let placement: Decider;
beforeEach(async () => {
  placement = await Decider.of(projection);
});

async function say(type: Parameters<Decider['send']>[0], data: object): Promise<Decided[]> {
  placement.send(type, { ...scope, ...data });
  return placement.run();
}
async function tick(at: number): Promise<Decided[]> {
  placement.send('Ticked', { at }, 1, { topic: 'ticks' });
  return placement.run();
}
const types = (decided: readonly Decided[]) => decided.map(({ type }) => type);
const places = () =>
  placement
    .rows('replicas')[0]!
    .map((row) => `${String(row['replica_id'])}@${String(row['node'])}`)
    .sort();

describe('a node that is not ready', () => {
  beforeEach(async () => {
    await say('NodesRequested', { nodes: [node('a'), node('b')] });
    await say('ServicesRequested', { services: [service('web', { replicas: 2 })] });
    expect(places()).toEqual(['web/0@a', 'web/1@a']);
    await say('NodeObserved', nodeSeen('a', 0));
    await say('NodeObserved', nodeSeen('b', 0));
  });

  it('keeps what it has for a while and takes nothing new; then it is lost, and all goes elsewhere, once', async () => {
    expect(types(await say('NodeObserved', nodeUnready('a', 10 * SECOND)))).toEqual([]);
    expect(types(await tick(60 * SECOND))).toEqual([]);
    await say('ServicesRequested', { services: [service('db')] });
    expect(places()).toEqual(['db/0@b', 'web/0@a', 'web/1@a']);
    const lost = await tick(70 * SECOND);
    expect(types(lost)).toEqual([
      ...['NodeLost', 'ReplicaReleased', 'ReplicaReleased', 'PlacementDecided', 'PlacementDecided'],
    ]);
    expect(lost[0]!.data).toMatchObject({ node: 'a', since: 10 * SECOND, not_ready_seconds: 60 });
    expect(lost[1]!.data).toMatchObject({ reason: 'NODE_NOT_READY' });
    expect(places()).toEqual(['db/0@b', 'web/0@b', 'web/1@b']);
    expect(types(await tick(130 * SECOND))).toEqual([]);
  });

  it('counts again when it has been ready for as long, and takes what has no place', async () => {
    await say('NodeObserved', nodeUnready('a', 0, { resource_version: '1' }));
    await tick(60 * SECOND);
    const more = await say('ServicesRequested', { services: [service('db', { replicas: 4 })] });
    expect(more.at(-1)!.data).toMatchObject({ replicas: [2, 3], reasons: { NODE_NOT_READY: 1, CPU: 1 } });
    expect(types(await say('NodeObserved', nodeSeen('a', 70 * SECOND)))).toEqual([]);
    expect(types(await tick(120 * SECOND))).toEqual([]);
    expect(types(await tick(130 * SECOND))).toEqual([
      ...['NodeRegained', 'PlacementDecided', 'PlacementDecided', 'Unplaceable'],
    ]);
    expect(places()).toEqual([...['db/0@b', 'db/1@b', 'db/2@a', 'db/3@a', 'web/0@b', 'web/1@b']]);
  });

  it('coming and going faster than the delay moves nothing, before it is lost and after', async () => {
    for (let at = 10; at < 600; at += 50) {
      const seen = (at / 50) % 2 < 1 ? nodeUnready('a', at * SECOND) : nodeSeen('a', at * SECOND);
      expect(types(await say('NodeObserved', seen))).toEqual([]);
      expect(types(await tick((at + 40) * SECOND))).toEqual([]);
    }
    await say('NodeObserved', nodeUnready('a', 600 * SECOND));
    expect(types(await tick(660 * SECOND))[0]).toBe('NodeLost');
    for (let at = 670; at < 1_200; at += 50) {
      const seen = (at / 50) % 2 < 1 ? nodeUnready('a', at * SECOND) : nodeSeen('a', at * SECOND);
      expect(types(await say('NodeObserved', seen))).toEqual([]);
      expect(types(await tick((at + 40) * SECOND))).toEqual([]);
    }
  });

  it('without a delay it is lost when that is seen', async () => {
    await say('PlacingRequested', { ...placing, not_ready_seconds: 0 });
    expect(types(await say('NodeObserved', nodeUnready('a', 10)))[0]).toBe('NodeLost');
    expect(places()).toEqual(['web/0@b', 'web/1@b']);
    expect(types(await say('NodeObserved', nodeSeen('a', 11)))).toEqual(['NodeRegained']);
  });

  it('several that are lost are decided together', async () => {
    await say('NodesRequested', { nodes: [node('c')] });
    await say('NodeObserved', nodeUnready('a', 1));
    await say('NodeObserved', nodeUnready('b', 2));
    const lost = await tick(100 * SECOND);
    expect(types(lost).slice(0, 2)).toEqual(['NodeLost', 'NodeLost']);
    expect(places()).toEqual(['web/0@c', 'web/1@c']);
  });

  it('while placing stands still it is lost, and its replicas go when placing goes on', async () => {
    await say('PlacingRequested', { ...placing, running: false });
    await say('NodeObserved', nodeUnready('a', 1));
    expect(types(await tick(100 * SECOND))).toEqual(['NodeLost']);
    const on = await say('PlacingRequested', placing);
    expect(types(on).slice(0, 2)).toEqual(['PlacingSet', 'ReplicaReleased']);
  });

  it('one that nobody declared changes nothing else', async () => {
    await say('NodeObserved', nodeUnready('z', 1));
    expect(types(await tick(100 * SECOND))).toEqual(['NodeLost']);
  });
});

describe('a node that is observed', () => {
  beforeEach(async () => {
    await say('NodesRequested', { nodes: [node('a'), node('b')] });
    await say('ServicesRequested', { services: [service('web', { replicas: 2 })] });
  });

  it('gone: everything goes elsewhere at once; it stays declared, and comes back', async () => {
    await say('NodeObserved', nodeSeen('a', 1));
    const moved = await say('NodeGone', { node: 'a', uid: 'uid-a', at: 2 });
    expect(types(moved)[0]).toBe('ReplicaReleased');
    expect(moved[0]!.data).toMatchObject({ reason: 'NODE_GONE' });
    expect(places()).toEqual(['web/0@b', 'web/1@b']);
    expect(placement.rows('nodes')[0]).toHaveLength(2);
    await say('ServicesRequested', { services: [service('web', { replicas: 5 })] });
    expect(placement.rows('unplaceable')[0]).toMatchObject([{ reasons: '{"NODE_GONE":1,"CPU":1}' }]);
    const back = await say('NodeObserved', nodeSeen('a', 3, { uid: 'new', created_at: 3 }));
    expect(types(back)).toEqual(['PlacementDecided', 'Unplaceable']);
  });

  it('that the cluster never had: the same', async () => {
    await say('NodeGone', { node: 'a', uid: null, resource_version: '5', at: 2 });
    expect(places()).toEqual(['web/0@b', 'web/1@b']);
  });

  it('cordoned: what it has stays, nothing new comes', async () => {
    expect(types(await say('NodeObserved', nodeSeen('a', 1, { unschedulable: true })))).toEqual([]);
    await say('ServicesRequested', { services: [service('web', { replicas: 3 })] });
    expect(places()).toEqual(['web/0@a', 'web/1@a', 'web/2@b']);
  });

  it('with less than was declared: that counts, and the reason says so', async () => {
    const fewer = await say('NodeObserved', nodeSeen('a', 1, { cpu: 700 }));
    expect(types(fewer)).toEqual(['ReplicaReleased', 'PlacementDecided']);
    expect(fewer[0]!.data).toMatchObject({ reason: 'NODE_TOO_SMALL', replica: 1 });
    await say('NodeObserved', nodeSeen('b', 1, { cpu: 600 }));
    await say('ServicesRequested', { services: [service('web', { replicas: 3 })] });
    const [unplaceable] = placement.rows('unplaceable')[0]!;
    expect(unplaceable!['nearest_message']).toBe(
      '200 of 700 millicores are left, 500 are needed; 2000 are declared, the cluster lets pods take 700',
    );
    const more = await say('NodeObserved', nodeSeen('a', 2, { cpu: 9000 }));
    expect(types(more)).toEqual(['PlacementDecided', 'Unplaceable']);
  });

  it('with a taint that drives away; those that Kubernetes sets by itself do not count', async () => {
    const taint = (key: string) => ({ taints: [{ key, value: null, effect: 'NoExecute' }] });
    const own = nodeSeen('a', 1, taint('node.kubernetes.io/not-ready'));
    expect(types(await say('NodeObserved', own))).toEqual([]);
    const moved = await say('NodeObserved', nodeSeen('a', 2, taint('repair')));
    expect(moved[0]!.data).toMatchObject({ reason: 'NODE_TAINTED' });
    expect(places()).toEqual(['web/0@b', 'web/1@b']);
  });

  it('gone with many others: those that went first are forgotten after a day, but none that is declared', async () => {
    const day = 24 * 3_600 * SECOND;
    const went = (name: string, at: number) => {
      placement.send('NodeGone', { ...scope, node: name, uid: null, at });
    };
    await say('NodeGone', { node: 'a', uid: null, at: 1 });
    await say('NodeObserved', nodeUnready('x', 1));
    await tick(100 * SECOND);
    await say('NodeGone', { node: 'x', uid: 'uid-x', resource_version: '2', at: 100 * SECOND });
    for (let i = 0; i < 1_999; i++) went(`n${i}`, day);
    expect(types(await placement.run())).toEqual([]);
    went('last', 3 * day);
    placement.send('NodeObserved', { ...scope, ...nodeUnready('x', 4 * day) });
    expect(types(await placement.run())).toEqual(['NodesForgotten']);
    const seen = placement.rows('observed_nodes')[0]!.map(({ name }) => String(name));
    expect(seen).toHaveLength(2_001);
    // What was known before is of the order of arrival.
    const lasting = (all: readonly AnyRow[]) =>
      all.map((row) => JSON.stringify({ ...row, was: null })).sort();
    for (const table of ['observed_nodes', 'waiting_nodes'])
      expect(lasting((await placement.replayed(table))[0]!)).toEqual(lasting(placement.rows(table)[0]!));
    for (const [name, there] of [
      ['a', true],
      ['n0', false],
      ['last', true],
    ] as const)
      expect([name, seen.includes(name)]).toEqual([name, there]);
    expect(places()).toEqual(['web/0@b', 'web/1@b']);
    expect(await placement.dead()).toBe(0);
  });

  it('of another organisation or cluster is not this one', async () => {
    for (const other of [{ org_id: 'other' }, { cluster_id: 'other' }])
      expect(types(await say('NodeGone', { node: 'a', uid: null, at: 2, ...other }))).toEqual([]);
    expect(places()).toEqual(['web/0@a', 'web/1@a']);
  });
});

const names = fc.constantFrom('a', 'b', 'c');
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('seen' as const),
      name: names,
      ready: fc.boolean(),
      cordoned: fc.boolean(),
      cpu: fc.constantFrom(0, 600, 2000),
      late: fc.boolean(),
      reborn: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('gone' as const), name: names, known: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('services' as const),
      replicas: fc.integer({ min: 0, max: 16 }),
      cpu: fc.constantFrom(300, 500),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('nodes' as const),
      name: names,
      cpu: fc.constantFrom(1000, 3000),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('remove' as const), name: names }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('placing' as const),
      seconds: fc.constantFrom(0, 60, 90),
      running: fc.boolean(),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('tick' as const) }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

function eventOf(it: Step, at: number): [Parameters<Decider['send']>[0], object] {
  switch (it.do) {
    case 'seen': {
      const more = {
        unschedulable: it.cordoned,
        cpu: it.cpu,
        ...(it.late ? { resource_version: '1' } : {}),
        ...(it.reborn ? { uid: `${it.name}-${at}`, created_at: at } : {}),
      };
      return ['NodeObserved', it.ready ? nodeSeen(it.name, at, more) : nodeUnready(it.name, at, more)];
    }
    case 'gone':
      return [
        'NodeGone',
        { node: it.name, uid: it.known ? `uid-${it.name}` : null, resource_version: String(at), at },
      ];
    case 'services':
      return [
        'ServicesRequested',
        {
          services: [service('web', { replicas: it.replicas, cpu: it.cpu }), service('db', { replicas: 2 })],
        },
      ];
    case 'nodes':
      return ['NodesRequested', { nodes: [node(it.name, { cpu: it.cpu })] }];
    case 'remove':
      return ['NodesRemovalRequested', { nodes: [it.name] }];
    case 'placing':
      return ['PlacingRequested', { ...placing, not_ready_seconds: it.seconds, running: it.running }];
    case 'tick':
      return ['Ticked', { at }];
  }
}

/** What would have to change now: nothing is to be released, and nothing that fits is without a place. */
function due(decider: Decider) {
  const [nodes, seen, services, replicas] = decider.rows('nodes', 'observed_nodes', 'services', 'replicas');
  const byName = new Map(seen!.map((row) => [row['name'], row]));
  const effective = nodes!.map((row) => effectiveNode(row as never, byName.get(row['name']) as never));
  const state = {
    nodes: effective,
    services: services!.map((row) => serviceOf(row as never)),
    placed: replicas!.map((row) => runningOf(row as never)),
  };
  for (const { id, cpu, state: how } of effective) {
    const here = state.placed.filter((replica) => replica.node === id);
    const used = here.reduce((sum, replica) => sum + replica.cpu, 0);
    if (used > cpu || (here.length > 0 && (how === 'gone' || how === 'lost')))
      throw new Error(`${id} carries ${used} of ${cpu}, ${how}`);
  }
  const { released, placed } = reconcile(state, strategyNamed('dense'));
  return { released, placed };
}

describe('whatever is seen, whenever', () => {
  const sorted = (all: readonly (readonly object[])[]) =>
    all.map((rows) => rows.map((row) => JSON.stringify(row)).sort());

  it('never over capacity, nothing where nothing can run, everything placed that fits; the same by replay', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 1, maxLength: 25 }),
        fc.integer({ min: 1, max: 9 }),
        async (steps, size) => {
          const one = await Decider.of(projection);
          one.send('NodesRequested', { ...scope, nodes: ['a', 'b', 'c'].map((name) => node(name)) });
          let running = true;
          for (const [i, it] of steps.entries()) {
            if (it.do === 'placing') running = it.running;
            const [type, data] = eventOf(it, 1_000_000 + i * 40 * SECOND);
            one.send(type, { ...scope, ...data }, 1, type === 'Ticked' ? { topic: 'ticks' } : {});
            if (i % size === 0) {
              await one.run();
              if (running) expect(due(one)).toEqual({ released: [], placed: [] });
            }
          }
          one.send('PlacingRequested', { ...scope, ...placing });
          await one.run();
          expect(due(one)).toEqual({ released: [], placed: [] });
          expect(await one.dead()).toBe(0);
          expect(sorted(await one.replayed(...tables))).toEqual(sorted(one.rows(...tables)));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('decisions that stand behind later observations in the log give the same by replay', async () => {
    await say('NodesRequested', { nodes: [node('a'), node('b')] });
    await say('PlacingRequested', { ...placing, not_ready_seconds: 0 });
    placement.send('NodeObserved', { ...scope, ...nodeUnready('a', 10) });
    placement.send('PlacingRequested', { ...scope, ...placing });
    placement.send('NodeObserved', { ...scope, ...nodeSeen('a', 20, { uid: 'second', created_at: 15 }) });
    await placement.run();
    expect(placement.rows('observed_nodes')[0]).toMatchObject([{ lost: true, ready: true, uid: 'second' }]);
    expect(sorted(await placement.replayed(...tables))).toEqual(sorted(placement.rows(...tables)));
  });

  it('a crash between any two records, and each told twice, changes nothing', async () => {
    const steps: [Parameters<Decider['send']>[0], object][] = [
      ['NodesRequested', { nodes: [node('a'), node('b')] }],
      ['ServicesRequested', { services: [service('web', { replicas: 3 })] }],
      ['NodeObserved', nodeUnready('a', 1_000)],
      ['NodeGone', { node: 'b', uid: null, at: 2_000 }],
      ['NodeObserved', nodeSeen('b', 3_000)],
    ];
    const outcome = async (times: number, size: number) => {
      const one = await Decider.of(projection);
      for (const [type, data] of steps) one.send(type, { ...scope, ...data }, times);
      await one.run(size);
      one.send('Ticked', { at: 100 * SECOND }, times, { topic: 'ticks' });
      await one.run(size);
      return sorted(one.rows(...tables));
    };
    const once = await outcome(1, 1_000);
    for (const [times, size] of [
      [2, 1_000],
      [1, 1],
      [3, 2],
    ] as const)
      expect(await outcome(times, size)).toEqual(once);
  });
});
