import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Node, Service } from '../../../projections/placement/placer/model.ts';
import { defaultOptions } from '../../../projections/placement/placer/place.ts';
import { reconcile } from '../../../projections/placement/placer/reconcile.ts';
import type { State } from '../../../projections/placement/placer/reconcile.ts';
import { strategyNamed } from '../../../projections/placement/placer/strategies/index.ts';
import { whatIf } from '../../../projections/placement/what-if.ts';
import type { Consequences, Supposed } from '../../../projections/placement/what-if.ts';

const placing = { strategy: 'dense', queue: defaultOptions.queue };
const node = (id: string, more: Partial<Node> = {}): Node => ({
  ...{ id, name: id, cpu: 2000, memory: 2048, cores: [100, 100], accelerators: [] },
  ...{ labels: { 'kubernetes.io/hostname': id }, taints: [], schedulable: true, ...more },
});
const service = (id: string, replicas: number, more: Partial<Service> = {}): Service => ({
  ...{ id, cpu: 900, memory: 256, cores: [80], accelerators: {}, sensitivity: 0, replicas },
  ...{ nodeSelector: {}, tolerations: [], spread: [], apart: [], ...more },
});

/** A cluster where everything that fits has its place. */
function settled(nodes: Node[], services: Service[]): State {
  const { placed } = reconcile({ nodes, services, placed: [] }, strategyNamed('dense'));
  return { nodes, services, placed };
}
const ask = (state: State, supposed: Partial<Supposed>) =>
  whatIf(state, { drain: [], add: [], replicas: {}, ...supposed }, placing);

describe('what if', () => {
  const state = settled([node('a'), node('b')], [service('web', 2)]);

  it('nothing were changed: nothing follows', () => {
    const { nodes, ...rest } = ask(state, {});
    expect(rest).toEqual({ moved: [], started: [], stopped: [], resized: [], unplaced: [] });
    expect(nodes.map(({ name, before, after }) => [name, before.replicas, after.replicas])).toEqual([
      ['a', 2, 2],
      ['b', 0, 0],
    ]);
  });

  it('a node were drained: what it carries goes elsewhere', () => {
    const found = ask(state, { drain: ['a'] });
    expect(found.moved).toEqual([
      { service: 'web', replica: 0, from: 'a', to: 'b', reason: 'DRAINED' },
      { service: 'web', replica: 1, from: 'a', to: 'b', reason: 'DRAINED' },
    ]);
    expect(found.nodes).toMatchObject([
      { name: 'a', state: 'drained', before: { cpu: 1800 }, after: { cpu: 0, replicas: 0 } },
      { name: 'b', state: 'kept', before: { cpu: 0 }, after: { cpu: 1800, memory: 512 } },
    ]);
  });

  it('all nodes were drained: all stops, and there is no nearest node', () => {
    const found = ask(state, { drain: ['a', 'b'] });
    expect(found.stopped).toHaveLength(2);
    expect(found.unplaced).toEqual([{ service: 'web', replicas: [0, 1], reasons: {}, nearest: null }]);
  });

  it('a drained node is replaced by one like it, under a name of its own', () => {
    const found = ask(state, { drain: ['a', 'b'], add: [{ like: 'a', count: 1 }] });
    expect(found.moved.map(({ to }) => to)).toEqual(['a+1', 'a+1']);
    expect(found.nodes.at(-1)).toMatchObject({ name: 'a+1', state: 'added', after: { replicas: 2 } });
  });

  it('there were more replicas than fit: some start, of others it says why not', () => {
    const found = ask(state, { replicas: { web: 5 } });
    expect(found.started).toHaveLength(2);
    expect(found.unplaced).toMatchObject([{ service: 'web', replicas: [4], nearest: { code: 'CPU' } }]);
    const more = ask(state, { replicas: { web: 5 }, add: [{ like: 'b', count: 1 }] });
    expect(more.unplaced).toEqual([]);
  });

  it('a copy of a cordoned node takes replicas, and pinned ones do not go to it', () => {
    const pinned = service('db', 1, { nodeSelector: { 'kubernetes.io/hostname': 'c' } });
    const cordoned = settled([node('c', { schedulable: false })], [pinned, service('web', 1)]);
    const found = ask(cordoned, { add: [{ like: 'c', count: 1 }] });
    expect(found.started).toEqual([{ service: 'web', replica: 0, node: 'c+1' }]);
    expect(found.unplaced.map((it) => it.service)).toEqual(['db']);
  });

  it.each(['gone', 'lost', 'not-ready', 'cordoned'] as const)(
    'a copy of a node that is %s is whole',
    (how) => {
      const away = node('c', { schedulable: false, state: how });
      const found = ask(settled([away], [service('web', 1)]), { add: [{ like: 'c', count: 1 }] });
      expect(found.started).toEqual([{ service: 'web', replica: 0, node: 'c+1' }]);
      expect(found.unplaced).toEqual([]);
    },
  );

  it.each<[Partial<Supposed>, string]>([
    [{ drain: ['z'] }, 'UNKNOWN_NODE'],
    [{ add: [{ like: 'z', count: 1 }] }, 'UNKNOWN_NODE'],
    [{ replicas: { api: 1 } }, 'UNKNOWN_SERVICE'],
    [{ replicas: { constructor: 1 } as Record<string, number> }, 'UNKNOWN_SERVICE'],
    [{ replicas: { web: 10_001 } }, 'TOO_MANY_REPLICAS'],
    [{ add: [{ like: 'a', count: 2_000 }] }, 'TOO_MANY_NODES'],
    [{ strategy: 'best' }, 'UNKNOWN_STRATEGY'],
  ])('%j is refused', (supposed, code) => {
    expect(() => ask(state, supposed)).toThrow(expect.objectContaining({ code }) as Error);
  });

  it('a service called as a property of every object keeps its replicas', () => {
    const odd = settled([node('a')], [service('constructor', 1)]);
    expect(ask(odd, {}).unplaced).toEqual([]);
  });

  it('over random clusters every replica is accounted for, and no node carries too much', () => {
    const amount = fc.integer({ min: 1, max: 4 });
    const clusters = fc.record({
      sizes: fc.array(amount, { minLength: 1, maxLength: 6 }),
      wanted: fc.array(fc.record({ cpu: amount, replicas: fc.integer({ min: 0, max: 5 }) }), {
        maxLength: 5,
      }),
      drain: fc.integer({ min: 0, max: 5 }),
      add: fc.integer({ min: 0, max: 2 }),
    });
    fc.assert(
      fc.property(clusters, ({ sizes, wanted, drain, add }) => {
        const nodes = sizes.map((size, i) =>
          node(`n${i}`, { cpu: size * 1000, cores: Array.from({ length: size }, () => 100) }),
        );
        const services = wanted.map(({ cpu, replicas }, i) =>
          service(`s${i}`, replicas, { cpu: cpu * 500, cores: [] }),
        );
        const before = settled(nodes, services);
        const like = nodes[drain % nodes.length]!.id;
        const copies = add === 0 ? [] : [{ like, count: add }];
        check(before, ask(before, { drain: [like], add: copies }), like);
      }),
      { numRuns: 300 },
    );
  });
});

function check(before: State, found: Consequences, drained: string): void {
  const wanted = before.services.reduce((sum, { replicas }) => sum + replicas, 0);
  const placed = found.nodes.reduce((sum, { after }) => sum + after.replicas, 0);
  const lacking = found.unplaced.reduce((sum, { replicas }) => sum + replicas.length, 0);
  expect(placed + lacking).toBe(wanted);
  for (const { name, cpu, memory, after } of found.nodes) {
    expect([name, after.cpu <= cpu, after.memory <= memory]).toEqual([name, true, true]);
    if (name === drained) expect(after.replicas).toBe(0);
  }
}
