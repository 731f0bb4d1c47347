/** In which order services get their replicas. */
import type { Service } from './model.ts';
import { noQuirks } from './quirks.ts';
import type { Quirks } from './quirks.ts';

/** What goes first. */
export interface QueueRule {
  /** 0: nothing; 1: services sensitive to CPU; 2: to memory. */
  readonly priority: 0 | 1 | 2;
  /** Services with priority that are served before one without gets its turn; at least 1. */
  readonly balance: number;
}

/** Without priority. */
export const plainQueue: QueueRule = { priority: 0, balance: 3 };

/**
 * Services in the order in which they are served: the larger CPU need first (with priority 2, among those with priority, the larger
 * memory need), of equal ones the one that came first. After `balance` services with priority one without is served, and when
 * one side is empty the other goes on: nobody waits for ever.
 */
export function queued(
  services: readonly Service[],
  { priority, balance }: QueueRule,
  quirks: Quirks = noQuirks,
): Service[] {
  const prior = (service: Service) =>
    priority !== 0 && (service.sensitivity === priority || service.sensitivity === 3);
  const by = (amount: 'cpu' | 'memory') => (a: Service, b: Service) => b[amount] - a[amount];
  const ahead = services.filter(prior).sort(by(priority === 2 ? 'memory' : 'cpu'));
  const behind = services.filter((service) => !prior(service)).sort(by('cpu'));
  if (quirks.priorityStarves) return behind;
  const order: Service[] = [];
  while (ahead.length > 0 || behind.length > 0) {
    order.push(...ahead.splice(0, Math.max(1, balance)));
    order.push(...behind.splice(0, 1));
  }
  return order;
}
