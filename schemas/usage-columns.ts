/**
 * The number columns of usage reports and how the rows (pods) of one interval combine.
 * The order here is the order in the packed `columns` of the usage events, after {@link intervalColumns}.
 */

/** How values of several rows of one interval become one. avg: sum them and divide by n at the end. */
export type Combine = 'avg' | 'sum' | 'min' | 'max';

/** A number column of a report. */
export interface NumberColumn {
  readonly name: string;
  readonly combine: Combine;
  /** Rows where it is missing or negative are rejected. */
  readonly required: boolean;
}

/** What stands before the number columns: interval end and start (ms since 1970), and the number of rows. */
export const intervalColumns = ['interval_end', 'interval_start', 'rows'] as const;

function columns(
  suffix: string,
  families: readonly (readonly [string, readonly Combine[], boolean])[],
): NumberColumn[] {
  return families.flatMap(([family, combines, required]) =>
    combines.map((combine) => ({ name: `${family}${suffix}_${combine}`, combine, required })),
  );
}

/** The 23 number columns of container reports. */
export const containerColumns: readonly NumberColumn[] = columns('_container', [
  ['cpu_request', ['avg', 'sum'], false],
  ['cpu_limit', ['avg', 'sum'], false],
  ['cpu_usage', ['avg', 'min', 'max', 'sum'], true],
  ['cpu_throttle', ['avg', 'max', 'sum'], false],
  ['memory_request', ['avg', 'sum'], false],
  ['memory_limit', ['avg', 'sum'], false],
  ['memory_usage', ['avg', 'min', 'max', 'sum'], true],
  ['memory_rss_usage', ['avg', 'min', 'max', 'sum'], true],
]);

/** The 20 number columns of namespace reports. */
export const namespaceColumns: readonly NumberColumn[] = [
  ...columns('_namespace', [
    ['cpu_request', ['sum'], false],
    ['cpu_limit', ['sum'], false],
    ['cpu_usage', ['avg', 'max', 'min'], true],
    ['cpu_throttle', ['avg', 'max', 'min'], false],
    ['memory_request', ['sum'], false],
    ['memory_limit', ['sum'], false],
    ['memory_usage', ['avg', 'max', 'min'], true],
    ['memory_rss_usage', ['avg', 'max', 'min'], true],
  ]),
  { name: 'namespace_running_pods_max', combine: 'max', required: false },
  { name: 'namespace_running_pods_avg', combine: 'avg', required: false },
  { name: 'namespace_total_pods_max', combine: 'max', required: false },
  { name: 'namespace_total_pods_avg', combine: 'avg', required: false },
];

/** The column that names the accelerator of a row; the operator writes it behind the columns that a report must have. */
export const ACCELERATOR_MODEL = 'accelerator_model_name';

/** What container reports may say of accelerators, each as `_max` and `_avg`: per cent, per cent, and bytes (or MiB) of its memory. */
export const acceleratorCells = [
  'accelerator_core_usage_percentage',
  'accelerator_memory_copy_percentage',
  'accelerator_frame_buffer_usage',
].flatMap((name) => [`${name}_max`, `${name}_avg`]);

/** What an interval says of accelerators: the greatest of its rows, and which model. */
export const acceleratorColumns: readonly NumberColumn[] = [
  ...['core_usage', 'memory_copy', 'frame_buffer', 'model'].map((name): NumberColumn => ({
    name: `accelerator_${name}`,
    combine: 'max',
    required: false,
  })),
];
