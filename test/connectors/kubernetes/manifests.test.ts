import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ClusterObject } from '../../../connectors/kubernetes/cluster.ts';
import { manifestsOf } from '../../../connectors/kubernetes/manifests/index.ts';
import { canonical } from '../../../connectors/kubernetes/manifests/labels.ts';
import { acceleratorsFrom, readManifestSettings } from '../../../connectors/kubernetes/manifests/settings.ts';
import { anyCluster, desired, node, placed, service, settings, shuffled } from './clusters.ts';
import { mistakes } from './kubernetes-rules.ts';

const ml = service('ml', { ports: [{ container_port: 5000, service_port: 80 }] });
const prep = service('prep', {
  ...{ next: ['ml'], ports: [{ container_port: 4002, service_port: null }] },
  tolerations: [{ key: 'edge', operator: 'Exists', value: null, effect: 'NoSchedule' }],
});
const two = desired({
  ...{ nodes: [node('RaspberryPi_01'), node('pi-2')], services: [ml, prep] },
  replicas: [...placed(prep, 'RaspberryPi_01', 2), ...placed(prep, 'pi-2', 1, 2), ...placed(ml, 'pi-2')],
});

function objects(it = two, with_ = settings): Map<string, ClusterObject> {
  return new Map(
    manifestsOf(it, with_).objects.map(({ ref, manifest }) => [`${ref.kind} ${ref.name}`, manifest]),
  );
}

describe('the objects of a cluster', () => {
  it('are one Deployment per service and node, and per service what it is reached by and what it reads', () => {
    expect([...objects().keys()]).toEqual([
      'ConfigMap prep-next',
      'Deployment ml--pi-2',
      'Deployment prep--pi-2',
      expect.stringMatching(/^Deployment prep--raspberrypi-01-x[0-9a-f]{10}$/),
      'Service ml-service',
    ]);
  });

  it('pin as many pods as have their place on the node, with what was given to them', () => {
    const found = [...objects().entries()].find(([name]) =>
      name.startsWith('Deployment prep--raspberry'),
    )![1];
    expect(found).toMatchObject({
      metadata: {
        namespace: 'rightstream',
        labels: { 'app.kubernetes.io/managed-by': 'rightstream', 'rightstream.io/org': 'org1' },
        annotations: {
          'rightstream.io/service': 'prep',
          'rightstream.io/node': 'RaspberryPi_01',
          'rightstream.io/decision': '3',
          'rightstream.io/position': '10',
          'rightstream.io/spec': expect.stringMatching(/^[0-9a-f]{64}$/) as string,
        },
      },
      spec: {
        replicas: 2,
        strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } },
        template: {
          spec: {
            nodeSelector: { 'kubernetes.io/hostname': 'raspberrypi-01' },
            tolerations: [{ key: 'edge', operator: 'Exists', effect: 'NoSchedule' }],
            containers: [
              {
                image: 'registry/prep:1',
                ports: [{ name: 'port-4002', containerPort: 4002, protocol: 'TCP' }],
                readinessProbe: { tcpSocket: { port: 4002 } },
                envFrom: [{ configMapRef: { name: 'prep-next' } }],
                resources: {
                  requests: { cpu: '250m', memory: '300Mi' },
                  limits: { cpu: '250m', memory: '300Mi' },
                },
              },
            ],
          },
        },
      },
    });
  });

  it('tell a stage where the next one is, and make new pods when that changes', () => {
    const data = (it: ReturnType<typeof objects>) => it.get('ConfigMap prep-next')?.['data'];
    const config = (it: ReturnType<typeof objects>) => {
      const spec = it.get('Deployment prep--pi-2')!['spec'] as {
        template: { metadata: { annotations: Record<string, string> } };
      };
      return spec.template.metadata.annotations['rightstream.io/config'];
    };
    const before = objects();
    expect(data(before)).toEqual({
      ml_next_ip: 'ml-service.rightstream.svc',
      ml_next_port: '80',
      ml_next_dir: '',
      NEXT_SERVICES: 'ml',
      NEXT_ML_HOST: 'ml-service.rightstream.svc',
      NEXT_ML_PORT: '80',
      NEXT_ML_ADDRESS: 'ml-service.rightstream.svc:80',
    });
    const moved = service('ml', { ports: [{ container_port: 5000, service_port: 81 }] });
    const after = objects({ ...two, services: [moved, prep] });
    expect(data(after)).toMatchObject({ ml_next_port: '81' });
    expect(config(after)).not.toBe(config(before));
  });

  it('tell apart two next stages whose names are one in capitals', () => {
    const stages = [service('a_b'), service('a-b')];
    const first = service('first', { next: ['a_b', 'a-b'] });
    const data = objects({ ...two, services: [first, ...stages] }).get('ConfigMap first-next')!['data'];
    expect(
      Object.keys(data as object).filter((name) => /^NEXT_A_B_[0-9A-F]{10}_HOST$/.test(name)),
    ).toHaveLength(2);
  });

  it('select pods by a Service with the port of the container as target', () => {
    expect(objects().get('Service ml-service')!['spec']).toEqual({
      type: 'ClusterIP',
      selector: {
        'rightstream.io/org': 'org1',
        'rightstream.io/cluster': 'default',
        'rightstream.io/service-id': 'ml',
      },
      ports: [{ name: 'port-80', port: 80, targetPort: 5000, protocol: 'TCP' }],
    });
  });

  it('leave the node to the scheduler where the policy says so, and hand on what was declared', () => {
    const spread = [{ topology_key: 'zone', max_skew: 2, required: false }];
    const apart = [{ service: 'prep', topology_key: 'kubernetes.io/hostname' }];
    const free = service('free', { replicas: 3, node_selector: { arch: 'arm64' }, spread, apart });
    const binding = { binding: 'scheduler', drift: 'put-back' } as const;
    const found = objects({ ...two, placing: binding, services: [free], replicas: [] });
    expect([...found.keys()]).toEqual(['Deployment free', 'Service free-service']);
    expect(found.get('Deployment free')!['spec']).toMatchObject({
      replicas: 3,
      strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 1 } },
      template: {
        spec: {
          nodeSelector: { arch: 'arm64' },
          topologySpreadConstraints: [
            { maxSkew: 2, topologyKey: 'zone', whenUnsatisfiable: 'ScheduleAnyway' },
          ],
          affinity: {
            podAntiAffinity: {
              requiredDuringSchedulingIgnoredDuringExecution: [
                {
                  topologyKey: 'kubernetes.io/hostname',
                  labelSelector: { matchLabels: { 'rightstream.io/service-id': 'prep' } },
                },
              ],
            },
          },
        },
      },
    });
  });

  it('ask for devices where settings name an extended resource, and only note them otherwise', () => {
    const gpu = service('gpu', { accelerators: { gpu: 15, tpu: 30, npu: 0 } });
    const it = { ...two, services: [gpu], replicas: placed(gpu, 'pi-2') };
    const accelerators = acceleratorsFrom('gpu=nvidia.com/gpucores:percent, tpu=example.com/tpu:device');
    const limits = { 'nvidia.com/gpucores': '15', 'example.com/tpu': '1' };
    const mapped = objects(it, readManifestSettings({ accelerators })).get('Deployment gpu--pi-2')!;
    expect(mapped).toMatchObject({
      metadata: { annotations: { 'rightstream.io/accelerators': '{"gpu":15,"tpu":30}' } },
      spec: { template: { spec: { containers: [{ resources: { limits, requests: limits } }] } } },
    });
    expect(JSON.stringify(objects(it).get('Deployment gpu--pi-2')!['spec'])).not.toContain('gpucores');
  });

  it.each([
    ['IMAGE_MISSING', { services: [service('ml', { image: '' })] }],
    ['HOST_TWICE', { nodes: [node('pi_2'), node('pi-2')] }],
    ['NEXT_UNKNOWN', { services: [service('ml', { next: ['nowhere'] })] }],
    ['NEXT_UNREACHABLE', { services: [service('ml', { next: ['prep'] }), prep] }],
    [
      'PORT_TWICE',
      {
        services: [
          service('ml', {
            ports: [
              { container_port: 1, service_port: 80 },
              { container_port: 2, service_port: 80 },
            ],
          }),
        ],
      },
    ],
  ])('say %s', (code, more) => {
    const { problems, objects: found } = manifestsOf({ ...two, ...more }, settings);
    expect(problems.map((problem) => problem.code)).toContain(code);
    const broken = found.filter(({ problem }) => problem !== null).map(({ ref }) => ref.kind);
    expect(new Set(broken)).toEqual(new Set(/IMAGE|HOST/.test(code) ? ['Deployment'] : []));
  });

  it('are what Kubernetes takes, select their own pods alone, and are the same for any order', () => {
    fc.assert(
      fc.property(anyCluster, (cluster) => {
        const found = manifestsOf(cluster, settings);
        expect(mistakes(found.objects.map(({ manifest }) => manifest))).toEqual([]);
        expect(manifestsOf(shuffled(cluster), settings).objects).toEqual(found.objects);
        if (cluster.placing.binding === 'scheduler') return;
        const replicas = found.objects.reduce(
          (sum, { manifest }) =>
            sum + ((manifest['spec'] as { replicas?: number } | undefined)?.replicas ?? 0),
          0,
        );
        expect(replicas).toBe(cluster.replicas.length);
      }),
      { numRuns: 300 },
    );
  });
});

it('canonical JSON is JSON with keys in order', () => {
  const ordered = (_: string, it: unknown) =>
    typeof it === 'object' && it !== null && !Array.isArray(it)
      ? Object.fromEntries(Object.entries(it).sort(([a], [b]) => (a < b ? -1 : 1)))
      : it;
  // Numbers as keys stand first in every object, so they are left out.
  const key = fc.string({ maxLength: 5 }).filter((it) => !/^\d+$/.test(it) && it !== '__proto__');
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      ...[fc.string(), fc.integer(), fc.boolean(), fc.constant(null)],
      fc.array(tie('tree'), { maxLength: 4 }),
      fc.dictionary(key, tie('tree'), { maxKeys: 4 }),
    ),
  }));
  fc.assert(
    fc.property(tree, (value) => {
      expect(canonical(value)).toBe(JSON.stringify(value, ordered));
    }),
  );
  expect(canonical({ b: undefined, a: [undefined] })).toBe('{"a":[null]}');
});

describe('settings', () => {
  it.each([
    [{ namespace: 'No_Namespace' }],
    [{ accelerators: { gpu: { resource: 'gpu', unit: 'percent' } } }],
    [{ accelerators: { gpu: { resource: 'x.kubernetes.io/gpu', unit: 'percent' } } }],
    [{ accelerators: acceleratorsFrom('gpu=nvidia.com/gpu:half') }],
  ])('refuse %j', (input) => {
    expect(() => readManifestSettings(input)).toThrow(expect.objectContaining({ code: 'BAD_SETTINGS' }));
  });
});
