/** The usage events of containers and namespaces in one shape, unpacked once. */
import { unpackColumns } from '../../schemas/codec/columns.ts';
import type { ContainerUsageReported, NamespaceUsageReported } from '../../schemas/generated/events.ts';
import {
  acceleratorColumns,
  containerColumns,
  intervalColumns,
  namespaceColumns,
} from '../../schemas/usage-columns.ts';
import type { NumberColumn } from '../../schemas/usage-columns.ts';
import { containerId, workloadId } from './identity.ts';
import type { WorkloadIdentity } from './identity.ts';
import { dayOf } from './usage-day.ts';
import type { Part } from './usage-day.ts';

/** A usage event of either kind. */
export type UsageEvent = ContainerUsageReported | NamespaceUsageReported;

/** What folds and deciders need of a usage event. */
export interface ReportedUsage {
  readonly kind: 'container' | 'namespace';
  readonly event: UsageEvent;
  readonly identity: WorkloadIdentity;
  readonly workloadId: string;
  /** Container or namespace; also the recommendation id. */
  readonly objectId: string;
  readonly container: string | null;
  readonly image: string | null;
  readonly metrics: readonly NumberColumn[];
  /** The table of its usage days. */
  readonly table: 'container_usage' | 'namespace_usage';
  /** Its intervals cut into UTC days, in order. */
  readonly days: readonly { readonly day: string; readonly part: Part }[];
  /** What they tell of accelerators, cut likewise: end, start (the end again), rows (1), then acceleratorColumns. */
  readonly accelerators: ReportedUsage['days'];
  readonly acceleratorModels: readonly string[];
  /** Earliest and latest interval end that it brings or, when complete, ends with; undefined when it has neither. */
  readonly span: { readonly from: number; readonly to: number } | undefined;
}

const known = new WeakMap<UsageEvent, ReportedUsage>();

/** Reads a usage event; the same event is read once. Damaged columns throw RangeError. */
export function reportedUsage(event: UsageEvent): ReportedUsage {
  let usage = known.get(event);
  if (usage === undefined) known.set(event, (usage = read(event)));
  return usage;
}

function read(event: UsageEvent): ReportedUsage {
  const isContainer = 'container' in event;
  const identity: WorkloadIdentity = {
    org_id: event.org_id,
    cluster_id: event.cluster_id,
    namespace: event.namespace,
    workload_type: isContainer ? event.workload_type : 'namespace',
    workload: isContainer ? event.workload : event.namespace,
  };
  const metrics = isContainer ? containerColumns : namespaceColumns;
  const days = event.intervals === 0 ? [] : cut(event.columns, intervalColumns.length + metrics.length);
  const workload = workloadId(identity);
  const packed = isContainer ? event.accelerators : null;
  return {
    kind: isContainer ? 'container' : 'namespace',
    event,
    identity,
    workloadId: workload,
    objectId: isContainer ? containerId(identity, event.container) : workload,
    container: isContainer ? event.container : null,
    image: isContainer ? event.image : null,
    metrics,
    table: isContainer ? 'container_usage' : 'namespace_usage',
    days,
    accelerators: packed === null ? [] : cutAccelerators(packed),
    acceleratorModels: isContainer ? event.accelerator_models : [],
    span: spanOf(event, days),
  };
}

function cut(packed: Buffer, width: number): { day: string; part: Part }[] {
  const { length, columns } = unpackColumns(packed);
  checkWidth(columns, width);
  return byDay(columns, length);
}

function cutAccelerators(packed: Buffer): { day: string; part: Part }[] {
  const { length, columns } = unpackColumns(packed);
  checkWidth(columns, 1 + acceleratorColumns.length);
  const [ends, ...measures] = columns as [Float64Array, ...Float64Array[]];
  return byDay([ends, ends, new Float64Array(length).fill(1), ...measures], length);
}

function checkWidth(columns: readonly Float64Array[], width: number): void {
  if (columns.length !== width)
    throw new RangeError(`usage has ${columns.length} columns, expected ${width}`);
}

function byDay(columns: readonly Float64Array[], length: number): { day: string; part: Part }[] {
  const ends = columns[0]!;
  const days: { day: string; part: Part }[] = [];
  for (let from = 0; from < length;) {
    const day = dayOf(ends[from]!);
    const last = Date.parse(day) + 86_400_000;
    let to = from + 1;
    while (to < length && ends[to]! <= last && ends[to]! >= ends[to - 1]!) to += 1;
    days.push({ day, part: { columns, from, to } });
    from = to;
  }
  return days;
}

function spanOf(event: UsageEvent, days: ReportedUsage['days']): ReportedUsage['span'] {
  const ends = days.map(({ part }) => part.columns[0]!);
  const values = days.flatMap(({ part }, i) => [ends[i]![part.from]!, ends[i]![part.to - 1]!]);
  if (event.complete && event.report_end !== null) values.push(event.report_end);
  return values.length === 0 ? undefined : { from: Math.min(...values), to: Math.max(...values) };
}
