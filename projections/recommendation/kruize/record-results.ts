/** Decides which posted records count, and folds those that do. */
import { packColumns, unpackColumns } from '../../../schemas/codec/columns.ts';
import type { RecordOutcome, ResultsPosted, ResultsRecorded } from '../../../schemas/generated/events.ts';
import type { Rows } from '../../runtime/define.ts';
import type { Row } from '../../runtime/table.ts';
import { dayOf } from '../usage-day.ts';
import { MAX_CONTAINERS } from './definition.ts';
import type { Definition, KnownContainer } from './definition.ts';
import { experimentId, sourceOf } from './identity.ts';
import { alreadyThere, judgeRecord, unknownExperiment } from './judge-records.ts';
import { assemble, intervalFirst, mergeSeries, packSeries, unpackSeries } from './series.ts';
import type { Element, PackedSeries, Series } from './series.ts';
import type { experimentTables } from './tables.ts';

type Tables = typeof experimentTables;
type All = Rows<Tables>;

/** Accepted records of one experiment and day; more are refused. */
const MAX_RECORDS_PER_DAY = 5_000;

/** Days of interval ends, each once. */
export const daysOf = (ends: readonly (number | null)[]): string[] => [
  ...new Set(ends.flatMap((end) => (end === null ? [] : [dayOf(end)]))),
];

/** What is to be said of posted results; days before `firstDay` are not kept. */
export function decideResults(
  rows: All,
  event: ResultsPosted,
  requestId: string,
  firstDay: string,
): ResultsRecorded {
  const { org_id, experiment_name } = event;
  const id = experimentId(org_id, experiment_name);
  const experiment = rows.experiments.get(id);
  const { accepted, refused } = sift(rows, event, experiment, firstDay);
  const ends = accepted.map((place) => event.records[place]!.interval_end!);
  const starts = accepted.map((place) => event.records[place]!.interval_start!);
  return {
    ...{ request_id: requestId, experiment_id: id, org_id, experiment_name },
    ...{ records: event.records.length, refused, ends, starts },
    series: event.series.flatMap((posted) => {
      const kept = acceptedPart(posted, event, new Set(accepted));
      return kept.length === 0
        ? []
        : [{ container: posted.container, image: posted.image, ...packSeries(kept) }];
    }),
  };
}

function sift(
  rows: All,
  event: ResultsPosted,
  experiment: Readonly<Row<Tables['experiments']>> | undefined,
  firstDay: string,
) {
  const seen = new Map<string, Set<string>>();
  const accepted: number[] = [];
  const refused: RecordOutcome[] = [];
  const room = experiment === undefined ? undefined : containerRoom(event, experiment);
  event.records.forEach((record, place) => {
    const { index, version, interval_start: start, interval_end: end } = record;
    const refusal =
      experiment === undefined
        ? unknownExperiment(event.experiment_name)
        : (judgeRecord(judgedOf(experiment), record, event.targets) ??
          room?.(place) ??
          expired(end!, firstDay) ??
          repeated(rows, experiment.experiment_id, start!, end!, seen));
    if (refusal === undefined) accepted.push(place);
    else refused.push({ index, ...refusal, version, interval_start: start, interval_end: end });
  });
  return { accepted, refused };
}

function judgedOf(row: Readonly<Row<Tables['experiments']>>) {
  return {
    name: row.experiment_name,
    version: row.version,
    type: row.experiment_type,
    measurementMinutes: row.measurement_minutes,
    definition: JSON.parse(row.definition) as Definition,
  };
}

/** A record of a day that is gone: nothing says any more whether it came before. */
function expired(end: number, firstDay: string) {
  if (dayOf(end) >= firstDay) return undefined;
  const message = `interval_end_time: results of days before ${firstDay} are not kept; \`rightstream retention list\` shows how long they are`;
  return { code: 'RESULTS_EXPIRED', http_status: 400, message };
}

/** A record that came before, in this event or earlier: the same end and start. Of others it takes note. */
function repeated(rows: All, id: string, start: number, end: number, seen: Map<string, Set<string>>) {
  const day = dayOf(end);
  let known = seen.get(day);
  if (known === undefined) {
    const row = rows.experiment_days.get(id, day);
    const [ends, starts] = row === undefined ? [[], []] : unpackColumns(row.intervals).columns;
    known = new Set([...(ends ?? [])].map((it, i) => `${it}/${starts![i]!}`));
    seen.set(day, known);
  }
  const name = `${end}/${start}`;
  if (known.has(name)) return alreadyThere;
  if (known.size >= MAX_RECORDS_PER_DAY) {
    const message = `interval_end_time: the experiment has ${MAX_RECORDS_PER_DAY} results on ${day}, more are not kept`;
    return { code: 'TOO_MANY_RESULTS', http_status: 400, message };
  }
  known.add(name);
  return undefined;
}

/** Refuses records that bring more containers than an experiment may have; undefined: all have room. */
function containerRoom(event: ResultsPosted, experiment: Readonly<Row<Tables['experiments']>>) {
  const known = new Set((JSON.parse(experiment.containers) as KnownContainer[]).map(({ name }) => name));
  const strange = event.series.filter(({ container }) => container !== null && !known.has(container));
  const room = Math.max(0, MAX_CONTAINERS - known.size);
  if (strange.length <= room) return undefined;
  const places = new Set(
    strange.slice(room).flatMap((series) => [...unpackSeries(series).columns.get('record')!]),
  );
  const message = `kubernetes_objects: the experiment has ${known.size} containers, and may have ${MAX_CONTAINERS}`;
  return (place: number) =>
    places.has(place) ? { code: 'TOO_MANY_CONTAINERS', http_status: 400, message } : undefined;
}

/** The intervals of a series that count, with end and start instead of their records. */
function acceptedPart(posted: PackedSeries, event: ResultsPosted, accepted: ReadonlySet<number>): Series {
  const { length, columns, texts } = unpackSeries(posted);
  const record = columns.get('record')!;
  const end = record.map((place) => event.records[place]!.interval_end ?? NaN);
  const start = record.map((place) => event.records[place]!.interval_start ?? NaN);
  const rest = [...columns].filter(([name]) => name !== 'record');
  const series: Series = { length, columns: new Map([['end', end], ['start', start], ...rest]), texts };
  const all = [...record.keys()];
  if (all.every((row) => accepted.has(record[row]!))) return series;
  const kept = all.filter((row) => accepted.has(record[row]!)).map((row): Element => ({ series, row }));
  return assemble(kept, intervalFirst);
}

/** Folds the records that count; of days before `firstDay` nothing is kept. */
export function foldResults(rows: All, event: ResultsRecorded, firstDay: string): void {
  const experiment = rows.experiments.get(event.experiment_id);
  if (experiment === undefined || event.ends.length === 0) return;
  rows.experiments.put({
    ...experiment,
    containers: JSON.stringify(withContainers(JSON.parse(experiment.containers) as KnownContainer[], event)),
    first_interval_end: Math.min(...event.ends, experiment.first_interval_end ?? Infinity),
    last_interval_end: Math.max(...event.ends, experiment.last_interval_end ?? -Infinity),
  });
  foldIntervals(rows, event, firstDay);
  for (const packed of event.series) foldSeries(rows, event, packed, firstDay);
}

function withContainers(known: readonly KnownContainer[], { series }: ResultsRecorded): KnownContainer[] {
  const names = new Set(known.map(({ name }) => name));
  const added = series.flatMap(({ container: name, image }) =>
    name === null || names.has(name) ? [] : [{ name, image }],
  );
  return [...known, ...added];
}

function foldIntervals(rows: All, event: ResultsRecorded, firstDay: string): void {
  for (const day of daysOf(event.ends)) {
    if (day < firstDay) continue;
    const row = rows.experiment_days.get(event.experiment_id, day);
    const known = row === undefined ? undefined : unpackColumns(row.intervals);
    const added = [...event.ends.keys()].filter((i) => dayOf(event.ends[i]!) === day);
    const join = (column: number, values: readonly number[]): Float64Array =>
      Float64Array.from([...(known?.columns[column] ?? []), ...added.map((i) => values[i]!)]);
    const columns = [join(0, event.ends), join(1, event.starts)];
    rows.experiment_days.put({
      experiment_id: event.experiment_id,
      day,
      org_id: event.org_id,
      source_id: sourceOf(event.org_id, event.experiment_name),
      records: columns[0]!.length,
      intervals: packColumns(columns, columns[0]!.length),
      recommendation_ends: row?.recommendation_ends ?? '[]',
    });
  }
}

function foldSeries(
  rows: All,
  event: ResultsRecorded,
  packed: ResultsRecorded['series'][number],
  firstDay: string,
): void {
  const { image } = packed;
  const object = packed.container ?? '';
  const series = unpackSeries(packed);
  const byDay = new Map<string, Element[]>();
  series.columns.get('end')!.forEach((end, row) => {
    const day = dayOf(end);
    byDay.set(day, [...(byDay.get(day) ?? []), { series, row }]);
  });
  for (const [day, added] of byDay) {
    if (day < firstDay) continue;
    const row = rows.experiment_results.get(event.experiment_id, day, object);
    const merged = packSeries(mergeSeries(row === undefined ? undefined : seriesOfRow(row), added));
    rows.experiment_results.put({
      experiment_id: event.experiment_id,
      day,
      object,
      org_id: event.org_id,
      source_id: sourceOf(event.org_id, event.experiment_name),
      image: image ?? row?.image ?? null,
      intervals: merged.length,
      columns: JSON.stringify(merged.columns),
      texts: JSON.stringify(merged.texts),
      results: merged.values,
    });
  }
}

/** The intervals of a row. */
export function seriesOfRow(row: Readonly<Row<Tables['experiment_results']>>): Series {
  return unpackSeries({
    length: row.intervals,
    columns: JSON.parse(row.columns) as string[],
    texts: JSON.parse(row.texts) as string[],
    values: row.results,
  });
}
