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
  readonly name: TermName;
  /** Key in the document. */
  readonly key: 'short_term' | 'medium_term' | 'long_term';
  readonly days: number;
  /** Points of measurement_duration that must be there. */
  readonly minPoints: number;
  /** Number of plot buckets and their width, ms. */
  readonly plotBuckets: number;
  readonly plotWidth: number;
  /** Notification code "<term> Recommendations Available". */
  readonly available: number;
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
  readonly name: EngineName;
  /** Percentile of the CPU values, 0..100. */
  readonly cpuPercentile: number;
  /** Percentile of what was used of an accelerator, 0..100. */
  readonly acceleratorPercentile: number;
  /** Notification code "<engine> Recommendations Available". */
  readonly available: number;
}

/** All engines. */
export const engines: readonly Engine[] = [
  { name: 'cost', cpuPercentile: 60, acceleratorPercentile: 60, available: 112101 },
  { name: 'performance', cpuPercentile: 98, acceleratorPercentile: 98, available: 112102 },
];
