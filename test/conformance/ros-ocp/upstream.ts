/** What upstream made of a sample, as groups that compare with ours. */
import { parse } from 'csv-parse/sync';
import { parseTime } from '../../../streams/usage/times.ts';
import { numberCell } from '../../../connectors/csv/numbers.ts';
import type { Group } from '../../support/usage-report.ts';

/** One line of an aggregated.csv. */
export interface GoldenGroup {
  /** As in {@link Group}: upstream's workload and image columns left out. */
  readonly key: string;
  readonly values: Readonly<Record<string, number>>;
}

/** The key by which groups are compared. */
export function groupKey(group: Omit<Group, 'object' | 'rows' | 'values'>): string {
  return [group.namespace, group.type, group.workload, group.container, group.start, group.end].join('|');
}

/** Reads an aggregated.csv. */
export function goldenGroups(bytes: Buffer): GoldenGroup[] {
  const records: Record<string, string>[] = parse(bytes, { columns: true });
  return records.map((record) => {
    const cell = (name: string) => record[name] ?? '';
    const namespace = cell('namespace');
    const container = 'container_name' in record;
    const key = groupKey({
      namespace,
      type: container ? cell('k8s_object_type') : 'namespace',
      workload: container ? cell('k8s_object_name') : namespace,
      container: container ? cell('container_name') : '',
      start: parseTime(cell('interval_start')),
      end: parseTime(cell('interval_end')),
    });
    const values = Object.fromEntries(
      Object.entries(record)
        .filter(([name]) => /_(?:MEAN|SUM|MIN|MAX)$/.test(name))
        .map(([name, text]) => [name.replace(/_[A-Z]+$/, ''), numberCell(text)]),
    );
    return { key, values };
  });
}

/** Kruize's metric name, and our columns behind its fields. */
const metrics: Readonly<Record<string, string>> = {
  cpuRequest: 'cpu_request_container',
  cpuLimit: 'cpu_limit_container',
  cpuUsage: 'cpu_usage_container',
  cpuThrottle: 'cpu_throttle_container',
  memoryRequest: 'memory_request_container',
  memoryLimit: 'memory_limit_container',
  memoryUsage: 'memory_usage_container',
  memoryRSS: 'memory_rss_usage_container',
  namespaceCpuRequest: 'cpu_request_namespace',
  namespaceCpuLimit: 'cpu_limit_namespace',
  namespaceCpuUsage: 'cpu_usage_namespace',
  namespaceCpuThrottle: 'cpu_throttle_namespace',
  namespaceMemoryRequest: 'memory_request_namespace',
  namespaceMemoryLimit: 'memory_limit_namespace',
  namespaceMemoryUsage: 'memory_usage_namespace',
  namespaceMemoryRSS: 'memory_rss_usage_namespace',
  namespaceRunningPods: 'namespace_running_pods',
  namespaceTotalPods: 'namespace_total_pods',
};

/** Metrics by name, fields by name, numbers. */
export type Metrics = Readonly<Record<string, Readonly<Record<string, number>>>>;

interface MetricJson {
  readonly name: string;
  readonly results: { readonly aggregation_info: Readonly<Record<string, string>> };
}

interface ContainerJson {
  readonly container_name: string;
  readonly metrics: readonly MetricJson[];
}

interface UpdateJson {
  readonly interval_start_time: string;
  readonly interval_end_time: string;
  readonly kubernetes_objects: readonly {
    readonly containers?: readonly ContainerJson[];
    readonly namespaces?: { readonly metrics: readonly MetricJson[] };
  }[];
}

/** updateResults by experiment name. */
export type Experiments = Readonly<
  Record<string, { readonly max_end: string; readonly update: readonly UpdateJson[] }>
>;

/** Metrics per experiment, container and interval: `experiment/container/start/end`. Containers sent twice are both there. */
export function upstreamMetrics(experiments: Experiments): [string, Metrics][] {
  return Object.entries(experiments).flatMap(([name, { update }]) =>
    update.flatMap((entry) => {
      const interval = `${Date.parse(entry.interval_start_time)}/${Date.parse(entry.interval_end_time)}`;
      return entry.kubernetes_objects.flatMap(({ containers, namespaces }) => [
        ...(containers ?? []).map((container): [string, Metrics] => [
          `${name}/${container.container_name}/${interval}`,
          metricsOf(container.metrics),
        ]),
        ...(namespaces ? [[`${name}//${interval}`, metricsOf(namespaces.metrics)] as [string, Metrics]] : []),
      ]);
    }),
  );
}

function metricsOf(list: readonly MetricJson[]): Metrics {
  return Object.fromEntries(
    list.map(({ name, results }) => [
      name,
      Object.fromEntries(
        Object.entries(results.aggregation_info)
          .filter(([field]) => field !== 'format')
          .map(([field, text]) => [field, numberCell(text)]),
      ),
    ]),
  );
}

/** The experiment that upstream would name for an object. */
export function experimentName(group: Group): string {
  const cluster = '3340851|111|1b36b20f-7fa0-4454-a6d2-008294e06378';
  return group.type === 'namespace'
    ? `${cluster}|namespace|${group.namespace}`
    : `${cluster}|${group.namespace}|${group.type}|${group.workload}`;
}

/** Our groups as upstream would send them: a container metric needs its sum and avg, a namespace metric any field. */
export function ourMetrics(groups: readonly Group[]): [string, Metrics][] {
  return groups.map((group) => {
    const out: Record<string, Record<string, number>> = {};
    for (const [name, family] of Object.entries(metrics)) {
      const fields = Object.fromEntries(
        ['avg', 'sum', 'min', 'max']
          .map((field): [string, number | undefined] => [field, group.values[`${family}_${field}`]])
          .filter((pair): pair is [string, number] => pair[1] !== undefined && !Number.isNaN(pair[1])),
      );
      const sent =
        group.type === 'namespace'
          ? Object.keys(fields).length > 0
          : fields.sum !== undefined && fields.avg !== undefined;
      if (sent) out[name] = fields;
    }
    return [`${experimentName(group)}/${group.container}/${group.start}/${group.end}`, out];
  });
}
