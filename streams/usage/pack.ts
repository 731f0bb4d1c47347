/** Partials become usage events: one object each, in key order, bounded in size, cut by the data alone. */
import { packColumns } from '../../schemas/codec/columns.ts';
import type { UsageReportFound } from '../../schemas/generated/events.ts';
import { topics } from '../../schemas/topics.ts';
import type { Emission } from '../runtime/ports.ts';
import type { Aggregate } from './aggregate.ts';
import type { ReportedObject } from './objects.ts';
import { numberColumns } from './rules.ts';

/** Most partial intervals of one event. */
export const MAX_INTERVALS_PER_EVENT = 2000;
/** Most bytes of one event; 2,000 intervals of 26 doubles and the longest names stay below it. */
export const MAX_EVENT_BYTES = 512 * 1024;

/** Makes the usage events of one report. */
export class Packer {
  private readonly report: UsageReportFound;
  private readonly kind: 'container' | 'namespace';
  private readonly aggregate: Aggregate;
  private readonly columns: readonly Float64Array[];

  constructor(report: UsageReportFound, kind: 'container' | 'namespace', aggregate: Aggregate) {
    this.report = report;
    this.kind = kind;
    this.aggregate = aggregate;
    const count = numberColumns(kind).length + 3;
    this.columns = Array.from({ length: count }, () => new Float64Array(MAX_INTERVALS_PER_EVENT));
  }

  /**
   * Emits all that is held, object by object in key order, and forgets it. The final flush also tells each object of the
   * report that nothing more follows: with its last event, or with an event of no intervals when nothing of it is held.
   */
  *flush(final: boolean): Generator<Emission<'usage'>> {
    const { objects, partials, latest } = this.aggregate;
    const numbers = final ? objects.all.map((_, number) => number) : partials.held();
    numbers.sort((a, b) => inKeyOrder(objects.all[a]!, objects.all[b]!));
    for (const number of numbers) {
      const object = objects.all[number]!;
      const slots = this.inTimeOrder(partials.slots(number));
      const part = latest.of(number);
      if (part.end > object.end || (part.end === object.end && part.image > object.image))
        object.image = part.image;
      if (part.end > object.end) object.end = part.end;
      // An object whose only rows were refused after it was noticed has nothing to tell.
      if (slots.length === 0 && Number.isFinite(object.end)) yield this.event(object, object.image, [], true);
      for (let from = 0; from < slots.length; from += MAX_INTERVALS_PER_EVENT) {
        const some = slots.slice(from, from + MAX_INTERVALS_PER_EVENT);
        const last = from + MAX_INTERVALS_PER_EVENT >= slots.length;
        yield this.event(object, part.image, some, final && last);
      }
    }
    partials.clear();
    latest.clear();
    this.aggregate.accelerators.clear();
  }

  private inTimeOrder(slots: number[]): number[] {
    const { intervals, partials } = this.aggregate;
    const order = (a: number, b: number) => {
      const [i, j] = [partials.interval(a), partials.interval(b)];
      return intervals.ends[i]! - intervals.ends[j]! || intervals.starts[i]! - intervals.starts[j]!;
    };
    for (let i = 1; i < slots.length; i++) if (order(slots[i - 1]!, slots[i]!) > 0) return slots.sort(order);
    return slots;
  }

  private event(
    object: ReportedObject,
    image: string,
    slots: readonly number[],
    complete: boolean,
  ): Emission<'usage'> {
    const { intervals, partials } = this.aggregate;
    const [ends, starts, ...numbers] = this.columns as [Float64Array, Float64Array, ...Float64Array[]];
    let rows = 0;
    for (let at = 0; at < slots.length; at++) {
      const interval = partials.interval(slots[at]!);
      ends[at] = intervals.ends[interval]!;
      starts[at] = intervals.starts[interval]!;
      partials.copy(slots[at]!, numbers, at);
      rows += numbers[0]![at]!;
    }
    const { report } = this;
    const common = {
      org_id: report.org_id,
      cluster_id: report.cluster_id,
      cluster_alias: report.cluster_alias,
      source_id: report.source_id,
      namespace: object.namespace,
      upload_id: report.upload_id,
      digest: report.digest,
      chunk: object.chunks++,
      payload: report.payload,
      payload_date: report.payload_date,
      complete,
      report_end: complete ? object.end : null,
      intervals: slots.length,
      rows,
      columns: packColumns(this.columns, slots.length),
    };
    const address = { topic: topics.usage, key: object.key } as const;
    if (this.kind === 'namespace') return { ...address, type: 'NamespaceUsageReported', data: common };
    const { type, workload, container } = object;
    const endOf = (slot: number): number => intervals.ends[partials.interval(slot)]!;
    const accelerators = this.aggregate.accelerators.packed(slots, endOf);
    return {
      ...address,
      type: 'ContainerUsageReported',
      data: { ...common, workload_type: type, workload, container, image, ...accelerators },
    };
  }
}

function inKeyOrder(a: ReportedObject, b: ReportedObject): number {
  if (a.key !== b.key) return a.key < b.key ? -1 : 1;
  return a.container < b.container ? -1 : a.container > b.container ? 1 : 0;
}
