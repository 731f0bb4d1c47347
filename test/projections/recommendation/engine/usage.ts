/** Made-up usage for the tests of the engine. */
import {
  containerSignals,
  namespaceSignals,
  type Signals,
} from '../../../../projections/recommendation/engine/signals.ts';
import { containerColumns, intervalColumns, namespaceColumns } from '../../../../schemas/usage-columns.ts';

/** 15 minutes in ms. */
export const QUARTER = 900_000;
/** A day in ms. */
export const DAY = 96 * QUARTER;
/** The newest interval end of the tests. */
export const NOW = Date.parse('2025-03-16T12:00:00.000Z');

/** Values of one interval by short column name, e.g. cpu_usage_max; what is not named is not reported. */
export type Row = Readonly<Record<string, number>> & { readonly end: number; readonly start?: number };

/** Container signals of rows; a row without `start` is 15 minutes long. */
export function container(rows: readonly Row[]): Signals {
  return containerSignals(table(rows, containerColumns, (name) => name.replace('_container', '')));
}

/** Namespace signals of rows. */
export function namespace(rows: readonly Row[]): Signals {
  return namespaceSignals(table(rows, namespaceColumns, (name) => name.replace('_namespace', '')));
}

function table(rows: readonly Row[], columns: readonly { name: string }[], short: (name: string) => string) {
  const names = [...intervalColumns, ...columns.map((column) => short(column.name))];
  for (const key of rows.flatMap((row) => Object.keys(row)))
    if (!names.includes(key) && key !== 'end' && key !== 'start') throw new Error(`no column ${key}`);
  return {
    length: rows.length,
    columns: names.map((name) =>
      Float64Array.from(rows, (row) => {
        if (name === 'interval_end') return row.end;
        if (name === 'interval_start') return row.start ?? row.end - QUARTER;
        return row[name] ?? NaN;
      }),
    ),
  };
}

/** n rows, 15 minutes apart, the newest ending at NOW; `values` gets the index from the oldest. */
export function series(n: number, values: (index: number) => Readonly<Record<string, number>>): Row[] {
  return Array.from({ length: n }, (_, i) => ({ ...values(i), end: NOW - (n - 1 - i) * QUARTER }));
}

/** Usage of one pod that needs the same all the time. */
export function flat(cpu: number, memory: number): Record<string, number> {
  return {
    cpu_usage_avg: cpu,
    cpu_usage_min: cpu,
    cpu_usage_max: cpu,
    cpu_usage_sum: cpu,
    memory_usage_avg: memory,
    memory_usage_min: memory,
    memory_usage_max: memory,
    memory_usage_sum: memory,
    memory_rss_usage_min: memory,
    memory_rss_usage_max: memory,
  };
}

/** Current settings. */
export function settings(cpuRequest: number, cpuLimit: number, memoryRequest: number, memoryLimit: number) {
  return {
    cpu_request_avg: cpuRequest,
    cpu_limit_avg: cpuLimit,
    memory_request_avg: memoryRequest,
    memory_limit_avg: memoryLimit,
  };
}
