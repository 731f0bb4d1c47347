/** What the engine needs of each interval: a few numbers, computed once when the usage is known. */
import { containerColumns, intervalColumns, namespaceColumns } from '../../../schemas/usage-columns.ts';

/**
 * Names of the signal columns, in order. Times are ms since 1970; CPU and memory are in the unit that was reported (cores and
 * bytes for usage reports); NaN, in the last four only, means that the setting was not reported.
 */
export const signalColumns = [
  'end',
  'start',
  'iMax',
  'iMin',
  'mMax',
  'mMin',
  'spike',
  'pods',
  'cpuRequest',
  'cpuLimit',
  'memoryRequest',
  'memoryLimit',
] as const;

/** Signals of one container or namespace: columns as named by {@link signalColumns}, by interval end, ascending and unique. */
export interface Signals {
  readonly length: number;
  readonly columns: Float64Array[];
}

/** Usage of one container or namespace: end, start, rows, then the number columns of its kind; one element per interval. */
export interface Usage {
  readonly length: number;
  readonly columns: readonly Float64Array[];
}

const names = (columns: readonly { name: string }[]) => [...intervalColumns, ...columns.map((c) => c.name)];
const containerNames = names(containerColumns);
const namespaceNames = names(namespaceColumns);

const at = (known: readonly string[], name: string): number => {
  const index = known.indexOf(name);
  if (index < 0) throw new RangeError(`the usage schema has no column ${name}`);
  return index;
};
const container = (name: string) => {
  const [family, aggregate] = [name.slice(0, name.lastIndexOf('_')), name.slice(name.lastIndexOf('_'))];
  return at(containerNames, `${family}_container${aggregate}`);
};
const namespace = (name: string) => {
  const [family, aggregate] = [name.slice(0, name.lastIndexOf('_')), name.slice(name.lastIndexOf('_'))];
  return at(namespaceNames, `${family}_namespace${aggregate}`);
};

const C = {
  cpuAvg: container('cpu_usage_avg'),
  cpuMin: container('cpu_usage_min'),
  cpuMax: container('cpu_usage_max'),
  cpuSum: container('cpu_usage_sum'),
  throttleAvg: container('cpu_throttle_avg'),
  throttleMax: container('cpu_throttle_max'),
  throttleSum: container('cpu_throttle_sum'),
  memoryAvg: container('memory_usage_avg'),
  memoryMin: container('memory_usage_min'),
  memoryMax: container('memory_usage_max'),
  memorySum: container('memory_usage_sum'),
  rssMin: container('memory_rss_usage_min'),
  rssMax: container('memory_rss_usage_max'),
};
const containerCurrent = ['cpu_request_avg', 'cpu_limit_avg', 'memory_request_avg', 'memory_limit_avg'].map(
  container,
);

/**
 * Index of an optional 27th input column: the smallest throttle of a container. Usage reports do not carry it, results that
 * are posted one by one may; without the column it counts as 0.
 */
export const containerThrottleMin = containerNames.length;

/**
 * The signals of a container, from its usage per interval: columns end, start, rows, then the 23 of `containerColumns`, already
 * combined over rows (`_avg` columns hold means), NaN = not sent, which counts as 0. Rows may come in any order; of two with the
 * same end the first counts. Throws RangeError when a column is missing.
 */
export function containerSignals(usage: Usage): Signals {
  const { order, input, out } = open(usage, containerNames.length);
  const [cpuAvg, cpuMin, cpuMax, cpuSum] = [
    input(C.cpuAvg),
    input(C.cpuMin),
    input(C.cpuMax),
    input(C.cpuSum),
  ];
  const [thrAvg, thrMax, thrSum] = [input(C.throttleAvg), input(C.throttleMax), input(C.throttleSum)];
  const thrMin = usage.columns[containerThrottleMin];
  const [memAvg, memMin] = [input(C.memoryAvg), input(C.memoryMin)];
  const [memMax, memSum] = [input(C.memoryMax), input(C.memorySum)];
  const [rssMin, rssMax] = [input(C.rssMin), input(C.rssMax)];
  const [iMax, iMin, mMax, mMin, spike, pods] = [out[2]!, out[3]!, out[4]!, out[5]!, out[6]!, out[7]!];
  for (let k = 0; k < order.length; k++) {
    const i = order[k]!;
    const average = cpuAvg[i]! || 0;
    const sum = cpuSum[i]! || 0;
    const throttled = thrSum[i]! || 0;
    // Throttle is added: demand is what was used and what was held back.
    const total = (cpuMax[i]! > 0 ? cpuMax[i]! : average) + (thrMax[i]! > 0 ? thrMax[i]! : thrAvg[i]! || 0);
    const replicas = average > 0 ? sum / average : 0;
    const memoryAverage = memAvg[i]! || 0;
    const memoryTotal = memSum[i]! || 0;
    const n = replicas > 0 ? replicas : memoryAverage > 0 ? memoryTotal / memoryAverage : 0;
    const pod = total < 1 ? 0 : n > 0 ? (sum + throttled) / n : 0;
    iMax[k] = pod > total ? pod : total;
    iMin[k] = smallestPositive(
      pod,
      total,
      (cpuMin[i]! || 0) + ((thrMin === undefined ? 0 : thrMin[i]!) || 0),
    );
    const memoryPod = n > 0 ? memoryTotal / n : 0;
    const memoryMax = memMax[i]! || 0;
    const memoryMin = memMin[i]! || 0;
    mMax[k] = memoryPod > memoryMax ? memoryPod : memoryMax;
    mMin[k] = smallestPositive(memoryPod, mMax[k]!, memoryMin);
    spike[k] = swing(memoryMax, memoryMin, rssMax[i]! || 0, rssMin[i]! || 0);
    // Plain division: 0.07/0.01 = 7.000000000000001 counts as 8 pods.
    pods[k] = average > 0 ? Math.ceil(sum / average) : 0;
  }
  copyCurrent(usage, order, out, containerCurrent);
  return { length: order.length, columns: out };
}

const N = {
  cpuAvg: namespace('cpu_usage_avg'),
  cpuMin: namespace('cpu_usage_min'),
  cpuMax: namespace('cpu_usage_max'),
  throttleAvg: namespace('cpu_throttle_avg'),
  throttleMin: namespace('cpu_throttle_min'),
  throttleMax: namespace('cpu_throttle_max'),
  memoryMin: namespace('memory_usage_min'),
  memoryMax: namespace('memory_usage_max'),
  rssMin: namespace('memory_rss_usage_min'),
  rssMax: namespace('memory_rss_usage_max'),
  totalPods: at(namespaceNames, 'namespace_total_pods_avg'),
};
const namespaceCurrent = ['cpu_request_sum', 'cpu_limit_sum', 'memory_request_sum', 'memory_limit_sum'].map(
  namespace,
);

/** The signals of a namespace; as {@link containerSignals}, with the 20 columns of `namespaceColumns`. */
export function namespaceSignals(usage: Usage): Signals {
  const { order, input, out } = open(usage, namespaceNames.length);
  const [cpuAvg, cpuMin, cpuMax] = [input(N.cpuAvg), input(N.cpuMin), input(N.cpuMax)];
  const [thrAvg, thrMin, thrMax] = [input(N.throttleAvg), input(N.throttleMin), input(N.throttleMax)];
  const [memMin, memMax, rssMin, rssMax] = [
    input(N.memoryMin),
    input(N.memoryMax),
    input(N.rssMin),
    input(N.rssMax),
  ];
  const totalPods = input(N.totalPods);
  const [iMax, iMin, mMax, mMin, spike, pods] = [out[2]!, out[3]!, out[4]!, out[5]!, out[6]!, out[7]!];
  for (let k = 0; k < order.length; k++) {
    const i = order[k]!;
    const total =
      (cpuMax[i]! > 0 ? cpuMax[i]! : cpuAvg[i]! || 0) + (thrMax[i]! > 0 ? thrMax[i]! : thrAvg[i]! || 0);
    const memoryMax = memMax[i]! || 0;
    const memoryMin = memMin[i]! || 0;
    iMax[k] = total;
    iMin[k] = smallestPositive(0, total, (cpuMin[i]! || 0) + (thrMin[i]! || 0));
    mMax[k] = memoryMax;
    mMin[k] = smallestPositive(0, memoryMax, memoryMin);
    spike[k] = swing(memoryMax, memoryMin, rssMax[i]! || 0, rssMin[i]! || 0);
    pods[k] = Math.ceil(totalPods[i]! || 0);
  }
  copyCurrent(usage, order, out, namespaceCurrent);
  return { length: order.length, columns: out };
}

/** Smallest strictly positive of three numbers, else 0. */
function smallestPositive(a: number, b: number, c: number): number {
  let best = Infinity;
  if (a > 0) best = a;
  if (b > 0 && b < best) best = b;
  if (c > 0 && c < best) best = c;
  return best === Infinity ? 0 : best;
}

/** Memory that came and went within one interval. The ceiling acts on the raw amounts, so the unit sent matters. */
function swing(memoryMax: number, memoryMin: number, rssMax: number, rssMin: number): number {
  const usage = Math.ceil(memoryMax - memoryMin);
  const resident = Math.ceil(rssMax - rssMin);
  return usage > resident ? usage : resident;
}

function open(usage: Usage, columns: number) {
  if (usage.columns.length < columns)
    throw new RangeError(`usage has ${usage.columns.length} columns, ${columns} are needed`);
  const order = orderByEnd(usage.columns[0]!, usage.length);
  const n = order.length;
  const block = new Float64Array(n * signalColumns.length);
  const out = signalColumns.map((_, c) => block.subarray(c * n, (c + 1) * n));
  const input = (index: number): Float64Array => usage.columns[index]!;
  for (let k = 0; k < order.length; k++) {
    out[0]![k] = usage.columns[0]![order[k]!]!;
    out[1]![k] = usage.columns[1]![order[k]!]!;
  }
  return { order, input, out };
}

/** Positions of the rows by ascending end, the first of equal ends only. */
function orderByEnd(ends: Float64Array, length: number): Int32Array {
  const order = new Int32Array(length);
  let sorted = true;
  for (let i = 0; i < length; i++) {
    order[i] = i;
    if (i > 0 && !(ends[i]! > ends[i - 1]!)) sorted = false;
  }
  if (sorted) return order;
  order.sort((a, b) => ends[a]! - ends[b]! || a - b);
  let kept = 0;
  for (let k = 0; k < length; k++)
    if (kept === 0 || ends[order[k]!]! !== ends[order[kept - 1]!]!) order[kept++] = order[k]!;
  return order.subarray(0, kept);
}

function copyCurrent(usage: Usage, order: Int32Array, out: Float64Array[], sources: readonly number[]): void {
  sources.forEach((source, c) => {
    const from = usage.columns[source]!;
    const to = out[8 + c]!;
    for (let k = 0; k < order.length; k++) to[k] = from[order[k]!]!;
  });
}
