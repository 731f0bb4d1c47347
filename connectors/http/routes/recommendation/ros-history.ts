/** What was advised before: rows of the history as recommendations in the shape of the ROS API. */
import { nest } from '../../../../projections/recommendation/engine/document.ts';
import { amounts, engines, terms } from '../../../../projections/recommendation/tables.ts';
import type { Recommendations } from './shape.ts';
import { timeText } from './time-text.ts';
import { transform, type Options } from './transform.ts';
import type { RecommendationRow } from './ros-items.ts';

/** Columns that items of a history are made of. */
export const historyColumns: readonly string[] = [
  'monitoring_end_time',
  'available',
  'decided_at',
  ...['cpu_request', 'cpu_limit', 'memory_request', 'memory_limit'].map((amount) => `${amount}_current`),
  ...terms.flatMap((term) =>
    engines.flatMap((engine) => amounts.map((amount) => `${term}_${engine}_${amount}`)),
  ),
];

/** An item of a history. */
export interface RosHistoryItem {
  /** Report end that the advice was for. */
  readonly monitoring_end_time: string;
  /** When it was decided; later than the report when older data came late. */
  readonly decided_at: string;
  /** false: no term had advice. */
  readonly available: boolean;
  /** Settings of then, and per term and engine what was advised; variation in per cent. */
  readonly recommendations: Recommendations;
}

/** Makes an item. */
export function historyItem(row: RecommendationRow, options: Options): RosHistoryItem {
  const current = flat(row, (amount) => `${amount}_current`);
  const advised = terms.map((term) => {
    const found = engines.flatMap((engine) => {
      const config = flat(row, (amount) => `${term}_${engine}_${amount}`);
      if (amounts.every((amount) => config[amount] === null)) return [];
      return [
        [engine, { config: nest(config, units), variation: nest(less(config, current), units) }] as const,
      ];
    });
    return [`${term}_term`, { recommendation_engines: Object.fromEntries(found) }] as const;
  });
  const recommendation_terms = Object.fromEntries(
    advised.filter(([, term]) => Object.keys(term.recommendation_engines).length > 0),
  );
  return {
    monitoring_end_time: timeText(String(row['monitoring_end_time'])),
    decided_at: timeText(String(row['decided_at'])),
    available: row['available'] === true,
    recommendations: transform({ current: nest(current, units), recommendation_terms }, {}, options),
  };
}

const units = ['cores', 'cores', 'bytes', 'bytes'] as const;
type Flat = Record<(typeof amounts)[number], number | null>;

function flat(row: RecommendationRow, column: (amount: string) => string): Flat {
  const value = (amount: string): number | null => {
    const cell = row[column(amount)];
    return typeof cell === 'number' ? cell : null;
  };
  return Object.fromEntries(amounts.map((amount) => [amount, value(amount)])) as Flat;
}

/** The variation as the engine tells it: all of what is advised where nothing is set now. */
function less(advised: Flat, current: Flat): Flat {
  const change = (amount: keyof Flat): number | null => {
    const to = advised[amount];
    return to === null ? null : to - (current[amount] ?? 0);
  };
  return Object.fromEntries(amounts.map((amount) => [amount, change(amount)])) as Flat;
}
