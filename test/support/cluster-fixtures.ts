/** Rows of a cluster as the placer left it, for tests of routes and pages. */
import { reconcile } from '../../projections/placement/placer/reconcile.ts';
import { strategyNamed } from '../../projections/placement/placer/strategies/index.ts';
import { nodeOf, nodeRow, serviceOf, serviceRow } from '../../projections/placement/declared.ts';
import type { RequestedNode, RequestedService } from '../../schemas/generated/events.ts';
import type { MemoryRows } from './memory-read-models.ts';

type Row = Record<string, unknown>;

/** A node of 4 cores; `more` says what is different. */
export const aNode = (name: string, more: Partial<RequestedNode> = {}): RequestedNode => ({
  ...{ name, mac: null, cpu: 4000, memory: 4096, cores: [100, 100, 100, 100], accelerators: [] },
  ...{ labels: { 'kubernetes.io/hostname': name }, taints: [], schedulable: true, ...more },
});

/** A service that needs a core. */
export const aService = (name: string, more: Partial<RequestedService> = {}): RequestedService => ({
  ...{ name, application: 'shop', number: null, image: `${name}:1`, cpu: 1000, memory: 512, cores: [90] },
  ...{ accelerators: {}, sensitivity: 0, replicas: 1, ports: [], next: [], node_selector: {} },
  ...{ tolerations: [], spread: [], apart: [], ...more },
});

/** Everything that fits has its place; decisions are as when all was declared at once. */
export function clusterRows(
  nodes: readonly RequestedNode[],
  services: readonly RequestedService[],
  org_id = 'local',
  cluster_id = 'edge',
): MemoryRows {
  const scope = { org_id, cluster_id };
  const rows = {
    nodes: nodes.map((it) => nodeRow(scope, it)),
    services: services.map((it) => serviceRow(scope, it)),
  };
  const state = { nodes: rows.nodes.map(nodeOf), services: rows.services.map(serviceOf), placed: [] };
  const { placed, unplaced } = reconcile(state, strategyNamed('dense'));
  const decided_at = '2026-11-21T07:00:00.000Z';
  return {
    nodes: rows.nodes.map(asRead),
    services: rows.services.map(asRead),
    replicas: placed.map(({ service, replica, node, cpu, memory, cores, accelerators }, i) => ({
      ...{ ...scope, replica_id: `${service}/${replica}`, service, replica, node, cpu, memory },
      cores: cores.map(([core, percent]) => ({ core, percent })),
      accelerators: accelerators.map(([device, percent]) => ({ device, percent })),
      ...{ strategy: 'dense', decision: i + 1, decided_at },
    })),
    placement_decisions: placed.map(({ service, replica, node, cpu, memory }, i) => ({
      ...{ ...scope, decision: i + 1, cause: 'first', kind: 'placed', service, replica, node, cpu, memory },
      ...{ cpu_before: null, memory_before: null, reason: null, strategy: 'dense', decided_at },
    })),
    unplaceable: unplaced.map(({ service, replicas, reasons, nearest }) => ({
      ...{ ...scope, service, replicas, reasons, decided_at },
      nearest_node: nearest?.node ?? null,
      nearest_code: nearest?.code ?? null,
      nearest_message: nearest?.message ?? null,
    })),
  };
}

/** A row as readers see it: json parsed. */
function asRead(row: Row): Row {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      typeof value === 'string' && /^[[{]/.test(value) ? (JSON.parse(value) as unknown) : value,
    ]),
  );
}
