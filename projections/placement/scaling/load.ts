/** What is known of a service's load: the last half hour in pieces of 15 s, and what one replica was seen to handle. */
import { LONGEST_WINDOW_S } from './policy.ts';
import type { ScalingPolicy } from './policy.ts';

/** Length of a piece, ms. */
export const PIECE_MS = 15_000;
/** Pieces older than the newest report by more than that are forgotten, ms. */
const KEPT_MS = LONGEST_WINDOW_S * 1_000 + PIECE_MS;
/** Measures of one replica that are kept, of each kind. */
const MEASURES = 32;
/** A measure counts so long before the newest report, ms. */
const MEASURE_MS = 24 * 3_600_000;

/** A report. `rate`: requests/s that arrive. `served`: requests/s that are finished by `replicas` that are ready. */
export interface Report {
  /** ms since 1970. */
  readonly at: number;
  readonly rate: number;
  /** Requests/s that one replica can handle. */
  readonly throughput: number | null;
  /** Requests that wait. */
  readonly queue: number | null;
  readonly served: number | null;
  readonly replicas: number | null;
}

/** Least and most of what was reported within 15 s. */
export interface Piece {
  /** Start, ms since 1970. */
  readonly at: number;
  readonly low: number;
  readonly high: number;
  readonly queue_low: number;
  readonly queue_high: number;
}

/** Time and requests/s of one replica. */
type Measure = readonly [at: number, throughput: number];

/** What is kept of a service; a function of the set of its reports, whatever their order. */
export interface Load {
  /** The newest report. */
  readonly last: Report;
  /** When how many replicas were last reported ready. */
  readonly ready: { readonly at: number; readonly replicas: number } | null;
  readonly pieces: readonly Piece[];
  /** Throughputs as reported. */
  readonly reported: readonly Measure[];
  /** served / replicas while requests waited: what a replica handles when it has all it can take. */
  readonly learnt: readonly Measure[];
}

/** Takes a report in; in time and space bounded by what is kept. */
export function withReport(load: Load | undefined, report: Report): Load {
  const last = load === undefined || newer(report, load.last) ? report : load.last;
  const { at, replicas, throughput, served, queue } = report;
  const measured = (list: readonly Measure[] | undefined, value: number | null) =>
    keptMeasures(value === null || value <= 0 ? (list ?? []) : [...(list ?? []), [at, value]], last.at);
  const saturated = served !== null && replicas !== null && replicas > 0 && (queue ?? 0) > 0;
  const known = load?.ready ?? null;
  const fresher =
    known === null || at > known.at || (at === known.at && replicas !== null && replicas > known.replicas);
  return {
    last,
    ready: replicas !== null && fresher ? { at, replicas } : known,
    pieces: withPiece(load?.pieces ?? [], report).filter((piece) => piece.at >= last.at - KEPT_MS),
    reported: measured(load?.reported, throughput),
    learnt: measured(load?.learnt, saturated ? served / replicas : null),
  };
}

/** What is left of it from a time on (ms, a multiple of 15 s); undefined when that is nothing. */
export function since(load: Load, before: number): Load | undefined {
  if (load.last.at < before) return undefined;
  const measures = (list: readonly Measure[]) => list.filter(([at]) => at >= before);
  return {
    last: load.last,
    ready: load.ready !== null && load.ready.at >= before ? load.ready : null,
    pieces: load.pieces.filter(({ at }) => at >= before),
    reported: measures(load.reported),
    learnt: measures(load.learnt),
  };
}

function withPiece(pieces: readonly Piece[], { at, rate, queue }: Report): Piece[] {
  const start = Math.floor(at / PIECE_MS) * PIECE_MS;
  const waiting = queue ?? 0;
  const known = pieces.find((piece) => piece.at === start);
  const piece: Piece = {
    at: start,
    low: Math.min(known?.low ?? rate, rate),
    high: Math.max(known?.high ?? rate, rate),
    queue_low: Math.min(known?.queue_low ?? waiting, waiting),
    queue_high: Math.max(known?.queue_high ?? waiting, waiting),
  };
  return [...pieces.filter((it) => it.at !== start), piece].sort((a, b) => a.at - b.at);
}

/** Of two reports at one time the one with more load, so that their order does not matter. */
function newer(a: Report, b: Report): boolean {
  if (a.at !== b.at) return a.at > b.at;
  const order = (it: Report) => [
    it.rate,
    it.queue ?? -1,
    it.throughput ?? -1,
    it.served ?? -1,
    it.replicas ?? -1,
  ];
  const [x, y] = [order(a), order(b)];
  const i = x.findIndex((value, n) => value !== y[n]);
  return i >= 0 && x[i]! > y[i]!;
}

function keptMeasures(list: readonly Measure[], newest: number): Measure[] {
  const sorted = [...list].sort(([a, x], [b, y]) => a - b || x - y);
  return sorted
    .filter(
      ([at, value], i) =>
        at >= newest - MEASURE_MS && !(sorted[i - 1]?.[0] === at && sorted[i - 1]?.[1] === value),
    )
    .slice(-MEASURES);
}

/** Requests/s of one replica, and where that comes from. */
export interface Throughput {
  readonly value: number;
  readonly source: 'policy' | 'reported' | 'learnt';
}

/**
 * What one replica handles: what the policy says; else the median of the last 32 reported values; else the median of the last 32
 * measures of served / replicas while requests waited. A median, the lower one of two, so that one odd value moves nothing: of
 * 10, 11, 90 it is 11, of 10 and 11 it is 10. undefined when nothing is known.
 */
export function throughputOf(policy: ScalingPolicy, load: Load | undefined): Throughput | undefined {
  if (policy.throughput !== null) return { value: policy.throughput, source: 'policy' };
  const reported = median(load?.reported ?? []);
  if (reported !== undefined) return { value: reported, source: 'reported' };
  const learnt = median(load?.learnt ?? []);
  return learnt === undefined ? undefined : { value: learnt, source: 'learnt' };
}

function median(list: readonly Measure[]): number | undefined {
  const values = list.map(([, value]) => value).sort((a, b) => a - b);
  return values[(values.length - 1) >> 1];
}

/** A load as a decision sees it; demands in requests/s. */
export interface Seen {
  readonly at: number;
  readonly rate: number;
  readonly queue: number | null;
  /** rate, and what empties the queue in time: 5/s and 600 waiting, to be gone in 60 s, are 15/s. */
  readonly demand: number;
  /** Least demand within the stabilisation of going up. */
  readonly low: number;
  /** Most demand within the stabilisation of going down. */
  readonly high: number;
  /** Since when loads are known, ms since 1970. */
  readonly since: number;
  readonly throughput: Throughput | null;
  readonly ready: { readonly at: number; readonly replicas: number } | null;
}

/** What a decision at `now` (ms since 1970) looks at. */
export function seenAt(policy: ScalingPolicy, load: Load, now: number): Seen {
  const { last, pieces, ready } = load;
  const demandOf = (rate: number, queue: number) =>
    policy.drain_seconds === null ? rate : rate + queue / policy.drain_seconds;
  const demand = demandOf(last.rate, last.queue ?? 0);
  const within = (seconds: number) => pieces.filter(({ at }) => at + PIECE_MS > now - seconds * 1_000);
  const lows =
    policy.up_stabilisation_seconds === 0
      ? []
      : within(policy.up_stabilisation_seconds).map((it) => demandOf(it.low, it.queue_low));
  const highs =
    policy.down_stabilisation_seconds === 0
      ? []
      : within(policy.down_stabilisation_seconds).map((it) => demandOf(it.high, it.queue_high));
  return {
    ...{ at: last.at, rate: last.rate, queue: last.queue, demand },
    low: Math.min(demand, ...lows),
    high: Math.max(demand, ...highs),
    since: pieces[0]?.at ?? last.at,
    throughput: throughputOf(policy, load) ?? null,
    ready,
  };
}
