/** Rows of the recommendations table as items of the ROS lists and as rows of their CSV export. */
import { csvTime, timeText } from './time-text.ts';
import { engineKeys, termKeys, type Pair, type Recommendations, type Settings } from './shape.ts';
import { transform, type Options } from './transform.ts';

/** A row of the recommendations table as read. */
export type RecommendationRow = Readonly<Record<string, unknown>>;

/** Columns that items are made of. */
export const itemColumns: readonly string[] = [
  'recommendation_id',
  'kind',
  'cluster_id',
  'cluster_alias',
  'source_id',
  'namespace',
  'workload_type',
  'workload',
  'container',
  'monitoring_end_time',
  'document',
  ...['cpu', 'memory'].flatMap((resource) =>
    termKeys.flatMap((term) =>
      engineKeys.map((engine) => `${resource}_variation_${term.replace('_term', '')}_${engine}_pct`),
    ),
  ),
];

/** An item of a list, or a detail answer. */
export interface RosItem {
  readonly id: string;
  readonly cluster_uuid: string;
  readonly cluster_alias: string;
  readonly source_id: string;
  readonly project: string;
  readonly last_reported: string;
  readonly recommendations: Recommendations;
  readonly container?: string;
  readonly workload?: string;
  readonly workload_type?: string;
}

/** Makes an item; `reported` says per cluster when it reported last. */
export function rosItem(
  row: RecommendationRow,
  reported: ReadonlyMap<string, string>,
  options: Options,
): RosItem {
  const cluster = text(row['cluster_id']);
  const end = text(row['monitoring_end_time']);
  return {
    id: text(row['recommendation_id']),
    cluster_uuid: cluster,
    cluster_alias: text(row['cluster_alias'] ?? cluster),
    source_id: text(row['source_id']),
    project: text(row['namespace']),
    last_reported: timeText(reported.get(cluster) ?? end),
    recommendations: { monitoring_end_time: timeText(end), ...transform(row['document'], row, options) },
    ...(row['kind'] === 'container'
      ? {
          container: text(row['container']),
          workload: text(row['workload']),
          workload_type: text(row['workload_type']),
        }
      : {}),
  };
}

const settingNames = ['cpu_limit', 'memory_limit', 'cpu_request', 'memory_request'] as const;
const settingColumns = (prefix: string): string[] =>
  settingNames.flatMap((name) => [`${prefix}_${name}_amount`, `${prefix}_${name}_format`]);

/** Header of the CSV export; namespaces leave container, workload and workload_type empty. */
export const rosCsvHeader: readonly string[] = [
  'id',
  'cluster_uuid',
  'cluster_alias',
  'container',
  'project',
  'workload',
  'workload_type',
  'last_reported',
  'source_id',
  ...settingColumns('current'),
  'monitoring_end_time',
  'recommendation_term',
  'duration_in_hours',
  'monitoring_start_time',
  'recommendation_type',
  ...settingColumns('config'),
  ...settingColumns('variation'),
];

/** Up to six rows of an item: term by term, cost before performance; terms without engines have none. */
export function* rosCsvRows(item: RosItem): Generator<readonly (string | number)[]> {
  const head = [
    item.id,
    item.cluster_uuid,
    item.cluster_alias,
    item.container ?? '',
    item.project,
    item.workload ?? '',
    item.workload_type ?? '',
    item.last_reported,
    item.source_id,
    ...settingCells(item.recommendations.current, ''),
    csvTime(item.recommendations.monitoring_end_time),
  ];
  for (const key of termKeys) {
    const term = item.recommendations.recommendation_terms?.[key];
    for (const name of engineKeys) {
      const engine = term?.recommendation_engines?.[name];
      if (term === undefined || engine === undefined) continue;
      yield [
        ...head,
        key,
        term.duration_in_hours ?? 0,
        csvTime(term.monitoring_start_time),
        name,
        ...settingCells(engine.config, ''),
        ...settingCells(engine.variation, 'percent'),
      ];
    }
  }
}

function settingCells(settings: Settings | undefined, format: string): (string | number)[] {
  const cells = (pair: Pair | undefined, resource: 'cpu' | 'memory'): (string | number)[] => [
    pair?.[resource]?.amount ?? 0,
    pair?.[resource]?.format ?? format,
  ];
  return [
    ...cells(settings?.limits, 'cpu'),
    ...cells(settings?.limits, 'memory'),
    ...cells(settings?.requests, 'cpu'),
    ...cells(settings?.requests, 'memory'),
  ];
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
