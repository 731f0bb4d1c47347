/** `vpa`: what the Vertical Pod Autoscaler's recommender says of the same usage. */
import type { Signals } from '../signals.ts';
import { DAY, MINUTE } from '../time.ts';
import { DecayingHistogram } from './decaying-histogram.ts';
import { NO_DATA, noAdvice, tuned } from './engine.ts';
import type { AdviceSettings, Bounds, OutOfMemory, RequestEngine, Tunable } from './engine.ts';
import { window } from './history.ts';

const MIB = 2 ** 20;
const HISTORY_DAYS = 8;
/** Weight of a CPU sample; only ratios count. */
const CPU_WEIGHT = 0.1;
const CPU_SHAPE = { first: 0.01, largest: 1_000 };
const MEMORY_SHAPE = { first: 1e7, largest: 1e12 };
/** A container that was killed is given 100 MiB or a fifth more. */
const OOM_BUMP = { bytes: 100 * MIB, ratio: 1.2 };

const tunables: readonly Tunable[] = [
  { name: 'cpu_percentile', about: 'Of decaying weights.', default: 90, min: 1, max: 100 },
  { name: 'memory_percentile', about: 'Of daily peaks.', default: 90, min: 1, max: 100 },
  { name: 'margin', about: 'Share added to target and bounds.', default: 0.15, min: 0, max: 2 },
  { name: 'half_life_hours', about: 'After which a sample weighs half.', default: 24, min: 1, max: 720 },
  { name: 'cpu_floor', about: 'Least cores of a pod.', default: 0.025, min: 0, max: 10 },
  { name: 'memory_floor', about: 'Least bytes of a pod.', default: 250 * MIB, min: 0, max: 1e12 },
];

/** Target P90 · 1.15 with bounds from P50 and P95 that narrow with time; limits keep their ratio to requests. */
export const vpa: RequestEngine = {
  name: 'vpa',
  about: 'Vertical Pod Autoscaler: P90 of decaying weights and of daily memory peaks, each + 15 %.',
  tunables,
  advise(history, at, settings = {}) {
    const values = tuned(vpa, settings.tunables) as Record<
      'cpu_percentile' | 'memory_percentile' | 'margin' | 'half_life_hours' | 'cpu_floor' | 'memory_floor',
      number
    >;
    const samples = window(history.samples, at, HISTORY_DAYS);
    if (samples.length === 0) return noAdvice([NO_DATA]);
    const halfLife = values.half_life_hours * 60 * MINUTE;
    const cpu = cpuHistogram(samples, halfLife);
    const memory = memoryHistogram(samples, history.samples.columns[0]![0]!, halfLife, at, settings);
    const confidence = confidenceOf(samples, history.sampleMinutes);
    const sized = (histogram: DecayingHistogram, percentile: number, floor: number) =>
      estimate(histogram, percentile, values.margin, floor, confidence);
    const c = sized(cpu, values.cpu_percentile, values.cpu_floor);
    const m = memory === null ? null : sized(memory, values.memory_percentile, values.memory_floor);
    const { current } = settings;
    return {
      cpu_request: c.target,
      cpu_limit: kept(c.target, current?.cpu_request, current?.cpu_limit),
      memory_request: m?.target ?? null,
      memory_limit: m === null ? null : kept(m.target, current?.memory_request, current?.memory_limit),
      bounds: { cpu: c.bounds, memory: m?.bounds ?? null },
      confidence: Math.min(1, confidence / HISTORY_DAYS),
      notes: m === null ? [{ code: 'MEMORY_ZERO', message: 'Memory usage is zero.' }] : [],
    };
  },
};

function cpuHistogram(samples: Signals, halfLife: number): DecayingHistogram {
  const histogram = new DecayingHistogram({ ...CPU_SHAPE, halfLife });
  const [end, , iMax] = samples.columns;
  for (let i = 0; i < samples.length; i++) histogram.add(iMax![i]!, CPU_WEIGHT, end![i]!);
  return histogram;
}

/** One peak per window of 24 h, stamped with the window's end, weight 1; the running window counts. Null when all are 0. */
function memoryHistogram(
  samples: Signals,
  firstEnd: number,
  halfLife: number,
  at: number,
  { outOfMemory = [] }: AdviceSettings,
): DecayingHistogram | null {
  const peaks = new Map<number, number>();
  const stamp = (time: number) => firstEnd + (Math.floor((time - firstEnd) / DAY) + 1) * DAY;
  const [end, , , , mMax] = samples.columns;
  for (let i = 0; i < samples.length; i++) {
    const time = stamp(end![i]!);
    peaks.set(time, Math.max(peaks.get(time) ?? 0, mMax![i]!));
  }
  for (const event of outOfMemory) {
    if (event.at > at || event.at <= at - HISTORY_DAYS * DAY) continue;
    const time = stamp(event.at);
    peaks.set(time, Math.max(peaks.get(time) ?? 0, afterOutOfMemory(event)));
  }
  if ([...peaks.values()].every((peak) => peak === 0)) return null;
  const histogram = new DecayingHistogram({ ...MEMORY_SHAPE, halfLife });
  for (const [time, peak] of [...peaks].sort(([a], [b]) => a - b)) histogram.add(peak, 1, time);
  return histogram;
}

/** What a container is believed to want that ran into its limit: 1,000 MiB → 1,200 MiB, 200 MiB → 300 MiB. */
export function afterOutOfMemory({ limit }: OutOfMemory): number {
  return Math.max(limit + OOM_BUMP.bytes, limit * OOM_BUMP.ratio);
}

/** min(days from first to last row, minutes of rows in days): a day of rows every minute gives 1. */
function confidenceOf(samples: Signals, minutes: number): number {
  const end = samples.columns[0]!;
  const lifespan = (end[samples.length - 1]! - end[0]!) / DAY;
  return Math.min(lifespan, (samples.length * minutes * MINUTE) / DAY);
}

/**
 * Target and bounds. With confidence 1 and margin 15 %: lower = P50·1.15·(1 + 0.001/1)^-2 = P50·1.15·0.998, upper =
 * P95·1.15·(1 + 1/1) = P95·2.3.
 */
function estimate(
  histogram: DecayingHistogram,
  percentile: number,
  margin: number,
  floor: number,
  confidence: number,
): { target: number; bounds: Bounds } {
  const at = (share: number) => (histogram.percentile(share) ?? 0) * (1 + margin);
  return {
    target: Math.max(floor, at(percentile / 100)),
    bounds: {
      lower: Math.max(floor, at(0.5) * (1 + 0.001 / confidence) ** -2),
      upper: Math.max(floor, at(0.95) * (1 + 1 / confidence)),
    },
  };
}

/** A limit in the ratio that it has to its request now; null when one of them is not set. */
export function kept(
  target: number,
  request: number | null | undefined,
  limit: number | null | undefined,
): number | null {
  return !request || !limit || request < 0 ? null : target * (limit / request);
}
