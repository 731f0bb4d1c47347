/** Usage of every container and namespace, what it should request now, why, and what was advised before. */
import type { RecommendationMade } from '../../schemas/generated/events.ts';
import { topics } from '../../schemas/topics.ts';
import type { DeciderMeta, Rows } from '../runtime/define.ts';
import { defineProjection } from '../runtime/define.ts';
import { readOfExpiry } from '../runtime/expiry.ts';
import type { EventMeta } from '../../streams/runtime/ports.ts';
import type { Read } from '../../streams/runtime/units.ts';
import { decide, readsToDecide, recommendationKey } from './decide.ts';
import { foldRecommendation } from './fold-recommendation.ts';
import { foldUsage } from './fold-usage.ts';
import { applyPolicies, readsToApply } from './policy/apply.ts';
import { decidedBy, foldPolicies } from './policy/in-force.ts';
import { foldRemoval, isRemoved, readOfRemoval } from './removal.ts';
import { recommendationTables } from './tables.ts';
import { dayOf } from './usage-day.ts';
import { expireUsage, firstUsageDay, isPastHistory } from './usage-expiry.ts';
import { reportedUsage } from './usage-event.ts';
import type { UsageEvent } from './usage-event.ts';

/** What a fold looks at of the latest recommendation: its document need not be loaded to be replaced. */
const latestColumns = [
  ...(['monitoring_end_time', 'cluster_alias', 'source_id', 'policy_values'] as const),
  // by these a removal finds it
  ...(['org_id', 'cluster_id'] as const),
];

/** What a fold of a decision looks at. */
const readsOfLatest = (id: string): Read[] => [
  { table: 'recommendations', key: [id], columns: latestColumns },
  { table: 'recommendation_advice', prefix: [id], columns: ['engine', 'org_id', 'cluster_id'] },
];

function readsOfUsage(event: UsageEvent, meta: EventMeta): Read[] {
  const { objectId, workloadId, kind, days, accelerators, table } = reportedUsage(event);
  const reads: Read[] = [
    readOfRemoval(event, meta),
    readOfExpiry('usage_expiry', meta),
    { table: 'workloads', key: [workloadId] },
    ...readsOfLatest(objectId),
    { table: 'policies_in_force', key: [meta.partition, event.org_id] },
    ...days.map(({ day }): Read => ({ table, key: [objectId, day] })),
    ...accelerators.map(({ day }): Read => ({ table: 'accelerator_usage', key: [objectId, day] })),
  ];
  if (kind === 'container') reads.push({ table: 'containers', key: [objectId] });
  return reads;
}

function decideOnUsage(rows: Rows<typeof recommendationTables>, event: UsageEvent, meta: DeciderMeta): void {
  if (isRemoved(rows, event, meta)) return;
  const usage = reportedUsage(event);
  const firstDay = firstUsageDay(rows, meta);
  for (const data of decide(rows, usage, decidedBy(rows, usage, meta.partition))) {
    // Of an end whose usage is gone nothing can be said.
    if (dayOf(data.monitoring_end_time) < firstDay) continue;
    meta.emit({
      topic: topics.recommendations,
      key: recommendationKey(usage),
      type: 'RecommendationMade',
      data,
    });
  }
}

function fold(rows: Rows<typeof recommendationTables>, event: UsageEvent, meta: EventMeta): void {
  if (!isRemoved(rows, event, meta)) foldUsage(rows, reportedUsage(event), firstUsageDay(rows, meta));
}

const readsOfRecommendation = (event: RecommendationMade, meta: EventMeta): Read[] => [
  readOfRemoval(event, meta),
  readOfExpiry('usage_expiry', meta),
  ...readsOfLatest(event.recommendation_id),
];

const readOfPolicies = ({ org_id }: { readonly org_id: string }, { partition }: EventMeta): Read[] => [
  { table: 'policies_in_force', key: [partition, org_id] },
];

function readsOfDecision(
  rows: Rows<typeof recommendationTables>,
  event: UsageEvent,
  meta: EventMeta,
): Read[] {
  const usage = reportedUsage(event);
  return readsToDecide(rows, usage, decidedBy(rows, usage, meta.partition).policy.precision);
}

export default defineProjection({
  id: 'recommendations',
  version: 3,
  about: 'Usage of every container and namespace, and what it should request.',
  from: [topics.usage, topics.recommendations, topics.policiesInForce, topics.retention],
  emits: [topics.recommendations, topics.policiesInForce],
  tables: recommendationTables,
  reads: {
    ContainerUsageReported: readsOfUsage,
    NamespaceUsageReported: readsOfUsage,
    RecommendationMade: readsOfRecommendation,
    EnginePoliciesChanged: readOfPolicies,
    PoliciesApplicationDue: readOfPolicies,
    HistoryExpired: (_event, meta) => [readOfExpiry('usage_expiry', meta)],
  },
  readsToDecide: {
    ContainerUsageReported: readsOfDecision,
    NamespaceUsageReported: readsOfDecision,
    EnginePoliciesChanged: readsToApply,
    PoliciesApplicationDue: readsToApply,
  },
  fold: {
    ContainerUsageReported: fold,
    NamespaceUsageReported: fold,
    ClusterUsageRemoved: foldRemoval,
    HistoryExpired: expireUsage,
    RecommendationMade: (rows, event, meta) => {
      if (isRemoved(rows, event, meta)) return;
      foldRecommendation(rows, event, meta);
      const { recommendation_id: id, monitoring_end_time: end } = event;
      if (isPastHistory(rows, end, meta)) rows.recommendation_history.delete(id, end);
    },
    EnginePoliciesChanged: foldPolicies,
  },
  decide: {
    ContainerUsageReported: decideOnUsage,
    NamespaceUsageReported: decideOnUsage,
    EnginePoliciesChanged: applyPolicies,
    PoliciesApplicationDue: applyPolicies,
  },
});
