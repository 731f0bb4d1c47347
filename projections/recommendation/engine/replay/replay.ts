/** The replay laboratory: train up to a moment, freeze for a period, look what happened, slide on. */
import type { Settings } from '../advice.ts';
import type { OutOfMemory, RequestEngine, Tunables } from '../engines/engine.ts';
import { historyAt, rowsWithin } from '../engines/history.ts';
import type { Series } from '../engines/history.ts';
import { percentileOf } from '../percentile.ts';
import type { Signals } from '../signals.ts';
import { DAY, MINUTE } from '../time.ts';
import { noTotals } from './score.ts';
import type { Score, Totals } from './score.ts';

/** An engine with its tunables, under a name to show. */
export interface Variant {
  readonly name: string;
  readonly engine: RequestEngine;
  readonly tunables: Tunables;
}

/** How a replay goes. */
export interface ReplayOptions {
  /** Days of history before the first advice. */
  readonly warmUpDays: number;
  /** Days between two advices. */
  readonly periodDays: number;
  /** At most so many periods, the earliest; only whole ones count. Absent: 1,000. */
  readonly periods?: number;
}

/** Two days to begin with, then every day. */
export const replayDefaults: ReplayOptions = { warmUpDays: 2, periodDays: 1 };

/** What a variant (or hindsight) would have meant; null where it never advised, or there is no such usage. */
export interface Outcome {
  readonly name: string;
  readonly cpu: Score | null;
  readonly memory: Score | null;
  /** Periods without CPU advice; they are not judged. */
  readonly unadvised: number;
  /** What was allocated, by period. */
  readonly allocated: readonly {
    readonly at: number;
    readonly cpu: number | null;
    readonly memory: number | null;
  }[];
}

/** Periods of a replay that nobody bounded: almost three years of days. */
const MAX_PERIODS = 1_000;

/** The moments of advice; every one is followed by a whole period. A series of 8 days gives 6 with the defaults. */
export function moments({ samples, minutes }: Series, options: ReplayOptions): number[] {
  if (samples.length === 0) return [];
  const ends = samples.columns[0]!;
  const last = ends[samples.length - 1]!;
  const times: number[] = [];
  const first = ends[0]! - minutes * MINUTE + options.warmUpDays * DAY;
  const most = options.periods ?? MAX_PERIODS;
  // Reports whose intervals end a second early end their days early, too.
  const early = (minutes * MINUTE) / 2;
  for (let at = first; at + options.periodDays * DAY <= last + early && times.length < most;) {
    times.push(at);
    at += options.periodDays * DAY;
  }
  return times;
}

/**
 * Replays one variant. Memory that a period needs beyond its limit is an OOM kill, known to the next advice. `totals` gets the
 * same periods added, for sums over containers.
 */
export function replay(
  series: Series,
  variant: Variant,
  options: ReplayOptions = replayDefaults,
  totals: Totals = noTotals(),
): Outcome {
  const tallies = noTotals();
  totals.cpu.restart();
  totals.memory.restart();
  const allocated: Outcome['allocated'][number][] = [];
  const outOfMemory: OutOfMemory[] = [];
  let current: Settings | undefined;
  let unadvised = 0;
  for (const { at, after } of periods(series, options)) {
    const advice = variant.engine.advise(historyAt(series, at), at, {
      tunables: variant.tunables,
      outOfMemory,
      brief: true,
      ...(current === undefined ? {} : { current }),
    });
    const cpu = advice.cpu_request;
    const memory = advice.memory_limit ?? advice.memory_request;
    if (cpu === null) unadvised += 1;
    else for (const { cpu: tally } of [tallies, totals]) tally.add(after.columns[2]!, cpu);
    if (memory !== null) totals.memory.add(after.columns[4]!, memory);
    if (memory !== null && tallies.memory.add(after.columns[4]!, memory)) {
      outOfMemory.push({ at: firstAbove(after, memory), limit: memory });
    }
    allocated.push({ at, cpu, memory });
    const { cpu_request, cpu_limit, memory_request, memory_limit } = advice;
    current = { cpu_request, cpu_limit, memory_request, memory_limit };
  }
  return {
    name: variant.name,
    cpu: tallies.cpu.score(options.periodDays, 'rows'),
    memory: tallies.memory.score(options.periodDays, 'periods'),
    unadvised,
    allocated,
  };
}

/** Each period that has rows, with them. */
function* periods(
  series: Series,
  options: ReplayOptions,
): Generator<{ readonly at: number; readonly after: ReturnType<typeof rowsWithin> }> {
  for (const at of moments(series, options)) {
    const after = rowsWithin(series.samples, at, at + options.periodDays * DAY);
    if (after.length > 0) yield { at, after };
  }
}

/** What nobody can know: each period given its own percentile (100: its maximum). The floor that engines are read against. */
export function hindsight(
  series: Series,
  percentile: number,
  options: ReplayOptions = replayDefaults,
  totals: Totals = noTotals(),
): Outcome {
  const tallies = noTotals();
  totals.cpu.restart();
  totals.memory.restart();
  const allocated: Outcome['allocated'][number][] = [];
  for (const { at, after } of periods(series, options)) {
    const cpu = percentileOf(after.columns[2]!, percentile);
    const memory = percentileOf(after.columns[4]!, percentile);
    for (const tally of [tallies, totals]) {
      tally.cpu.add(after.columns[2]!, cpu);
      if (memory > 0) tally.memory.add(after.columns[4]!, memory);
    }
    allocated.push({ at, cpu, memory: memory > 0 ? memory : null });
  }
  return {
    name: percentile === 100 ? 'hindsight max' : `hindsight P${percentile}`,
    cpu: tallies.cpu.score(options.periodDays, 'rows'),
    memory: tallies.memory.score(options.periodDays, 'periods'),
    unadvised: 0,
    allocated,
  };
}

function firstAbove(rows: Signals, limit: number): number {
  const [end, , , , mMax] = rows.columns;
  return end![mMax!.findIndex((bytes) => bytes > limit)]!;
}
