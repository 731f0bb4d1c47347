/** Folds recommendations: the latest per container or namespace, and one per report end. */
import type { RecommendationMade } from '../../schemas/generated/events.ts';
import type { EventMeta } from '../../streams/runtime/ports.ts';
import type { Rows } from '../runtime/define.ts';
import { adviceColumns, variationColumns } from './recommendation-columns.ts';
import { decidedOnOffset } from './removal.ts';
import type { recommendationTables } from './tables.ts';

type Tables = typeof recommendationTables;

/** Folds one decision; applying it again changes nothing. */
export function foldRecommendation(rows: Rows<Tables>, event: RecommendationMade, meta: EventMeta): void {
  const kind = event.container === null ? 'namespace' : 'container';
  const proposal = event.proposals.find(({ engine }) => engine === event.engine);
  // Of decisions before engines could be chosen, the longest term of Kruize's.
  const proposed = proposal ?? event.advice.findLast(({ engine }) => engine === event.engine);
  const shared = {
    // What is spread stands first, once: only so the object stays fast.
    ...adviceColumns(event),
    recommendation_id: event.recommendation_id,
    monitoring_end_time: event.monitoring_end_time,
    org_id: event.org_id,
    cluster_id: event.cluster_id,
    kind,
    cpu_request_current: event.cpu_request_current,
    cpu_limit_current: event.cpu_limit_current,
    memory_request_current: event.memory_request_current,
    memory_limit_current: event.memory_limit_current,
    engine: event.engine,
    proposed_cpu_request: proposed?.cpu_request ?? null,
    proposed_cpu_limit: proposed?.cpu_limit ?? null,
    proposed_memory_request: proposed?.memory_request ?? null,
    proposed_memory_limit: proposed?.memory_limit ?? null,
    confidence: proposal?.confidence ?? null,
    severity: proposal?.severity ?? null,
    policy_sources: JSON.stringify(event.policy_sources),
    available: event.available,
    notifications: JSON.stringify([...event.notifications].sort((a, b) => a - b)),
    policy: event.policy,
    engine_version: event.engine_version,
    precision: event.precision,
    cause: meta.headers['caused-by'] ?? '',
    decided_at: meta.timestamp,
  };
  rows.recommendation_history.put(shared);
  const latest = rows.recommendations.get(event.recommendation_id);
  const policy_values = event.policy_values === '' ? '{}' : event.policy_values;
  if (latest !== undefined && latest.monitoring_end_time > event.monitoring_end_time) return;
  const variations = variationColumns(event);
  rows.recommendations.put({
    ...shared,
    namespace: event.namespace,
    workload_type: event.workload_type,
    workload: event.workload,
    container: event.container,
    image: event.image,
    cluster_alias: event.cluster_alias ?? latest?.cluster_alias ?? null,
    source_id: event.source_id ?? latest?.source_id ?? null,
    monitoring_start_time: event.monitoring_start_time,
    cpu_variation_short_cost_pct: variations.cpu_variation_short_cost_pct,
    cpu_variation_short_performance_pct: variations.cpu_variation_short_performance_pct,
    cpu_variation_medium_cost_pct: variations.cpu_variation_medium_cost_pct,
    cpu_variation_medium_performance_pct: variations.cpu_variation_medium_performance_pct,
    cpu_variation_long_cost_pct: variations.cpu_variation_long_cost_pct,
    cpu_variation_long_performance_pct: variations.cpu_variation_long_performance_pct,
    memory_variation_short_cost_pct: variations.memory_variation_short_cost_pct,
    memory_variation_short_performance_pct: variations.memory_variation_short_performance_pct,
    memory_variation_medium_cost_pct: variations.memory_variation_medium_cost_pct,
    memory_variation_medium_performance_pct: variations.memory_variation_medium_performance_pct,
    memory_variation_long_cost_pct: variations.memory_variation_long_cost_pct,
    memory_variation_long_performance_pct: variations.memory_variation_long_performance_pct,
    document: event.document,
    policy_values,
    intervals: event.intervals,
    usage_offset: decidedOnOffset(event, meta),
  });
  if (latest?.policy_values !== policy_values) foldDecidedUnder(rows, event, meta, policy_values);
  foldProposals(rows, event);
}

function foldDecidedUnder(
  rows: Rows<Tables>,
  event: RecommendationMade,
  { partition }: EventMeta,
  policy: string,
): void {
  const { recommendation_id, org_id, cluster_id, namespace, workload, container } = event;
  const kind = container === null ? 'namespace' : 'container';
  const object = { recommendation_id, kind, cluster_id, namespace, workload };
  rows.decided_under.put({ partition, org_id, ...object, policy });
}

/** The proposals of the latest decision, and of no engine that is not asked any more. */
function foldProposals(rows: Rows<Tables>, event: RecommendationMade): void {
  const { recommendation_id, org_id, cluster_id, monitoring_end_time } = event;
  for (const { engine } of rows.recommendation_advice.range([recommendation_id]))
    if (event.proposals.every((proposal) => proposal.engine !== engine))
      rows.recommendation_advice.delete(recommendation_id, engine);
  for (const proposal of event.proposals) {
    rows.recommendation_advice.put({
      recommendation_id,
      engine: proposal.engine,
      org_id,
      cluster_id,
      chosen: proposal.engine === event.engine,
      monitoring_end_time,
      cpu_request: proposal.cpu_request,
      cpu_limit: proposal.cpu_limit,
      memory_request: proposal.memory_request,
      memory_limit: proposal.memory_limit,
      cpu_lower: proposal.cpu_lower,
      cpu_upper: proposal.cpu_upper,
      memory_lower: proposal.memory_lower,
      memory_upper: proposal.memory_upper,
      confidence: proposal.confidence,
      severity: proposal.severity,
      score: proposal.score,
      do_nothing: proposal.do_nothing,
      flags: JSON.stringify(proposal.flags),
      formula: proposal.formula,
    });
  }
}
