/** Desired clusters for tests: by hand, and random ones. */
import fc from 'fast-check';
import type { RegisteredNode, RegisteredService } from '../../../schemas/generated/events.ts';
import type { DesiredCluster, DesiredReplica } from '../../../connectors/kubernetes/desired.ts';
import { readManifestSettings } from '../../../connectors/kubernetes/manifests/settings.ts';

export const settings = readManifestSettings({});

export function service(name: string, more: Partial<RegisteredService> = {}): RegisteredService {
  return {
    ...{ name, application: 'app', number: null, image: `registry/${name}:1` },
    ...{ cpu: 250, memory: 300, cores: [], accelerators: {}, sensitivity: 0, replicas: 1 },
    ...{ ports: [{ container_port: 8080, service_port: 80 }], next: [], node_selector: {} },
    ...{ tolerations: [], spread: [], apart: [] },
    ...more,
  };
}

export function node(name: string, more: Partial<RegisteredNode> = {}): RegisteredNode {
  return {
    ...{ name, mac: null, cpu: 4_000, memory: 4_096, cores: [100, 100, 100, 100], accelerators: [] },
    ...{ labels: { 'kubernetes.io/hostname': name }, taints: [], schedulable: true },
    ...more,
  };
}

/** A place for so many replicas of a service on a node, with what the service needs. */
export function placed(of: RegisteredService, on: string, count = 1, from = 0): DesiredReplica[] {
  return Array.from({ length: count }, (_, i) => ({
    ...{ service: of.name, replica: from + i, node: on, cpu: of.cpu, memory: of.memory },
  }));
}

export function desired(more: Partial<DesiredCluster> = {}): DesiredCluster {
  return {
    ...{ org: 'org1', cluster: 'default', position: 10, decisions: 3 },
    ...{ placing: { binding: 'placer', drift: 'put-back' }, nodes: [], services: [], replicas: [] },
    ...more,
  };
}

const serviceNames = ['web', 'img_proc', 'EW:VE:TW:WQ:01', 'db', 'a'.repeat(80), 'ingest', 'constructor'];
const nodeNames = ['pi-1', 'RaspberryPi_02', 'nano', 'Xavier.06', '10-0-0-1'];

const services = fc.subarray(serviceNames).chain((names) =>
  fc.tuple(
    ...names.map((name) =>
      fc
        .record({
          image: fc.constantFrom('registry/a:1', 'registry/b:2'),
          cpu: fc.constantFrom(0, 250, 1_000, 1_500),
          memory: fc.constantFrom(0, 300, 1_024, 1_536),
          replicas: fc.integer({ min: 0, max: 4 }),
          ports: fc.constantFrom(
            [],
            [{ container_port: 8080, service_port: null }],
            [{ container_port: 8080, service_port: 80 }],
            [
              { container_port: 8080, service_port: 80 },
              { container_port: 8080, service_port: 81 },
              { container_port: 9090, service_port: null },
            ],
          ),
          next: fc.subarray(names.filter((other) => other > name)),
          tolerations: fc.constantFrom(
            [],
            [{ key: 'edge', operator: 'Exists', value: null, effect: 'NoSchedule' }],
          ),
          spread: fc.constantFrom([], [{ topology_key: 'zone', max_skew: 1, required: true }]),
          node_selector: fc.constantFrom({}, { arch: 'arm64' }),
        })
        .map((more) => service(name, more)),
    ),
  ),
);

/** A random cluster, everything placed at random. */
export const anyCluster: fc.Arbitrary<DesiredCluster> = fc
  .tuple(
    services,
    fc.subarray(nodeNames),
    fc.array(fc.nat(), { minLength: 40, maxLength: 40 }),
    fc.constantFrom('placer' as const, 'scheduler' as const),
  )
  .map(([declared, names, dice, binding]) => {
    let thrown = 0;
    const replicas = declared.flatMap((it) =>
      names.length === 0
        ? []
        : Array.from({ length: it.replicas }, (_, replica) => {
            const on = names[dice[thrown++ % dice.length]! % names.length]!;
            return { service: it.name, replica, node: on, cpu: it.cpu, memory: it.memory };
          }),
    );
    return desired({
      ...{ nodes: names.map((name) => node(name)), services: declared, replicas },
      placing: { binding, drift: 'put-back' },
    });
  });

/** The same cluster, told in another order. */
export function shuffled(it: DesiredCluster): DesiredCluster {
  const turn = <T>(list: readonly T[]) => [...list].reverse();
  return { ...it, nodes: turn(it.nodes), services: turn(it.services), replicas: turn(it.replicas) };
}
