/** What is wrong with the metrics of one record: found without knowing the experiment. */
import {
  aggregates,
  formats,
  mandatory,
  metricNames,
  withoutFormat,
} from '../../../../../projections/recommendation/kruize/metrics.ts';
import type { Kind } from '../../../../../projections/recommendation/kruize/metrics.ts';
import { listOf, objectOf } from './body.ts';
import type { Fields } from './body.ts';
import { KruizeError } from './envelope.ts';

/** What one metric says: numbers by aggregate, the format, and further facts as JSON text. */
export interface MetricValues {
  readonly name: string;
  /** In the order of `aggregates`; NaN: not sent. */
  readonly values: readonly number[];
  readonly format: string | null;
  readonly metadata: string | null;
}

/** The metrics of one container or namespace, or what is wrong with them. */
export interface ReadMetrics {
  readonly metrics: readonly MetricValues[];
  readonly problems: readonly string[];
}

const NOT_NUMERIC = 'Invalid value type for aggregation_info objects. Expected a numeric value (Double).';
const UNREADABLE = 'Failed to parse the JSON. Please check the input payload ';
const MAX_METADATA = 4_096;
const MAX_METRICS = 100;
const known = new Set(metricNames);
const knownFormats = new Set(formats);
const decimal = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/** Reads the metrics of a container (`label`: container) or a namespace; what no record can be: KruizeError. */
export function readMetrics(holder: Fields, kind: Kind, name: string, experiment: string): ReadMetrics {
  const where = `${kind} : ${name} for experiment: ${experiment}.`;
  if ((holder['metrics'] ?? null) === null) {
    return { metrics: [], problems: [`Metric data is not present for ${where} `] };
  }
  const sent = listOf(holder, 'metrics', UNREADABLE);
  if (sent.length > MAX_METRICS) throw new KruizeError(`metrics: at most ${MAX_METRICS} of one ${kind}`);
  const metrics: MetricValues[] = [];
  const problems: string[] = [];
  for (const metric of sent) {
    const read = readMetric(metric, where);
    if (typeof read === 'string') problems.push(read);
    else metrics.push(read);
  }
  if (problems.length > 0) return { metrics, problems };
  const names = new Set(metrics.map((it) => it.name));
  const wanted = mandatory[kind];
  if (wanted.every((it) => names.has(it))) return { metrics, problems };
  const missing = `Missing one of the following mandatory parameters for experiment - ${experiment} : [${wanted.join(', ')}]`;
  return { metrics, problems: [missing] };
}

/** What a metric says, or what is wrong with it. */
function readMetric(metric: Fields, where: string): MetricValues | string {
  const { name } = metric;
  if (typeof name !== 'string' || !known.has(name)) {
    return `Metric variable name should be among these values: [${metricNames.join(', ')}] for ${where}`;
  }
  const results = objectOf(metric, 'results', UNREADABLE);
  const info = results === null ? null : objectOf(results, 'aggregation_info', UNREADABLE);
  if (results === null || info === null) {
    return `results.aggregation_info is missing for the metric variable: ${name} for ${where}`;
  }
  const values = aggregates.map((aggregate) => numberOf(info[aggregate], name, aggregate));
  const wrong = aggregates.find((_, i) => {
    const value = values[i];
    return value !== null && !(value! >= 0 && value! < Infinity);
  });
  if (wrong !== undefined) {
    return `${wrong} cannot be negative or blank for the metric variable: ${name} for ${where}`;
  }
  const format = info['format'] ?? null;
  if (!withoutFormat.has(name) && !(typeof format === 'string' && knownFormats.has(format))) {
    return ` Format value should be among these values: [${formats.join(', ')}] for ${where}`;
  }
  const metadata = objectOf(results, 'metadata', UNREADABLE);
  const text = metadata === null ? null : JSON.stringify(metadata);
  if (text !== null && text.length > MAX_METADATA) {
    return `metadata has more than ${MAX_METADATA} characters for the metric variable: ${name} for ${where}`;
  }
  return {
    name,
    values: values.map((value) => value ?? NaN),
    format: typeof format === 'string' && knownFormats.has(format) ? format : null,
    metadata: text,
  };
}

/** A number, also as text; null: not sent; NaN is what the text NaN says. What is no number at all refuses the whole call. */
function numberOf(value: unknown, metric: string, aggregate: string): number | null {
  if (typeof value === 'number') return value;
  if (value === undefined || value === null) return null;
  if (value === 'NaN') return NaN;
  if (typeof value === 'string' && decimal.test(value)) return Number(value);
  if (value === '') throw new KruizeError(NOT_NUMERIC);
  if (typeof value === 'object') throw new KruizeError(UNREADABLE);
  const shown = JSON.stringify(value).slice(0, 80);
  throw new KruizeError(`${NOT_NUMERIC} ${aggregate} of ${metric} is ${shown}.`);
}
