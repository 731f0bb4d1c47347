/** A recommendation: what one container or namespace should request, for each term and engine, as Kruize would say it. */
import { sliceFor } from './accelerator.ts';
import { engineAdvice, type EngineAdvice, type Settings } from './advice.ts';
import { coverage, durationInHours, totalMinutes } from './coverage.ts';
import { readCurrent } from './current.ts';
import {
  engineDocument,
  nest,
  type EngineDocument,
  type RecommendationsDocument,
  type TermDocument,
} from './document.ts';
import { cpuAmount, memoryAmount, WHOLE_CORE } from './formula.ts';
import { notifications } from './notices.ts';
import { plotBuckets, type KnownBuckets } from './plots.ts';
import { question, type Question, type RecommendOptions } from './question.ts';
import type { Signals } from './signals.ts';
import type { Engine, Term } from './terms.ts';
import { DAY, timeText } from './time.ts';
import { cpuPercentiles, loadedRows, peaks, termRows, type Peaks } from './window.ts';

export type { RecommendOptions } from './question.ts';
export { engineVersion, policy } from './terms.ts';

/** One term and engine, flat. */
export interface AdviceRow extends Readonly<Settings> {
  readonly term: Term['key'];
  readonly engine: Engine['name'];
  readonly cpu_request_variation: number | null;
  readonly cpu_limit_variation: number | null;
  readonly memory_request_variation: number | null;
  readonly memory_limit_variation: number | null;
  readonly pods_count: number;
  /** Hours of data of the term. */
  readonly duration_in_hours: number;
  /** Codes of the engine. */
  readonly notifications: number[];
}

/** The answer. */
export interface Recommendation {
  /** The `recommendations` object of the Kruize API. */
  readonly document: RecommendationsDocument;
  /** Newest interval end that counted, ms; null when no row was loaded. */
  readonly end: number | null;
  /** Start of the longest term that has advice, ms; null when none has. */
  readonly start: number | null;
  /** Rows that were loaded. */
  readonly intervals: number;
  /** What is set now, as shown; null where absent or not above 0. */
  readonly current: Readonly<Settings>;
  readonly advice: AdviceRow[];
  /** Codes of the whole recommendation and of its timestamp. */
  readonly notifications: number[];
}

const NOT_ENOUGH = 120001;
const AVAILABLE = 111000;

/** Recommends from signals (by end, ascending, unique ends). Without a row in reach: 120001, no data and `end` null. */
export function recommend(signals: Signals, options: RecommendOptions): Recommendation {
  const asked = question(options);
  const longest = asked.terms[asked.terms.length - 1]!.days;
  const loaded = loadedRows(signals, asked.requestedEnd, longest);
  if (loaded.first === loaded.after) return nothing(null, 0, unset);
  const ends = signals.columns[0]!;
  const newest = loaded.after - 1;
  const end = ends[newest]!;
  const minutes = totalMinutes(ends, signals.columns[1]!, loaded.first, loaded.after);
  const current = readCurrent(
    signals.columns.slice(8).map((column) => column[newest]!),
    asked.formats,
  );

  const advice: AdviceRow[] = [];
  const termDocuments: Record<string, TermDocument> = {};
  const available: number[] = [];
  const buckets: KnownBuckets = new Map();
  let start: number | null = null;
  let inner: Peaks | null = null;
  let innerFirst = loaded.after;
  for (const term of asked.terms) {
    const termStart = end - term.days * DAY;
    const { first, after } = termRows(signals, loaded, term.days);
    const hours = durationInHours(minutes, term.days, asked.kind);
    if (!coverage(ends, first, after, termStart, asked.measurementMinutes, term.minPoints).enough) {
      termDocuments[term.key] = { duration_in_hours: hours, notifications: notifications([NOT_ENOUGH]) };
      continue;
    }
    inner = peaks(signals, first, inner === null ? after : innerFirst, inner);
    innerFirst = first;
    start = termStart;
    if (term.available !== null) available.push(term.available);
    const engineDocuments: Record<string, EngineDocument> = {};
    const chosen = judge(signals, first, after, inner, hours, current.settings, asked);
    asked.engines.forEach((engine, e) => {
      const slice =
        asked.accelerator && sliceFor(asked.accelerator, termStart, end, engine.acceleratorPercentile);
      if (slice !== undefined) chosen[e]!.codes.push(slice.code);
      engineDocuments[engine.name] = engineDocument(chosen[e]!, asked.formats, slice?.resource);
      advice.push(flatten(term, engine.name, hours, chosen[e]!));
    });
    const document = {
      duration_in_hours: hours,
      notifications: notifications(asked.engines.flatMap(({ available: code }) => code ?? [])),
      monitoring_start_time: timeText(termStart),
      recommendation_engines: engineDocuments,
    };
    termDocuments[term.key] = asked.plots
      ? {
          ...document,
          plots: plotBuckets(
            signals,
            first,
            after,
            end,
            term.plotBuckets,
            term.plotWidth,
            asked.formats,
            buckets,
          ),
        }
      : document;
  }
  if (start === null) return nothing(end, loaded.after - loaded.first, current.settings);

  const codes = [...available, ...current.codes];
  const { cpuRequest, cpuLimit, memoryRequest, memoryLimit } = asked.formats;
  const document: RecommendationsDocument = {
    version: '1.0',
    notifications: notifications([AVAILABLE]),
    data: {
      [timeText(end)]: {
        notifications: notifications(codes),
        monitoring_end_time: timeText(end),
        current: nest(current.settings, [cpuRequest, cpuLimit, memoryRequest, memoryLimit]),
        recommendation_terms: termDocuments,
      },
    },
  };
  return {
    document,
    end,
    start,
    intervals: loaded.after - loaded.first,
    current: current.settings,
    advice,
    notifications: [AVAILABLE, ...codes],
  };
}

/** The advice of every asked engine for the rows of one term. */
function judge(
  signals: Signals,
  first: number,
  after: number,
  peak: Peaks,
  hours: number,
  current: Readonly<Settings>,
  asked: Question,
): EngineAdvice[] {
  const memory = memoryAmount(peak.memory, peak.spike);
  const percentiles =
    peak.cpu < WHOLE_CORE
      ? []
      : cpuPercentiles(
          signals,
          first,
          after,
          asked.engines.map((engine) => engine.cpuPercentile),
        );
  return asked.engines.map((_, e) => {
    const cpu = cpuAmount(peak.cpu, () => percentiles[e]!);
    return engineAdvice(cpu, memory, peak.pods, hours, current, asked.threshold);
  });
}

const unset: Readonly<Settings> = {
  cpu_request: null,
  cpu_limit: null,
  memory_request: null,
  memory_limit: null,
};

function nothing(end: number | null, intervals: number, current: Readonly<Settings>): Recommendation {
  return {
    document: { version: '1.0', notifications: notifications([NOT_ENOUGH]), data: {} },
    end,
    start: null,
    intervals,
    current,
    advice: [],
    notifications: [NOT_ENOUGH],
  };
}

function flatten(term: Term, engine: string, hours: number, advice: EngineAdvice): AdviceRow {
  const { config, variation } = advice;
  return {
    term: term.key,
    engine,
    cpu_request: config.cpu_request,
    cpu_limit: config.cpu_limit,
    memory_request: config.memory_request,
    memory_limit: config.memory_limit,
    cpu_request_variation: variation.cpu_request,
    cpu_limit_variation: variation.cpu_limit,
    memory_request_variation: variation.memory_request,
    memory_limit_variation: variation.memory_limit,
    pods_count: advice.pods,
    duration_in_hours: hours,
    notifications: advice.codes,
  };
}
