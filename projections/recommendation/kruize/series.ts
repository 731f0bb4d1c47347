/**
 * Posted intervals of one container or namespace as named columns: `end` and `start` (or `record`), then `<metric>.<aggregate>`,
 * `<metric>.format` and `<metric>.metadata`. The last two hold places in `texts`, -1 for "sent without"; NaN is "not sent".
 */
import { packColumns, unpackColumns } from '../../../schemas/codec/columns.ts';

/** Columns in memory. */
export interface Series {
  readonly length: number;
  readonly columns: ReadonlyMap<string, Float64Array>;
  readonly texts: readonly string[];
}

/** Columns as events and tables hold them. */
export interface PackedSeries {
  readonly length: number;
  readonly columns: readonly string[];
  readonly texts: readonly string[];
  readonly values: Buffer;
}

/** A row of a series. */
export interface Element {
  readonly series: Series;
  readonly row: number;
}

/** Columns that one packed series may have; its layout counts them in a byte. */
export const MAX_COLUMNS = 250;

/** Reads packed columns; damaged bytes throw RangeError. */
export function unpackSeries(packed: PackedSeries): Series {
  const { length, columns } = unpackColumns(packed.values);
  return {
    length,
    columns: new Map(packed.columns.map((name, i) => [name, columns[i]!])),
    texts: packed.texts,
  };
}

/** Packs columns in the order that they have. */
export function packSeries({ length, columns, texts }: Series): PackedSeries {
  return {
    length,
    columns: [...columns.keys()],
    texts,
    values: packColumns([...columns.values()], length),
  };
}

const isText = (column: string): boolean => column.endsWith('.format') || column.endsWith('.metadata');

/** A new series of rows of others, in the order given; `first` names the columns that lead, the others follow by name. */
export function assemble(elements: readonly Element[], first: readonly string[]): Series {
  const sources = [...new Set(elements.map(({ series }) => series))];
  const names = new Set(sources.flatMap(({ columns }) => [...columns.keys()]));
  const rest = [...names].filter((name) => !first.includes(name)).sort();
  const from = elements.map(({ series }) => sources.indexOf(series));
  const texts = new Map<string, number>();
  const columns = new Map<string, Float64Array>();
  for (const name of [...first, ...rest]) {
    const inputs = sources.map((source) => source.columns.get(name));
    const output = new Float64Array(elements.length);
    elements.forEach(({ series, row }, i) => {
      const value = inputs[from[i]!]?.[row] ?? NaN;
      output[i] = isText(name) && value >= 0 ? place(texts, series.texts[value]!) : value;
    });
    columns.set(name, output);
  }
  return { length: elements.length, columns, texts: [...texts.keys()] };
}

function place(texts: Map<string, number>, text: string): number {
  const known = texts.get(text);
  if (known !== undefined) return known;
  texts.set(text, texts.size);
  return texts.size - 1;
}

/** Columns that lead a series that stands by itself. */
export const intervalFirst = ['end', 'start'] as const;

/** Adds rows to those of a day, by end; of equal ends the one that was there counts, else the earlier row. */
export function mergeSeries(known: Series | undefined, added: readonly Element[]): Series {
  const elements = new Map<number, Element>();
  const sources = known === undefined ? [] : rowsOf(known);
  for (const element of [...sources, ...added]) {
    const end = element.series.columns.get('end')![element.row]!;
    if (!elements.has(end)) elements.set(end, element);
  }
  const sorted = [...elements].sort(([a], [b]) => a - b).map(([, element]) => element);
  return assemble(sorted, intervalFirst);
}

/** Every row of a series. */
export function rowsOf(series: Series): Element[] {
  return Array.from({ length: series.length }, (_, row) => ({ series, row }));
}
