import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Placed, Service } from '../../../../projections/placement/placer/model.ts';
import { place } from '../../../../projections/placement/placer/place.ts';
import type { Plan, Problem } from '../../../../projections/placement/placer/place.ts';
import { strategies, strategyNamed } from '../../../../projections/placement/placer/strategies/index.ts';
import { anyCluster, node, service } from '../../../support/clusters.ts';

const each = [...strategies.values()].map((strategy) => [strategy.name, strategy] as const);
const dense = strategyNamed('dense');

/** Checks a plan against the declared nodes and services alone, without the placer's own bookkeeping. */
function check({ nodes, services, placed: before }: Problem, plan: Plan): void {
  const byService = new Map(services.map((it) => [it.id, it]));
  const all = [...before, ...plan.placed];
  expect(new Set(all.map((it) => `${it.service}/${it.replica}`)).size).toBe(all.length);
  for (const it of nodes) {
    const here = all.filter((replica) => replica.node === it.id);
    const needs = here.map((replica) => byService.get(replica.service)!);
    expect(needs.reduce((sum, { cpu }) => sum + cpu, 0)).toBeLessThanOrEqual(it.cpu);
    expect(needs.reduce((sum, { memory }) => sum + memory, 0)).toBeLessThanOrEqual(it.memory);
    it.cores.forEach((size, core) => {
      const taken = here.flatMap((replica) => replica.cores).filter(([which]) => which === core);
      expect(taken.reduce((sum, [, percent]) => sum + percent, 0)).toBeLessThanOrEqual(size);
    });
    for (const { id, capacity } of it.accelerators) {
      const taken = here.flatMap((replica) => replica.accelerators).filter(([device]) => device === id);
      expect(taken.reduce((sum, [, percent]) => sum + percent, 0)).toBeLessThanOrEqual(capacity);
    }
  }
  for (const replica of plan.placed) checkRules(nodes, services, all, replica);
  for (const it of services) {
    const placed = all.filter((replica) => replica.service === it.id).length;
    const lacking = plan.unplaced.find((entry) => entry.service === it.id)?.replicas.length ?? 0;
    expect(placed + lacking).toBe(Math.max(it.replicas, placed));
  }
}

function checkRules(
  nodes: Problem['nodes'],
  services: readonly Service[],
  all: readonly Placed[],
  replica: Placed,
): void {
  const wants = services.find(({ id }) => id === replica.service)!;
  const on = nodes.find(({ id }) => id === replica.node)!;
  expect(on.schedulable).toBe(true);
  expect(on.labels).toMatchObject(wants.nodeSelector);
  // Each need has a core of its own.
  expect(replica.cores.map(([, percent]) => percent).sort()).toEqual(wants.cores.filter((n) => n > 0).sort());
  expect(new Set(replica.cores.map(([core]) => core)).size).toBe(replica.cores.length);
  if (on.taints.length > 0) expect(wants.tolerations.length).toBeGreaterThan(0);
  for (const { service: other, topologyKey } of wants.apart) {
    const near = all.filter((it) => {
      const there = nodes.find(({ id }) => id === it.node)!;
      return it !== replica && it.service === other && there.labels[topologyKey] === on.labels[topologyKey];
    });
    expect(near).toEqual([]);
  }
}

describe.each(each)('%s', (_, strategy) => {
  it('never goes beyond what a node has, and keeps labels, taints and distance', () => {
    fc.assert(
      fc.property(anyCluster, ({ nodes, services }) => {
        const problem = { nodes, services, placed: [] };
        check(problem, place(problem, strategy));
      }),
      { numRuns: 300 },
    );
  });

  it('keeps what runs, places only what is missing, and gives back exactly what was taken', () => {
    fc.assert(
      fc.property(anyCluster, fc.nat(), ({ nodes, services }, which) => {
        const first = place({ nodes, services, placed: [] }, strategy);
        const kept = first.placed.filter((_, i) => (which >> (i % 16)) % 2 === 0);
        const problem = { nodes, services, placed: kept };
        const again = place(problem, strategy);
        check(problem, again);
        for (const replica of [...kept, ...again.placed]) {
          again.ledger.release(
            replica,
            services.find(({ id }) => id === replica.service)!,
          );
        }
        for (const account of again.ledger.accounts) {
          expect([account.cpu, account.memory, account.cores, account.services.size]).toEqual([
            account.node.cpu,
            account.node.memory,
            account.node.cores,
            0,
          ]);
          expect(account.devices).toEqual(account.node.accelerators.map(({ capacity }) => capacity));
        }
      }),
      { numRuns: 200 },
    );
  });

  it('says why of every replica that has no place, with the nearest node', () => {
    const { unplaced } = place(
      {
        nodes: [node('small', { memory: 1000 }), node('large', { memory: 3000 })],
        services: [service('big', { memory: 4000, replicas: 2 })],
        placed: [],
      },
      strategy,
    );
    expect(unplaced).toEqual([
      {
        service: 'big',
        replicas: [0, 1],
        reasons: { MEMORY: 2 },
        nearest: {
          node: 'large',
          code: 'MEMORY',
          message: '3000 of 3000 MB are left, 4000 are needed',
        },
      },
    ]);
  });
});

describe('dense', () => {
  it('places the same, in whatever order nodes and services come', () => {
    fc.assert(
      fc.property(
        anyCluster.chain((it) =>
          fc.record({
            it: fc.constant(it),
            nodes: fc.shuffledSubarray(it.nodes, { minLength: it.nodes.length }),
            services: fc.shuffledSubarray(it.services, { minLength: it.services.length }),
          }),
        ),
        ({ it, nodes, services }) => {
          const sorted = (plan: Plan) =>
            [...plan.placed].sort((a, b) => (a.service < b.service ? -1 : 1) || a.replica - b.replica);
          expect(sorted(place({ nodes, services, placed: [] }, dense))).toEqual(
            sorted(place({ ...it, placed: [] }, dense)),
          );
        },
      ),
      { numRuns: 150 },
    );
  });

  it('places no fewer than any other strategy', () => {
    fc.assert(
      fc.property(anyCluster, ({ nodes, services }) => {
        // Rules of distance make the one or the other lucky; amounts alone are compared.
        const plain = services.map((it) => ({ ...it, apart: [], spread: [] }));
        const count = (name: string) =>
          place({ nodes, services: plain, placed: [] }, strategyNamed(name)).placed.length;
        const served = (name: string) =>
          new Set(
            place({ nodes, services: plain, placed: [] }, strategyNamed(name)).placed.map((it) => it.service),
          ).size;
        for (const name of ['first', 'spread', 'pack']) {
          if (served(name) === served('dense')) expect(count('dense')).toBeGreaterThanOrEqual(count(name));
          else expect(served('dense')).toBeGreaterThan(served(name));
        }
      }),
      { numRuns: 300, seed: 20261126 },
    );
  });

  it('leaves no service out so that another gets its last replica', () => {
    const { placed } = place(
      {
        nodes: [node('a'), node('b')],
        services: [
          service('large', { cpu: 4000, cores: [100, 100, 100, 100], replicas: 2 }),
          service('small', { cpu: 1000, cores: [100], replicas: 8 }),
        ],
        placed: [],
      },
      dense,
    );
    expect(placed.filter((it) => it.service === 'large')).toHaveLength(1);
    expect(placed.filter((it) => it.service === 'small')).toHaveLength(4);
  });

  it('finds a place where one order alone finds none', () => {
    // The replica of two cores fits only if the others share one core.
    const { unplaced } = place(
      {
        nodes: [node('a', { cpu: 3000, cores: [100, 100, 100] })],
        services: [
          service('pair', { cpu: 100, cores: [100, 100] }),
          service('half', { cpu: 100, cores: [50], replicas: 2 }),
        ],
        placed: [],
      },
      dense,
    );
    expect(unplaced).toEqual([]);
  });

  it('serves 200 services of 50 replicas on 1,000 nodes whole', () => {
    const sizes = [4, 8, 16];
    const nodes = Array.from({ length: 1_000 }, (_, i) => {
      const size = sizes[i % 3]!;
      return node(`n${i}`, {
        cpu: 1000 * size,
        memory: 1024 * size * 2,
        cores: Array.from({ length: size }, () => 100),
        labels: { zone: `z${i % 3}` },
      });
    });
    const services = Array.from({ length: 200 }, (_, i) =>
      service(`s${i}`, {
        cpu: 100 + 37 * (i % 23),
        memory: 64 + 61 * (i % 29),
        cores: [10 + ((i * 7) % 90), 5],
        replicas: 50,
        spread: i % 5 === 0 ? [{ topologyKey: 'zone', maxSkew: 1, required: true }] : [],
      }),
    );
    expect(place({ nodes, services, placed: [] }, dense).placed).toHaveLength(10_000);
  });
});

describe('a strategy of that name', () => {
  it('is refused when there is none', () => {
    expect(() => strategyNamed('best')).toThrow(
      expect.objectContaining({
        code: 'UNKNOWN_STRATEGY',
        message: 'there is no strategy "best"; use one of dense, first, spread, pack',
      }),
    );
  });

  it('may be one of the user: the same problem, another node', () => {
    const last = { ...dense, name: 'last', place: strategyNamed('pack').place, ordered: true };
    const known = new Map([...strategies, ['last', last]]);
    const problem = { nodes: [node('b'), node('a')], services: [service('s')], placed: [] };
    expect(place(problem, strategyNamed('last', known)).placed[0]!.node).toBe('b');
    expect(place(problem, dense).placed[0]!.node).toBe('a');
  });
});
