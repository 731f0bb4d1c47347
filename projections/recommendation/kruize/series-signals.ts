/** From posted intervals to what the engine reads, bit for bit as Kruize takes them. */
import { containerColumns, intervalColumns, namespaceColumns } from '../../../schemas/usage-columns.ts';
import type { Formats } from '../engine/document.ts';
import { containerSignals, namespaceSignals } from '../engine/signals.ts';
import type { Signals } from '../engine/signals.ts';
import { families } from './metrics.ts';
import type { Kind } from './metrics.ts';
import { assemble, intervalFirst, rowsOf } from './series.ts';
import type { Series } from './series.ts';

const names: Readonly<Record<Kind, readonly string[]>> = {
  // Reports carry no smallest throttle, results may; the engine looks for it after the columns of reports.
  container: [...containerColumns.map(({ name }) => name), 'cpu_throttle_container_min'],
  namespace: namespaceColumns.map(({ name }) => name),
};

/** Joins days, oldest first, to one series. */
export function joinDays(days: readonly Series[]): Series {
  return assemble(days.flatMap(rowsOf), intervalFirst);
}

/** What the engine reads of these intervals. A metric that was sent without an aggregate counts as 0, one not sent as absent. */
export function signalsOfSeries(kind: Kind, series: Series): Signals {
  const { length } = series;
  const blank = (): Float64Array => new Float64Array(length).fill(NaN);
  const [end, start] = intervalFirst.map((name) => series.columns.get(name) ?? blank());
  const columns: Float64Array[] = [end!, start!, new Float64Array(length).fill(1)];
  if (columns.length !== intervalColumns.length) throw new RangeError('the interval columns have changed');
  for (const name of names[kind]) {
    const cut = name.lastIndexOf('_');
    const metric = families[kind][name.slice(0, cut)]!;
    const sent = series.columns.get(`${metric}.format`);
    const values = series.columns.get(`${metric}.${name.slice(cut + 1)}`);
    const column = blank();
    if (sent !== undefined) {
      for (let i = 0; i < length; i++) {
        if (sent[i] === sent[i]) column[i] = values === undefined ? 0 : values[i]! || 0;
      }
    }
    columns.push(column);
  }
  const usage = { length, columns };
  return kind === 'container' ? containerSignals(usage) : namespaceSignals(usage);
}

/**
 * The units that are echoed for a question: of usage the first that is not empty within [from, to], of current settings that of
 * the newest interval.
 */
export function formatsOfSeries(kind: Kind, series: Series, from: number, to: number): Formats {
  const ends = series.columns.get('end') ?? new Float64Array(0);
  const within = [...ends.keys()].filter((i) => ends[i]! >= from && ends[i]! <= to);
  const metric = (name: string): string =>
    kind === 'container' ? name : `namespace${name[0]!.toUpperCase()}${name.slice(1)}`;
  const at = (name: string, row: number): string =>
    series.texts[series.columns.get(`${metric(name)}.format`)?.[row] ?? -1] ?? '';
  const first = (name: string): string =>
    within.map((row) => at(name, row)).find((format) => format !== '') ?? '';
  const newest = (name: string): string => (within.length === 0 ? '' : at(name, within.at(-1)!));
  return {
    cpu: first('cpuUsage'),
    memory: first('memoryUsage'),
    cpuRequest: newest('cpuRequest'),
    cpuLimit: newest('cpuLimit'),
    memoryRequest: newest('memoryRequest'),
    memoryLimit: newest('memoryLimit'),
  };
}
