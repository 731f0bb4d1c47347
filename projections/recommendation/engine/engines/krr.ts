/** `krr` and `krr-limit`: what robusta's KRR says of the same usage, strategies simple and simple_limit. */
import { NO_DATA, noAdvice, tuned } from './engine.ts';
import type { AdviceSettings, Note, RequestEngine, Tunable } from './engine.ts';
import { rowsWithin } from './history.ts';
import { DAY } from '../time.ts';

const MIB = 2 ** 20;

const common: readonly Tunable[] = [
  { name: 'history_hours', about: 'Hours that count.', default: 336, min: 1, max: 2_160 },
  { name: 'memory_margin', about: 'Share added to the peak.', default: 0.15, min: 0, max: 2 },
  { name: 'use_oom', about: '1: at least 1.25 of the limit at the last OOM.', default: 0, min: 0, max: 1 },
  { name: 'points_required', about: 'Fewer rows give no advice.', default: 100, min: 1, max: 100_000 },
  { name: 'cpu_floor', about: 'Least cores.', default: 0.01, min: 0, max: 10 },
  { name: 'memory_floor', about: 'Least bytes.', default: 1e8, min: 0, max: 1e12 },
];

/** Request P95 of usage, no CPU limit. */
const simple = krr('krr', 'KRR simple: P95 of usage, memory peak + 15 %; no CPU limit.', 95, 0);
/** Request P66, limit P96. */
const simpleLimit = krr(
  'krr-limit',
  'KRR simple_limit: CPU request P66, limit P96; memory peak + 15 %.',
  66,
  96,
);

/** Both strategies. */
export const krrEngines = { simple, simpleLimit };

function krr(name: string, about: string, request: number, limit: number): RequestEngine {
  const engine: RequestEngine = {
    name,
    about,
    tunables: [
      { name: 'cpu_percentile', about: 'Of usage.', default: request, min: 1, max: 100 },
      { name: 'limit_percentile', about: 'Of usage; 0: no limit.', default: limit, min: 0, max: 100 },
      ...common,
    ],
    advise({ samples }, at, settings = {}) {
      const values = tuned(engine, settings.tunables) as Record<
        | 'cpu_percentile'
        | 'limit_percentile'
        | 'history_hours'
        | 'memory_margin'
        | 'use_oom'
        | 'points_required'
        | 'cpu_floor'
        | 'memory_floor',
        number
      >;
      const rows = rowsWithin(samples, at - (values.history_hours / 24) * DAY, at);
      if (rows.length === 0) return noAdvice([NO_DATA]);
      const guard = guardOf(rows.length, values.points_required, settings);
      if (guard !== null) return noAdvice([guard]);
      const sorted = rows.columns[2]!.slice().sort();
      const cores = (percentile: number) =>
        upTo(Math.max(values.cpu_floor, between(sorted, percentile)), 0.001);
      let peak = 0;
      for (const bytes of rows.columns[4]!) peak = Math.max(peak, bytes);
      const last = settings.outOfMemory?.filter((event) => event.at <= at).at(-1);
      const killed = values.use_oom >= 0.5 && last !== undefined ? last.limit * 1.25 : 0;
      const wanted = Math.max(peak + peak * values.memory_margin, killed, values.memory_floor);
      const memory = peak === 0 ? null : upTo(wanted, MIB);
      return {
        ...noAdvice(peak === 0 ? [{ code: 'MEMORY_ZERO', message: 'Memory usage is zero.' }] : []),
        cpu_request: cores(values.cpu_percentile),
        cpu_limit: values.limit_percentile === 0 ? null : cores(values.limit_percentile),
        memory_request: memory,
        memory_limit: memory,
      };
    },
  };
  return engine;
}

function guardOf(rows: number, required: number, { autoscaled = [] }: AdviceSettings): Note | null {
  if (rows < required) {
    return { code: 'NOT_ENOUGH_DATA', message: `${rows} rows are there, ${required} are needed.` };
  }
  if (autoscaled.length === 0) return null;
  return { code: 'HPA_ON_SAME_METRIC', message: 'A horizontal autoscaler watches the same metric.' };
}

/** Percentile 0..100 of n >= 1 ascending values, between two of them in proportion: between([1, 2], 95) = 1.95. */
export function between(sorted: Float64Array, percentile: number): number {
  const place = (percentile / 100) * (sorted.length - 1);
  const below = Math.floor(place);
  const low = sorted[below]!;
  return below + 1 < sorted.length ? low + (sorted[below + 1]! - low) * (place - below) : low;
}

/** The next multiple of a step: upTo(0.0123, 0.001) = 0.013. */
function upTo(value: number, step: number): number {
  const steps = Math.ceil(value / step - 1e-9);
  return step < 1 ? steps / Math.round(1 / step) : steps * step;
}
