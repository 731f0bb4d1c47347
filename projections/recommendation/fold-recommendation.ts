/** Folds recommendations: the latest per container or namespace, and one per report end. */
import type { RecommendationMade } from '../../schemas/generated/events.ts';
import type { EventMeta } from '../../streams/runtime/ports.ts';
import type { Rows } from '../runtime/define.ts';
import { decidedOnOffset } from './removal.ts';
import { amounts, engines, terms } from './tables.ts';
import type { AdviceColumn, recommendationTables, VariationColumn } from './tables.ts';
import { variationPercent } from './variation.ts';

type Tables = typeof recommendationTables;

/** Where the advice of a term and engine stands among the columns. */
const places = terms.flatMap((term) =>
  engines.map((engine) => ({
    term: `${term}_term`,
    engine,
    amounts: amounts.map((amount) => [amount, `${term}_${engine}_${amount}`] as const),
    cpu: `cpu_variation_${term}_${engine}_pct` as const,
    memory: `memory_variation_${term}_${engine}_pct` as const,
  })),
);

/** Folds one decision; applying it again changes nothing. */
export function foldRecommendation(rows: Rows<Tables>, event: RecommendationMade, meta: EventMeta): void {
  const kind = event.container === null ? 'namespace' : 'container';
  const advice = adviceColumns(event);
  const shared = {
    recommendation_id: event.recommendation_id,
    monitoring_end_time: event.monitoring_end_time,
    org_id: event.org_id,
    cluster_id: event.cluster_id,
    kind,
    cpu_request_current: event.cpu_request_current,
    cpu_limit_current: event.cpu_limit_current,
    memory_request_current: event.memory_request_current,
    memory_limit_current: event.memory_limit_current,
    ...advice,
    ...proposedColumns(event),
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
    ...variationColumns(event),
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

/** What the chosen engine proposes; of decisions before engines could be chosen, the longest term of Kruize's. */
function proposedColumns(event: RecommendationMade) {
  const proposal = event.proposals.find(({ engine }) => engine === event.engine);
  const amounts = proposal ?? event.advice.findLast(({ engine }) => engine === event.engine);
  return {
    engine: event.engine,
    proposed_cpu_request: amounts?.cpu_request ?? null,
    proposed_cpu_limit: amounts?.cpu_limit ?? null,
    proposed_memory_request: amounts?.memory_request ?? null,
    proposed_memory_limit: amounts?.memory_limit ?? null,
    confidence: proposal?.confidence ?? null,
    severity: proposal?.severity ?? null,
    policy_sources: JSON.stringify(event.policy_sources),
  };
}

/** The proposals of the latest decision, and of no engine that is not asked any more. */
function foldProposals(rows: Rows<Tables>, event: RecommendationMade): void {
  const { recommendation_id, org_id, cluster_id, monitoring_end_time } = event;
  for (const { engine } of rows.recommendation_advice.range([recommendation_id]))
    if (event.proposals.every((proposal) => proposal.engine !== engine))
      rows.recommendation_advice.delete(recommendation_id, engine);
  for (const { flags, ...proposal } of event.proposals) {
    rows.recommendation_advice.put({
      ...{ recommendation_id, org_id, cluster_id, monitoring_end_time, ...proposal },
      chosen: proposal.engine === event.engine,
      flags: JSON.stringify(flags),
    });
  }
}

function adviceColumns(event: RecommendationMade): Record<AdviceColumn, number | null> {
  const columns = {} as Record<AdviceColumn, number | null>;
  for (const place of places) {
    const advice = event.advice.find((a) => a.term === place.term && a.engine === place.engine);
    for (const [amount, column] of place.amounts) columns[column] = advice?.[amount] ?? null;
  }
  return columns;
}

function variationColumns(event: RecommendationMade): Record<VariationColumn, number | null> {
  const columns = {} as Record<VariationColumn, number | null>;
  for (const place of places) {
    const advice = event.advice.find((a) => a.term === place.term && a.engine === place.engine);
    const cpu = advice?.cpu_request_variation ?? null;
    const memory = advice?.memory_request_variation ?? null;
    columns[place.cpu] = cpu === null ? null : variationPercent('cpu', cpu, event.cpu_request_current);
    columns[place.memory] =
      memory === null ? null : variationPercent('memory', memory, event.memory_request_current);
  }
  return columns;
}
