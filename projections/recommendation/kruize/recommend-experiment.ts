/** Decides what the containers or the namespace of an experiment should request. */
import type {
  ExperimentRecommendationMade,
  RecommendationsRequested,
} from '../../../schemas/generated/events.ts';
import type { Rows } from '../../runtime/define.ts';
import type { Row } from '../../runtime/table.ts';
import { engineVersion, policy, recommend } from '../engine/recommend.ts';
import type { Recommendation } from '../engine/recommend.ts';
import { terms } from '../engine/terms.ts';
import type { EngineName, TermName } from '../engine/terms.ts';
import { DAY, timeText } from '../engine/time.ts';
import { dayOf } from '../usage-day.ts';
import { acceleratorOfSeries } from './accelerator-series.ts';
import { showObjects } from './definition.ts';
import type { Definition, KnownContainer } from './definition.ts';
import type { Kind } from './metrics.ts';
import { seriesOfRow } from './record-results.ts';
import { formatsOfSeries, joinDays, signalsOfSeries } from './series-signals.ts';
import type { Series } from './series.ts';
import type { experimentTables } from './tables.ts';

type Tables = typeof experimentTables;
type Experiment = Readonly<Row<Tables['experiments']>>;

/** Days that the longest term looks back. */
const LONGEST_DAYS = Math.max(...terms.map(({ days }) => days));

/** UTC days that a question may have to read. */
export function daysInReach(end: number): string[] {
  const first = Date.parse(dayOf(end - LONGEST_DAYS * DAY));
  return Array.from({ length: LONGEST_DAYS + 1 }, (_, i) => dayOf(first + i * DAY + 1));
}

/** A recommendation, or why there is none. */
export type Made =
  | { readonly ok: true; readonly data: Omit<ExperimentRecommendationMade, 'request_id'> }
  | { readonly ok: false; readonly code: string; readonly message: string };

/** Recommends from the results that count. */
export function recommendExperiment(
  rows: Rows<Tables>,
  experiment: Experiment,
  { interval_end: end }: RecommendationsRequested,
): Made {
  const asked = JSON.parse(experiment.terms) as string[];
  const longest = Math.max(
    ...terms.filter((it) => asked.length === 0 || asked.includes(it.name)).map((it) => it.days),
  );
  const kind = experiment.experiment_type as Kind;
  const containers = JSON.parse(experiment.containers) as KnownContainer[];
  const objects = kind === 'namespace' ? [''] : containers.map(({ name }) => name);
  const series = seriesByObject(rows, experiment.experiment_id, end);
  const made = new Map(
    objects.map((object) => [object, adviseOn(experiment, kind, series.get(object) ?? [], end, longest)]),
  );
  const first = objects.map((object) => made.get(object)!.end).find((it) => it !== null);
  if (first === undefined || first === null) {
    const message = `No metrics available from ${timeText(end - longest * DAY)} to ${timeText(end)}`;
    return { ok: false, code: 'NO_RESULTS', message };
  }
  const all = [...made.values()];
  return {
    ok: true,
    data: {
      experiment_id: experiment.experiment_id,
      org_id: experiment.org_id,
      experiment_name: experiment.experiment_name,
      requested_end: end,
      monitoring_end: first,
      available: all.some(({ advice }) => advice.length > 0),
      document: JSON.stringify(documentOf(experiment, containers, made)),
      policy,
      engine_version: engineVersion,
      intervals: all.reduce((sum, { intervals }) => sum + intervals, 0),
    },
  };
}

function seriesByObject(rows: Rows<Tables>, id: string, end: number): Map<string, Series[]> {
  const series = new Map<string, Series[]>();
  for (const day of daysInReach(end)) {
    for (const row of rows.experiment_results.range([id, day])) {
      series.set(row.object, [...(series.get(row.object) ?? []), seriesOfRow(row)]);
    }
  }
  return series;
}

function adviseOn(
  experiment: Experiment,
  kind: Kind,
  days: readonly Series[],
  end: number,
  longest: number,
): Recommendation {
  const series = joinDays(days);
  const accelerator = kind === 'container' ? acceleratorOfSeries(series) : undefined;
  return recommend(signalsOfSeries(kind, series), {
    kind,
    requestedEnd: end,
    measurementMinutes: experiment.measurement_minutes,
    threshold: experiment.threshold,
    terms: JSON.parse(experiment.terms) as TermName[],
    models: JSON.parse(experiment.models) as EngineName[],
    formats: formatsOfSeries(kind, series, end - longest * DAY, end),
    ...(accelerator === undefined ? {} : { accelerator }),
  });
}

function documentOf(
  experiment: Experiment,
  containers: readonly KnownContainer[],
  made: ReadonlyMap<string, Recommendation>,
): object {
  const definition = JSON.parse(experiment.definition) as Definition;
  return {
    cluster_name: experiment.cluster_name,
    experiment_type: experiment.experiment_type,
    kubernetes_objects: showObjects(definition, containers, {
      container: ({ name, image }) => ({
        container_image_name: image,
        container_name: name,
        recommendations: made.get(name)!.document,
      }),
      namespace: () => ({ recommendations: made.get('')!.document }),
      together: (all) => all,
    }),
    version: experiment.version,
    experiment_name: experiment.experiment_name,
  };
}
