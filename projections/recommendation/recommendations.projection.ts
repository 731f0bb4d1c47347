/** Usage of every container and namespace, what it should request now, why, and what was advised before. */
import type { RecommendationMade } from '../../schemas/generated/events.ts';
import { topics } from '../../schemas/topics.ts';
import type { DeciderMeta, Rows } from '../runtime/define.ts';
import { defineProjection } from '../runtime/define.ts';
import type { Read } from '../../streams/runtime/units.ts';
import { decide, precisionOf, readsToDecide, recommendationKey } from './decide.ts';
import { foldRecommendation } from './fold-recommendation.ts';
import { foldUsage } from './fold-usage.ts';
import { recommendationTables } from './tables.ts';
import { reportedUsage } from './usage-event.ts';
import type { UsageEvent } from './usage-event.ts';

/** What a fold looks at of the latest recommendation: its document need not be loaded to be replaced. */
const latestColumns = ['monitoring_end_time', 'cluster_alias', 'source_id'] as const;

function readsOfUsage(event: UsageEvent): Read[] {
  const { objectId, workloadId, kind, days, table } = reportedUsage(event);
  const reads: Read[] = [
    { table: 'workloads', key: [workloadId] },
    { table: 'recommendations', key: [objectId], columns: latestColumns },
    ...days.map(({ day }): Read => ({ table, key: [objectId, day] })),
  ];
  if (kind === 'container') reads.push({ table: 'containers', key: [objectId] });
  return reads;
}

function decideOnUsage(rows: Rows<typeof recommendationTables>, event: UsageEvent, meta: DeciderMeta): void {
  const usage = reportedUsage(event);
  for (const data of decide(rows, usage, precisionOf())) {
    meta.emit({
      topic: topics.recommendations,
      key: recommendationKey(usage),
      type: 'RecommendationMade',
      data,
    });
  }
}

const readsOfRecommendation = (event: RecommendationMade): Read[] => [
  { table: 'recommendations', key: [event.recommendation_id], columns: latestColumns },
];

export default defineProjection({
  id: 'recommendations',
  version: 2,
  about: 'Usage of every container and namespace, and what it should request.',
  from: [topics.usage, topics.recommendations],
  emits: [topics.recommendations],
  tables: recommendationTables,
  reads: {
    ContainerUsageReported: readsOfUsage,
    NamespaceUsageReported: readsOfUsage,
    RecommendationMade: readsOfRecommendation,
  },
  readsToDecide: {
    ContainerUsageReported: (rows, event) => readsToDecide(rows, reportedUsage(event), precisionOf()),
    NamespaceUsageReported: (rows, event) => readsToDecide(rows, reportedUsage(event), precisionOf()),
  },
  fold: {
    ContainerUsageReported: (rows, event) => {
      foldUsage(rows, reportedUsage(event));
    },
    NamespaceUsageReported: (rows, event) => {
      foldUsage(rows, reportedUsage(event));
    },
    RecommendationMade: foldRecommendation,
  },
  decide: {
    ContainerUsageReported: decideOnUsage,
    NamespaceUsageReported: decideOnUsage,
  },
});
