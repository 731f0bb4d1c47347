/** What may be kept for a limited time. */

/** Rows that have a period of their own, by name: the table, or several that belong together. */
export const retained = {
  usage:
    'Usage of containers and namespaces: container_usage, namespace_usage, usage_signals, accelerator_usage, superseded_rows.',
  recommendation_history: 'What was recommended before.',
  rejected_rows: 'Rows of reports that were set aside.',
  experiment_results:
    'Results of experiments and what was recommended for them: experiment_days, experiment_results, experiment_recommendations.',
  experiment_answers: 'Answers to wishes about experiments.',
  performance_profile_answers: 'Answers to wishes about performance profiles.',
  loads: 'Loads of services: load.',
  scaling_decisions: 'Why services have the replicas that they have: scaling_decisions.',
  request_ids: 'Request ids of clients and their first answers; not rebuildable.',
} as const;

/** Name of such rows. */
export type Retained = keyof typeof retained;

/** The period of all that have none of their own. */
export const ALL_ROWS = '*';

/** Least days of usage and results: the longest term looks back 15 days from any time of a day, and signals are kept for 17. */
export const LEAST_USAGE_DAYS = 17;
/** Most days of a period. */
export const MOST_DAYS = 3_650;

const DAY_MS = 86_400_000;

/** Start of the first UTC day that is kept at a time: `days` whole days, and the one that has begun. */
export function expiryAt(rowsOf: string, days: number, at: number): number {
  const isUsage = rowsOf === 'usage' || rowsOf === 'experiment_results';
  const kept = isUsage ? Math.max(days, LEAST_USAGE_DAYS) : days;
  return (Math.floor(at / DAY_MS) - kept) * DAY_MS;
}
