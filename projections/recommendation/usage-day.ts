/**
 * One object's usage of one UTC day as a set of contributions: which count, which are superseded, and how they combine.
 * The result depends on the set of contributions alone, never on the order in which they arrived.
 */
import { intervalColumns } from '../../schemas/usage-columns.ts';
import type { NumberColumn } from '../../schemas/usage-columns.ts';

/** A part of a report. Of two payloads that cover one interval the later date wins, then the greater payload id. */
export interface Source {
  readonly digest: string;
  readonly chunk: number;
  readonly payload: string;
  /** ms since 1970; 0 for bare files: the oldest. */
  readonly payload_date: number;
  /** Rows of this part and day that do not count. */
  readonly superseded: number;
}

/** Partial intervals sorted by (end, source); columns: end, start, rows, the report columns, and last the source index. */
export interface UsageDay {
  readonly sources: readonly Source[];
  readonly length: number;
  readonly columns: readonly Float64Array[];
}

/** Partial intervals of one contribution: columns as in the usage events, elements [from, to). */
export interface Part {
  readonly columns: readonly Float64Array[];
  readonly from: number;
  readonly to: number;
}

const END = 0;
const START = 1;
const ROWS = 2;
const FIRST = intervalColumns.length;

/** Milliseconds of a UTC day. */
export const DAY_MS = 86_400_000;

/** The UTC day of an interval end, `YYYY-MM-DD`; midnight belongs to the day that it closes. */
export function dayOf(end: number): string {
  return new Date(end - 1).toISOString().slice(0, 10);
}

function compareSources(a: Source, b: Source): number {
  if (a.payload_date !== b.payload_date) return a.payload_date - b.payload_date;
  if (a.payload !== b.payload) return a.payload < b.payload ? -1 : 1;
  if (a.digest !== b.digest) return a.digest < b.digest ? -1 : 1;
  return a.chunk - b.chunk;
}

interface Element {
  readonly columns: readonly Float64Array[];
  readonly index: number;
  readonly source: number;
}

/** Adds a contribution (replacing what the same digest and chunk brought before) and drops what is superseded. */
export function mergeDay(
  day: UsageDay | undefined,
  source: Omit<Source, 'superseded'>,
  part: Part,
): UsageDay {
  const added: Source = { ...source, superseded: 0 };
  if (day === undefined && increasing(part)) return onlySource(added, part);
  const kept = (day?.sources ?? []).filter((s) => s.digest !== added.digest || s.chunk !== added.chunk);
  const sources = [...kept, added].sort(compareSources);
  const position = new Map(sources.map((s, i) => [`${s.digest}/${s.chunk}`, i]));
  const elements: Element[] = [];
  if (day !== undefined) {
    const from = day.columns.at(-1)!;
    for (let i = 0; i < day.length; i++) {
      const old = day.sources[from[i]!]!;
      if (old.digest === added.digest && old.chunk === added.chunk) continue;
      elements.push({ columns: day.columns, index: i, source: position.get(`${old.digest}/${old.chunk}`)! });
    }
  }
  const own = position.get(`${added.digest}/${added.chunk}`)!;
  for (let i = part.from; i < part.to; i++) elements.push({ columns: part.columns, index: i, source: own });
  elements.sort(compareElements);
  return settle(elements, sources, part.columns.length);
}

/** A day that no other contribution touches, the usual case: its intervals as they came. */
function onlySource(source: Source, { columns, from, to }: Part): UsageDay {
  const length = to - from;
  // One piece of memory for all, and for the source index, which is 0, behind them.
  const block = new Float64Array(length * (columns.length + 1));
  columns.forEach((column, c) => {
    block.set(column.subarray(from, to), c * length);
  });
  const all = Array.from({ length: columns.length + 1 }, (_, c) =>
    block.subarray(c * length, (c + 1) * length),
  );
  return { sources: [source], length, columns: all };
}

function increasing({ columns, from, to }: Part): boolean {
  const ends = columns[END]!;
  for (let i = from + 1; i < to; i++) if (ends[i]! <= ends[i - 1]!) return false;
  return true;
}

function compareElements(a: Element, b: Element): number {
  return (
    a.columns[END]![a.index]! - b.columns[END]![b.index]! ||
    a.source - b.source ||
    a.columns[START]![a.index]! - b.columns[START]![b.index]!
  );
}

/** Keeps, per interval end, the elements of the winning payload: that of the last source. */
function settle(elements: readonly Element[], sources: readonly Source[], width: number): UsageDay {
  const lost = new Float64Array(sources.length);
  const winners: Element[] = [];
  for (let i = 0; i < elements.length;) {
    const end = elements[i]!.columns[END]![elements[i]!.index]!;
    let after = i + 1;
    while (after < elements.length && elements[after]!.columns[END]![elements[after]!.index] === end)
      after += 1;
    const winner = sources[elements[after - 1]!.source]!;
    for (; i < after; i++) {
      const element = elements[i]!;
      const candidate = sources[element.source]!;
      if (candidate.payload === winner.payload && candidate.payload_date === winner.payload_date)
        winners.push(element);
      else lost[element.source]! += element.columns[ROWS]![element.index]!;
    }
  }
  const columns = Array.from({ length: width + 1 }, () => new Float64Array(winners.length));
  winners.forEach((element, i) => {
    for (let c = 0; c < width; c++) columns[c]![i] = element.columns[c]![element.index]!;
    columns[width]![i] = element.source;
  });
  return {
    sources: sources.map((s, i) => (lost[i] === 0 ? s : { ...s, superseded: s.superseded + lost[i]! })),
    length: winners.length,
    columns,
  };
}

/** One element per interval end: rows summed, averages divided, extremes over what is present; start is the earliest. */
export function combineDay(
  day: Pick<UsageDay, 'length' | 'columns'>,
  metrics: readonly NumberColumn[],
): { length: number; columns: Float64Array[] } {
  const ends = day.columns[END]!;
  if (increasing({ columns: day.columns, from: 0, to: day.length })) return oneEach(day, metrics);
  let length = 0;
  const group = new Int32Array(day.length);
  for (let i = 0; i < day.length; i++) {
    if (i === 0 || ends[i] !== ends[i - 1]) length += 1;
    group[i] = length - 1;
  }
  const columns = Array.from({ length: FIRST + metrics.length }, () => new Float64Array(length));
  const rows = columns[ROWS]!;
  for (let i = 0; i < day.length; i++) {
    const g = group[i]!;
    const first = rows[g] === 0;
    columns[END]![g] = ends[i]!;
    const start = day.columns[START]![i]!;
    if (first || start < columns[START]![g]!) columns[START]![g] = start;
    for (let m = 0; m < metrics.length; m++) {
      const target = columns[FIRST + m]!;
      const value = day.columns[FIRST + m]![i]!;
      target[g] = first ? value : combine(metrics[m]!.combine, target[g]!, value);
    }
    rows[g]! += day.columns[ROWS]![i]!;
  }
  metrics.forEach((metric, m) => {
    if (metric.combine !== 'avg') return;
    const target = columns[FIRST + m]!;
    for (let g = 0; g < length; g++) target[g]! /= rows[g]!;
  });
  return { length, columns };
}

/** The usual case, one element per interval end: only averages of several rows are left to divide. */
function oneEach(
  { length, columns }: Pick<UsageDay, 'length' | 'columns'>,
  metrics: readonly NumberColumn[],
): { length: number; columns: Float64Array[] } {
  const rows = columns[ROWS]!;
  const single = rows.every((n) => n === 1);
  const combined = columns.slice(0, FIRST + metrics.length);
  metrics.forEach((metric, m) => {
    if (metric.combine !== 'avg' || single) return;
    combined[FIRST + m] = combined[FIRST + m]!.map((value, i) => value / rows[i]!);
  });
  return { length, columns: combined };
}

function combine(how: NumberColumn['combine'], a: number, b: number): number {
  if (how === 'avg' || how === 'sum') return a + b;
  if (a !== a) return b;
  if (b !== b) return a;
  return how === 'min' ? Math.min(a, b) : Math.max(a, b);
}
