/** Desired clusters out of bodies of ROHE, placed by the placer. */
import type { DesiredCluster } from '../../../connectors/kubernetes/desired.ts';
import { problemOf } from '../../../projections/placement/declared.ts';
import { defaultOptions, place } from '../../../projections/placement/placer/place.ts';
import { noQuirks } from '../../../projections/placement/placer/quirks.ts';
import { strategyNamed } from '../../../projections/placement/placer/strategies/index.ts';
import { readNodes, readServices } from '../../../projections/placement/rohe/bodies.ts';
import { desired } from './clusters.ts';

/** Everything in its place. */
export function placedCluster(nodesBody: unknown, servicesBody: unknown): DesiredCluster {
  const nodes = [...readNodes(nodesBody).values()];
  const services = [...readServices(servicesBody).values()];
  const problem = problemOf(nodes, services);
  const { placed, unplaced } = place(problem, strategyNamed('dense'), defaultOptions, noQuirks);
  if (unplaced.length > 0) throw new Error('not everything has a place');
  const byName = new Map(services.map((service) => [service.name, service]));
  const replicas = placed.map(({ service, replica, node }) => {
    const { cpu, memory } = byName.get(service)!;
    return { service, replica, node, cpu, memory };
  });
  return desired({ nodes, services, replicas });
}
