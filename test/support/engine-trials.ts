/** Replays of engines on made-up usage: sets that `balanced` was tuned on, and sets that it was not. */
import { replay } from '../../projections/recommendation/engine/replay/replay.ts';
import type { Outcome, ReplayOptions } from '../../projections/recommendation/engine/replay/replay.ts';
import { defaultVariants } from '../../projections/recommendation/engine/replay/variants.ts';
import type { Series } from '../../projections/recommendation/engine/engines/history.ts';
import type { Score } from '../../projections/recommendation/engine/replay/score.ts';
import { shapes, synthetic } from './synthetic-traces.ts';
import type { Shape } from './synthetic-traces.ts';

/** Seeds that defaults were chosen on; nothing is claimed on them. */
export const tuningSeeds: readonly number[] = Array.from({ length: 12 }, (_, i) => i + 1);
/** Seeds that claims are tested on. */
export const heldOutSeeds: readonly number[] = Array.from({ length: 12 }, (_, i) => i + 101);
/** Two days to begin with, six days judged. */
export const trialOptions: ReplayOptions = { warmUpDays: 2, periodDays: 1, periods: 6 };
const DAYS = 9;

/** What every variant made of one series. */
export interface Trial {
  readonly series: string;
  readonly outcomes: ReadonlyMap<string, Outcome>;
}

/** Replays all default variants on one series. */
export function trial(series: Series, options: ReplayOptions = trialOptions): Trial {
  const outcomes = defaultVariants().map(
    (variant) => [variant.name, replay(series, variant, options)] as const,
  );
  return { series: series.name, outcomes: new Map(outcomes) };
}

/** Trials of every shape, a seed each. */
export function trialsOf(seeds: readonly number[]): Map<Shape, Trial[]> {
  return new Map(shapes.map((shape) => [shape, seeds.map((seed) => trial(synthetic(shape, seed, DAYS)))]));
}

/** Means over trials of slack, violations, cost and churn. */
export interface Means {
  readonly slack: number;
  readonly violation: number;
  readonly unmet: number;
  readonly mean: number;
  readonly changesPerDay: number;
  /** Largest violation of one trial. */
  readonly worst: number;
}

/** Means of one variant. */
export function meansOf(trials: readonly Trial[], variant: string, resource: 'cpu' | 'memory'): Means {
  const scores = trials
    .map(({ outcomes }) => outcomes.get(variant)![resource])
    .filter((score) => score !== null);
  const mean = (of: (score: Score) => number) =>
    scores.reduce((sum, score) => sum + of(score), 0) / scores.length;
  return {
    slack: mean((score) => score.slack),
    violation: mean((score) => score.violation),
    unmet: mean((score) => score.unmet),
    mean: mean((score) => score.mean),
    changesPerDay: mean((score) => score.changesPerDay),
    worst: Math.max(...scores.map((score) => score.violation)),
  };
}

/** Names of rivals: everything but `balanced`. */
export const rivals: readonly string[] = defaultVariants()
  .map(({ name }) => name)
  .filter((name) => name !== 'balanced');

/** Rivals that are better than `ours` on slack and violations at once, by more than `margin` percentage points on both. */
export function betterOnBoth(
  ours: Pick<Means, 'slack' | 'violation'>,
  theirs: ReadonlyMap<string, Pick<Means, 'slack' | 'violation'>>,
  margin = 1,
): string[] {
  return [...theirs]
    .filter(([, s]) => s.slack < ours.slack - margin && s.violation < ours.violation - margin)
    .map(([name]) => name);
}
