/** The recommendations object as the ROS API shows it: a fixed choice of what the engine's document holds. */

/** A number with its unit; `amount` is absent when the setting is. */
export interface Amount {
  amount?: number;
  format?: string;
}

/** CPU and memory of requests or limits. */
export interface Pair {
  cpu?: Amount;
  memory?: Amount;
}

/** Requests and limits. */
export interface Settings {
  requests?: Pair;
  limits?: Pair;
}

/** Notifications by code. */
export type Notices = Record<string, { type?: string; message?: string; code?: number }>;

/** One engine of one term. */
export interface Engine {
  config?: Settings;
  variation?: Settings;
  notifications?: Notices | null;
}

/** Five numbers of one resource in one bucket. */
export interface Box {
  min?: number;
  q1?: number;
  median?: number;
  q3?: number;
  max?: number;
  format?: string;
}

/** One bucket; empty when nothing was measured in it. */
export interface Bucket {
  cpuUsage?: Box;
  memoryUsage?: Box;
}

/** One term. */
export interface Term {
  duration_in_hours?: number;
  monitoring_start_time?: string;
  notifications?: Notices | null;
  recommendation_engines?: { cost?: Engine; performance?: Engine };
  plots?: { datapoints?: number; plots_data?: Record<string, Bucket> };
}

/** Keys of the terms, shortest first. */
export const termKeys = ['short_term', 'medium_term', 'long_term'] as const;
/** Keys of the engines in the order of the CSV export. */
export const engineKeys = ['cost', 'performance'] as const;

/** What `recommendations` of an item holds. */
export interface Recommendations {
  notifications?: Notices | null;
  monitoring_end_time?: string;
  current?: Settings;
  recommendation_terms?: Partial<Record<(typeof termKeys)[number], Term>>;
}

type Loose = Record<string, unknown>;

/**
 * Picks the fixed shape out of a stored document: the whole Kruize object (`data` by report end; the latest is taken) or one
 * entry of it. Numbers are kept as they were sent, zeros included; pods_count, confidence_level and what is unknown are left out.
 */
export function readDocument(document: unknown): Recommendations {
  const entry = latestEntry(asObject(document));
  const terms = asObject(entry['recommendation_terms']);
  return {
    ...pick(entry, ['notifications', 'monitoring_end_time']),
    ...(entry['current'] === undefined ? {} : { current: settings(entry['current']) }),
    recommendation_terms: Object.fromEntries(
      termKeys.filter((key) => terms[key] !== undefined).map((key) => [key, term(terms[key])]),
    ),
  };
}

function latestEntry(document: Loose): Loose {
  if (document['data'] === undefined) return document;
  const data = asObject(document['data']);
  const last = Object.keys(data).sort().at(-1);
  return last === undefined ? {} : asObject(data[last]);
}

function term(value: unknown): Term {
  const from = asObject(value);
  const engines = asObject(from['recommendation_engines']);
  return {
    ...pick(from, ['duration_in_hours', 'monitoring_start_time', 'notifications']),
    ...(from['recommendation_engines'] === undefined
      ? {}
      : {
          recommendation_engines: Object.fromEntries(
            engineKeys.filter((key) => engines[key] !== undefined).map((key) => [key, engine(engines[key])]),
          ),
        }),
    ...(from['plots'] === undefined
      ? {}
      : { plots: pick(asObject(from['plots']), ['datapoints', 'plots_data']) }),
  };
}

function engine(value: unknown): Engine {
  const from = asObject(value);
  return {
    ...(from['config'] === undefined ? {} : { config: settings(from['config']) }),
    ...(from['variation'] === undefined ? {} : { variation: settings(from['variation']) }),
    ...pick(from, ['notifications']),
  };
}

function settings(value: unknown): Settings {
  const from = asObject(value);
  const result: Settings = {};
  for (const side of ['requests', 'limits'] as const) {
    if (from[side] === undefined) continue;
    const pair: Pair = {};
    for (const resource of ['cpu', 'memory'] as const) {
      const amount = asObject(from[side])[resource];
      if (amount !== undefined) pair[resource] = pick(asObject(amount), ['amount', 'format']);
    }
    result[side] = pair;
  }
  return result;
}

function pick(from: Loose, keys: readonly string[]): Loose {
  return Object.fromEntries(keys.filter((key) => from[key] !== undefined).map((key) => [key, from[key]]));
}

function asObject(value: unknown): Loose {
  return typeof value === 'object' && value !== null ? (value as Loose) : {};
}
