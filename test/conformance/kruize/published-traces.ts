/** The two published CPU traces, one value a minute, as series. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { traceSignals } from '../../../projections/recommendation/engine/engines/history.ts';
import type { Series } from '../../../projections/recommendation/engine/engines/history.ts';

const root = process.env['CONFORMANCE_DATA'];

/** The folder of the traces, or null when it is not at hand. */
export const traceData: string | null =
  root !== undefined && existsSync(join(root, 'traces')) ? join(root, 'traces') : null;

/** Path of a trace, e.g. of c_12104. */
export function tracePath(name: string): string {
  return join(traceData ?? '', `alibaba_${name}_cpu.csv`);
}

/** Reads a trace; times are 2023.04.02-00:09:00:000, UTC. */
export function publishedTrace(name: string): Series {
  const [, ...lines] = readFileSync(tracePath(name), 'utf8').trim().split('\n');
  const cells = lines.map((line) => line.trim().split(','));
  const time = Float64Array.from(cells, ([text]) => {
    const [date, clock] = text!.split('-') as [string, string];
    return Date.parse(`${date.replaceAll('.', '-')}T${clock.slice(0, 8)}Z`);
  });
  return {
    name,
    samples: traceSignals(
      time,
      Float64Array.from(cells, ([, value]) => Number(value)),
      null,
    ),
    minutes: 1,
  };
}
