/** Logs that profiles are made of: CSV of requests, or of what a process used. */
import { BadInput } from '../../../streams/runtime/errors.ts';
import type { ProcessUse } from './needs.ts';
import type { Requests } from './profile.ts';

/** What a file holds; a log of a whole machine says nothing of one service. */
export type Log =
  | { readonly kind: 'requests'; readonly requests: Requests }
  | { readonly kind: 'process'; readonly uses: readonly ProcessUse[] }
  | { readonly kind: 'system' };

/** Of which service a log is, and of which kind, as its name says. */
export interface LogName {
  readonly service: string;
  /** Its requests ran on a node that it shared. */
  readonly shared: boolean;
}

/** `detect_shared_resource.csv` is of detect, shared; `detect_f50.csv` and `detect_jet_nano.csv` of detect, too. */
export function logName(path: string): LogName {
  const file = path
    .split(/[\\/]/)
    .at(-1)!
    .replace(/\.csv$/i, '');
  const [, service = file, ending = ''] =
    /^(.+?)(_without_shared_resource|_shared_resource|_f\d+|_jet_\w+)$/.exec(file) ?? [];
  return { service, shared: ending === '_shared_resource' };
}

/** Reads a log. A header that is none of those known, a cell that is no number of 0 or more: BadInput BAD_LOG with the place. */
export function readLog(text: string, name: string): Log {
  const lines = text.split('\n').map((line) => line.trimEnd());
  while (lines.at(-1) === '') lines.pop();
  const header = (lines[0] ?? '').split(',').map((cell) => cell.trim());
  const has = (...columns: string[]) => columns.every((column) => header.includes(column));
  if (has('response_time', 'norm_time')) {
    const rows = cells(lines, header, name, ['response_time', 'norm_time']);
    const ordered = rows.map(([latency, end]) => ({ latency: latency!, end: end! }));
    ordered.sort((a, b) => a.end - b.end);
    const requests = {
      latencies: ordered.map(({ latency }) => latency),
      ends: ordered.map(({ end }) => end),
    };
    return { kind: 'requests', requests };
  }
  if (has('cpu_usage', 'memory_usage')) {
    const columns = ['cpu_usage', 'memory_usage', 'child_cpu', 'child_memory', 'gpu_usage'];
    const uses = cells(lines, header, name, columns).map(
      ([cpu = 0, memory = 0, childCpu = 0, childMemory = 0, gpu = 0]) => ({
        ...{ cpu, memory, childCpu, childMemory, gpu },
      }),
    );
    return { kind: 'process', uses };
  }
  if (has('core1', 'mem')) return { kind: 'system' };
  throw new BadInput({
    code: 'BAD_LOG',
    message: `${name}:1: a log begins with response_time,norm_time or with cpu_usage,memory_usage,…; this begins with ${JSON.stringify((lines[0] ?? '').slice(0, 80))}`,
  });
}

/** Numbers of some columns, by row; of a column that is not there 0. */
function cells(
  lines: readonly string[],
  header: readonly string[],
  name: string,
  columns: readonly string[],
): number[][] {
  const places = columns.map((column) => header.indexOf(column));
  return lines.slice(1).map((line, i) => {
    const row = line.split(',');
    return places.map((place, c) => {
      if (place < 0) return 0;
      const text = (row[place] ?? '').trim();
      const value = Number(text);
      if (text !== '' && Number.isFinite(value) && value >= 0) return value;
      throw new BadInput({
        code: 'BAD_LOG',
        message: `${name}:${i + 2}: ${columns[c]!} must be a number of 0 or more, not ${JSON.stringify(text.slice(0, 40))}`,
      });
    });
  });
}
