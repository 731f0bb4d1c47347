/** Makes small reports by hand: a base row, and what differs from it. */
import { requiredColumns } from '../../connectors/csv/header.ts';
import { containerColumns, namespaceColumns } from '../../schemas/usage-columns.ts';

/** Cells by column name. */
export type Cells = Readonly<Record<string, string>>;

const period = {
  report_period_start: '2025-08-01 00:00:00 +0000 UTC',
  report_period_end: '2025-09-01 00:00:00 +0000 UTC',
  interval_start: '2025-08-10 00:00:01 +0000 UTC',
  interval_end: '2025-08-10 00:15:00 +0000 UTC',
};

/** One quarter-hour of a Deployment. */
export const containerRow: Cells = {
  ...period,
  container_name: 'web',
  pod: 'web-abc-1',
  owner_name: 'web-abc',
  owner_kind: 'ReplicaSet',
  workload: 'web',
  workload_type: 'deployment',
  namespace: 'shop',
  image_name: 'reg/web:1',
  node: 'n1',
  resource_id: 'i-1',
  ...Object.fromEntries(containerColumns.map(({ name }, index) => [name, String((index + 1) / 8)])),
};

/** One quarter-hour of a namespace. */
export const namespaceRow: Cells = {
  ...period,
  namespace: 'shop',
  ...Object.fromEntries(namespaceColumns.map(({ name }, index) => [name, String((index + 1) / 4)])),
};

/** A report of base rows with changes, in the required columns' order unless told otherwise. */
export function csv(
  kind: 'container' | 'namespace',
  changes: readonly Cells[],
  columns: readonly string[] = requiredColumns(kind),
): Buffer {
  const base = kind === 'container' ? containerRow : namespaceRow;
  const rows = changes.map((change) => {
    const row: Cells = { ...base, ...change };
    return columns.map((name) => row[name] ?? '').join(',');
  });
  return Buffer.from(`${[columns.join(','), ...rows].join('\n')}\n`);
}
