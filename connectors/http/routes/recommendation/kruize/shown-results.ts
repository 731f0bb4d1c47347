/** Results as listExperiments shows them: per container or namespace, by interval end. */
import { aggregates } from '../../../../../projections/recommendation/kruize/metrics.ts';
import { unpackSeries } from '../../../../../projections/recommendation/kruize/series.ts';
import type { Series } from '../../../../../projections/recommendation/kruize/series.ts';
import type { Filter } from '../../../../../projections/runtime/ports.ts';
import type { HttpDeps } from '../../../deps.ts';
import type { Row } from './page.ts';

/** Results by container name (empty: the namespace), then by interval end. */
export type ResultsOf = ReadonlyMap<string, Record<string, object>>;

/** Days and containers that are read for one experiment. */
const MAX_ROWS = 1_000;

/** Results of an experiment; with `latest` the newest interval of each container on the newest day. */
export async function resultsByObject(
  deps: HttpDeps,
  org: string,
  experiment: Row,
  latest: boolean,
): Promise<ResultsOf> {
  const found = new Map<string, Record<string, object>>();
  const last = experiment['last_interval_end'];
  if (typeof last !== 'string') return found;
  const where: Filter[] = [{ column: 'experiment_id', op: 'eq', value: String(experiment['experiment_id']) }];
  if (latest)
    where.push({ column: 'day', op: 'eq', value: new Date(Date.parse(last) - 1).toISOString().slice(0, 10) });
  const orderBy = [{ column: 'day', descending: true }];
  const columns = ['object', 'intervals', 'columns', 'texts', 'results'];
  const query = { table: 'experiment_results', org, where, orderBy, columns, limit: MAX_ROWS };
  for (const row of await deps.readModels.select(query)) {
    const series = unpackSeries({
      length: Number(row['intervals']),
      columns: row['columns'] as string[],
      texts: row['texts'] as string[],
      values: Buffer.from(String(row['results']), 'base64'),
    });
    const object = String(row['object']);
    const shown = found.get(object) ?? {};
    found.set(object, shown);
    for (let i = latest ? series.length - 1 : 0; i < series.length; i++)
      Object.assign(shown, resultAt(series, i));
  }
  return found;
}

function resultAt(series: Series, row: number): Record<string, object> {
  const end = series.columns.get('end')![row]!;
  const start = series.columns.get('start')![row]!;
  const metrics = [...series.columns]
    .filter(([name, values]) => name.endsWith('.format') && values[row] === values[row])
    .map(([name]) => name.slice(0, -'.format'.length));
  const seconds = (end - start) / 1000;
  return {
    [new Date(end).toISOString()]: {
      metrics: Object.fromEntries(metrics.map((name) => [name, metricAt(series, row, name)])),
      interval_start_time: new Date(start).toISOString(),
      interval_end_time: new Date(end).toISOString(),
      duration_in_minutes: seconds / 60,
      duration_in_seconds: seconds,
    },
  };
}

function metricAt({ columns, texts }: Series, row: number, name: string): object {
  const values = aggregates.flatMap((aggregate) => {
    const value = columns.get(`${name}.${aggregate}`)?.[row] ?? NaN;
    return value === value ? [[aggregate, value]] : [];
  });
  const format = texts[columns.get(`${name}.format`)![row]!];
  const metadata = texts[columns.get(`${name}.metadata`)?.[row] ?? -1];
  return {
    name,
    aggregation_info: { ...Object.fromEntries(values), ...(format === undefined ? {} : { format }) },
    ...(metadata === undefined ? {} : { metadata: JSON.parse(metadata) as unknown }),
    percentile_results_available: false,
  };
}
