/** What two observers tell of the same objects may come in any order, and more than once. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import projection from '../../../projections/placement/placement.projection.ts';
import { Decider } from '../../support/decider.ts';
import { deploymentSeen, nodeSeen, podSeen } from '../../support/observations.ts';

const scope = { org_id: 'acme', cluster_id: 'edge' };
type Told = [Parameters<Decider['send']>[0], object];

/** Two pods of one name, one after the other, each of several versions; the first is gone, the second perhaps. */
const pods = fc.boolean().map((gone): Told[] => {
  const seen = (uid: string, version: number, ready: boolean): Told => [
    'PodObserved',
    podSeen('web', 'web-0', version, { uid, ready, restarts: version }),
  ];
  const went = (uid: string, version: number): Told => [
    'PodGone',
    { namespace: 'rightstream', pod: 'web-0', uid, resource_version: String(version), at: version },
  ];
  const first = [seen('u1', 8, false), seen('u1', 9, true), seen('u1', 10, false), went('u1', 11)];
  return [...first, seen('u2', 99, false), seen('u2', 100, true), ...(gone ? [went('u2', 101)] : [])];
});

/** A node that was deleted and made again, and a Deployment likewise. */
const others: Told[] = [
  ['NodeObserved', nodeSeen('a', 9, { uid: 'n1', created_at: 1 })],
  ['NodeObserved', nodeSeen('a', 10, { uid: 'n1', created_at: 1, ready: false })],
  ['NodeGone', { node: 'a', uid: 'n1', resource_version: '11', at: 11 }],
  ['NodeObserved', nodeSeen('a', 20, { uid: 'n2', created_at: 15, ready: false })],
  ['NodeObserved', nodeSeen('a', 30, { uid: 'n2', created_at: 15, unschedulable: true })],
  ['DeploymentObserved', deploymentSeen('web', 9, { ready: 0 })],
  ['DeploymentObserved', deploymentSeen('web', 10)],
  [
    'DeploymentGone',
    { namespace: 'rightstream', name: 'web-a', uid: 'uid-web-a', resource_version: '12', at: 12 },
  ],
];

const shuffled = pods.chain((told) => {
  const all = [...told, ...others];
  const order = fc.shuffledSubarray([...all, ...all], {
    minLength: 2 * all.length,
    maxLength: 2 * all.length,
  });
  return fc.record({ all: fc.constant(all), order, size: fc.integer({ min: 1, max: 9 }) });
});

async function after(told: readonly Told[], size: number) {
  const decider = await Decider.of(projection);
  for (const [type, data] of told) decider.send(type, { ...scope, ...data });
  await decider.run(size);
  expect(await decider.dead()).toBe(0);
  const [seen, nodes, deployments] = decider.rows('pods', 'observed_nodes', 'deployments');
  // When readiness changed, and what was before, are of the order of arrival.
  const lasting = nodes!.map(({ uid, gone, ready, unschedulable, resource_version: version }) => ({
    ...{ uid, gone, ready, unschedulable, version },
  }));
  return { pods: seen, nodes: lasting, deployments };
}

it('in any order, twice over, in batches of any size: the latest of each counts, and what is gone stays gone', async () => {
  await fc.assert(
    fc.asyncProperty(shuffled, async ({ all, order, size }) => {
      expect(await after(order, size)).toEqual(await after(all, 1_000));
    }),
    { numRuns: 60 },
  );
});
