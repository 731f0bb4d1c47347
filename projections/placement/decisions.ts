/** Decisions about places as rows, so that people can see what was before and after each. */
import type { PlacementDecided, ReplicaReleased } from '../../schemas/generated/events.ts';
import type { EventMeta } from '../../streams/runtime/ports.ts';
import type { Read } from '../../streams/runtime/units.ts';
import type { Rows } from '../runtime/define.ts';
import type { placementTables } from './tables.ts';

type All = Rows<typeof placementTables>;
type Decision = PlacementDecided | ReplicaReleased;

/** What recording a decision reads: how the cluster places, and the replica as it was. */
export function ofReplica({ org_id, cluster_id, service, replica }: Decision): Read[] {
  return [
    { table: 'placing', key: [org_id, cluster_id] },
    { table: 'replicas', key: [org_id, cluster_id, `${service}/${replica}`] },
  ];
}

/** Records that a replica was given a place, or another share where it is. Call it before its row is changed. */
export function recordPlaced(rows: All, event: PlacementDecided, meta: EventMeta): void {
  const { node, cpu, memory, strategy } = event;
  const before = replicaOf(rows, event);
  rows.placement_decisions.put({
    ...common(event, meta),
    ...{ kind: before === undefined ? 'placed' : 'resized', node, cpu, memory },
    cpu_before: before?.cpu ?? null,
    memory_before: before?.memory ?? null,
    reason: null,
    strategy: strategy === '' ? null : strategy,
  });
}

/** Records that a replica lost its place. Call it before its row is deleted. */
export function recordReleased(rows: All, event: ReplicaReleased, meta: EventMeta): void {
  const before = replicaOf(rows, event);
  rows.placement_decisions.put({
    ...common(event, meta),
    ...{ kind: 'released', node: event.node, cpu: null, memory: null },
    cpu_before: before?.cpu ?? null,
    memory_before: before?.memory ?? null,
    reason: event.reason,
    strategy: null,
  });
}

function replicaOf(rows: All, { org_id, cluster_id, service, replica }: Decision) {
  return rows.replicas.get(org_id, cluster_id, `${service}/${replica}`);
}

function common({ org_id, cluster_id, decision, service, replica }: Decision, meta: EventMeta) {
  const cause = meta.headers['caused-by'] ?? '';
  return { org_id, cluster_id, decision, cause, service, replica, decided_at: meta.timestamp };
}
