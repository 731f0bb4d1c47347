import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isChange } from '../../../connectors/kubernetes/actions.ts';
import type { ClusterObject } from '../../../connectors/kubernetes/cluster.ts';
import { manifestsOf } from '../../../connectors/kubernetes/manifests/index.ts';
import { isOurs } from '../../../connectors/kubernetes/manifests/labels.ts';
import { defaultPlanPolicy, idOf, plan } from '../../../connectors/kubernetes/plan.ts';
import { anyCluster, desired, node, placed, service, settings, shuffled } from './clusters.ts';
import { converge, planOf, SimulatedCluster } from './simulated.ts';

const web = service('web');
const simple = desired({
  nodes: [node('pi-1'), node('pi-2')],
  services: [web],
  replicas: placed(web, 'pi-1', 2),
});
const atOnce = { ...defaultPlanPolicy, oneNodeAtATime: false };

type Edit = readonly [path: readonly (string | number)[], value: unknown];

/** The object with values set, or taken out where they are undefined. */
function edited(cluster: SimulatedCluster, id: string, ...edits: readonly Edit[]): void {
  const object = structuredClone(cluster.objects.get(id)!);
  for (const [path, value] of edits) {
    let inner = object as unknown as Record<string | number, unknown>;
    for (const name of path.slice(0, -1)) inner = inner[name] as Record<string | number, unknown>;
    const last = path.at(-1)!;
    if (value === undefined) Reflect.deleteProperty(inner, last);
    else inner[last] = value;
  }
  cluster.put(object);
}

const container = ['spec', 'template', 'spec', 'containers', 0] as const;

function converged(): SimulatedCluster {
  const cluster = new SimulatedCluster();
  converge(simple, cluster);
  return cluster;
}

/** Foreign objects: of nobody, of another cluster, and some under names that we want. */
function foreign(names: readonly string[]): ClusterObject[] {
  const other = manifestsOf({ ...simple, cluster: 'other' }, settings).objects.map(
    ({ manifest }) => manifest,
  );
  return [
    ...names.map((name): ClusterObject => ({
      ...{ apiVersion: 'v1', kind: 'ConfigMap', data: { a: 'b' } },
      metadata: { name, namespace: 'rightstream', labels: { 'app.kubernetes.io/managed-by': 'helm' } },
    })),
    ...other.map((it) => ({ ...it, metadata: { ...it.metadata, name: `${it.metadata.name}-other` } })),
  ];
}

describe('a plan', () => {
  it('creates what is missing: first what pods read, then Deployments', () => {
    const actions = planOf(simple, new SimulatedCluster());
    expect(actions.map(({ kind, ref, phase }) => [kind, ref.kind, ref.name, phase])).toEqual([
      ['create', 'Service', 'web-service', 0],
      ['create', 'Deployment', 'web--pi-1', 2],
    ]);
    expect(actions[1]!.why).toBe('it is not there; 2 replicas of web have their place on pi-1');
  });

  it('converges: after it nothing is left, whatever was there before', () => {
    fc.assert(
      fc.property(anyCluster, anyCluster, (before, after) => {
        const cluster = new SimulatedCluster();
        converge(before, cluster);
        const later = { ...after, position: before.position + 1 };
        converge(later, cluster);
        const wanted = manifestsOf(later, settings).objects.filter(({ problem }) => problem === null);
        expect([...cluster.objects.keys()].sort()).toEqual(wanted.map(({ ref }) => idOf(ref)).sort());
        expect(planOf(later, cluster).every((action) => action.code === 'EQUAL')).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  it('converges when it is broken off at any action', () => {
    fc.assert(
      fc.property(anyCluster, anyCluster, fc.nat(30), (before, after, stop) => {
        const cluster = new SimulatedCluster();
        converge(before, cluster);
        const later = { ...after, position: before.position + 1 };
        for (const action of planOf(later, cluster).filter(isChange).slice(0, stop)) cluster.act(action);
        converge(later, cluster);
        expect(planOf(later, cluster).some(isChange)).toBe(false);
      }),
      { numRuns: 60 },
    );
  });

  it('is the same for any order of what is declared and of what is there', () => {
    fc.assert(
      fc.property(anyCluster, anyCluster, (before, after) => {
        const cluster = new SimulatedCluster();
        converge(before, cluster);
        const live = cluster.list();
        const one = plan(after, manifestsOf(after, settings), live);
        const other = plan(shuffled(after), manifestsOf(shuffled(after), settings), live.reverse());
        expect(other).toEqual(one);
      }),
      { numRuns: 60 },
    );
  });

  it('never changes what is not ours, and explains every action', () => {
    fc.assert(
      fc.property(
        anyCluster,
        anyCluster,
        fc.subarray(['web-next', 'db-next', 'x']),
        (before, after, names) => {
          const cluster = new SimulatedCluster(foreign(names));
          const theirs = cluster.list().filter((object) => !isOurs(object, simple));
          converge(before, cluster);
          const actions = planOf(after, cluster);
          converge(after, cluster);
          for (const object of theirs) expect(cluster.list()).toContainEqual(object);
          for (const { why, kind, fields, manifest, uid, code } of actions) {
            expect(why).not.toBe('');
            expect(manifest !== null).toBe(['create', 'configure', 'put-back'].includes(kind));
            expect(uid === null).toBe(code === 'MISSING');
            if (kind === 'put-back') expect(fields.length).toBeGreaterThan(0);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('leaves an object of somebody else under a name that is wanted', () => {
    const cluster = new SimulatedCluster([
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'web-service', namespace: 'rightstream' },
        spec: {},
      },
    ]);
    const [first] = planOf(simple, cluster);
    expect(first).toMatchObject({ kind: 'leave', code: 'OBJECT_NOT_OURS', manifest: null });
  });

  it('leaves what was written at a later position, also when it would remove it', () => {
    const cluster = converged();
    const old = { ...simple, position: 9 };
    expect(
      planOf({ ...old, services: [service('web', { image: 'old' })] }, cluster).map(({ code }) => code),
    ).toEqual(['NEWER_POSITION', 'NEWER_POSITION']);
    expect(planOf({ ...old, services: [], replicas: [] }, cluster).some(isChange)).toBe(false);
  });

  it('does nothing when only the position has moved', () => {
    expect(planOf({ ...simple, position: 99, decisions: 9 }, converged()).some(isChange)).toBe(false);
  });

  it('leaves what is being deleted', () => {
    const cluster = converged();
    const live = cluster.list().map((object) => ({
      ...object,
      metadata: { ...object.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' },
    }));
    expect(plan(simple, manifestsOf(simple, settings), live).map(({ code }) => code)).toEqual([
      'BEING_DELETED',
      'BEING_DELETED',
    ]);
  });

  it('leaves as it is what cannot be written, and does not remove it', () => {
    const broken = { ...simple, services: [service('web', { image: '' })] };
    const actions = planOf(broken, converged());
    expect(actions.map(({ code }) => code)).toEqual(['EQUAL', 'NOT_WRITABLE']);
    expect(actions[1]!.why).toContain('no image');
  });

  it('removes a bounded number of objects at a time', () => {
    const cluster = converged();
    const none = { ...simple, services: [], replicas: [] };
    const actions = planOf(none, cluster, { ...atOnce, removals: 1 });
    expect(actions.map(({ kind, code }) => [kind, code])).toEqual([
      ['remove', 'NOT_WANTED'],
      ['leave', 'REMOVALS_BOUNDED'],
    ]);
    expect(converge(none, cluster, { ...atOnce, removals: 1 })).toBe(2);
    expect(cluster.objects.size).toBe(0);
  });
});

describe('hand edits', () => {
  const id = 'Deployment/rightstream/web--pi-1';

  it.each<[string, ...Edit]>([
    ['spec.replicas', ['spec', 'replicas'], 7],
    ['spec.template.spec.containers[web].image', [...container, 'image'], 'x'],
    ['spec.template.spec.containers[web].env[POD_ID]', [...container, 'env', 1], undefined],
    ['spec.template.spec.nodeSelector', ['spec', 'template', 'spec', 'nodeSelector', 'more'], 'x'],
    [
      'spec.template.spec.containers[web].resources.limits.cpu',
      [...container, 'resources', 'limits', 'cpu'],
      '2',
    ],
    [
      'metadata.annotations[rightstream.io/node]',
      ['metadata', 'annotations', 'rightstream.io/node'],
      undefined,
    ],
  ])('of %s are put back', (path, at, value) => {
    const cluster = converged();
    edited(cluster, id, [at, value]);
    const action = planOf(simple, cluster).find(isChange)!;
    expect(action).toMatchObject({ kind: 'put-back', code: 'HAND_EDITED', force: true });
    expect(action.fields.map((field) => field.path)).toEqual([path]);
    converge(simple, cluster);
    expect(planOf(simple, cluster).some(isChange)).toBe(false);
  });

  it.each<[string, ...Edit]>([
    ['a container beside ours', ['spec', 'template', 'spec', 'containers', 1], { name: 'sidecar' }],
    ['a label', ['metadata', 'labels', 'mine'], 'x'],
    ['an amount written otherwise', [...container, 'resources', 'limits', 'cpu'], '0.25'],
    ['what the API server fills in', ['spec', 'template', 'spec', 'restartPolicy'], 'Always'],
  ])('of what is not ours stay: %s', (_, at, value) => {
    const cluster = converged();
    edited(cluster, id, [at, value]);
    expect(planOf(simple, cluster).some(isChange)).toBe(false);
  });

  it('stay where the policy is to adopt them, and a later decision keeps them', () => {
    const adopting = { ...simple, placing: { binding: 'placer', drift: 'adopt' } as const };
    const cluster = converged();
    edited(
      cluster,
      id,
      [['spec', 'replicas'], 7],
      [
        ['metadata', 'managedFields'],
        [
          { manager: 'rightstream', operation: 'Apply', fieldsV1: { 'f:spec': { 'f:strategy': {} } } },
          { manager: 'kubectl-edit', operation: 'Update', fieldsV1: { 'f:spec': { 'f:replicas': {} } } },
        ],
      ],
    );
    const action = planOf(adopting, cluster).find(({ ref }) => ref.kind === 'Deployment')!;
    expect(action).toMatchObject({
      ...{ kind: 'leave', code: 'ADOPTED' },
      fields: [{ path: 'spec.replicas', live: 7 }],
    });

    const other = { ...adopting, position: 11, services: [service('web', { image: 'new' })] };
    const next = planOf(other, cluster).find(isChange)!;
    expect(next).toMatchObject({ kind: 'configure', force: false });
    expect(next.manifest!['spec']).not.toHaveProperty('replicas');
    expect(next.fields.map(({ path }) => path)).toEqual(['spec.template.spec.containers[web].image']);
  });

  it('of a manager that is yielded to are neither compared nor written', () => {
    const cluster = converged();
    const resources = { 'f:limits': { 'f:cpu': {} }, 'f:requests': { 'f:cpu': {} } };
    const containers = { 'k:{"name":"web"}': { '.': {}, 'f:resources': resources } };
    const fieldsV1 = { 'f:spec': { 'f:template': { 'f:spec': { 'f:containers': containers } } } };
    edited(
      cluster,
      id,
      [[...container, 'resources', 'limits', 'cpu'], '1'],
      [[...container, 'resources', 'requests', 'cpu'], '1'],
      [['metadata', 'managedFields'], [{ manager: 'rightstream-resize', operation: 'Apply', fieldsV1 }]],
    );
    expect(planOf(simple, cluster).some(isChange)).toBe(false);
    const other = { ...simple, position: 11, services: [service('web', { image: 'new' })] };
    const { manifest } = planOf(other, cluster).find(isChange)!;
    expect(manifest).toMatchObject({
      spec: {
        template: {
          spec: {
            containers: [
              { name: 'web', image: 'new', resources: { limits: { memory: '300Mi' }, requests: {} } },
            ],
          },
        },
      },
    });
    expect(JSON.stringify(manifest)).not.toContain('"cpu"');
  });
});

describe('the order of a plan', () => {
  const big = service('big', { cpu: 3_000, ports: [] });
  const old = service('old', { cpu: 3_000, ports: [] });
  const nodes = [node('pi-1'), node('pi-2')];

  it('makes room on a full node first, and keeps what is elsewhere until the new is there', () => {
    const before = desired({
      nodes,
      services: [old, big],
      replicas: [...placed(old, 'pi-1'), ...placed(big, 'pi-2')],
    });
    const cluster = new SimulatedCluster();
    converge(before, cluster);
    const after = { ...before, position: 11, replicas: placed(big, 'pi-1') };
    expect(planOf(after, cluster).map(({ kind, ref, phase }) => [kind, ref.name, phase])).toEqual([
      ['remove', 'old--pi-1', 1],
      ['create', 'big--pi-1', 2],
      ['leave', 'big--pi-2', 3],
    ]);
  });

  it('keeps the old pods of a service that moves until the new ones are there', () => {
    const before = desired({ nodes, services: [web], replicas: placed(web, 'pi-1', 2) });
    const cluster = new SimulatedCluster();
    converge(before, cluster);
    const after = { ...before, position: 11, replicas: placed(web, 'pi-2', 2) };
    const deployments = () =>
      planOf(after, cluster)
        .filter(({ ref }) => ref.kind === 'Deployment')
        .map(({ ref, code }) => [ref.name, code]);
    expect(deployments()).toEqual([
      ['web--pi-2', 'MISSING'],
      ['web--pi-1', 'ROLL_OUT_WAITS'],
    ]);
    cluster.act(planOf(after, cluster).find(isChange)!);
    const id = 'Deployment/rightstream/web--pi-2';
    const made = cluster.objects.get(id)!;
    const noPods = { observedGeneration: 1, updatedReplicas: 2 };
    cluster.objects.set(id, { ...made, status: noPods });
    expect(deployments()).toContainEqual(['web--pi-1', 'ROLL_OUT_WAITS']);
    const conditions = [{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' }];
    cluster.objects.set(id, { ...made, status: { ...noPods, conditions } });
    expect(deployments()).toContainEqual(['web--pi-1', 'NOT_WANTED']);
    cluster.objects.set(id, made);
    expect(deployments()).toContainEqual(['web--pi-1', 'NOT_WANTED']);
  });

  it('removes at once what has no pods, as on a node that is lost', () => {
    const before = desired({ nodes, services: [web], replicas: placed(web, 'pi-1', 2) });
    const cluster = new SimulatedCluster();
    converge(before, cluster);
    const id = 'Deployment/rightstream/web--pi-1';
    cluster.objects.set(id, { ...cluster.objects.get(id)!, status: { observedGeneration: 1, replicas: 2 } });
    const after = { ...before, position: 11, replicas: placed(web, 'pi-2', 2) };
    expect(
      planOf(after, cluster)
        .filter(isChange)
        .map(({ kind, ref }) => [kind, ref.name]),
    ).toEqual([
      ['create', 'web--pi-2'],
      ['remove', 'web--pi-1'],
    ]);
  });

  it('does not let fewer pods wait', () => {
    const replicas = [...placed(web, 'pi-1', 2), ...placed(web, 'pi-2', 3, 2)];
    const cluster = new SimulatedCluster();
    converge({ ...simple, replicas }, cluster);
    const less = [...placed(web, 'pi-1', 2), ...placed(web, 'pi-2', 1, 2)];
    const after = { ...simple, replicas: less, position: 11, services: [service('web', { image: 'new' })] };
    expect(
      planOf(after, cluster)
        .filter(isChange)
        .map(({ ref }) => ref.name),
    ).toEqual(['web--pi-1', 'web--pi-2']);
  });

  it('gives new pods to one node after the other', () => {
    const replicas = [...placed(web, 'pi-1', 2), ...placed(web, 'pi-2', 1, 2)];
    const before = { ...simple, replicas };
    const cluster = new SimulatedCluster();
    converge(before, cluster);
    const after = { ...before, position: 11, services: [service('web', { image: 'new' })] };
    const actions = planOf(after, cluster);
    expect(
      actions
        .filter(({ ref }) => ref.kind === 'Deployment')
        .map(({ code }) => code)
        .sort(),
    ).toEqual(['DECIDED_OTHERWISE', 'ROLL_OUT_WAITS']);
    expect(converge(after, cluster)).toBe(2);
    expect(converge({ ...after, position: 12, services: [web] }, cluster, atOnce)).toBe(1);
  });

  it('stops at the first node when its new pods do not come up, and lets the next image go there', () => {
    const replicas = [...placed(web, 'pi-1', 2), ...placed(web, 'pi-2', 1, 2)];
    const cluster = new SimulatedCluster();
    converge({ ...simple, replicas }, cluster);
    const bad = { ...simple, replicas, position: 11, services: [service('web', { image: 'bad' })] };
    for (const action of planOf(bad, cluster)) cluster.act(action);
    const id = 'Deployment/rightstream/web--pi-1';
    const broken = { ...cluster.objects.get(id)!, status: { observedGeneration: 1, updatedReplicas: 1 } };
    cluster.objects.set(id, broken);
    expect(planOf(bad, cluster).some(isChange)).toBe(false);
    const good = { ...bad, position: 12, services: [service('web', { image: 'good' })] };
    expect(
      planOf(good, cluster)
        .filter(isChange)
        .map(({ ref }) => ref.name),
    ).toEqual(['web--pi-1']);
  });
});
