import { describe, expect, it } from 'vitest';
import { createCodec, localRegistry } from '../../../schemas/codec/codec.ts';
import { packColumns } from '../../../schemas/codec/columns.ts';
import type { ContainerUsageReported, RecommendationMade } from '../../../schemas/generated/events.ts';
import { containerColumns, intervalColumns } from '../../../schemas/usage-columns.ts';
import stream from '../../../streams/placement/advise-resizes.stream.ts';
import type { StreamTools } from '../../../streams/runtime/define.ts';
import type { Emission, EventMeta } from '../../../streams/runtime/ports.ts';

const web = {
  org_id: 'acme',
  cluster_id: 'c/1',
  namespace: 'shop',
  workload_type: 'deployment',
  workload: 'web',
};
const proposal = { engine: 'balanced', cpu_request: 0.2501, memory_request: 1_000.5 };
const made = (more: object) =>
  ({
    ...{ ...web, container: 'app', recommendation_id: 'r', monitoring_end_time: 5, engine: 'balanced' },
    proposals: [
      { engine: 'cost', cpu_request: 9 },
      { ...proposal, cpu_limit: null, memory_limit: null, confidence: 0.5, do_nothing: false, flags: ['A'] },
    ],
    ...more,
  }) as unknown as RecommendationMade;

/** Usage of intervals of 15 minutes: cores used and throttled, each the sum over pods, and how many pods. */
function usage(...intervals: { used: number; throttled: number; pods: number }[]): ContainerUsageReported {
  const names = [...intervalColumns, ...containerColumns.map(({ name }) => name)];
  const valueOf = (name: string, i: number): number => {
    const { used, throttled, pods } = intervals[i]!;
    if (name === 'interval_start') return i * 900_000;
    if (name === 'interval_end') return (i + 1) * 900_000;
    if (name === 'rows') return pods;
    return name === 'cpu_usage_container_avg'
      ? used
      : name === 'cpu_throttle_container_avg'
        ? throttled
        : NaN;
  };
  const columns = names.map((name) => Float64Array.from(intervals, (_, i) => valueOf(name, i)));
  const packed = packColumns(columns, intervals.length);
  return { ...web, container: 'app', intervals: intervals.length, columns: packed } as ContainerUsageReported;
}

const codec = createCodec(localRegistry());
const [tools, meta] = [{} as StreamTools, {} as EventMeta];
const advised = (event: RecommendationMade) => [
  ...(stream.on.RecommendationMade!(event, tools, meta) as Iterable<object>),
];
const throttling = (event: ContainerUsageReported) => [
  ...(stream.on.ContainerUsageReported!(event, tools, meta) as Iterable<object>),
];

describe('advise-resizes', () => {
  it('passes over usage that cannot be read: whose it is sets the record aside', () => {
    const good = usage({ used: 0.5, throttled: 0.1, pods: 1 });
    expect(throttling(good)).toHaveLength(1);
    const [cut, other] = [good.columns.subarray(0, 40), packColumns([Float64Array.of(1)], 1)];
    for (const columns of [Buffer.from('no columns'), cut, other])
      expect(throttling({ ...good, columns })).toEqual([]);
  });

  it('passes on what the chosen engine proposes, in millicores and bytes, not less', () => {
    expect(advised(made({}))).toEqual([
      {
        ...{ topic: 'resizing', key: 'acme/c%2F1', type: 'ResizeAdvised' },
        data: {
          ...{ ...web, container: 'app', recommendation_id: 'r', at: 5, engine: 'balanced' },
          ...{ cpu_request: 251, cpu_limit: null, memory_request: 1_001, memory_limit: null },
          ...{ confidence: 0.5, do_nothing: false, flags: ['A'] },
        },
      },
    ]);
  });

  it('says nothing of namespaces, nor of decisions without proposals', () => {
    expect(advised(made({ container: null }))).toEqual([]);
    expect(advised(made({ proposals: [] }))).toEqual([]);
  });

  it('tells the intervals in which something was held back, per pod', () => {
    const event = usage(
      { used: 0.4, throttled: 0, pods: 2 },
      { used: 0.4, throttled: 0.1, pods: 2 },
      { used: 0.4, throttled: NaN, pods: 2 },
      { used: NaN, throttled: 0.1, pods: 2 },
    );
    expect(throttling(event)).toEqual([
      {
        ...{ topic: 'resizing', key: 'acme/c%2F1', type: 'ThrottlingReported' },
        data: {
          ...{ ...web, container: 'app' },
          intervals: [{ start: 900_000, end: 1_800_000, throttled: 50, used: 200 }],
        },
      },
    ]);
    expect(throttling(usage({ used: 1, throttled: 0, pods: 1 }))).toEqual([]);
    expect(throttling(usage())).toEqual([]);
  });

  it('says what can be recorded of amounts beyond all measure', () => {
    const [told] = throttling(usage({ used: 1e18, throttled: 1e18, pods: 1 })) as [Emission];
    expect(told.data).toMatchObject({ intervals: [{ throttled: 2 ** 31 - 1, used: 2 ** 31 - 1 }] });
    const huge = { ...proposal, cpu_request: 1e18, cpu_limit: 1e300, memory_request: 1e18 };
    const more = { memory_limit: 1e300, confidence: 1, do_nothing: false, flags: [] };
    const [advice] = advised(made({ proposals: [{ ...huge, ...more }] })) as [Emission];
    expect(advice.data).toMatchObject({ cpu_request: 2 ** 31 - 1, cpu_limit: 2 ** 31 - 1 });
    const most = 2 ** 53 - 2;
    expect(advice.data).toMatchObject({ memory_request: most, memory_limit: most });
    for (const { type, data } of [told, advice])
      expect(codec.decode(codec.encode(type, data)).data).toMatchObject(data);
  });

  it('tells the latest of many', () => {
    const many = Array.from({ length: 200 }, () => ({ used: 1, throttled: 1, pods: 1 }));
    const [told] = throttling(usage(...many)) as [{ data: { intervals: { start: number }[] } }];
    expect(told.data.intervals).toHaveLength(96);
    expect(told.data.intervals[0]!.start).toBe(104 * 900_000);
  });
});
