/** Removal of a cluster: what it reported before does not count, in whatever order records of different topics are folded. */
import type { ClusterUsageRemoved } from '../../schemas/generated/events.ts';
import { redriveOf } from '../../schemas/redriven.ts';
import { topics } from '../../schemas/topics.ts';
import type { EventMeta } from '../../streams/runtime/ports.ts';
import type { Read } from '../../streams/runtime/units.ts';
import type { Rows } from '../runtime/define.ts';
import type { recommendationTables } from './tables.ts';

type Tables = typeof recommendationTables;
interface OfCluster {
  readonly org_id: string;
  readonly cluster_id: string;
  readonly usage_offset?: number | null;
}

/** The row that says from where on a cluster counts. */
export function readOfRemoval({ org_id, cluster_id }: OfCluster, { partition }: EventMeta): Read {
  return { table: 'cluster_removals', key: [partition, org_id, cluster_id] };
}

/** true for usage, or a decision on usage, from before the removal of its cluster. */
export function isRemoved(rows: Rows<Tables>, event: OfCluster, meta: EventMeta): boolean {
  const row = rows.cluster_removals.get(meta.partition, event.org_id, event.cluster_id);
  return row !== undefined && (decidedOnOffset(event, meta) ?? Infinity) < row.before;
}

/** Where the usage stands that a decision follows from; null where nothing says so. */
export function decidedOnOffset(
  { usage_offset }: { readonly usage_offset?: number | null },
  meta: EventMeta,
): number | null {
  const offset = usage_offset ?? usageOffset(meta);
  return Number.isFinite(offset) ? offset : null;
}

/** Folds a removal: everything of the cluster in this partition goes. */
export function foldRemoval(rows: Rows<Tables>, event: ClusterUsageRemoved, meta: EventMeta): void {
  const { org_id, cluster_id } = event;
  const { partition, timestamp } = meta;
  for (const table of ofClusters) rows[table].removeWhere({ org_id, cluster_id });
  rows.cluster_removals.put({
    ...{ partition, org_id, cluster_id },
    before: usageOffset(meta),
    removed_at: timestamp,
  });
}

const ofClusters = [
  ...(['workloads', 'containers', 'container_usage', 'namespace_usage', 'usage_signals'] as const),
  ...(['superseded_rows', 'recommendations', 'recommendation_history', 'recommendation_advice'] as const),
  ...(['decided_under', 'accelerator_usage'] as const),
] as const;

/**
 * Where the usage stands that a record is or that it was decided on: a redriven record where it stood at first. Infinity where
 * nothing says so, as of what a person wrote.
 */
function usageOffset({ topic, offset, headers }: EventMeta): number {
  if (topic === topics.usage) return offset;
  const redriven = redriveOf(UNIT, topic, headers)?.place;
  if (redriven !== undefined) return redriven.topic === topics.usage ? redriven.offset : Infinity;
  const [seq] = (headers['seq'] ?? '').split('.', 1);
  return headers['origin']?.startsWith(`${UNIT}/${topics.usage}/`) === true ? Number(seq) : Infinity;
}

const UNIT = 'recommendations';
