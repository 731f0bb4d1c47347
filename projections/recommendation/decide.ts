/** Decides what a container or namespace should request, for each report end that new usage touches. */
import { recordKey } from '../../schemas/keys.ts';
import type { RecommendationMade } from '../../schemas/generated/events.ts';
import type { Read } from '../../streams/runtime/units.ts';
import type { Rows } from '../runtime/define.ts';
import { acceleratorAt } from './accelerator-usage.ts';
import type { AcceleratorUsage } from './engine/accelerator.ts';
import { engineVersion, policy as kruizePolicy, recommend } from './engine/recommend.ts';
import type { Signals } from './engine/signals.ts';
import { newestEnd } from './fold-usage.ts';
import { proposalsAt } from './policy/advise.ts';
import type { DecidedBy } from './policy/in-force.ts';
import { isDue } from './policy/resolve.ts';
import { DAY_MS, dayOf } from './usage-day.ts';
import type { ReportedUsage } from './usage-event.ts';
import {
  daysAfter,
  keptDay,
  keptFrom,
  LONGEST_TERM_DAYS,
  SignalsMemory,
  signalsAt,
  usageDay,
} from './usage-signals.ts';
import type { Precision, SignalsDay } from './usage-signals.ts';
import type { recommendationTables } from './tables.ts';

type Tables = typeof recommendationTables;

/** An object that is decided on; `days`: usage that comes with what it is decided on, none when nothing comes. */
export type Subject = Pick<
  ReportedUsage,
  'kind' | 'identity' | 'objectId' | 'container' | 'table' | 'days' | 'accelerators'
> & { readonly event: Pick<ReportedUsage['event'], 'cluster_alias' | 'source_id'> };

/** Of the decision in hand: nothing of its signals outlives it. */
const memory = new SignalsMemory();
const REACH_MS = LONGEST_TERM_DAYS * DAY_MS;

/** The report ends whose advice this event changes: its own, and known ones within reach of what it brought. */
export function affectedEnds(rows: Rows<Tables>, usage: ReportedUsage, { policy }: DecidedBy): number[] {
  const { span, event } = usage;
  if (span === undefined) return [];
  const ends = new Set<number>();
  const reach = span.to + REACH_MS;
  for (const row of rows.recommendation_history.range([usage.objectId], span.from, reach)) {
    ends.add(row.monitoring_end_time);
  }
  const { complete, report_end: end } = event;
  if (complete && end !== null && isDue(policy, () => latestOf(rows, usage), end)) ends.add(end);
  return [...ends].sort((a, b) => a - b);
}

function latestOf(rows: Rows<Tables>, usage: ReportedUsage): number | undefined {
  return rows.recommendations.get(usage.objectId)?.monitoring_end_time;
}

/** What deciding on a usage event reads: known ends, and the days that any of them may look back on. */
export function readsToDecide(rows: Rows<Tables>, usage: ReportedUsage, precision: Precision): Read[] {
  const { span, objectId } = usage;
  if (span === undefined) return [];
  const prefix = [objectId];
  const history: Read = {
    ...{ table: 'recommendation_history', prefix, from: span.from, to: span.to + REACH_MS },
    columns: ['monitoring_end_time'],
  };
  const [from, to] = [dayOf(span.from - REACH_MS), dayOf(span.to + REACH_MS)];
  return [history, ...readsOfDays(rows, usage, precision, from, to)];
}

/** The days of an object from one to another at a precision. */
function readsOfDays(
  rows: Rows<Tables>,
  subject: Subject,
  precision: Precision,
  from: string,
  to: string,
): Read[] {
  const { table, objectId } = subject;
  const prefix = [objectId];
  const reads: Read[] = hasAccelerator(rows, subject)
    ? [{ table: 'accelerator_usage', prefix, from, to }]
    : [];
  if (precision === 'exact') return [...reads, { table, prefix, from, to }];
  reads.push({ table: 'usage_signals', prefix, from, to });
  const before = daysAfter(keptSince(rows, subject), -1);
  if (from <= before) reads.push({ table, prefix, from, to: before });
  return reads;
}

/** Also before what comes with it is folded. */
function hasAccelerator(rows: Rows<Tables>, { kind, objectId, accelerators }: Subject): boolean {
  if (accelerators.length > 0) return true;
  return kind === 'container' && rows.containers.get(objectId)?.has_accelerator === true;
}

/** What is decided on at an end. */
function inputsAt(rows: Rows<Tables>, subject: Subject, days: readonly SignalsDay[], end: number): Inputs {
  const { kind, objectId } = subject;
  const image = kind === 'container' ? (rows.containers.get(objectId)?.image ?? null) : null;
  const signals = signalsAt(days, end, memory);
  if (!hasAccelerator(rows, subject)) return { signals, image };
  const [from, to] = [dayOf(end - REACH_MS), dayOf(end)];
  const accelerator = acceleratorAt(rows.accelerator_usage.range([objectId], from, to), end);
  return accelerator === undefined ? { signals, image } : { signals, image, accelerator };
}

interface Inputs {
  readonly signals: Signals;
  readonly image: string | null;
  readonly accelerator?: AcceleratorUsage;
}

/** What deciding again at an end reads. */
export function readsToDecideAt(rows: Rows<Tables>, subject: Subject, end: number, by: DecidedBy): Read[] {
  return readsOfDays(rows, subject, by.policy.precision, dayOf(end - REACH_MS), dayOf(end));
}

/** The recommendation that follows at an end from what is known of an object. */
export function decideAt(
  rows: Rows<Tables>,
  subject: Subject,
  end: number,
  by: DecidedBy,
): RecommendationMade {
  const days = daysBetween(rows, subject, by.policy.precision, dayOf(end - REACH_MS), dayOf(end));
  return recommendationAt(subject, inputsAt(rows, subject, days, end), end, by);
}

/** First day of the object whose compact signals are kept once this event is folded; also before it is. */
function keptSince(rows: Rows<Tables>, usage: Subject): string {
  const brought = usage.days.map(({ part }) => part.columns[0]![part.to - 1]!);
  const newest = Math.max(newestEnd(rows, usage) ?? -Infinity, ...brought);
  return keptFrom(newest === -Infinity ? undefined : newest);
}

/** The days of an object from one to another: those that are kept, or what they would be. */
function daysBetween(
  rows: Rows<Tables>,
  usage: Subject,
  precision: Precision,
  first: string,
  last: string,
): SignalsDay[] {
  const { kind, objectId, table } = usage;
  const before = precision === 'exact' ? last : daysAfter(keptSince(rows, usage), -1);
  const days = first > before ? [] : rows[table].range([objectId], first, before < last ? before : last);
  const kept = precision === 'exact' ? [] : rows.usage_signals.range([objectId], first, last);
  return [...days.map((row) => usageDay(kind, row, precision)), ...kept.map(keptDay)];
}

/** The recommendations that follow from a usage event under its policy, by report end. */
export function decide(rows: Rows<Tables>, usage: ReportedUsage, by: DecidedBy): RecommendationMade[] {
  const ends = affectedEnds(rows, usage, by);
  if (ends.length === 0) return [];
  const [first, last] = [dayOf(ends[0]! - REACH_MS), dayOf(ends.at(-1)!)];
  const days = daysBetween(rows, usage, by.policy.precision, first, last);
  return ends.map((end) => recommendationAt(usage, inputsAt(rows, usage, days, end), end, by));
}

/** The key under which an object's recommendations are recorded: that of its usage. */
export function recommendationKey(usage: Pick<ReportedUsage, 'identity'>): string {
  const { org_id, cluster_id, namespace, workload_type, workload } = usage.identity;
  return recordKey(org_id, cluster_id, namespace, workload_type, workload);
}

function recommendationAt(
  usage: Subject,
  { image, signals, ...known }: Inputs,
  end: number,
  { policy: applied, sources }: DecidedBy,
): RecommendationMade {
  const { event, identity, kind, container, objectId } = usage;
  const made = recommend(signals, { kind, requestedEnd: end, ...known });
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
    policy: kruizePolicy,
    engine_version: engineVersion,
    intervals: made.intervals,
    precision: applied.precision,
    engine: applied.engine,
    policy_values: JSON.stringify(applied),
    policy_sources: sources,
    proposals: proposalsAt(signals, end, made, applied),
    usage_offset: null,
  };
}
