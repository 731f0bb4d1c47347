/** The columns of a recommendation that name a term and an engine. */
import type { RecommendationMade } from '../../schemas/generated/events.ts';
import type { AdviceColumn, engines, terms, VariationColumn } from './tables.ts';
import { variationPercent } from './variation.ts';

type Advice = RecommendationMade['advice'][number];

function adviceOf(
  { advice }: RecommendationMade,
  term: (typeof terms)[number],
  engine: (typeof engines)[number],
): Advice | undefined {
  return advice.find((a) => a.engine === engine && a.term === `${term}_term`);
}

/** What each engine advises for each term; written out, for an object with so many computed names is slow to make and to read. */
export function adviceColumns(event: RecommendationMade) {
  const shortCost = adviceOf(event, 'short', 'cost');
  const shortPerformance = adviceOf(event, 'short', 'performance');
  const mediumCost = adviceOf(event, 'medium', 'cost');
  const mediumPerformance = adviceOf(event, 'medium', 'performance');
  const longCost = adviceOf(event, 'long', 'cost');
  const longPerformance = adviceOf(event, 'long', 'performance');
  return {
    short_cost_cpu_request: shortCost?.cpu_request ?? null,
    short_cost_cpu_limit: shortCost?.cpu_limit ?? null,
    short_cost_memory_request: shortCost?.memory_request ?? null,
    short_cost_memory_limit: shortCost?.memory_limit ?? null,
    short_performance_cpu_request: shortPerformance?.cpu_request ?? null,
    short_performance_cpu_limit: shortPerformance?.cpu_limit ?? null,
    short_performance_memory_request: shortPerformance?.memory_request ?? null,
    short_performance_memory_limit: shortPerformance?.memory_limit ?? null,
    medium_cost_cpu_request: mediumCost?.cpu_request ?? null,
    medium_cost_cpu_limit: mediumCost?.cpu_limit ?? null,
    medium_cost_memory_request: mediumCost?.memory_request ?? null,
    medium_cost_memory_limit: mediumCost?.memory_limit ?? null,
    medium_performance_cpu_request: mediumPerformance?.cpu_request ?? null,
    medium_performance_cpu_limit: mediumPerformance?.cpu_limit ?? null,
    medium_performance_memory_request: mediumPerformance?.memory_request ?? null,
    medium_performance_memory_limit: mediumPerformance?.memory_limit ?? null,
    long_cost_cpu_request: longCost?.cpu_request ?? null,
    long_cost_cpu_limit: longCost?.cpu_limit ?? null,
    long_cost_memory_request: longCost?.memory_request ?? null,
    long_cost_memory_limit: longCost?.memory_limit ?? null,
    long_performance_cpu_request: longPerformance?.cpu_request ?? null,
    long_performance_cpu_limit: longPerformance?.cpu_limit ?? null,
    long_performance_memory_request: longPerformance?.memory_request ?? null,
    long_performance_memory_limit: longPerformance?.memory_limit ?? null,
  } satisfies Record<AdviceColumn, number | null>;
}

/** The changes of requests that they mean, in per cent. */
export function variationColumns(event: RecommendationMade) {
  const [cpu, memory] = [event.cpu_request_current, event.memory_request_current];
  const shortCost = adviceOf(event, 'short', 'cost');
  const shortPerformance = adviceOf(event, 'short', 'performance');
  const mediumCost = adviceOf(event, 'medium', 'cost');
  const mediumPerformance = adviceOf(event, 'medium', 'performance');
  const longCost = adviceOf(event, 'long', 'cost');
  const longPerformance = adviceOf(event, 'long', 'performance');
  return {
    cpu_variation_short_cost_pct: changeOf('cpu', shortCost?.cpu_request_variation, cpu),
    cpu_variation_short_performance_pct: changeOf('cpu', shortPerformance?.cpu_request_variation, cpu),
    cpu_variation_medium_cost_pct: changeOf('cpu', mediumCost?.cpu_request_variation, cpu),
    cpu_variation_medium_performance_pct: changeOf('cpu', mediumPerformance?.cpu_request_variation, cpu),
    cpu_variation_long_cost_pct: changeOf('cpu', longCost?.cpu_request_variation, cpu),
    cpu_variation_long_performance_pct: changeOf('cpu', longPerformance?.cpu_request_variation, cpu),
    memory_variation_short_cost_pct: changeOf('memory', shortCost?.memory_request_variation, memory),
    memory_variation_short_performance_pct: changeOf(
      'memory',
      shortPerformance?.memory_request_variation,
      memory,
    ),
    memory_variation_medium_cost_pct: changeOf('memory', mediumCost?.memory_request_variation, memory),
    memory_variation_medium_performance_pct: changeOf(
      'memory',
      mediumPerformance?.memory_request_variation,
      memory,
    ),
    memory_variation_long_cost_pct: changeOf('memory', longCost?.memory_request_variation, memory),
    memory_variation_long_performance_pct: changeOf(
      'memory',
      longPerformance?.memory_request_variation,
      memory,
    ),
  } satisfies Record<VariationColumn, number | null>;
}

function changeOf(
  resource: 'cpu' | 'memory',
  variation: number | null | undefined,
  current: number | null,
): number | null {
  return variation === null || variation === undefined
    ? null
    : variationPercent(resource, variation, current);
}
