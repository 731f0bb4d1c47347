/** The terms and engines of the Kruize policy, and the identity of this code. */

import { DAY } from './time.ts';

/** Bumped when the same signals can give another recommendation. */
export const engineVersion = 1;
/** Name of the policy that these modules implement. */
export const policy = 'kruize-parity';

/** Names of terms as options and recommendation_settings spell them. */
export type TermName = 'short' | 'medium' | 'long';
/** Names of engines. */
export type EngineName = 'cost' | 'performance';

/** A window length with what it needs and shows. */
export interface Term {
  readonly name: string;
  /** Key in the document. */
  readonly key: string;
  readonly days: number;
  /** Points of measurement_duration that must be there. */
  readonly minPoints: number;
  /** Number of plot buckets and their width, ms. */
  readonly plotBuckets: number;
  readonly plotWidth: number;
  /** Notification code "<term> Recommendations Available"; null: Kruize has none. */
  readonly available: number | null;
}

/** All terms, shortest first. */
export const terms: readonly Term[] = [
  {
    name: 'short',
    key: 'short_term',
    days: 1,
    minPoints: 2,
    plotBuckets: 4,
    plotWidth: DAY / 4,
    available: 111101,
  },
  {
    name: 'medium',
    key: 'medium_term',
    days: 7,
    minPoints: 192,
    plotBuckets: 7,
    plotWidth: DAY,
    available: 111102,
  },
  {
    name: 'long',
    key: 'long_term',
    days: 15,
    minPoints: 768,
    plotBuckets: 15,
    plotWidth: DAY,
    available: 111103,
  },
];

/** A way to pick one value out of a window. Memory always takes the largest (percentile 100). */
export interface Engine {
  readonly name: string;
  /** Percentile of the CPU values, 0..100. */
  readonly cpuPercentile: number;
  /** Percentile of what was used of an accelerator, 0..100. */
  readonly acceleratorPercentile: number;
  /** Notification code "<engine> Recommendations Available"; null: Kruize has none. */
  readonly available: number | null;
}

/** All engines. */
export const engines: readonly Engine[] = [
  { name: 'cost', cpuPercentile: 60, acceleratorPercentile: 60, available: 112101 },
  { name: 'performance', cpuPercentile: 98, acceleratorPercentile: 98, available: 112102 },
];

/** Points of a day, a quarter of an hour each. */
const DAY_POINTS = 96;

function customTerm(name: string, days: number, minPoints: number): Term {
  return { name, key: `${name}_term`, days, minPoints, plotBuckets: days, plotWidth: DAY, available: null };
}

/** Terms that Kruize defines and does not use, with the data that each needs: two points, then 2, 7, 21, 63, 126 and 256 days. */
export const customTerms: readonly Term[] = [
  customTerm('daily', 1, 2),
  customTerm('weekly', 7, 2 * DAY_POINTS),
  customTerm('15-days', 15, 7 * DAY_POINTS),
  customTerm('monthly', 30, 21 * DAY_POINTS),
  customTerm('quarterly', 90, 63 * DAY_POINTS),
  customTerm('half-yearly', 180, 126 * DAY_POINTS),
  customTerm('yearly', 365, 256 * DAY_POINTS),
];

/** A term of so many days, which needs two thirds of them: 60d needs 40 days. */
export function termOfDays(days: number): Term {
  return customTerm(`${days}d`, days, Math.max(2, Math.ceil((2 * days * DAY_POINTS) / 3)));
}

/** An engine that takes a percentile of the CPU values, 0..100, and of memory the largest as all do: 95 is named P95. */
export function percentileEngine(percentile: number): Engine {
  return {
    name: `P${percentile}`,
    cpuPercentile: percentile,
    acceleratorPercentile: percentile,
    available: null,
  };
}
