/** What containers used of accelerators (GPUs), as reports tell: kept per day like usage, and read when something is decided. */
import { packColumns, unpackColumns } from '../../schemas/codec/columns.ts';
import { acceleratorColumns, intervalColumns } from '../../schemas/usage-columns.ts';
import type { Rows } from '../runtime/define.ts';
import type { Row } from '../runtime/table.ts';
import { cardOf } from './engine/accelerator.ts';
import type { AcceleratorUsage } from './engine/accelerator.ts';
import type { recommendationTables } from './tables.ts';
import { combineDay, DAY_MS, mergeDay } from './usage-day.ts';
import type { Part, Source, UsageDay } from './usage-day.ts';
import type { ReportedUsage } from './usage-event.ts';
import { LONGEST_TERM_DAYS } from './usage-signals.ts';

type Tables = typeof recommendationTables;
type AcceleratorRow = Readonly<Row<Tables['accelerator_usage']>>;

const [CORE, COPY, FRAME_BUFFER, MODEL] = acceleratorColumns.map((_, i) => intervalColumns.length + i) as [
  number,
  number,
  number,
  number,
];
const MIB = 1024 * 1024;

/** Adds what a part of a report tells of a day; of two payloads the later one counts, as for usage. */
export function foldAccelerators(rows: Rows<Tables>, usage: ReportedUsage, day: string, part: Part): void {
  const { event, objectId, identity } = usage;
  const { digest, chunk, payload, payload_date } = event;
  const known = rows.accelerator_usage.get(objectId, day);
  const before = known === undefined ? [] : (JSON.parse(known.models) as string[]);
  const models = [...new Set([...before, ...usage.acceleratorModels])].sort();
  const merged = mergeDay(
    known === undefined ? undefined : numbered(dayOfRow(known), before, models),
    { digest, chunk, payload, payload_date },
    numbered(part, usage.acceleratorModels, models),
  );
  rows.accelerator_usage.put({
    ...{ object_id: objectId, day, org_id: identity.org_id, cluster_id: identity.cluster_id },
    models: JSON.stringify(models),
    sources: JSON.stringify(merged.sources),
    usage: packColumns(merged.columns, merged.length),
  });
}

function dayOfRow({ sources, usage }: Pick<AcceleratorRow, 'sources' | 'usage'>): UsageDay {
  const { length, columns } = unpackColumns(usage);
  return { sources: JSON.parse(sources) as Source[], length, columns };
}

/** The same with the models numbered as in `now`. */
function numbered<T extends { readonly columns: readonly Float64Array[] }>(
  day: T,
  before: readonly string[],
  now: readonly string[],
): T {
  const places = before.map((model) => now.indexOf(model));
  const columns = [...day.columns];
  columns[MODEL] = columns[MODEL]!.map((place) => places[place] ?? NaN);
  return { ...day, columns };
}

/** What a decision at an interval end (ms) knows of the accelerator, of days in order; undefined when they tell of none. */
export function acceleratorAt(
  days: readonly Pick<AcceleratorRow, 'models' | 'sources' | 'usage'>[],
  end: number,
): AcceleratorUsage | undefined {
  const from = end - LONGEST_TERM_DAYS * DAY_MS;
  const ends: number[] = [];
  const measures: (readonly [core: number, copy: number, frameBuffer: number])[] = [];
  let model = '';
  for (const row of days) {
    const models = JSON.parse(row.models) as string[];
    const { length, columns } = combineDay(dayOfRow(row), acceleratorColumns);
    for (let i = 0; i < length; i++) {
      const at = columns[0]![i]!;
      if (at < from || at > end) continue;
      ends.push(at);
      measures.push([columns[CORE]![i]!, columns[COPY]![i]!, columns[FRAME_BUFFER]![i]!]);
      model = models[columns[MODEL]![i]!] ?? model;
    }
  }
  if (ends.length === 0) return undefined;
  const memory = cardOf(model)?.memoryMib;
  const used = Float64Array.from(measures, ([core, copy, frameBuffer]) =>
    greatest([core, copy, shareOf(frameBuffer, memory)]),
  );
  return { model, ends: Float64Array.from(ends), used };
}

/**
 * Per cent of a card's memory, MiB. The operator writes bytes, other producers MiB: no card has a million MiB, and no use of one is
 * below a MiB. 12884901888 of 40960 MiB = 30 %; 20480 = 50 %. Of a card that is not known, only that something was sent.
 */
function shareOf(frameBuffer: number, memory: number | undefined): number {
  if (memory === undefined) return frameBuffer * 0;
  return ((frameBuffer >= MIB ? frameBuffer / MIB : frameBuffer) / memory) * 100;
}

function greatest(values: readonly number[]): number {
  return values.reduce((most, value) => (value !== value || most >= value ? most : value), NaN);
}
