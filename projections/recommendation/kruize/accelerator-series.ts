/** From posted metrics of accelerators to how much of the card was used. */
import { cardOf } from '../engine/accelerator.ts';
import type { AcceleratorUsage } from '../engine/accelerator.ts';
import type { Series } from './series.ts';

const PERCENTAGES = ['acceleratorCoreUsage', 'acceleratorMemoryUsage'] as const;
const FRAME_BUFFER = 'acceleratorFrameBufferUsage';

/** MiB of one unit, by the formats in which memory is sent. */
const mib: Readonly<Record<string, number>> = {
  ...{ MiB: 1, Mi: 1, GiB: 1_024, Gi: 1_024, KiB: 1 / 1_024, Ki: 1 / 1_024 },
  ...{ MB: 1e6 / 1_048_576, M: 1e6 / 1_048_576, GB: 1e9 / 1_048_576, G: 1e9 / 1_048_576 },
  ...{ bytes: 1 / 1_048_576, Bytes: 1 / 1_048_576 },
};

/** The accelerator of a container's intervals; undefined when none of them tells of one. */
export function acceleratorOfSeries(series: Series): AcceleratorUsage | undefined {
  const metrics = [...PERCENTAGES, FRAME_BUFFER];
  if (!metrics.some((metric) => series.columns.has(`${metric}.format`))) return undefined;
  const { length, columns } = series;
  const model = newestModel(series, metrics);
  const memoryMib = cardOf(model)?.memoryMib;
  const used = new Float64Array(length).fill(NaN);
  for (let row = 0; row < length; row++) {
    for (const metric of PERCENTAGES) raise(used, row, amountOf(series, metric, row));
    const sent = amountOf(series, FRAME_BUFFER, row);
    const unit = mib[textAt(series, `${FRAME_BUFFER}.format`, row) ?? ''];
    // Of a card that is not known, or a unit that is no amount, only that something was sent.
    raise(
      used,
      row,
      memoryMib === undefined || unit === undefined ? sent * 0 : ((sent * unit) / memoryMib) * 100,
    );
  }
  return { model, ends: columns.get('end')!, used };
}

function raise(used: Float64Array, row: number, value: number): void {
  if (value === value && !(used[row]! >= value)) used[row] = value;
}

/** The largest value of an interval, or its average where no largest was sent; NaN when the metric was not sent. */
function amountOf({ columns }: Series, metric: string, row: number): number {
  const sent = columns.get(`${metric}.format`)?.[row];
  if (sent === undefined || sent !== sent) return NaN;
  const max = columns.get(`${metric}.max`)?.[row] ?? NaN;
  return max > 0 ? max : (columns.get(`${metric}.avg`)?.[row] ?? NaN);
}

/** The name in the metadata of the newest interval that has one; empty when none has. */
function newestModel(series: Series, metrics: readonly string[]): string {
  const ends = series.columns.get('end')!;
  let [model, at] = ['', -Infinity];
  const known = new Map<string, string>();
  for (let row = 0; row < series.length; row++) {
    if (ends[row]! <= at) continue;
    for (const metric of metrics) {
      const text = textAt(series, `${metric}.metadata`, row);
      if (text === undefined) continue;
      let name = known.get(text);
      if (name === undefined) known.set(text, (name = nameIn(text)));
      if (name === '') continue;
      [model, at] = [name, ends[row]!];
      break;
    }
  }
  return model;
}

function textAt({ columns, texts }: Series, column: string, row: number): string | undefined {
  return texts[columns.get(column)?.[row] ?? -1];
}

function nameIn(metadata: string): string {
  const name = (JSON.parse(metadata) as Record<string, unknown> | null)?.['accelerator_model_name'];
  return typeof name === 'string' ? name : '';
}
