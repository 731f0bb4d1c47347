/** Usage events of one container, as the reader of reports makes them. */
import { packColumns } from '../../schemas/codec/columns.ts';
import type { ContainerUsageReported } from '../../schemas/generated/events.ts';
import { containerColumns, intervalColumns } from '../../schemas/usage-columns.ts';

const QUARTER = 900_000;
const names = [...intervalColumns, ...containerColumns.map(({ name }) => name)];

/** Where a report's intervals lie and what it is called. */
export interface Report {
  /** Interval ends, ms, ascending. */
  readonly ends: readonly number[];
  readonly digest: string;
  readonly payload: string;
  readonly payloadDate?: number;
  readonly container?: string;
  /** Cores and bytes; by default half a core and 200 MB. */
  readonly cores?: (row: number) => number;
  readonly bytes?: (row: number) => number;
  /** false: more of it follows. */
  readonly complete?: boolean;
  readonly chunk?: number;
}

/** The event of a report, one pod. */
export function usageEvent(report: Report): ContainerUsageReported {
  const { ends, digest, payload, container = 'web', complete = true } = report;
  const columns = names.map(() => new Float64Array(ends.length).fill(NaN));
  ends.forEach((end, row) => {
    const cpu = report.cores?.(row) ?? 0.5;
    const memory = report.bytes?.(row) ?? 2e8;
    const set = (name: string, value: number) => (columns[names.indexOf(name)]![row] = value);
    set('interval_end', end);
    set('interval_start', end - QUARTER);
    set('rows', 1);
    set('cpu_request_container_avg', 1);
    set('memory_request_container_avg', 1e9);
    for (const [aggregate, share] of [
      ['avg', 0.8],
      ['min', 0.5],
      ['max', 1],
      ['sum', 0.8],
    ] as const) {
      set(`cpu_usage_container_${aggregate}`, cpu * share);
      set(`memory_usage_container_${aggregate}`, Math.round(memory * share));
      set(`memory_rss_usage_container_${aggregate}`, Math.round(0.7 * memory * share));
    }
  });
  return {
    ...{ org_id: 'o', cluster_id: 'c', cluster_alias: null, source_id: null },
    ...{ namespace: 'shop', workload_type: 'deployment', workload: 'web', container, image: 'i:1' },
    ...{ upload_id: `u-${payload}`, digest, chunk: report.chunk ?? 0, payload },
    ...{ payload_date: report.payloadDate ?? 0, complete, report_end: complete ? ends.at(-1)! : null },
    ...{ intervals: ends.length, rows: ends.length, columns: packColumns(columns, ends.length) },
    ...{ accelerator_models: [], accelerators: null },
  };
}
