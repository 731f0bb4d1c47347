/** Nodes, services and replicas between events, rows and the placer. */
import type {
  RegisteredNode,
  RegisteredService,
  RequestedNode,
  RequestedService,
} from '../../schemas/generated/events.ts';
import type { Row } from '../runtime/table.ts';
import type { Node, Sensitivity, Service, Taint, Toleration } from './placer/model.ts';
import type { Running } from './placer/reconcile.ts';
import type { placementTables } from './tables.ts';

type Tables = typeof placementTables;
/** Whose cluster. */
export interface Scope {
  readonly org_id: string;
  readonly cluster_id: string;
}

/** The row of a node. */
export function nodeRow({ org_id, cluster_id }: Scope, node: RequestedNode): Row<Tables['nodes']> {
  const { cores, accelerators, labels, taints, ...plain } = node;
  return {
    ...{ org_id, cluster_id, ...plain },
    cores: JSON.stringify(cores),
    accelerators: JSON.stringify(accelerators),
    labels: JSON.stringify(ordered(labels)),
    taints: JSON.stringify(taints),
  };
}

/** The row of a service. */
export function serviceRow(
  { org_id, cluster_id }: Scope,
  service: RequestedService,
): Row<Tables['services']> {
  const { name, application, number, image, cpu, memory, sensitivity, replicas } = service;
  return {
    ...{ org_id, cluster_id, name, application, number, image, cpu, memory, sensitivity, replicas },
    cores: JSON.stringify(service.cores),
    accelerators: JSON.stringify(ordered(service.accelerators)),
    ports: JSON.stringify(service.ports),
    next: JSON.stringify(service.next),
    node_selector: JSON.stringify(ordered(service.node_selector)),
    tolerations: JSON.stringify(service.tolerations),
    spread: JSON.stringify(service.spread),
    apart: JSON.stringify(service.apart),
  };
}

/** A node for the placer. */
export function nodeOf(row: Readonly<Row<Tables['nodes']>>): Node {
  const { name, cpu, memory, schedulable } = row;
  const taints = parsed<RegisteredNode['taints']>(row.taints);
  return {
    ...{ id: name, name, cpu, memory, schedulable },
    cores: parsed(row.cores),
    accelerators: parsed(row.accelerators),
    labels: parsed(row.labels),
    taints: taints.map(({ key, value, effect }) => ({
      key,
      ...(value === null ? {} : { value }),
      effect: effect as Taint['effect'],
    })),
  };
}

/** A service for the placer. */
export function serviceOf(row: Readonly<Row<Tables['services']>>): Service {
  const { name, cpu, memory, replicas, sensitivity } = row;
  return {
    ...{ id: name, cpu, memory, replicas, sensitivity: sensitivity as Sensitivity },
    cores: parsed(row.cores),
    accelerators: parsed(row.accelerators),
    nodeSelector: parsed(row.node_selector),
    tolerations: parsed<RegisteredService['tolerations']>(row.tolerations).map(
      ({ key, operator, value, effect }): Toleration => ({
        ...(key === null ? {} : { key }),
        operator: operator as Toleration['operator'],
        ...(value === null ? {} : { value }),
        ...(effect === null ? {} : { effect: effect as Taint['effect'] }),
      }),
    ),
    spread: parsed<RegisteredService['spread']>(row.spread).map(({ topology_key, max_skew, required }) => ({
      ...{ topologyKey: topology_key, maxSkew: max_skew, required },
    })),
    apart: parsed<RegisteredService['apart']>(row.apart).map(({ service, topology_key }) => ({
      ...{ service, topologyKey: topology_key },
    })),
  };
}

/** Declared nodes and services for the placer, nothing being placed. */
export function problemOf(
  nodes: readonly RequestedNode[],
  services: readonly RequestedService[],
): { nodes: Node[]; services: Service[]; placed: [] } {
  const nowhere = { org_id: '', cluster_id: '' };
  return {
    nodes: nodes.map((node) => nodeOf(nodeRow(nowhere, node))),
    services: services.map((service) => serviceOf(serviceRow(nowhere, service))),
    placed: [],
  };
}

/** A replica for the placer. */
export function runningOf(row: Readonly<Row<Tables['replicas']>>): Running {
  const { service, replica, node, cpu, memory } = row;
  return {
    ...{ service, replica, node, cpu, memory },
    cores: parsed<{ core: number; percent: number }[]>(row.cores).map(({ core, percent }) => [core, percent]),
    accelerators: parsed<{ device: string; percent: number }[]>(row.accelerators).map(
      ({ device, percent }) => [device, percent],
    ),
  };
}

function parsed<T>(json: string): T {
  return JSON.parse(json) as T;
}

/** The same entries by key, so that equal maps are equal texts. */
export function ordered<T>(map: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)));
}
