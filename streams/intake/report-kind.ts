import { containerColumns, namespaceColumns } from '../../schemas/usage-columns.ts';

/** What a file is, by its header line. */
export type ReportKind = 'container' | 'namespace' | 'other';

const periods = ['report_period_start', 'report_period_end', 'interval_start', 'interval_end'];

/** The 37 columns of container reports. */
const container = new Set([
  ...periods,
  ...['container_name', 'pod', 'owner_name', 'owner_kind', 'workload', 'workload_type'],
  ...['namespace', 'image_name', 'node', 'resource_id'],
  ...containerColumns.map((column) => column.name),
]);

/** The 25 columns of namespace reports. */
const namespace = new Set([...periods, 'namespace', ...namespaceColumns.map((column) => column.name)]);

/**
 * Says what a file is by its first line: a usage report when at least half of that report's columns are there.
 * One that lacks some is still called by its kind, so that reading it can name the column that is missing.
 */
export function reportKind(headerLine: string): ReportKind {
  const columns = new Set(
    headerLine
      .replace(/^\uFEFF/, '')
      .split(',')
      .map((name) =>
        name
          .trim()
          .replace(/^"(.*)"$/, '$1')
          .toLowerCase(),
      ),
  );
  const share = (wanted: ReadonlySet<string>): number =>
    [...wanted].filter((name) => columns.has(name)).length / wanted.size;
  if (share(container) >= 0.5) return 'container';
  return share(namespace) >= 0.5 ? 'namespace' : 'other';
}
