/**
 * Kruize's formulas for containers written down a second time, from their description alone: slow, plain, one row at a time. Nothing
 * of the engine is imported, so that a mistake there is not repeated here. For reports without gaps; drift of interval ends is not
 * followed, and everything is in cores and bytes.
 */

/** One interval of a container: times in ms since 1970, the report's numbers by name (`cpu_usage_max`); absent = not reported. */
export interface OracleRow {
  readonly end: number;
  readonly start: number;
  readonly numbers: Readonly<Record<string, number>>;
}

interface Interval {
  readonly end: number;
  readonly minutes: number;
  readonly cpuHigh: number;
  readonly cpuLow: number;
  readonly memoryHigh: number;
  readonly memoryLow: number;
  readonly spike: number;
  readonly pods: number;
}

type Quad = Record<'cpuRequest' | 'cpuLimit' | 'memoryRequest' | 'memoryLimit', number | undefined>;

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const QUARTER = 900_000;
const TERMS = [
  { key: 'short_term', days: 1, least: 2, plots: 4, code: 111101 },
  { key: 'medium_term', days: 7, least: 192, plots: 7, code: 111102 },
  { key: 'long_term', days: 15, least: 768, plots: 15, code: 111103 },
];
const ENGINES = [
  { key: 'cost', share: 60, code: 112101 },
  { key: 'performance', share: 98, code: 112102 },
];

/** The `recommendations` object for the rows up to `asked`, notifications as sorted lists of codes. */
export function kruizeOracle(rows: readonly OracleRow[], asked: number): unknown {
  const known = rows.filter((row) => row.end <= asked && row.end >= asked - 15 * DAY);
  const newest = known.reduce<OracleRow | undefined>((a, b) => (a && a.end > b.end ? a : b), undefined);
  if (newest === undefined) return { version: '1.0', notifications: [120001], data: {} };
  const intervals = known.map(intervalOf);
  const now = currentOf(newest);
  const codes = [...now.codes];
  const terms: Record<string, unknown> = {};
  const hours = intervals.reduce((sum, { minutes }) => sum + minutes, 0) / 60;
  for (const term of TERMS) {
    const from = newest.end - term.days * DAY;
    const within = intervals.filter(({ end }) => end >= from && end <= newest.end);
    const duration = Math.round(Math.min(hours, term.days * 24) * 100 + 1e-9) / 100;
    if (coveredSlots(within, newest.end, from) < term.least) {
      terms[term.key] = { duration_in_hours: duration, notifications: [120001] };
      continue;
    }
    codes.push(term.code);
    terms[term.key] = {
      duration_in_hours: duration,
      notifications: ENGINES.map(({ code }) => code),
      monitoring_start_time: new Date(from).toISOString(),
      recommendation_engines: Object.fromEntries(
        ENGINES.map(({ key, share }) => [key, engineOf(within, share, now.quad, duration)]),
      ),
      plots: plotsOf(within, from, term.plots, (term.days * DAY) / term.plots),
    };
  }
  const end = new Date(newest.end).toISOString();
  if (!codes.some((code) => code > 111100 && code < 111200))
    return { version: '1.0', notifications: [120001], data: {} };
  const data = { notifications: sorted(codes), monitoring_end_time: end, current: nested(now.quad) };
  return {
    version: '1.0',
    notifications: [111000],
    data: { [end]: { ...data, recommendation_terms: terms } },
  };
}

/** A document of the product in the oracle's form: each map of notifications becomes the sorted list of its codes. */
export function withCodes(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      key === 'notifications' ? sorted(Object.keys(inner as object).map(Number)) : withCodes(inner),
    ]),
  );
}

/** The element at floor(p/100·(n-1) + 0.5) of the sorted values. */
function percentile(values: readonly number[], p: number): number {
  const ascending = [...values].sort((a, b) => a - b);
  return ascending[Math.floor((p / 100) * (ascending.length - 1) + 0.5)]!;
}

function intervalOf({ start, end, numbers }: OracleRow): Interval {
  const of = (name: string): number => numbers[name] ?? 0;
  const used = of('cpu_usage_max') > 0 ? of('cpu_usage_max') : of('cpu_usage_avg');
  const held = of('cpu_throttle_max') > 0 ? of('cpu_throttle_max') : of('cpu_throttle_avg');
  const byCpu = of('cpu_usage_avg') === 0 ? 0 : of('cpu_usage_sum') / of('cpu_usage_avg');
  const byMemory = of('memory_usage_avg') === 0 ? 0 : of('memory_usage_sum') / of('memory_usage_avg');
  const replicas = byCpu > 0 ? byCpu : byMemory;
  const wanted = used + held;
  const perPod = wanted >= 1 && replicas > 0 ? (of('cpu_usage_sum') + of('cpu_throttle_sum')) / replicas : 0;
  const memoryPerPod = replicas > 0 ? of('memory_usage_sum') / replicas : 0;
  const memoryHigh = Math.max(memoryPerPod, of('memory_usage_max'));
  return {
    end,
    minutes: (end - start) / 60_000,
    cpuHigh: Math.max(perPod, wanted),
    cpuLow: leastPositive(perPod, wanted, of('cpu_usage_min')),
    memoryHigh,
    memoryLow: leastPositive(memoryPerPod, memoryHigh, of('memory_usage_min')),
    spike: Math.max(
      Math.ceil(of('memory_usage_max') - of('memory_usage_min')),
      Math.ceil(of('memory_rss_usage_max') - of('memory_rss_usage_min')),
    ),
    pods: of('cpu_usage_avg') === 0 ? 0 : Math.ceil(of('cpu_usage_sum') / of('cpu_usage_avg')),
  };
}

function leastPositive(...values: readonly number[]): number {
  const positive = values.filter((value) => value > 0);
  return positive.length === 0 ? 0 : Math.min(...positive);
}

/** Quarter-hours back from the newest end, later than `from`, at which an interval ends, give or take 30 s. */
function coveredSlots(intervals: readonly Interval[], newest: number, from: number): number {
  const taken = new Set(intervals.map(({ end }) => Math.round((newest - end) / QUARTER)));
  let slots = 0;
  for (let k = 0; newest - k * QUARTER > from; k++) if (taken.has(k)) slots++;
  return slots;
}

function engineOf(intervals: readonly Interval[], share: number, now: Quad, hours: number): unknown {
  const codes: number[] = [];
  const demands = intervals.map(({ cpuHigh }) => cpuHigh);
  const cpu = Math.max(...demands) < 1 ? Math.max(...demands) : percentile(demands, share);
  const top = Math.max(...intervals.map(({ memoryHigh }) => memoryHigh));
  const spike = Math.max(...intervals.map((interval) => interval.spike));
  const memory = Math.min(top + top * 0.2, top + (spike + spike * 0.05));
  const pods = Math.max(...intervals.map((interval) => interval.pods));
  if (pods === 0) codes.push(221001);
  if (hours === 0) codes.push(221003);
  if (cpu === 0) codes.push(323002);
  else if (cpu <= 0.001) codes.push(323001);
  if (memory === 0) codes.push(324001);
  const config: Quad = {
    cpuRequest: undefined,
    cpuLimit: undefined,
    memoryRequest: undefined,
    memoryLimit: undefined,
  };
  const variation: Quad = { ...config };
  settle(cpu <= 0.001 ? undefined : cpu, 'cpuRequest', 'cpuLimit', [323004, 323005]);
  settle(memory === 0 ? undefined : memory, 'memoryRequest', 'memoryLimit', [324003, 324004]);
  return {
    pods_count: pods,
    confidence_level: 0,
    config: nested(config),
    variation: nested(variation),
    notifications: sorted(codes),
  };

  /** Request and limit are one object: whichever is within a thousandth of what is set now gives both its value. */
  function settle(
    advised: number | undefined,
    request: keyof Quad,
    limit: keyof Quad,
    notices: readonly [number, number],
  ): void {
    if (advised === undefined) return;
    let both = advised;
    [request, limit].forEach((setting, i) => {
      const set = now[setting];
      const change = advised - (set ?? 0);
      const near = set !== undefined && (Math.abs(change) / set) * 100 <= 0.1;
      variation[setting] = near ? 0 : change;
      if (!near) return;
      both = set;
      codes.push(notices[i]!);
    });
    config[request] = both;
    config[limit] = both;
  }
}

function currentOf({ numbers }: OracleRow): { quad: Quad; codes: Set<number> } {
  const codes = new Set<number>();
  const read = (name: string, amount: number, unset: number): number | undefined => {
    const value = numbers[name];
    if (value === undefined) codes.add(unset).add(amount);
    else if (value <= 0) codes.add(amount + 1);
    return value !== undefined && value > 0 ? value : undefined;
  };
  const quad = {
    cpuRequest: read('cpu_request_avg', 223001, 523001),
    cpuLimit: read('cpu_limit_avg', 223001, 423001),
    memoryRequest: read('memory_request_avg', 224001, 524001),
    memoryLimit: read('memory_limit_avg', 224001, 524002),
  };
  return { quad, codes };
}

function nested({ cpuRequest, cpuLimit, memoryRequest, memoryLimit }: Quad): unknown {
  const pair = (cpu: number | undefined, memory: number | undefined): object => ({
    ...(cpu === undefined ? {} : { cpu: { amount: cpu, format: 'cores' } }),
    ...(memory === undefined ? {} : { memory: { amount: memory, format: 'bytes' } }),
  });
  const [requests, limits] = [pair(cpuRequest, memoryRequest), pair(cpuLimit, memoryLimit)];
  return {
    ...(Object.keys(requests).length === 0 ? {} : { requests }),
    ...(Object.keys(limits).length === 0 ? {} : { limits }),
  };
}

function plotsOf(intervals: readonly Interval[], from: number, count: number, width: number): unknown {
  const data: Record<string, unknown> = {};
  for (let b = 0; b < count; b++) {
    const [after, upTo] = [from + b * width, from + (b + 1) * width];
    const within = intervals.filter(({ end }) => end > after && end <= upTo);
    const key = new Date(upTo).toISOString();
    if (within.length === 0) {
      data[key] = {};
      continue;
    }
    data[key] = {
      cpuUsage: box(
        within.map((i) => [i.cpuHigh, i.cpuLow]),
        'cores',
      ),
      memoryUsage: box(
        within.map((i) => [i.memoryHigh, i.memoryLow]),
        'bytes',
      ),
    };
  }
  return { datapoints: count, plots_data: data };
}

function box(pairs: readonly (readonly [high: number, low: number])[], format: string): unknown {
  const highs = pairs.map(([high]) => high);
  const [q1, median, q3] = [25, 50, 75].map((p) => percentile(highs, p));
  return { min: Math.min(...pairs.map(([, low]) => low)), q1, median, q3, max: Math.max(...highs), format };
}

function sorted(codes: Iterable<number>): number[] {
  return [...codes].sort((a, b) => a - b);
}
