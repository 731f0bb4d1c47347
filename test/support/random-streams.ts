/** Random usage of one container as signals: gaps, jitter, idle stretches, bursts, settings near what is advised. */
import { signalColumns } from '../../projections/recommendation/engine/signals.ts';
import type { Signals } from '../../projections/recommendation/engine/signals.ts';
import { recommend } from '../../projections/recommendation/engine/recommend.ts';
import type { Recommendation } from '../../projections/recommendation/engine/recommend.ts';
import { packSegment, unpackSegment } from '../../projections/recommendation/engine/state/segment.ts';
import type { SignalsDay } from '../../projections/recommendation/usage-signals.ts';
import { DAY_MS, dayOf } from '../../projections/recommendation/usage-day.ts';
import { signalsAt } from '../../projections/recommendation/usage-signals.ts';
import { noiseFrom } from './synthetic-traces.ts';

const QUARTER = 900_000;
const t0 = Date.parse('2026-02-01T00:00:00Z');

/** A stream of up to 17 days; cores and bytes. */
export function randomStream(seed: number): Signals {
  const { uniform, normal } = noiseFrom(seed);
  const total = Math.floor(1 + 1_640 * uniform() ** 2);
  const gaps = uniform() < 0.5 ? 0 : 0.3 * uniform();
  const jitter = uniform() < 0.5 ? 0 : 25;
  // Half of them on the grid of usage reports, the others anywhere.
  const phase = uniform() < 0.5 ? 0 : Math.floor(900 * uniform()) * 1_000 + 511;
  const scale = Math.exp(-7 + 9 * uniform());
  const spread = uniform() < 0.2 ? 0 : uniform();
  const bytes = Math.exp(16 + 8 * uniform());
  const lengths = uniform() < 0.7 ? [900] : [900, 870, 899, 930];
  const rows: number[][] = [];
  for (let i = 0; i < total; i++) {
    if (i < total - 1 && uniform() < gaps) continue;
    const end = t0 + phase + i * QUARTER + Math.round(jitter * (2 * uniform() - 1)) * 1_000;
    const cpu = uniform() < 0.05 ? 0 : scale * Math.exp(spread * normal());
    const memory = Math.round(bytes * (1 + 0.2 * uniform()));
    const spike = uniform() < 0.5 ? 0 : Math.round(0.3 * uniform() * memory);
    const length = lengths[Math.floor(uniform() * lengths.length)]! * 1_000;
    const pods = Math.floor(1 + 9 * uniform());
    rows.push([
      end,
      end - length,
      cpu,
      cpu * uniform(),
      memory,
      memory - spike,
      spike,
      pods,
      NaN,
      NaN,
      NaN,
      NaN,
    ]);
  }
  const columns = signalColumns.map((_, c) => Float64Array.from(rows, (row) => row[c]!));
  return nearCurrent({ length: rows.length, columns }, uniform);
}

/** Settings of the newest row: none, something, or close to what is advised. */
function nearCurrent(signals: Signals, uniform: () => number): Signals {
  const newest = signals.length - 1;
  const advised = ask(signals).advice.at(-1);
  const targets = [advised?.cpu_request, advised?.cpu_limit, advised?.memory_request, advised?.memory_limit];
  targets.forEach((target, c) => {
    const kind = uniform();
    if (kind < 0.2) return;
    const off = kind < 0.6 ? 1 + 0.004 * (uniform() - 0.5) : 0.5 + uniform();
    signals.columns[8 + c]![newest] = (target ?? 1) * off;
  });
  return signals;
}

/** The recommendation at the newest row. */
export function ask(signals: Signals, requestedEnd = signals.columns[0]!.at(-1)!): Recommendation {
  return recommend(signals, { kind: 'container', requestedEnd });
}

/** Packs one day. */
export type Pack = typeof packSegment;

/** What a recommendation at the newest of these signals looks at, when they are kept as compact days. */
export function throughSegments(signals: Signals, pack: Pack = packSegment): Signals {
  const ends = signals.columns[0]!;
  const days: SignalsDay[] = [];
  for (let from = 0; from < signals.length;) {
    const day = dayOf(ends[from]!);
    const start = Date.parse(day);
    let to = from;
    while (to < signals.length && ends[to]! <= start + DAY_MS) to += 1;
    const columns = signals.columns.map((column) => column.slice(from, to));
    const packed = pack({ length: to - from, columns }, start);
    days.push({ day, signals: (whole) => unpackSegment(packed, start, whole) });
    from = to;
  }
  return signalsAt(days, ends[signals.length - 1]!);
}

/** The same with memory in another unit. */
export function scaleMemory({ length, columns }: Signals, factor: number): Signals {
  const memory = ['mMax', 'mMin', 'spike', 'memoryRequest', 'memoryLimit'];
  return {
    length,
    columns: columns.map((column, c) =>
      memory.includes(signalColumns[c]!) ? column.map((value) => value * factor) : column,
    ),
  };
}

/** What two answers differ in: the largest relative error of numbers, and everything that is not a number. */
export interface Difference {
  readonly error: number;
  readonly other: readonly string[];
}

const amounts = ['cpu_request', 'cpu_limit', 'memory_request', 'memory_limit'] as const;
/** Changes of 0.1 ± 0.02 % of current: notices may differ there. */
const [NEAR, FAR] = [0.08, 0.12];

/** What the codes begin at: less is told as this, a thousandth of what counts as idle. */
const LEAST_CORES = 1.001e-6;

/** Compares advice, codes and plots. Where a change lies within 0.1 ± 0.02 % of current, codes and amounts of that engine are not. */
export function compare(exact: Recommendation, stored: Recommendation): Difference {
  let error = 0;
  const other: string[] = [];
  const numbers = (path: string, a: unknown, b: unknown) => {
    if (typeof a === 'number' && typeof b === 'number') {
      const apart = Math.abs(a - b);
      const off = apart <= LEAST_CORES ? 0 : apart / Math.abs(a);
      error = Math.max(error, off);
    } else if (a !== b) other.push(`${path}: ${String(a)} and ${String(b)}`);
  };
  numbers('intervals', exact.intervals, stored.intervals);
  numbers('start', exact.start, stored.start);
  if (String(exact.notifications) !== String(stored.notifications))
    other.push(`codes ${exact.notifications.join()} and ${stored.notifications.join()}`);
  exact.advice.forEach((row, i) => {
    const twin = stored.advice[i];
    const name = `${row.term}/${row.engine}`;
    const borderline = amounts.some((key) => {
      const now = exact.current[key] ?? 0;
      const changes = [row, twin].map((side) => (Math.abs(side?.[`${key}_variation`] ?? 0) / now) * 100);
      return now > 0 && changes.some((change) => change >= NEAR && change <= FAR);
    });
    // A setting that counts as optimised on one side alone stands at current there, up to 0.12 % off.
    const compared = borderline ? [] : amounts;
    for (const key of [...compared, 'pods_count', 'duration_in_hours'] as const) {
      numbers(`${name} ${key}`, row[key], twin?.[key]);
    }
    if (!borderline && String(row.notifications) !== String(twin?.notifications)) {
      other.push(`${name} codes ${row.notifications.join()} and ${String(twin?.notifications.join())}`);
    }
  });
  comparePlots(exact, stored, numbers);
  return { error, other };
}

function comparePlots(
  exact: Recommendation,
  stored: Recommendation,
  numbers: (path: string, a: unknown, b: unknown) => void,
): void {
  const walk = (path: string, a: unknown, b: unknown) => {
    if (typeof a !== 'object' || a === null) {
      numbers(path, a, b);
      return;
    }
    const twin = (typeof b === 'object' && b !== null ? b : {}) as Record<string, unknown>;
    for (const [key, value] of Object.entries(a)) walk(`${path}.${key}`, value, twin[key]);
  };
  const [at] = Object.values(exact.document.data);
  const [twin] = Object.values(stored.document.data);
  for (const [term, document] of Object.entries(at?.recommendation_terms ?? {})) {
    const theirs = twin?.recommendation_terms[term];
    walk(
      term,
      'plots' in document ? document.plots : undefined,
      theirs !== undefined && 'plots' in theirs ? theirs.plots : undefined,
    );
  }
}
