/** Turns posted Kruize results (metrics with aggregation_info) into usage columns and the formats to echo. */
import type { RecommendOptions } from '../../../projections/recommendation/engine/recommend.ts';
import {
  containerSignals,
  containerThrottleMin,
  namespaceSignals,
  type Signals,
} from '../../../projections/recommendation/engine/signals.ts';
import { containerColumns, intervalColumns, namespaceColumns } from '../../../schemas/usage-columns.ts';

/** container or namespace. */
export type Kind = 'container' | 'namespace';

/** aggregation_info as posted: numbers by aggregate, and the format. */
export type Aggregates = Readonly<Record<string, number | string | null | undefined>>;

/** One posted interval of one container or namespace. */
export interface PostedInterval {
  /** ms since 1970. */
  readonly start: number;
  readonly end: number;
  /** Metric name → what was sent. */
  readonly metrics: Readonly<Record<string, Aggregates>>;
}

const families: Record<Kind, readonly (readonly [metric: string, column: string])[]> = {
  container: [
    ['cpuRequest', 'cpu_request_container'],
    ['cpuLimit', 'cpu_limit_container'],
    ['cpuUsage', 'cpu_usage_container'],
    ['cpuThrottle', 'cpu_throttle_container'],
    ['memoryRequest', 'memory_request_container'],
    ['memoryLimit', 'memory_limit_container'],
    ['memoryUsage', 'memory_usage_container'],
    ['memoryRSS', 'memory_rss_usage_container'],
  ],
  namespace: [
    ['namespaceCpuRequest', 'cpu_request_namespace'],
    ['namespaceCpuLimit', 'cpu_limit_namespace'],
    ['namespaceCpuUsage', 'cpu_usage_namespace'],
    ['namespaceCpuThrottle', 'cpu_throttle_namespace'],
    ['namespaceMemoryRequest', 'memory_request_namespace'],
    ['namespaceMemoryLimit', 'memory_limit_namespace'],
    ['namespaceMemoryUsage', 'memory_usage_namespace'],
    ['namespaceMemoryRSS', 'memory_rss_usage_namespace'],
    ['namespaceRunningPods', 'namespace_running_pods'],
    ['namespaceTotalPods', 'namespace_total_pods'],
  ],
};
const aggregates = ['avg', 'sum', 'min', 'max'];

/** Signals of posted intervals, in any order. */
export function signalsOf(kind: Kind, intervals: readonly PostedInterval[]): Signals {
  const names = [
    ...intervalColumns,
    ...(kind === 'container' ? containerColumns : namespaceColumns).map((column) => column.name),
  ];
  if (kind === 'container') names.push('cpu_throttle_container_min');
  const columns = names.map(() => new Float64Array(intervals.length).fill(NaN));
  if (kind === 'container' && names.indexOf('cpu_throttle_container_min') !== containerThrottleMin)
    throw new Error('the extra throttle column is not where the engine looks for it');
  intervals.forEach((interval, row) => {
    columns[0]![row] = interval.end;
    columns[1]![row] = interval.start;
    columns[2]![row] = 1;
    for (const [metric, family] of families[kind]) {
      const sent = interval.metrics[metric];
      if (sent === undefined) continue;
      for (const aggregate of aggregates) {
        const column = names.indexOf(`${family}_${aggregate}`);
        // A metric that was sent without this aggregate counts as 0, one that was not sent as absent.
        if (column >= 0) columns[column]![row] = Number(sent[aggregate] ?? 0);
      }
    }
  });
  const usage = { length: intervals.length, columns };
  return kind === 'container' ? containerSignals(usage) : namespaceSignals(usage);
}

/** The formats Kruize echoes for a question that reaches these intervals: the first not empty one per metric. */
export function formatsOf(
  kind: Kind,
  intervals: readonly PostedInterval[],
): NonNullable<RecommendOptions['formats']> {
  const prefix = kind === 'container' ? '' : 'namespace';
  const name = (metric: string) =>
    prefix === '' ? metric : prefix + metric.charAt(0).toUpperCase() + metric.slice(1);
  const first = (metric: string): string => {
    for (const interval of intervals) {
      const format = interval.metrics[name(metric)]?.['format'];
      if (typeof format === 'string' && format !== '') return format;
    }
    return '';
  };
  return {
    cpu: first('cpuUsage'),
    memory: first('memoryUsage'),
    cpuRequest: first('cpuRequest'),
    cpuLimit: first('cpuLimit'),
    memoryRequest: first('memoryRequest'),
    memoryLimit: first('memoryLimit'),
  };
}

/** A posted body of updateResults, as far as it is read here. */
export interface PostedResult {
  readonly interval_start_time: string;
  readonly interval_end_time: string;
  readonly kubernetes_objects: readonly {
    readonly containers?: readonly {
      readonly container_name: string;
      readonly metrics: readonly PostedMetric[];
    }[];
    readonly namespaces?: { readonly namespace: string; readonly metrics: readonly PostedMetric[] };
  }[];
}

interface PostedMetric {
  readonly name: string;
  readonly results: { readonly aggregation_info: Aggregates };
}

/** Posted bodies → intervals per container name (or `ns:<namespace>`), in the order posted. */
export function intervalsByObject(posted: readonly PostedResult[]): Map<string, PostedInterval[]> {
  const byName = new Map<string, PostedInterval[]>();
  const add = (name: string, result: PostedResult, metrics: readonly PostedMetric[]) => {
    const list = byName.get(name) ?? [];
    byName.set(name, list);
    list.push({
      start: Date.parse(result.interval_start_time),
      end: Date.parse(result.interval_end_time),
      metrics: Object.fromEntries(metrics.map((metric) => [metric.name, metric.results.aggregation_info])),
    });
  };
  for (const result of posted)
    for (const object of result.kubernetes_objects) {
      for (const container of object.containers ?? [])
        add(container.container_name, result, container.metrics);
      if (object.namespaces) add(`ns:${object.namespaces.namespace}`, result, object.namespaces.metrics);
    }
  return byName;
}
