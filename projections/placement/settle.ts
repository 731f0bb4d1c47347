/** Decides, after something was declared otherwise, what is released and what is placed, and records each as a fact. */
import { recordKey } from '../../schemas/keys.ts';
import { topics } from '../../schemas/topics.ts';
import type { Read } from '../../streams/runtime/units.ts';
import type { DeciderMeta, Rows } from '../runtime/define.ts';
import type { Row } from '../runtime/table.ts';
import { runningOf, serviceOf } from './declared.ts';
import type { Scope } from './declared.ts';
import { effectiveNode } from './effective.ts';
import { defaultOptions } from './placer/place.ts';
import type { Unplaced } from './placer/place.ts';
import type { QueueRule } from './placer/queue.ts';
import { reconcile } from './placer/reconcile.ts';
import type { Running } from './placer/reconcile.ts';
import { strategyNamed } from './placer/strategies/index.ts';
import type { placementTables } from './tables.ts';

type All = Rows<typeof placementTables>;
type Placing = Row<(typeof placementTables)['placing']>;

/** Where facts about a cluster go: all of them share one key, for its nodes are a budget that all its services share. */
export function target({ org_id, cluster_id }: Scope) {
  return { topic: topics.placement, key: recordKey(org_id, cluster_id) };
}

/** How a cluster places of which nobody has said how. */
export const placingByDefault: Omit<Placing, 'org_id' | 'cluster_id' | 'decisions'> = {
  ...{ running: true, strategy: 'dense', priority: 0, balance: defaultOptions.queue.balance },
  ...{ binding: 'placer', drift: 'put-back', not_ready_seconds: 60 },
};

/** How a cluster places; as it is when nobody has said anything. */
export function placingOf(rows: All, { org_id, cluster_id }: Scope): Placing {
  return rows.placing.get(org_id, cluster_id) ?? { ...placingByDefault, org_id, cluster_id, decisions: 0 };
}

/** What settling reads: a cluster is decided on as a whole. */
export function cluster({ org_id, cluster_id }: Scope): Read[] {
  return [
    { table: 'placing', key: [org_id, cluster_id] },
    ...['nodes', 'observed_nodes', 'services', 'replicas', 'unplaceable'].map((table) => ({
      table,
      prefix: [org_id, cluster_id],
    })),
  ];
}

/** Emits what has to change, unless the cluster's placing stands still. */
export function settle(rows: All, scope: Scope, meta: DeciderMeta): void {
  const { org_id, cluster_id } = scope;
  const placing = placingOf(rows, scope);
  if (!placing.running) return;
  const at = [org_id, cluster_id] as const;
  const observed = new Map(rows.observed_nodes.range(at).map((row) => [row.name, row]));
  const changes = reconcile(
    {
      nodes: rows.nodes.range(at).map((row) => effectiveNode(row, observed.get(row.name))),
      services: rows.services.range(at).map(serviceOf),
      placed: rows.replicas.range(at).map(runningOf),
    },
    strategyNamed(placing.strategy),
    {
      ...defaultOptions,
      queue: { priority: placing.priority as QueueRule['priority'], balance: placing.balance },
    },
  );
  let { decisions } = placing;
  const to = target(scope);
  for (const { service, replica, node, reason } of changes.released) {
    const data = { org_id, cluster_id, service, replica, node, decision: ++decisions, reason };
    meta.emit({ ...to, type: 'ReplicaReleased', data });
  }
  const decided = [
    ...changes.resized.map((it) => ({ it, strategy: '' })),
    ...changes.placed.map((it) => ({ it, strategy: placing.strategy })),
  ];
  for (const { it, strategy } of decided) {
    const data = { org_id, cluster_id, ...shareOf(it), decision: ++decisions, strategy };
    meta.emit({ ...to, type: 'PlacementDecided', data });
  }
  tellUnplaced(rows, scope, meta, changes.unplaced);
}

function shareOf({ cores, accelerators, ...rest }: Running) {
  return {
    ...rest,
    cores: cores.map(([core, percent]) => ({ core, percent })),
    accelerators: accelerators.map(([device, percent]) => ({ device, percent })),
  };
}

/** Says once what has no place, and once when that is over. */
function tellUnplaced(rows: All, scope: Scope, meta: DeciderMeta, unplaced: readonly Unplaced[]): void {
  const { org_id, cluster_id } = scope;
  const known = new Map(rows.unplaceable.range([org_id, cluster_id]).map((row) => [row.service, row]));
  const over = [...known.keys()].filter((service) => !unplaced.some((it) => it.service === service));
  const facts = [
    ...over.map((service) => ({ service, replicas: [], reasons: {}, nearest: null })),
    ...unplaced,
  ];
  for (const { service, replicas, reasons, nearest } of facts) {
    const data = {
      ...{ org_id, cluster_id, service, replicas, reasons },
      nearest_node: nearest?.node ?? null,
      nearest_code: nearest?.code ?? null,
      nearest_message: nearest?.message ?? null,
    };
    const row = known.get(service);
    const same =
      row !== undefined &&
      row.replicas === JSON.stringify(replicas) &&
      row.reasons === JSON.stringify(reasons) &&
      row.nearest_message === data.nearest_message &&
      row.nearest_node === data.nearest_node;
    if (!same) meta.emit({ ...target(scope), type: 'Unplaceable', data });
  }
}
