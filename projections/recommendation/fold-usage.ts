/** Folds usage events: workloads, containers, usage days and the signals that engines read. */
import { packColumns } from '../../schemas/codec/columns.ts';
import type { Row } from '../runtime/table.ts';
import type { Rows } from '../runtime/define.ts';
import type { Usage } from './engine/signals.ts';
import { foldAccelerators } from './accelerator-usage.ts';
import { combineDay, dayOf, mergeDay } from './usage-day.ts';
import type { Source, UsageDay } from './usage-day.ts';
import type { ReportedUsage, UsageEvent } from './usage-event.ts';
import { daysAfter, keptFrom, packDay, signalsOf, usageDayOf } from './usage-signals.ts';
import type { recommendationTables } from './tables.ts';

type Tables = typeof recommendationTables;
/** Container names that a workload's row lists at most: the first by name, whatever the order of arrival. */
const MAX_CONTAINERS = 1_000;

/** Folds one event; applying it again changes nothing. Days before `firstDay` have expired: they change no usage. */
export function foldUsage(rows: Rows<Tables>, usage: ReportedUsage, firstDay = ''): void {
  const before = newestEnd(rows, usage);
  foldWorkload(rows, usage);
  const kept = keptFrom(newestEnd(rows, usage));
  for (const { day, part } of usage.days) {
    if (day < firstDay) continue;
    const { event, objectId } = usage;
    const row = rows[usage.table].get(objectId, day);
    const merged = mergeDay(row === undefined ? undefined : usageDayOf(row), sourceOf(event), part);
    const combined = combineDay(merged, usage.metrics);
    foldDay(rows, usage, day, merged, combined);
    if (day >= kept) keepSignals(rows, usage, day, combined);
  }
  for (const { day, part } of usage.accelerators)
    if (day >= firstDay) foldAccelerators(rows, usage, day, part);
  if (before !== undefined) dropSignals(rows, usage.objectId, before, kept);
}

function sourceOf({ digest, chunk, payload, payload_date }: UsageEvent): Omit<Source, 'superseded'> {
  return { digest, chunk, payload, payload_date };
}

/** The newest interval end of a container or namespace, ms; undefined before the first. */
export function newestEnd(
  rows: Pick<Rows<Tables>, 'containers' | 'workloads'>,
  { kind, objectId }: Pick<ReportedUsage, 'kind' | 'objectId'>,
): number | undefined {
  return rows[kind === 'container' ? 'containers' : 'workloads'].get(objectId)?.last_interval_end;
}

function keepSignals(rows: Rows<Tables>, usage: ReportedUsage, day: string, combined: Usage): void {
  rows.usage_signals.put({
    object_id: usage.objectId,
    day,
    org_id: usage.identity.org_id,
    cluster_id: usage.identity.cluster_id,
    signals: packDay(signalsOf(usage.kind, combined), day),
  });
}

/** Days that were kept with the newest end at `before` and are not any more: 17 at most. */
function dropSignals(rows: Rows<Tables>, objectId: string, before: number, kept: string): void {
  const last = dayOf(before);
  for (let day = keptFrom(before); day < kept && day <= last; day = daysAfter(day, 1)) {
    rows.usage_signals.delete(objectId, day);
  }
}

function foldDay(
  rows: Rows<Tables>,
  usage: ReportedUsage,
  day: string,
  merged: UsageDay,
  combined: Usage,
): void {
  const { objectId, identity } = usage;
  const counted = merged.columns[2]!.reduce((sum, n) => sum + n, 0);
  rows[usage.table].put({
    object_id: objectId,
    day,
    org_id: identity.org_id,
    cluster_id: identity.cluster_id,
    intervals: combined.length,
    rows: counted,
    first_interval_start: combined.columns[1]!.reduce((a, b) => Math.min(a, b)),
    last_interval_end: combined.columns[0]!.at(-1)!,
    sources: JSON.stringify(merged.sources),
    usage: packColumns(merged.columns, merged.length),
  });
  for (const source of merged.sources) {
    if (source.superseded === 0) continue;
    rows.superseded_rows.put({
      org_id: identity.org_id,
      cluster_id: identity.cluster_id,
      digest: source.digest,
      object_id: objectId,
      chunk: source.chunk,
      day,
      rows: source.superseded,
    });
  }
}

function foldWorkload(rows: Rows<Tables>, usage: ReportedUsage): void {
  const { event, identity, workloadId: id, container, days } = usage;
  const ends = days.map(({ part }) => part.columns[0]!);
  const first = days.length === 0 ? Infinity : Math.min(...days.map(({ part }, i) => ends[i]![part.from]!));
  const last = days.length === 0 ? -Infinity : Math.max(...days.map(({ part }, i) => ends[i]![part.to - 1]!));
  if (days.length === 0) return;
  const known = rows.workloads.get(id);
  const containers = new Set(known === undefined ? [] : (JSON.parse(known.containers) as string[]));
  if (container !== null) containers.add(container);
  rows.workloads.put({
    workload_id: id,
    ...identity,
    cluster_alias: event.cluster_alias ?? known?.cluster_alias ?? null,
    source_id: event.source_id ?? known?.source_id ?? null,
    containers: JSON.stringify([...containers].sort().slice(0, MAX_CONTAINERS)),
    first_interval_end: Math.min(first, known?.first_interval_end ?? first),
    last_interval_end: Math.max(last, known?.last_interval_end ?? last),
  });
  if (container === null) return;
  const before = rows.containers.get(usage.objectId);
  rows.containers.put({
    container_id: usage.objectId,
    workload_id: id,
    ...identity,
    container,
    image: latestImage(usage.image ?? '', last, before),
    has_accelerator: before?.has_accelerator === true || usage.accelerators.length > 0,
    first_interval_end: Math.min(first, before?.first_interval_end ?? first),
    last_interval_end: Math.max(last, before?.last_interval_end ?? last),
  });
}

function latestImage(
  image: string,
  end: number,
  before: Readonly<Row<Tables['containers']>> | undefined,
): string {
  if (before === undefined || end > before.last_interval_end) return image;
  if (end < before.last_interval_end) return before.image;
  return image > before.image ? image : before.image;
}
