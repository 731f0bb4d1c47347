/** The profile of a service: everything that follows from its logs. */
import { categoryOf, categoryRules } from './categories.ts';
import type { Category, CategoryRules } from './categories.ts';
import { contentions } from './contention.ts';
import type { Contention } from './contention.ts';
import { proposedNeeds } from './needs.ts';
import type { ProcessUse, ProposedNeeds } from './needs.ts';
import { throughputOf } from './throughput.ts';
import type { Throughput } from './throughput.ts';
import { ascending, median, quantile } from './windows.ts';

/** Requests in the order of their ends: latency and end, both in seconds. */
export interface Requests {
  readonly latencies: readonly number[];
  readonly ends: readonly number[];
}

/** What was logged of a service. */
export interface ProfileLogs {
  /** Alone on its node, and where it shares it; empty when there is no such log. */
  readonly alone: Requests;
  readonly shared: Requests;
  /** What its process used, a list per level of load. */
  readonly uses: readonly (readonly ProcessUse[])[];
}

/** Latencies in seconds. */
export interface Latency {
  readonly requests: number;
  readonly p50: number;
  readonly p95: number;
}

/** What follows. */
export interface Profile {
  readonly alone: Latency | null;
  readonly shared: Latency | null;
  /** Of the log alone, else of the shared one. */
  readonly throughput: Throughput | null;
  readonly category: Category;
  readonly contentions: readonly Contention[];
  /** Under the heaviest load that was measured. */
  readonly needs: ProposedNeeds | null;
}

/** The profile of a service; the same logs give the same profile. */
export function profileOf(
  { alone, shared, uses }: ProfileLogs,
  rules: CategoryRules = categoryRules,
): Profile {
  const heaviest = uses.reduce<readonly ProcessUse[]>(
    (most, list) => (most.length === 0 || middle(list) > middle(most) ? list : most),
    [],
  );
  const source = alone.ends.length > 0 ? alone : shared;
  return {
    alone: latencyOf(alone),
    shared: latencyOf(shared),
    throughput: throughputOf(source.ends),
    category: categoryOf(alone.latencies, shared.latencies, heaviest, rules),
    contentions: contentions(alone.latencies, shared.latencies),
    needs: proposedNeeds(heaviest),
  };
}

function middle(uses: readonly ProcessUse[]): number {
  return median(uses.map(({ cpu, childCpu }) => cpu + childCpu));
}

function latencyOf({ latencies }: Requests): Latency | null {
  if (latencies.length === 0) return null;
  const sorted = ascending(latencies);
  return { requests: sorted.length, p50: quantile(sorted, 0.5), p95: quantile(sorted, 0.95) };
}
