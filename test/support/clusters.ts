/** Clusters and services for tests of the placer, by hand or by fast-check. */
import fc from 'fast-check';
import type { Node, Service } from '../../projections/placement/placer/model.ts';

/** A node of four cores, unless told otherwise. */
export function node(id: string, more: Partial<Node> = {}): Node {
  return {
    id,
    name: id,
    cpu: 4000,
    memory: 4096,
    cores: [100, 100, 100, 100],
    accelerators: [],
    labels: { 'kubernetes.io/hostname': id, ...more.labels },
    taints: [],
    schedulable: true,
    ...Object.fromEntries(Object.entries(more).filter(([key]) => key !== 'labels')),
  };
}

/** A service of one small replica, unless told otherwise. */
export function service(id: string, more: Partial<Service> = {}): Service {
  return {
    id,
    cpu: 500,
    memory: 500,
    cores: [50],
    accelerators: {},
    sensitivity: 0,
    replicas: 1,
    nodeSelector: {},
    tolerations: [],
    spread: [],
    apart: [],
    ...more,
  };
}

const percent = fc.integer({ min: 0, max: 100 });
const zone = fc.constantFrom('a', 'b', 'c');

const anyNode = (i: number) =>
  fc
    .record({
      cpu: fc.integer({ min: 1, max: 16 }),
      memory: fc.integer({ min: 256, max: 16_384 }),
      devices: fc.array(percent, { maxLength: 2 }),
      zone,
      tainted: fc.boolean(),
      schedulable: fc.integer({ min: 0, max: 9 }).map((n) => n > 0),
    })
    .map(({ cpu, memory, devices, zone: where, tainted, schedulable }) =>
      node(`node-${i}`, {
        cpu: 1000 * cpu,
        memory,
        cores: Array.from({ length: cpu }, () => 100),
        accelerators: devices.map((capacity, d) => ({ id: `gpu${d}`, type: 'gpu', capacity })),
        labels: { 'kubernetes.io/hostname': `node-${i}`, zone: where },
        taints: tainted ? [{ key: 'edge', effect: 'NoSchedule' }] : [],
        schedulable,
      }),
    );

const anyService = (i: number) =>
  fc
    .record({
      cpu: fc.integer({ min: 0, max: 4000 }),
      memory: fc.integer({ min: 0, max: 4096 }),
      cores: fc.array(percent, { maxLength: 5 }),
      gpu: fc.constantFrom(0, 0, 15, 60),
      replicas: fc.integer({ min: 0, max: 6 }),
      tolerates: fc.boolean(),
      zoned: fc.constantFrom(undefined, 'a'),
      spread: fc.constantFrom(0, 1, 2),
      alone: fc.boolean(),
      apartFrom: fc.constantFrom(undefined, 'service-0', 'service-1'),
    })
    .map(({ gpu, tolerates, zoned, spread, alone, apartFrom, ...rest }) =>
      service(`service-${i}`, {
        ...rest,
        accelerators: { gpu },
        tolerations: tolerates ? [{ key: 'edge', operator: 'Exists' }] : [],
        nodeSelector: zoned === undefined ? {} : { zone: zoned },
        spread: spread === 0 ? [] : [{ topologyKey: 'zone', maxSkew: spread, required: true }],
        apart: [
          ...(alone ? [{ service: `service-${i}`, topologyKey: 'kubernetes.io/hostname' }] : []),
          ...(apartFrom === undefined || apartFrom === `service-${i}`
            ? []
            : [{ service: apartFrom, topologyKey: 'kubernetes.io/hostname' }]),
        ],
      }),
    );

/** Up to eight nodes and six services. */
export const anyCluster: fc.Arbitrary<{ nodes: Node[]; services: Service[] }> = fc
  .tuple(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 6 }))
  .chain(([n, s]) =>
    fc.record({
      nodes: fc.tuple(...Array.from({ length: n }, (_, i) => anyNode(i))),
      services: fc.tuple(...Array.from({ length: s }, (_, i) => anyService(i))),
    }),
  );
