import { describe, expect, it } from 'vitest';
import { fixedMisfit } from '../../../../projections/placement/placer/filter.ts';
import type { Node, Service } from '../../../../projections/placement/placer/model.ts';
import { defaultOptions, place } from '../../../../projections/placement/placer/place.ts';
import { noQuirks, upstreamQuirks } from '../../../../projections/placement/placer/quirks.ts';
import type { Quirks } from '../../../../projections/placement/placer/quirks.ts';
import { strategyNamed } from '../../../../projections/placement/placer/strategies/index.ts';
import { node, service } from '../../../support/clusters.ts';

const gpu = (...capacities: number[]) =>
  capacities.map((capacity, i) => ({ id: `gpu${i}`, type: 'gpu', capacity }));

function codes(on: Node, wants: Service, quirks: Quirks = noQuirks): string[] {
  const problem = { nodes: [on], services: [wants], placed: [] };
  const { unplaced } = place(problem, strategyNamed('first'), defaultOptions, quirks);
  return Object.keys(unplaced[0]?.reasons ?? {});
}

describe('what fits', () => {
  it.each<[string, Partial<Node>, Partial<Service>, string[]]>([
    ['a replica as large as the node', {}, { cpu: 4000, memory: 4096, cores: [100, 100, 100, 100] }, []],
    ['one millicore too many', {}, { cpu: 4001 }, ['CPU']],
    ['one MB too many', {}, { memory: 4097 }, ['MEMORY']],
    ['more needs than cores', {}, { cores: [5, 5, 5, 5, 5] }, ['CORES']],
    ['needs of 0 take no core', {}, { cores: [5, 5, 5, 5, 0] }, []],
    ['a need above what any core has', { cores: [60, 60] }, { cores: [61] }, ['CORES']],
    ['all of a device', { accelerators: gpu(15) }, { accelerators: { gpu: 15 } }, []],
    [
      'more than any one device has',
      { accelerators: gpu(40, 40) },
      { accelerators: { gpu: 50 } },
      ['ACCELERATOR'],
    ],
    [
      'every type that is asked for',
      { accelerators: gpu(100) },
      { accelerators: { gpu: 10, tpu: 10 } },
      ['ACCELERATOR'],
    ],
    ['no device asked for, none there', {}, { accelerators: { gpu: 0 } }, []],
    ['a label that is missing', {}, { nodeSelector: { disk: 'ssd' } }, ['NODE_LABELS']],
    ['a cordoned node', { schedulable: false }, {}, ['NODE_NOT_SCHEDULABLE']],
  ])('%s', (_, on, wants, expected) => {
    expect(codes(node('n', on), service('s', wants))).toEqual(expected);
  });

  it.each<[string, Partial<Node['taints'][number]>, Service['tolerations'], boolean]>([
    ['nothing tolerated', {}, [], false],
    ['preferred only', { effect: 'PreferNoSchedule' }, [], true],
    ['equal value', { value: 'yes' }, [{ key: 'edge', operator: 'Equal', value: 'yes' }], true],
    ['another value', { value: 'yes' }, [{ key: 'edge', operator: 'Equal', value: 'no' }], false],
    ['any value', { value: 'yes' }, [{ key: 'edge', operator: 'Exists' }], true],
    [
      'another effect',
      { effect: 'NoExecute' },
      [{ key: 'edge', operator: 'Exists', effect: 'NoSchedule' }],
      false,
    ],
    ['everything', {}, [{ operator: 'Exists' }], true],
    ['Equal without a key tolerates nothing', {}, [{ operator: 'Equal' }], false],
  ])('taints: %s', (_, taint, tolerations, fits) => {
    const on = node('n', { taints: [{ key: 'edge', effect: 'NoSchedule', ...taint }] });
    expect(fixedMisfit(on, service('s', { tolerations }))).toBe(fits ? undefined : 'NODE_TAINTED');
  });

  it('keeping apart holds both ways, whoever names it', () => {
    const quiet = service('quiet', { apart: [{ service: 'loud', topologyKey: 'kubernetes.io/hostname' }] });
    for (const services of [
      [quiet, service('loud', { cpu: 600 })],
      [quiet, service('loud', { cpu: 400 })],
    ]) {
      const { placed } = place(
        { nodes: [node('a'), node('b')], services, placed: [] },
        strategyNamed('pack'),
      );
      expect(new Set(placed.map((it) => it.node)).size).toBe(2);
    }
  });

  it('spreads over zones as evenly as is asked', () => {
    const nodes = ['a1', 'a2', 'b1'].map((id) => node(id, { labels: { zone: id.slice(0, 1) } }));
    const wants = service('s', {
      replicas: 4,
      cpu: 10,
      memory: 10,
      cores: [],
      spread: [{ topologyKey: 'zone', maxSkew: 1, required: true }],
    });
    const { placed } = place({ nodes, services: [wants], placed: [] }, strategyNamed('pack'));
    expect(placed.filter((it) => it.node.startsWith('a'))).toHaveLength(2);
    const full = { ...nodes[2]!, schedulable: false };
    const { unplaced } = place(
      { nodes: [nodes[0]!, nodes[1]!, full], services: [wants], placed: [] },
      strategyNamed('pack'),
    );
    expect(unplaced[0]).toMatchObject({
      replicas: [1, 2, 3],
      reasons: { SPREAD: 2, NODE_NOT_SCHEDULABLE: 1 },
    });
  });
});

describe('slips of upstream, each by itself', () => {
  const only = (quirk: keyof Quirks): Quirks => ({ ...noQuirks, [quirk]: true });

  it.each<[keyof Quirks, Partial<Node>, Partial<Service>, string[], string[]]>([
    ['anyAccelerator', {}, { accelerators: { gpu: 50, tpu: 0 } }, ['ACCELERATOR'], []],
    ['anyAccelerator', {}, { accelerators: {} }, [], ['ACCELERATOR']],
    ['strictAccelerator', { accelerators: gpu(15) }, { accelerators: { gpu: 15 } }, [], ['ACCELERATOR']],
    ['coresCut', {}, { cores: [5, 5, 5, 5, 5] }, ['CORES'], []],
  ])('%s', (quirk, on, wants, ours, theirs) => {
    expect(codes(node('n', on), service('s', wants))).toEqual(ours);
    expect(codes(node('n', on), service('s', wants), only(quirk))).toEqual(theirs);
  });

  it.each<[keyof Quirks, Partial<Node>, Partial<Service>, number, number]>([
    // 50 and 50 share a core; upstream puts the second one on the emptiest core, and two whole ones do not fit any more.
    ['coresSorted', { cores: [100, 100] }, { cpu: 1, memory: 1, cores: [50], replicas: 2 }, 100, 50],
    ['everyDeviceCharged', { accelerators: gpu(100, 100) }, { accelerators: { gpu: 60 } }, 100, 40],
  ])('%s', (quirk, on, wants, ours, theirs) => {
    const most = (quirks: Quirks) => {
      const problem = { nodes: [node('n', on)], services: [service('s', wants)], placed: [] };
      const { ledger } = place(problem, strategyNamed('first'), defaultOptions, quirks);
      const { sorted, devices } = ledger.accounts[0]!;
      return quirk === 'coresSorted' ? sorted[0] : Math.max(...devices);
    };
    expect(most(noQuirks)).toBe(ours);
    expect(most(only(quirk))).toBe(theirs);
  });

  it('scoreAboveZero: a node is never filled whole', () => {
    const wants = service('s', { cpu: 4000, memory: 4096, cores: [100, 100, 100, 100] });
    const placed = (quirks: Quirks) =>
      place(
        { nodes: [node('n')], services: [wants], placed: [] },
        strategyNamed('first'),
        defaultOptions,
        quirks,
      ).placed.length;
    expect([placed(noQuirks), placed(only('scoreAboveZero'))]).toEqual([1, 0]);
  });

  it('priorityStarves: what has priority is never served', () => {
    const options = { ...defaultOptions, queue: { priority: 1, balance: 3 } as const };
    const problem = { nodes: [node('n')], services: [service('s', { sensitivity: 1 })], placed: [] };
    expect(place(problem, strategyNamed('first'), options, upstreamQuirks).placed).toEqual([]);
    expect(place(problem, strategyNamed('first'), options).placed).toHaveLength(1);
  });
});
