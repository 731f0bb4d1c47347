import { beforeEach, describe, expect, it } from 'vitest';
import projection from '../../../projections/placement/placement.projection.ts';
import { Decider } from '../../support/decider.ts';
import {
  applied,
  deploymentSeen,
  failed,
  nodeSeen,
  nodeUnready,
  podSeen,
} from '../../support/observations.ts';

const scope = { org_id: 'acme', cluster_id: 'edge' };
const tables = ['objects', 'observed_nodes', 'waiting_nodes', 'deployments', 'pods', 'recently_gone'];

let placement: Decider;
beforeEach(async () => {
  placement = await Decider.of(projection);
});

async function tell(type: Parameters<Decider['send']>[0], data: object): Promise<void> {
  placement.send(type, { ...scope, ...data });
  await placement.run();
}
const rows = (table: string) => placement.rows(table)[0]!;
const object = { kind: 'Deployment', namespace: 'rightstream', name: 'web-a', service: 'web', node: 'a' };

describe('outcomes', () => {
  it('an object is applied, then fails, then is applied again: what is there is known throughout', async () => {
    await tell('ObjectApplied', applied('web', 5));
    expect(rows('objects')).toMatchObject([{ state: 'applied', change: 'created', applied_decision: 5 }]);
    await tell('ObjectFailed', failed('web', 7, { attempts: 3 }));
    expect(rows('objects')).toMatchObject([
      { state: 'failed', code: 'CLUSTER_AWAY', attempts: 3, decision: 7, applied_decision: 5 },
    ]);
    await tell('ObjectApplied', applied('web', 7, { change: 'configured' }));
    expect(rows('objects')).toMatchObject([
      { state: 'applied', code: null, attempts: 0, applied_decision: 7, change: 'configured' },
    ]);
  });

  it('a refusal of what was never there says so', async () => {
    const refused = { ...object, decision: 3, position: 3, at: 3, http_status: 403 };
    await tell('ObjectRefused', { ...refused, code: 'FORBIDDEN', message: 'no rights' });
    expect(rows('objects')).toMatchObject([
      { state: 'refused', code: 'FORBIDDEN', http_status: 403, applied_decision: null },
    ]);
  });

  it('an outcome from a lower position comes too late, before and after the removal', async () => {
    await tell('ObjectApplied', applied('web', 9));
    await tell('ObjectFailed', failed('web', 4));
    expect(rows('objects')).toMatchObject([{ state: 'applied', position: 9 }]);
    await tell('ObjectRemoved', { ...object, decision: 4, position: 4, at: 11 });
    expect(rows('objects')).toHaveLength(1);
    await tell('ObjectRemoved', { ...object, decision: 10, position: 10, at: 11 });
    await tell('ObjectApplied', applied('web', 9));
    expect(rows('objects')).toEqual([]);
    await tell('ObjectApplied', applied('web', 12));
    expect(rows('objects')).toMatchObject([{ applied_decision: 12 }]);
  });

  it('drift is kept beside the state', async () => {
    const drift = { ...object, decision: 5, position: 5, fields: ['spec.replicas'] };
    await tell('DriftFound', { ...drift, action: 'adopted', at: 6 });
    expect(rows('objects')).toMatchObject([{ state: 'applied', change: 'adopted', applied_decision: 5 }]);
    await tell('DriftFound', { ...drift, action: 'put-back', at: 7 });
    await tell('ObjectApplied', applied('web', 5, { change: 'put-back', at: 8 }));
    expect(rows('objects')).toMatchObject([
      { drift_fields: '["spec.replicas"]', drift_action: 'put-back', drift_at: 7, change: 'put-back' },
    ]);
  });
});

describe('observed nodes', () => {
  it('a node that is not ready waits for a decision, since it was seen so first', async () => {
    await tell('NodeObserved', nodeSeen('a', 10));
    expect(rows('waiting_nodes')).toEqual([]);
    await tell('NodeObserved', nodeUnready('a', 20));
    await tell('NodeObserved', nodeUnready('a', 30));
    expect(rows('waiting_nodes')).toMatchObject([{ name: 'a', ready: false, since: 20 }]);
    await tell('NodeObserved', nodeSeen('a', 40));
    expect(rows('waiting_nodes')).toEqual([]);
    expect(rows('observed_nodes')).toMatchObject([{ ready: true, since: 40, lost: false }]);
  });

  it('late: an older version, a node that is gone, the one before of the same name', async () => {
    await tell('NodeObserved', nodeSeen('a', 20));
    await tell('NodeObserved', nodeUnready('a', 9));
    expect(rows('observed_nodes')).toMatchObject([{ ready: true, resource_version: '20' }]);
    await tell('NodeGone', { node: 'a', uid: 'another', at: 21 });
    expect(rows('observed_nodes')).toMatchObject([{ gone: false }]);
    await tell('NodeGone', { node: 'a', uid: 'uid-a', at: 22 });
    await tell('NodeObserved', nodeSeen('a', 23));
    expect(rows('observed_nodes')).toMatchObject([{ gone: true, ready: false, since: 22 }]);
    await tell('NodeObserved', nodeSeen('a', 4, { uid: 'second', created_at: 24, at: 25 }));
    expect(rows('observed_nodes')).toMatchObject([{ gone: false, ready: true, uid: 'second' }]);
    await tell('NodeObserved', nodeUnready('a', 26));
    expect(rows('observed_nodes')).toMatchObject([{ uid: 'second', ready: true }]);
  });

  it('versions that are no numbers are taken as they come', async () => {
    await tell('NodeObserved', nodeSeen('a', 1, { resource_version: 'z' }));
    await tell('NodeObserved', nodeUnready('a', 2, { resource_version: 'b' }));
    expect(rows('observed_nodes')).toMatchObject([{ ready: false }]);
    await tell('NodeObserved', nodeSeen('a', 3, { resource_version: '10' }));
    await tell('NodeObserved', nodeUnready('a', 4, { resource_version: '9' }));
    expect(rows('observed_nodes')).toMatchObject([{ ready: true, resource_version: '10' }]);
  });

  it('a node that was never there is known to be missing', async () => {
    await tell('NodeGone', { node: 'b', uid: null, at: 5 });
    expect(rows('observed_nodes')).toMatchObject([{ name: 'b', gone: true, uid: '', ready: false }]);
    await tell('NodeObserved', nodeSeen('b', 6));
    expect(rows('observed_nodes')).toMatchObject([{ gone: false, ready: true }]);
  });
});

describe('observed pods and Deployments', () => {
  it('the latest counts; a pod that is gone does not come back, one of the same name does', async () => {
    await tell('PodObserved', podSeen('web', 'web-1', 10, { ready: false, phase: 'Pending', node: null }));
    await tell('PodObserved', podSeen('web', 'web-1', 20));
    await tell('PodObserved', podSeen('web', 'web-1', 15, { ready: false }));
    expect(rows('pods')).toMatchObject([{ ready: true, resource_version: '20' }]);
    await tell('PodGone', { namespace: 'rightstream', pod: 'web-1', uid: 'uid-web-1', at: 30 });
    await tell('PodObserved', podSeen('web', 'web-1', 29));
    expect(rows('pods')).toEqual([]);
    await tell('PodObserved', podSeen('web', 'web-1', 31, { uid: 'other' }));
    expect(rows('pods')).toMatchObject([{ uid: 'other' }]);
  });

  it('one that was taken for gone by mistake comes back with a later version; a removal may be late, too', async () => {
    const gone = { namespace: 'rightstream', pod: 'web-1', uid: 'uid-web-1' };
    await tell('PodObserved', podSeen('web', 'web-1', 10));
    await tell('PodGone', { ...gone, resource_version: '20', at: 20 });
    await tell('PodObserved', podSeen('web', 'web-1', 20));
    expect(rows('pods')).toEqual([]);
    await tell('PodObserved', podSeen('web', 'web-1', 21));
    await tell('PodGone', { ...gone, resource_version: '20', at: 22 });
    expect(rows('pods')).toMatchObject([{ resource_version: '21' }]);
    await tell('NodeObserved', nodeSeen('a', 10));
    await tell('NodeGone', { node: 'a', uid: 'uid-a', resource_version: '9', at: 12 });
    expect(rows('observed_nodes')).toMatchObject([{ gone: false }]);
    await tell('NodeGone', { node: 'a', uid: 'uid-a', resource_version: '12', at: 12 });
    await tell('NodeObserved', nodeSeen('a', 12));
    expect(rows('observed_nodes')).toMatchObject([{ gone: true }]);
    await tell('NodeObserved', nodeSeen('a', 13));
    expect(rows('observed_nodes')).toMatchObject([{ gone: false }]);
  });

  it('the removal may come before the pod', async () => {
    await tell('PodGone', { namespace: 'rightstream', pod: 'web-1', uid: 'uid-web-1', at: 30 });
    await tell('PodObserved', podSeen('web', 'web-1', 29));
    expect(rows('pods')).toEqual([]);
  });

  it('what went is remembered, at most 200 of a kind', async () => {
    for (let i = 0; i < 250; i++) {
      const gone = { namespace: 'rightstream', pod: `p${i}`, uid: `u${i}`, at: i };
      placement.send('PodGone', { ...scope, ...gone });
    }
    await placement.run();
    const [{ gone }] = rows('recently_gone') as [{ gone: string }];
    const ids = (JSON.parse(gone) as [string, number][]).map(([id]) => id);
    expect([ids.length, ids[0], ids.at(-1)]).toEqual([200, 'u50', 'u249']);
  });

  it('a Deployment likewise, also of a service that nobody declared', async () => {
    await tell('DeploymentObserved', deploymentSeen('web', 10, { ready: 0, reason: 'FAILED_CREATE' }));
    expect(rows('deployments')).toMatchObject([{ service: 'web', ready: 0, reason: 'FAILED_CREATE' }]);
    await tell('DeploymentGone', { namespace: 'rightstream', name: 'web-a', uid: 'uid-web-a', at: 11 });
    await tell('DeploymentObserved', deploymentSeen('web', 9));
    expect(rows('deployments')).toEqual([]);
  });
});

it('repeated, in batches of any size, and replayed: the same rows', async () => {
  const events: [Parameters<Decider['send']>[0], object][] = [
    ['ObjectApplied', applied('web', 3)],
    ['ObjectFailed', failed('db', 4)],
    ['NodeObserved', nodeSeen('a', 1)],
    ['NodeObserved', nodeUnready('a', 2)],
    ['NodeGone', { node: 'b', uid: null, at: 3 }],
    ['PodObserved', podSeen('web', 'web-1', 4)],
    ['PodObserved', podSeen('web', 'web-2', 5)],
    ['PodGone', { namespace: 'rightstream', pod: 'web-1', uid: 'uid-web-1', at: 6 }],
    ['DeploymentObserved', deploymentSeen('web', 7)],
    ['ObjectRemoved', { ...object, decision: 8, position: 8, at: 8 }],
  ];
  const after = async (times: number, size: number) => {
    const fresh = await Decider.of(projection);
    for (const [type, data] of events) fresh.send(type, { ...scope, ...data }, times);
    await fresh.run(size);
    expect(await fresh.replayed(...tables)).toEqual(fresh.rows(...tables));
    expect(await fresh.dead()).toBe(0);
    return fresh.rows(...tables);
  };
  const once = await after(1, 1_000);
  expect(once.map((list) => list.length)).toEqual([1, 2, 1, 1, 1, 2]);
  expect(await after(3, 1_000)).toEqual(once);
  expect(await after(2, 1)).toEqual(once);
});
