import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Node, Service } from '../../../../projections/placement/placer/model.ts';
import { reconcile } from '../../../../projections/placement/placer/reconcile.ts';
import type { Changes, Running } from '../../../../projections/placement/placer/reconcile.ts';
import { strategyNamed } from '../../../../projections/placement/placer/strategies/index.ts';
import { anyCluster, node, service } from '../../../support/clusters.ts';

const dense = strategyNamed('dense');

/** What is placed after changes. */
function after(placed: readonly Running[], changes: Changes): Running[] {
  const gone = new Set([...changes.released, ...changes.resized].map((it) => `${it.service}/${it.replica}`));
  return [
    ...placed.filter((it) => !gone.has(`${it.service}/${it.replica}`)),
    ...changes.resized,
    ...changes.placed,
  ];
}

const start = (nodes: Node[], services: Service[]) =>
  after([], reconcile({ nodes, services, placed: [] }, dense));
const nothing = { released: [], resized: [], placed: [], unplaced: [] };

describe('reconcile', () => {
  it('of two and then three replicas places exactly one more, of one releases two, and frees what they had', () => {
    const nodes = [node('a'), node('b')];
    const of = (replicas: number) => [service('s', { replicas })];
    const two = start(nodes, of(2));
    const up = reconcile({ nodes, services: of(3), placed: two }, dense);
    expect(up).toMatchObject({ released: [], resized: [], placed: [{ replica: 2 }] });
    const three = after(two, up);
    const down = reconcile({ nodes, services: of(1), placed: three }, dense);
    expect(down.released.map(({ reason }) => reason)).toEqual(['SCALED_DOWN', 'SCALED_DOWN']);
    const one = after(three, down);
    expect(one).toHaveLength(1);
    // All that was freed can be given away: the rest of the two nodes takes it.
    const whole = service('whole', { cpu: 3500, memory: 3000, cores: [100, 100, 100] });
    expect(reconcile({ nodes, services: [...of(1), whole], placed: one }, dense).placed).toHaveLength(1);
  });

  it('releases from nodes that take nothing new, then from where most are together', () => {
    const nodes = [node('a'), node('b'), node('c')];
    const at = (replica: number, on: string): Running => ({
      ...{ service: 's', replica, node: on, cpu: 500, memory: 500 },
      ...{ cores: [[0, 50]], accelerators: [] },
    });
    const spread = (first: number) => ({ ...at(first, 'b'), cores: [[1, 50]] as const });
    const placed = [at(0, 'a'), at(1, 'b'), spread(2), at(3, 'c')];
    const drained = [nodes[0]!, nodes[1]!, { ...nodes[2]!, schedulable: false }];
    const released = (replicas: number) =>
      reconcile({ nodes: drained, services: [service('s', { replicas })], placed }, dense).released.map(
        ({ replica }) => replica,
      );
    expect(released(3)).toEqual([3]);
    expect(released(2)).toEqual([3, 2]);
  });

  it('goes from as many replicas as there may be to one, and keeps the oldest', () => {
    const nodes = Array.from({ length: 1_000 }, (_, i) => node(`n${i}`));
    const placed = Array.from({ length: 10_000 }, (_, replica): Running => ({
      ...{ service: 's', replica, node: `n${replica % 1_000}`, cpu: 1, memory: 1 },
      ...{ cores: [], accelerators: [] },
    }));
    const services = [service('s', { cpu: 1, memory: 1, cores: [] })];
    const { released } = reconcile({ nodes, services, placed }, dense);
    expect(released).toHaveLength(9_999);
    expect(released.some(({ replica }) => replica === 0)).toBe(false);
  });

  it('moves what a removed node carried, and nothing else', () => {
    const nodes = [node('a'), node('b'), node('c')];
    const services = [service('s', { replicas: 6, cpu: 2000, cores: [] })];
    const placed = start(nodes, services);
    const changes = reconcile({ nodes: nodes.slice(1), services, placed }, dense);
    expect(changes.released.map((it) => [it.node, it.reason])).toEqual([
      ['a', 'NODE_REMOVED'],
      ['a', 'NODE_REMOVED'],
    ]);
    expect(changes.placed).toEqual([]);
    expect(changes.unplaced).toMatchObject([{ service: 's', reasons: { CPU: 2 } }]);
  });

  it('lets a replica stay that needs more, as long as its node has it', () => {
    const nodes = [node('a'), node('b')];
    const placed = start(nodes, [service('s')]);
    const more = (cpu: number, on = nodes) =>
      reconcile({ nodes: on, services: [service('s', { cpu })], placed }, dense);
    expect(more(4000)).toMatchObject({ released: [], resized: [{ node: 'a', cpu: 4000 }], placed: [] });
    const large = [nodes[0]!, node('b', { cpu: 8000 })];
    expect(more(5000, large)).toMatchObject({
      released: [{ node: 'a', reason: 'NEEDS_CHANGED' }],
      resized: [],
      placed: [{ node: 'b', replica: 0, cpu: 5000 }],
    });
  });

  it('takes the newest replicas from a node that became smaller', () => {
    const services = [service('s', { replicas: 4, cpu: 1000, cores: [100] })];
    const placed = start([node('a')], services);
    const smaller = reconcile({ nodes: [node('a', { cpu: 2000 })], services, placed }, dense);
    expect(smaller.released.map(({ replica, reason }) => [replica, reason])).toEqual([
      [3, 'NODE_TOO_SMALL'],
      [2, 'NODE_TOO_SMALL'],
    ]);
    const fewer = reconcile({ nodes: [node('a', { cores: [100, 100] })], services, placed }, dense);
    expect(fewer.released).toHaveLength(2);
  });

  it('leaves replicas on a node that takes nothing new, unless a taint drives them away', () => {
    const placed = start([node('a')], [service('s')]);
    const on = (more: Partial<Node>) =>
      reconcile({ nodes: [node('a', more)], services: [service('s')], placed }, dense);
    expect(on({ schedulable: false })).toEqual(nothing);
    expect(on({ taints: [{ key: 'down', effect: 'NoSchedule' }] })).toEqual(nothing);
    expect(on({ taints: [{ key: 'down', effect: 'NoExecute' }] }).released).toMatchObject([
      { reason: 'NODE_TAINTED' },
    ]);
  });

  it('has nothing to change after its changes, whatever changed between', () => {
    fc.assert(
      fc.property(anyCluster, anyCluster, (one, two) => {
        const first = reconcile({ ...one, placed: [] }, dense);
        const placed = after([], first);
        const second = reconcile({ ...two, placed }, dense);
        const settled = after(placed, second);
        const third = reconcile({ ...two, placed: settled }, dense);
        expect([third.released, third.resized]).toEqual([[], []]);
        // What found no place before may find one only if something was released for it: it was not.
        expect(third.placed).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });
});
