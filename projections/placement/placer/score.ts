/** How much of a node would be left, as one number: what the simple strategies choose by. */
import type { Account } from './ledger.ts';
import type { Wanted } from './filter.ts';

/** How much CPU and memory count. */
export interface Weights {
  readonly cpu: number;
  readonly memory: number;
}

/**
 * Share of the cores that would be left (each core as its per cent of 100) and share of the memory, weighted and added.
 * An empty node of 4 cores and 4,096 MB that takes cores 100, 5, 5, 5 and 300 MB: 285/400 + 3796/4096 = 1.6393.
 * Needs beyond the cores of the node do not count.
 */
export function room(account: Account, { service, needs }: Wanted, weights: Weights): number {
  const { cores, node } = account;
  let left = total(cores);
  for (let i = 0; i < Math.min(needs.length, cores.length); i++) left -= needs[i]!;
  const cpu = cores.length === 0 ? 0 : left / (100 * cores.length);
  return weights.cpu * cpu + (weights.memory * (account.memory - service.memory)) / node.memory;
}

/** Sum of a few numbers. */
export function total(numbers: readonly number[]): number {
  let sum = 0;
  for (const n of numbers) sum += n;
  return sum;
}
