import { expect, it } from 'vitest';
import type { Action } from '../../../connectors/kubernetes/actions.ts';
import type { DesiredCluster } from '../../../connectors/kubernetes/desired.ts';
import { Outcomes, type Outcome } from '../../../connectors/kubernetes/outcomes.ts';
import { desired, node, placed, service } from './clusters.ts';
import { converge, planOf, SimulatedCluster } from './simulated.ts';

const web = service('web');
const at10 = desired({ nodes: [node('pi-1')], services: [web], replicas: placed(web, 'pi-1') });

/** Everything that is left, as it is told, and kept when the log has it. */
function leaves(outcomes: Outcomes, state: DesiredCluster, actions: readonly Action[]): Outcome[] {
  const told = actions.flatMap((action) => outcomes.left(action, { desired: state, at: 0 }));
  outcomes.keep(told);
  return told;
}

it('a change whose outcome was lost is told by who comes next, once', () => {
  const cluster = new SimulatedCluster();
  converge(at10, cluster);
  const outcomes = new Outcomes([]);
  expect(leaves(outcomes, at10, planOf(at10, cluster))).toHaveLength(2);
  const at12 = { ...at10, position: 12, services: [{ ...web, image: 'web:2' }] };
  converge(at12, cluster);
  const at13 = { ...at12, position: 13 };
  expect(leaves(outcomes, at13, planOf(at13, cluster))).toMatchObject([
    { type: 'ObjectApplied', data: { kind: 'Deployment', position: 13, change: 'configured' } },
  ]);
  expect(leaves(outcomes, at13, planOf(at13, cluster))).toEqual([]);
});

it('objects that another log has written are told once, however far this one goes', () => {
  const cluster = new SimulatedCluster();
  converge({ ...at10, position: 900 }, cluster);
  const outcomes = new Outcomes([]);
  const told = leaves(outcomes, at10, planOf(at10, cluster));
  expect(told.map(({ type, data }) => [type, 'code' in data && data.code])).toEqual([
    ['ObjectRefused', 'NEWER_POSITION'],
    ['ObjectRefused', 'NEWER_POSITION'],
  ]);
  const later = { ...at10, position: 11 };
  expect(leaves(outcomes, later, planOf(later, cluster))).toEqual([]);
  const beyond = { ...at10, position: 901 };
  expect(leaves(outcomes, beyond, planOf(beyond, cluster)).map(({ type }) => type)).toEqual([
    'ObjectApplied',
    'ObjectApplied',
  ]);
});
