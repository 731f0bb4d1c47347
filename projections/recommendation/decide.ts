/** Decides what a container or namespace should request, for each report end that new usage touches. */
import { unpackColumns } from '../../schemas/codec/columns.ts';
import { recordKey } from '../../schemas/keys.ts';
import type { RecommendationMade } from '../../schemas/generated/events.ts';
import type { Row } from '../runtime/table.ts';
import type { Rows } from '../runtime/define.ts';
import { engineVersion, policy, recommend } from './engine/recommend.ts';
import { signalColumns } from './engine/signals.ts';
import type { Signals } from './engine/signals.ts';
import { DAY_MS, dayOf } from './usage-day.ts';
import type { ReportedUsage } from './usage-event.ts';
import type { recommendationTables } from './tables.ts';

type Tables = typeof recommendationTables;

/** Days that the longest term looks back. */
export const LONGEST_TERM_DAYS = 15;

/** The report ends whose advice this event changes: its own, and known ones within reach of what it brought. */
export function affectedEnds(rows: Rows<Tables>, usage: ReportedUsage): number[] {
  const { span, event } = usage;
  if (span === undefined) return [];
  const ends = new Set<number>();
  const reach = span.to + LONGEST_TERM_DAYS * DAY_MS;
  for (const row of rows.recommendation_history.range([usage.objectId], span.from, reach)) {
    ends.add(row.monitoring_end_time);
  }
  if (event.complete && event.report_end !== null) ends.add(event.report_end);
  return [...ends].sort((a, b) => a - b);
}

/** Joins the days of one object to signals by end. */
export function signalsOf(days: readonly Readonly<Row<Tables['usage_signals']>>[]): Signals {
  const parts = days.map((row) => unpackColumns(row.signals));
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const columns = signalColumns.map((_, c) => {
    const joined = new Float64Array(length);
    let at = 0;
    for (const part of parts) {
      joined.set(part.columns[c]!, at);
      at += part.length;
    }
    return joined;
  });
  return { length, columns };
}

/** The recommendations that follow from a usage event, by report end. */
export function decide(rows: Rows<Tables>, usage: ReportedUsage): RecommendationMade[] {
  const ends = affectedEnds(rows, usage);
  if (ends.length === 0) return [];
  const first = dayOf(ends[0]! - LONGEST_TERM_DAYS * DAY_MS);
  const signals = signalsOf(rows.usage_signals.range([usage.objectId], first, dayOf(ends.at(-1)!)));
  const known = usage.kind === 'container' ? rows.containers.get(usage.objectId) : undefined;
  return ends.map((end) => recommendationAt(usage, signals, end, known?.image ?? null));
}

/** The key under which an object's recommendations are recorded: that of its usage. */
export function recommendationKey(usage: ReportedUsage): string {
  const { org_id, cluster_id, namespace, workload_type, workload } = usage.identity;
  return recordKey(org_id, cluster_id, namespace, workload_type, workload);
}

function recommendationAt(
  usage: ReportedUsage,
  signals: Signals,
  end: number,
  image: string | null,
): RecommendationMade {
  const { event, identity, kind, container, objectId } = usage;
  const made = recommend(signals, { kind, requestedEnd: end });
  return {
    recommendation_id: objectId,
    ...identity,
    cluster_alias: event.cluster_alias,
    source_id: event.source_id,
    container,
    image,
    monitoring_start_time: made.start,
    monitoring_end_time: end,
    cpu_request_current: made.current.cpu_request,
    cpu_limit_current: made.current.cpu_limit,
    memory_request_current: made.current.memory_request,
    memory_limit_current: made.current.memory_limit,
    available: made.advice.length > 0,
    advice: made.advice,
    notifications: made.notifications,
    document: JSON.stringify(made.document),
    policy,
    engine_version: engineVersion,
    intervals: made.intervals,
  };
}
