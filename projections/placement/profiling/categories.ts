/** What a service is sensitive to, from how much slower it gets when it shares a node, and from what it takes of one. */
import type { Sensitivity } from '../placer/model.ts';
import { cpuOf, memoryOf } from './needs.ts';
import type { ProcessUse } from './needs.ts';
import { medianBounds } from './ranks.ts';
import { ascending, median, quantile } from './windows.ts';

/** Where categories begin. */
export interface CategoryRules {
  /** Sensitive to CPU: its median latency grows by this factor or more. */
  readonly slowdown: number;
  /** Sensitive to memory: it takes this share of the reference node's memory or more, */
  readonly memoryShare: number;
  /** which has so much of each: millicores, MB. */
  readonly node: { readonly cpu: number; readonly memory: number };
}

/** A Raspberry Pi 4B or a Jetson Nano as reference. */
export const categoryRules: CategoryRules = {
  slowdown: 1.45,
  memoryShare: 0.25,
  node: { cpu: 4000, memory: 4096 },
};

/** How much slower, with bounds that hold in 95 % of samples whatever the distributions. */
export interface Slowdown {
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
}

/** A category with what it follows from. */
export interface Category {
  readonly sensitivity: Sensitivity;
  /** Null: there are no latencies of both kinds, so it is not known whether CPU matters. */
  readonly slowdown: Slowdown | null;
  /** Median use over what the reference node has; null without measurements. */
  readonly cpuShare: number | null;
  readonly memoryShare: number | null;
  /** true: the bounds of the slowdown lie on both sides of the threshold, so that another run may say otherwise. */
  readonly close: boolean;
}

/** The ratio of the median latencies under sharing and alone; null when either is missing or the one alone is 0. */
export function slowdownOf(alone: readonly number[], shared: readonly number[]): Slowdown | null {
  const [a, s] = [ascending(alone), ascending(shared)];
  const usual = quantile(a, 0.5);
  if (s.length === 0 || !(usual > 0)) return null;
  const [of, over] = [medianBounds(s), medianBounds(a)];
  return { ratio: quantile(s, 0.5) / usual, low: of.low / over.high, high: of.high / over.low };
}

/**
 * The category of a service: 0 none, 1 CPU, 2 memory, 3 both.
 *
 * Alone 0.143 s, shared 0.213 s, 1,573 MB: slowed by 1.49, 0.38 of the memory of a node, sensitive to both (3).
 */
export function categoryOf(
  alone: readonly number[],
  shared: readonly number[],
  uses: readonly ProcessUse[],
  rules: CategoryRules = categoryRules,
): Category {
  const slowdown = slowdownOf(alone, shared);
  const share = (of: (use: ProcessUse) => number, whole: number) =>
    uses.length === 0 ? null : median(uses.map(of)) / whole;
  const cpuShare = share(cpuOf, rules.node.cpu);
  const memoryShare = share(memoryOf, rules.node.memory);
  const cpu = slowdown !== null && slowdown.ratio >= rules.slowdown ? 1 : 0;
  const memory = memoryShare !== null && memoryShare >= rules.memoryShare ? 2 : 0;
  return {
    sensitivity: (cpu + memory) as Sensitivity,
    slowdown,
    cpuShare,
    memoryShare,
    close: slowdown !== null && slowdown.low < rules.slowdown && slowdown.high >= rules.slowdown,
  };
}
