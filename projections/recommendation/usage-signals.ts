/** The signals of an object over days: compact ones as they are kept, or exact ones from the usage itself. */
import { unpackColumns } from '../../schemas/codec/columns.ts';
import { containerColumns, namespaceColumns } from '../../schemas/usage-columns.ts';
import type { Row } from '../runtime/table.ts';
import { containerSignals, namespaceSignals, signalColumns } from './engine/signals.ts';
import type { Signals, Usage } from './engine/signals.ts';
import { packSegment, segmentLength, unpackSegment, unpackSegmentInto } from './engine/state/segment.ts';
import type { recommendationTables } from './tables.ts';
import { combineDay, DAY_MS, dayOf } from './usage-day.ts';
import type { Source, UsageDay } from './usage-day.ts';

type Tables = typeof recommendationTables;
type UsageRow = Readonly<Row<Tables['container_usage']>>;
/** What signals are of. */
export type Kind = 'container' | 'namespace';
type SignalsRow = Readonly<Row<Tables['usage_signals']>>;

/** What is reckoned with: exact, the usage as it was reported; compact, values within 0.0158 % of it, in constant space. */
export type Precision = 'exact' | 'compact';

/** Days that the longest term looks back. */
export const LONGEST_TERM_DAYS = 15;

/** UTC days whose compact signals are kept, the newest included: 15 days touch 16, and one more for what is a little late. */
export const KEPT_DAYS = 17;

/** First UTC day that is kept when an object's newest interval ends at `newest`, ms; with nothing reported, the first of all. */
export function keptFrom(newest: number | undefined): string {
  return newest === undefined ? '0001-01-01' : dayOf(newest - (KEPT_DAYS - 1) * DAY_MS);
}

/** A number of days after a UTC day (before it, when negative). */
export function daysAfter(day: string, days: number): string {
  return new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10);
}

/** A stored day of usage. */
export function usageDayOf(row: UsageRow): UsageDay {
  const { length, columns } = unpackColumns(row.usage);
  return { sources: JSON.parse(row.sources) as Source[], length, columns };
}

/** The signals of a day of combined usage, to the bit. */
export function signalsOf(kind: Kind, combined: Usage): Signals {
  return kind === 'container' ? containerSignals(combined) : namespaceSignals(combined);
}

/** What a day's compact signals are kept as. */
export function packDay(signals: Signals, day: string): Buffer {
  return packSegment(signals, Date.parse(day));
}

/** One UTC day of an object. */
export interface SignalsDay {
  readonly day: string;
  /** Its signals; compact ones of a day that is not whole do not depend on what lies outside of the window. */
  readonly signals: (whole: boolean) => Signals;
  /** The same in bytes, where that is how it is known: read in place. */
  readonly packed?: Buffer;
}

/** A stored day of usage at a precision; compact, it gives what {@link keptDay} gives. */
export function usageDay(kind: Kind, row: UsageRow, precision: Precision): SignalsDay {
  const metrics = kind === 'container' ? containerColumns : namespaceColumns;
  const exact = signalsOf(kind, combineDay(unpackColumns(row.usage), metrics));
  if (precision === 'exact') return { day: row.day, signals: () => exact };
  return compactDay(row.day, packDay(exact, row.day));
}

/** A day that is kept. */
export function keptDay({ day, signals }: SignalsRow): SignalsDay {
  return compactDay(day, signals);
}

function compactDay(day: string, packed: Buffer): SignalsDay {
  return { day, packed, signals: (whole) => unpackSegment(packed, Date.parse(day), whole) };
}

/** Memory for signals that are looked at one after the other. */
export class SignalsMemory {
  #block = new Float64Array(0);
  #length = -1;
  #columns: Float64Array[] = [];

  /** Columns of so many rows; what was taken before is not to be read any more. */
  take(length: number): Float64Array[] {
    if (length === this.#length) return this.#columns;
    const size = length * signalColumns.length;
    if (this.#block.length < size) this.#block = new Float64Array(2 * size);
    this.#length = length;
    this.#columns = columnsOf(this.#block, length);
    return this.#columns;
  }
}

function columnsOf(block: Float64Array, length: number): Float64Array[] {
  return signalColumns.map((_, c) => block.subarray(c * length, (c + 1) * length));
}

interface PlacedDay {
  readonly of: SignalsDay;
  readonly whole: boolean;
}

/**
 * What a recommendation at an interval end looks at: the signals of 15 days, of the given ones (ascending). Whatever stands in it
 * follows from usage within those 15 days alone, so that it is the same whether other usage has come yet or not. With `memory` the
 * answer holds until more is taken of it.
 */
export function signalsAt(days: readonly SignalsDay[], end: number, memory?: SignalsMemory): Signals {
  const from = end - LONGEST_TERM_DAYS * DAY_MS;
  const placed: PlacedDay[] = [];
  for (const of of days) {
    const start = Date.parse(of.day);
    if (start + DAY_MS < from || start >= end) continue;
    placed.push({ of, whole: start >= from && start + DAY_MS <= end });
  }
  return join(placed, memory);
}

/** All of the days, ascending, as signals by end. */
export function joinSignals(days: readonly SignalsDay[]): Signals {
  return join(days.map((of) => ({ of, whole: true })));
}

function join(days: readonly PlacedDay[], memory?: SignalsMemory): Signals {
  const parts = days.map(({ of, whole }) => {
    const { packed } = of;
    const known = packed === undefined ? of.signals(whole) : undefined;
    return { day: Date.parse(of.day), whole, packed, known, length: known?.length ?? segmentLength(packed!) };
  });
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const columns = memory?.take(length) ?? columnsOf(new Float64Array(length * signalColumns.length), length);
  let at = 0;
  for (const part of parts) {
    if (part.known === undefined) unpackSegmentInto(part.packed!, part.day, part.whole, columns, at);
    else part.known.columns.forEach((column, c) => columns[c]!.set(column.subarray(0, part.length), at));
    at += part.length;
  }
  return { length, columns };
}
