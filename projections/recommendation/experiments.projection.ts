/** Experiments of the Kruize API: registered and removed, results that count, recommendations on request. */
import type {
  ExperimentRecommendationMade,
  ExperimentRefused,
  ExperimentRegistered,
  ExperimentRemoved,
  ExperimentRequested,
  HistoryExpired,
  RecommendationsRequested,
  ResultsPosted,
  ResultsRecorded,
  SourceExperimentsRemovalRequested,
  SourceExperimentsRemoved,
} from '../../schemas/generated/events.ts';
import { topics } from '../../schemas/topics.ts';
import type { EventMeta } from '../../streams/runtime/ports.ts';
import type { Read } from '../../streams/runtime/units.ts';
import { defineProjection } from '../runtime/define.ts';
import type { DeciderMeta, Rows } from '../runtime/define.ts';
import { dateOf, expiredBefore, firstDayKept, foldExpiry, readOfExpiry } from '../runtime/expiry.ts';
import { definedContainers } from './kruize/definition.ts';
import type { Definition, KnownContainer } from './kruize/definition.ts';
import { experimentId, experimentKey, sourceOf } from './kruize/identity.ts';
import { daysInReach, recommendExperiment } from './kruize/recommend-experiment.ts';
import { daysOf, decideResults, foldResults } from './kruize/record-results.ts';
import { experimentTables } from './kruize/tables.ts';
import { dayOf } from './usage-day.ts';

type All = Rows<typeof experimentTables>;
interface Named {
  readonly org_id: string;
  readonly experiment_name: string;
}

const idOf = ({ org_id, experiment_name }: Named): string => experimentId(org_id, experiment_name);
const target = (event: Named) => ({
  topic: topics.experiments,
  key: experimentKey(event.org_id, event.experiment_name),
});
const itself = (event: Named): Read => ({ table: 'experiments', key: [idOf(event)] });

/** An experiment and the days that results touch. */
function readsOfDays(event: Named, days: readonly string[]): Read[] {
  const id = idOf(event);
  return [
    itself(event),
    ...days.map((day): Read => ({ table: 'experiment_days', key: [id, day] })),
    ...days.map((day): Read => ({ table: 'experiment_results', prefix: [id, day] })),
  ];
}

const readsOfRemoval = (event: Named): Read[] => [
  itself(event),
  { table: 'experiment_days', prefix: [idOf(event)] },
];

/** The same, and up to when answers are gone. */
function and<E>(reads: (event: E) => readonly Read[]): (event: E, meta: EventMeta) => readonly Read[] {
  return (event, meta) => [...reads(event), readOfExpiry('experiment_expiry', meta)];
}

function expired(rows: All, event: HistoryExpired, meta: EventMeta): void {
  foldExpiry(rows.experiment_expiry, event, meta);
  const { rows_of, before } = event;
  if (rows_of === 'experiment_answers')
    rows.experiment_answers.removeWhere({}, { column: 'decided_at', value: before });
  if (rows_of !== 'experiment_results') return;
  const day = { column: 'day', value: dateOf(before) } as const;
  rows.experiment_days.removeWhere({}, day);
  rows.experiment_results.removeWhere({}, day);
  // An end at midnight belongs to the day that it closes.
  const end = { column: 'monitoring_end_time', value: before + 1 } as const;
  rows.experiment_recommendations.removeWhere({}, end);
}

/** First day whose results count. */
const firstDay = (rows: All, meta: EventMeta): string =>
  firstDayKept(rows.experiment_expiry, 'experiment_results', meta);

/** Notes what a wish was answered with. */
function answer(
  rows: All,
  event: Named & { readonly request_id: string },
  meta: EventMeta,
  more: Partial<Parameters<All['experiment_answers']['put']>[0]> = {},
): void {
  if (meta.timestamp < expiredBefore(rows.experiment_expiry, 'experiment_answers', meta)) return;
  rows.experiment_answers.put({
    request_id: event.request_id,
    org_id: event.org_id,
    experiment_name: event.experiment_name,
    http_status: 201,
    code: null,
    message: null,
    records: 0,
    refused: '[]',
    monitoring_end_time: null,
    decided_at: meta.timestamp,
    ...more,
  });
}

function refuse(event: Named, meta: DeciderMeta, code: string, status: number, message: string): void {
  const { org_id, experiment_name } = event;
  const data: ExperimentRefused = {
    ...{ request_id: meta.eventId, org_id, experiment_name },
    ...{ wish: meta.type, code, http_status: status, message },
  };
  meta.emit({ ...target(event), type: 'ExperimentRefused', data });
}

function decideOnRequest(rows: All, event: ExperimentRequested, meta: DeciderMeta): void {
  if (rows.experiments.get(idOf(event)) !== undefined) {
    refuse(event, meta, 'EXPERIMENT_EXISTS', 409, `Experiment name already exists: ${event.experiment_name}`);
    return;
  }
  const data: ExperimentRegistered = { ...event, request_id: meta.eventId, experiment_id: idOf(event) };
  meta.emit({ ...target(event), type: 'ExperimentRegistered', data });
}

function registered(rows: All, event: ExperimentRegistered, meta: EventMeta): void {
  const containers = definedContainers(JSON.parse(event.definition) as Definition);
  rows.experiments.put({
    experiment_id: event.experiment_id,
    org_id: event.org_id,
    source_id: sourceOf(event.org_id, event.experiment_name),
    experiment_name: event.experiment_name,
    version: event.version,
    cluster_name: event.cluster_name,
    experiment_type: event.experiment_type,
    performance_profile: event.performance_profile,
    profile_version: event.profile_version,
    measurement_minutes: event.measurement_minutes,
    threshold: event.threshold,
    terms: JSON.stringify(event.terms),
    models: JSON.stringify(event.models),
    definition: event.definition,
    containers: JSON.stringify(containers),
    first_interval_end: null,
    last_interval_end: null,
    last_recommendation_end: null,
  });
  answer(rows, event, meta);
}

function decideOnRemoval(rows: All, event: Named, meta: DeciderMeta): void {
  if (rows.experiments.get(idOf(event)) === undefined) {
    refuse(event, meta, 'EXPERIMENT_NOT_FOUND', 400, 'Experiment not found!');
    return;
  }
  const { org_id, experiment_name } = event;
  const data: ExperimentRemoved = {
    ...{ request_id: meta.eventId, experiment_id: idOf(event), org_id, experiment_name },
  };
  meta.emit({ ...target(event), type: 'ExperimentRemoved', data });
}

function removed(rows: All, event: ExperimentRemoved, meta: EventMeta): void {
  const id = event.experiment_id;
  const experiment = rows.experiments.get(id);
  answer(rows, event, meta);
  if (experiment === undefined) return;
  const containers = JSON.parse(experiment.containers) as KnownContainer[];
  for (const { day, recommendation_ends: ends } of rows.experiment_days.range([id])) {
    for (const object of ['', ...containers.map(({ name }) => name)])
      rows.experiment_results.delete(id, day, object);
    for (const end of JSON.parse(ends) as number[]) rows.experiment_recommendations.delete(id, end);
    rows.experiment_days.delete(id, day);
  }
  rows.experiments.delete(id);
}

function decideOnResults(rows: All, event: ResultsPosted, meta: DeciderMeta): void {
  const data = decideResults(rows, event, meta.eventId, firstDay(rows, meta));
  meta.emit({ ...target(event), type: 'ResultsRecorded', data });
}

function recorded(rows: All, event: ResultsRecorded, meta: EventMeta): void {
  foldResults(rows, event, firstDay(rows, meta));
  const { records, refused } = event;
  answer(rows, event, meta, {
    records,
    // The names in one order, however the event came here.
    refused: JSON.stringify(refused, [
      ...['index', 'code', 'http_status', 'message', 'version', 'interval_start', 'interval_end'],
    ]),
    http_status: refused.length === 0 ? 201 : 400,
  });
}

function decideOnQuestion(rows: All, event: RecommendationsRequested, meta: DeciderMeta): void {
  const experiment = rows.experiments.get(idOf(event));
  if (experiment === undefined) {
    const message = `Not Found: experiment_name does not exist: ${event.experiment_name}`;
    refuse(event, meta, 'EXPERIMENT_NOT_FOUND', 400, message);
    return;
  }
  const made = recommendExperiment(rows, experiment, event);
  if (!made.ok) refuse(event, meta, made.code, 400, made.message);
  else {
    const data = { request_id: meta.eventId, ...made.data };
    meta.emit({ ...target(event), type: 'ExperimentRecommendationMade', data });
  }
}

function recommended(rows: All, event: ExperimentRecommendationMade, meta: EventMeta): void {
  const { experiment_id: id, monitoring_end: end } = event;
  answer(rows, event, meta, { monitoring_end_time: end });
  const experiment = rows.experiments.get(id);
  const day = rows.experiment_days.get(id, dayOf(end));
  const isGone = dayOf(end) < firstDay(rows, meta);
  if (experiment === undefined || (day === undefined && !isGone)) return;
  const last = Math.max(end, experiment.last_recommendation_end ?? -Infinity);
  rows.experiments.put({ ...experiment, last_recommendation_end: last });
  if (day === undefined) return;
  const ends = new Set([...(JSON.parse(day.recommendation_ends) as number[]), end]);
  rows.experiment_days.put({
    ...day,
    recommendation_ends: JSON.stringify([...ends].sort((a, b) => a - b)),
  });
  rows.experiment_recommendations.put({
    experiment_id: id,
    monitoring_end_time: end,
    org_id: event.org_id,
    source_id: sourceOf(event.org_id, event.experiment_name),
    experiment_name: event.experiment_name,
    requested_end_time: event.requested_end,
    available: event.available,
    document: event.document,
    policy: event.policy,
    engine_version: event.engine_version,
    intervals: event.intervals,
    cause: meta.headers['caused-by'] ?? '',
    decided_at: meta.timestamp,
  });
}

/** A fact of its own, so that it keeps its place among those that were decided before and behind it. */
function decideOnSource(_rows: All, event: SourceExperimentsRemovalRequested, meta: DeciderMeta): void {
  const data: SourceExperimentsRemoved = { request_id: meta.eventId, ...event };
  const key = meta.partitionKeys[meta.partition]!;
  meta.emit({ topic: topics.experiments, key, type: 'SourceExperimentsRemoved', data });
}

function sourceRemoved(rows: All, { org_id, source_id }: SourceExperimentsRemoved): void {
  for (const table of [
    rows.experiments,
    rows.experiment_days,
    rows.experiment_results,
    rows.experiment_recommendations,
  ] as const) {
    table.removeWhere({ org_id, source_id });
  }
}

export default defineProjection({
  id: 'experiments',
  version: 3,
  about: 'Experiments of the Kruize API, their results, and what they should request.',
  from: [topics.experiments, topics.retention],
  emits: [topics.experiments],
  tables: experimentTables,
  reads: {
    ExperimentRequested: and((event) => [itself(event)]),
    ExperimentRegistered: and((event) => [itself(event)]),
    ExperimentRefused: and(() => []),
    ExperimentRemovalRequested: and(readsOfRemoval),
    ExperimentRemoved: and(readsOfRemoval),
    ResultsPosted: and((event) =>
      readsOfDays(event, daysOf(event.records.map((record) => record.interval_end))),
    ),
    ResultsRecorded: and((event) => readsOfDays(event, daysOf(event.ends))),
    RecommendationsRequested: and((event) => readsOfDays(event, daysInReach(event.interval_end))),
    ExperimentRecommendationMade: and((event) => [
      itself(event),
      { table: 'experiment_days', key: [event.experiment_id, dayOf(event.monitoring_end)] },
    ]),
    HistoryExpired: and(() => []),
  },
  fold: {
    ExperimentRegistered: registered,
    ExperimentRemoved: removed,
    ExperimentRefused: (rows, event, meta) => {
      const { code, message, http_status } = event;
      answer(rows, event, meta, { code, message, http_status });
    },
    ResultsRecorded: recorded,
    ExperimentRecommendationMade: recommended,
    SourceExperimentsRemoved: sourceRemoved,
    HistoryExpired: expired,
  },
  decide: {
    ExperimentRequested: decideOnRequest,
    ExperimentRemovalRequested: decideOnRemoval,
    ResultsPosted: decideOnResults,
    RecommendationsRequested: decideOnQuestion,
    SourceExperimentsRemovalRequested: decideOnSource,
  },
});
