/** A real trace of 1,490 rows, a quarter of an hour each. */
import { text } from './data.ts';
import { signalsOf } from './results.ts';
import type { Aggregates, PostedInterval } from './results.ts';
import type { Series } from '../../../projections/recommendation/engine/engines/history.ts';

/** 15 minutes in ms. */
export const QUARTER = 900_000;
const MIB = 1_048_576;
/** Start of the first row. */
export const t0 = Date.parse('2023-01-01T00:00:00.000Z');

/** The trace, row i stamped t0 + 15 min · i; memory in MiB; metrics without their deciding cell are left out. */
export function trace(): PostedInterval[] {
  const [header, ...lines] = text('input/tfb_data.csv').trim().split('\n');
  const columns = header!.trim().split(',');
  return lines.map((line, i) => {
    const cells = line.trim().split(',');
    const cell = (family: string, aggregate: string) =>
      cells[columns.indexOf(`${family}_${aggregate}_container`)] ?? '';
    const metrics: Record<string, Aggregates> = {};
    const add = (metric: string, family: string, decides: string, scale: number, format: string) => {
      if (cell(family, decides) === '') return;
      const sent: Record<string, number | string> = { format };
      for (const aggregate of ['avg', 'sum', 'min', 'max'])
        if (cell(family, aggregate) !== '') sent[aggregate] = Number(cell(family, aggregate)) / scale;
      metrics[metric] = sent;
    };
    add('cpuRequest', 'cpu_request', 'avg', 1, 'cores');
    add('cpuLimit', 'cpu_limit', 'avg', 1, 'cores');
    add('cpuUsage', 'cpu_usage', 'max', 1, 'cores');
    add('cpuThrottle', 'cpu_throttle', 'max', 1, 'cores');
    add('memoryRequest', 'mem_request', 'avg', MIB, 'MiB');
    add('memoryLimit', 'mem_limit', 'avg', MIB, 'MiB');
    add('memoryUsage', 'mem_usage', 'max', MIB, 'MiB');
    add('memoryRSS', 'mem_rss', 'max', MIB, 'MiB');
    return { start: t0 + i * QUARTER, end: t0 + (i + 1) * QUARTER, metrics };
  });
}

/** The trace as a series; memory, sent in MiB, in bytes. */
export function tfbSeries(): Series {
  const samples = signalsOf('container', trace());
  for (const c of [4, 5, 6, 10, 11]) samples.columns[c] = samples.columns[c]!.map((mib) => mib * MIB);
  return { name: 'tfb', samples, minutes: 15 };
}
