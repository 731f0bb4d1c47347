/** The metrics of Kruize: names, formats, which are mandatory, and which columns of the engine they fill. */

/** What an experiment is about. */
export type Kind = 'container' | 'namespace';

/** Every name that a result may use, in the order in which Kruize lists them. */
export const metricNames: readonly string[] = [
  ...['cpuRequest', 'cpuLimit', 'cpuUsage', 'cpuThrottle'],
  ...['memoryRequest', 'memoryLimit', 'memoryUsage', 'memoryRSS', 'maxDate'],
  ...['namespaceCpuRequest', 'namespaceCpuLimit', 'namespaceCpuUsage', 'namespaceCpuThrottle'],
  ...['namespaceMemoryRequest', 'namespaceMemoryLimit', 'namespaceMemoryUsage', 'namespaceMemoryRSS'],
  ...['namespaceTotalPods', 'namespaceRunningPods', 'namespaceMaxDate'],
  ...['acceleratorCoreUsage', 'acceleratorMemoryUsage', 'acceleratorFrameBufferUsage'],
  ...['jvmInfo', 'jvmInfoTotal'],
];

/** Metrics that are counts or dates: they need no format. */
export const withoutFormat: ReadonlySet<string> = new Set([
  ...['maxDate', 'namespaceMaxDate', 'namespaceTotalPods', 'namespaceRunningPods', 'jvmInfo', 'jvmInfoTotal'],
]);

/** Formats, in the order in which Kruize lists them. */
export const formats: readonly string[] =
  'GiB Gi Ei KiB E MiB G PiB K TiB M P Bytes cores T Ti MB percentage KB Pi GB EB k m TB PB bytes kB Mi Ki EiB'.split(
    ' ',
  );

/** Metrics without which a result is refused. */
export const mandatory: Readonly<Record<Kind, readonly string[]>> = {
  container: ['cpuUsage', 'memoryUsage', 'memoryRSS'],
  namespace: ['namespaceCpuUsage', 'namespaceMemoryUsage', 'namespaceMemoryRSS'],
};

/** Aggregates of a metric, in the order in which they are shown. */
export const aggregates = ['avg', 'max', 'min', 'sum', 'count', 'median', 'mode', 'range'] as const;

/** Metric by column family of the usage that the engine reads. */
export const families: Readonly<Record<Kind, Readonly<Record<string, string>>>> = {
  container: {
    cpu_request_container: 'cpuRequest',
    cpu_limit_container: 'cpuLimit',
    cpu_usage_container: 'cpuUsage',
    cpu_throttle_container: 'cpuThrottle',
    memory_request_container: 'memoryRequest',
    memory_limit_container: 'memoryLimit',
    memory_usage_container: 'memoryUsage',
    memory_rss_usage_container: 'memoryRSS',
  },
  namespace: {
    cpu_request_namespace: 'namespaceCpuRequest',
    cpu_limit_namespace: 'namespaceCpuLimit',
    cpu_usage_namespace: 'namespaceCpuUsage',
    cpu_throttle_namespace: 'namespaceCpuThrottle',
    memory_request_namespace: 'namespaceMemoryRequest',
    memory_limit_namespace: 'namespaceMemoryLimit',
    memory_usage_namespace: 'namespaceMemoryUsage',
    memory_rss_usage_namespace: 'namespaceMemoryRSS',
    namespace_running_pods: 'namespaceRunningPods',
    namespace_total_pods: 'namespaceTotalPods',
  },
};
