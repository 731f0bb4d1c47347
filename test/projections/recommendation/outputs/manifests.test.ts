import { describe, expect, it } from 'vitest';
import {
  autoscalers,
  kustomization,
  patches,
} from '../../../../projections/recommendation/outputs/manifests.ts';
import { nothing, proposal } from './sample.ts';

describe('manifests', () => {
  it('patch each workload once, with all its containers, whatever the order', () => {
    const all = [proposal({ container: 'z' }), proposal({ container: 'a' }), proposal({ workload: 'db' })];
    const { files, skipped } = patches(all);
    expect(skipped).toEqual([]);
    expect(files.map(({ name }) => name)).toEqual(['shop_deployment_db.yaml', 'shop_deployment_web.yaml']);
    const amounts = { cpu: '350m', memory: '512Mi' };
    const resources = { requests: amounts, limits: amounts };
    expect(files[1]!.manifest).toEqual({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', namespace: 'shop' },
      spec: {
        template: {
          spec: {
            containers: [
              { name: 'a', resources },
              { name: 'z', resources },
            ],
          },
        },
      },
    });
    expect(patches([...all].reverse())).toEqual(patches(all));
  });

  it('leave CPU limits out when asked to, and what is not advised', () => {
    const advised = { ...nothing, memory_request: 2 ** 20, cpu_limit: 1 };
    const [file] = patches([proposal({ advised })], { cpuLimits: false }).files;
    const { spec } = file!.manifest as { spec: { template: { spec: { containers: unknown[] } } } };
    expect(spec.template.spec.containers).toEqual([
      { name: 'nginx', resources: { requests: { memory: '1Mi' } } },
    ]);
  });

  it('are a kustomize component per cluster, which names what it patches', () => {
    const { files } = kustomization([proposal(), proposal({ cluster_id: '../up', workload: 'other' })]);
    const components = files.filter(({ name }) => name === 'kustomization.yaml');
    expect(components.map(({ cluster }) => cluster)).toEqual([
      '%2E%2E%2Fup',
      '1b36b20f-7fa0-4454-a6d2-008294e06378',
    ]);
    expect(components[1]!.manifest).toMatchObject({
      kind: 'Component',
      patches: [
        { path: 'shop_deployment_web.yaml', target: { kind: 'Deployment', name: 'web', namespace: 'shop' } },
      ],
    });
  });

  it('are autoscalers that are off, bound to what is advised', () => {
    const { files } = autoscalers([proposal({ workload_type: 'statefulset' })]);
    expect(files[0]!.manifest).toMatchObject({
      kind: 'VerticalPodAutoscaler',
      spec: {
        targetRef: { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'web' },
        updatePolicy: { updateMode: 'Off' },
        resourcePolicy: {
          containerPolicies: [
            {
              containerName: 'nginx',
              minAllowed: { cpu: '350m', memory: '512Mi' },
              controlledValues: 'RequestsOnly',
            },
          ],
        },
      },
    });
  });

  it.each([
    ['NO_ADVICE', { term: null, advised: nothing }],
    ['KIND_NOT_PATCHABLE', { workload_type: 'job' }],
    ['NAME_NOT_KUBERNETES', { workload: '../../etc/passwd' }],
    ['NAME_NOT_KUBERNETES', { namespace: 'a_b' }],
    ['NAME_NOT_KUBERNETES', { container: 'x\ny' }],
    ['NAME_TOO_LONG', { workload: `${'a'.repeat(60)}.`.repeat(4).slice(0, -1) }],
  ] as const)('say %s of what cannot have one, and nothing else is lost', (code, over) => {
    const { files, skipped } = patches([proposal(over), proposal({ workload: 'other' })]);
    expect(skipped.map((one) => one.code)).toEqual([code]);
    expect(files).toHaveLength(1);
  });
});
