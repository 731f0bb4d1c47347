/** Runs the replay laboratory over stored containers or a trace file. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { minutesOf, traceSignals } from '../../projections/recommendation/engine/engines/history.ts';
import type { Series } from '../../projections/recommendation/engine/engines/history.ts';
import { hindsight, moments, replay } from '../../projections/recommendation/engine/replay/replay.ts';
import type {
  Outcome,
  ReplayOptions,
  Variant,
} from '../../projections/recommendation/engine/replay/replay.ts';
import { noTotals } from '../../projections/recommendation/engine/replay/score.ts';
import type { Score, Totals } from '../../projections/recommendation/engine/replay/score.ts';
import type { Filter } from '../../projections/runtime/ports.ts';
import { BadInput } from '../../streams/runtime/errors.ts';
import { readTrace } from '../csv/trace.ts';
import type { Trace, TraceColumns } from '../csv/trace.ts';
import type { App } from './app.ts';
import { joinSignals } from '../../projections/recommendation/usage-signals.ts';
import { storedDays } from './explaining.ts';

/** Of all containers together. */
export interface Total {
  readonly name: string;
  readonly cpu: Score | null;
  readonly memory: Score | null;
  /** Periods without CPU advice. */
  readonly unadvised: number;
}

/** Of one container. */
export interface Simulated {
  readonly container: string;
  readonly intervals: number;
  readonly periods: number;
  readonly outcomes: readonly Outcome[];
}

/** What a simulation found. */
export interface Simulation {
  readonly options: ReplayOptions;
  readonly totals: readonly Total[];
  readonly containers: readonly Simulated[];
  /** Containers whose history is too short to judge a period. */
  readonly short: readonly string[];
}

const FLOORS = [99, 100];
const MINUTE = 60_000;

/** Replays all variants and hindsight over every series; `onDone` is told after each. */
export async function simulate(
  all: AsyncIterable<Series>,
  variants: readonly Variant[],
  options: ReplayOptions,
  onDone: (done: number, name: string) => void,
): Promise<Simulation> {
  const containers: Simulated[] = [];
  const short: string[] = [];
  const sums = new Map<string, { totals: Totals; unadvised: number }>();
  for await (const series of all) {
    const periods = moments(series, options).length;
    if (periods === 0) short.push(series.name);
    else {
      const outcomes: Outcome[] = [];
      const add = (name: string, made: (totals: Totals) => Outcome) => {
        const sum = sums.get(name) ?? { totals: noTotals(), unadvised: 0 };
        const outcome = made(sum.totals);
        sums.set(name, { totals: sum.totals, unadvised: sum.unadvised + outcome.unadvised });
        outcomes.push(outcome);
      };
      for (const variant of variants) {
        add(variant.name, (totals) => replay(series, variant, options, totals));
        // Ctrl-C and the progress line want their turn.
        await new Promise((go) => setImmediate(go));
      }
      for (const floor of FLOORS) {
        const name = floor === 100 ? 'hindsight max' : `hindsight P${floor}`;
        add(name, (totals) => hindsight(series, floor, options, totals));
      }
      containers.push({ container: series.name, intervals: series.samples.length, periods, outcomes });
    }
    onDone(containers.length + short.length, series.name);
  }
  const totals = [...sums].map(([name, { totals: sum, unadvised }]) => ({
    name,
    cpu: sum.cpu.score(options.periodDays, 'rows'),
    memory: sum.memory.score(options.periodDays, 'periods'),
    unadvised,
  }));
  return { options, totals, containers, short };
}

/** Largest trace file, bytes. */
const MAX_TRACE_BYTES = 512 * 1024 ** 2;

/** Reads a trace file into a series. No such file, too large, or no two good rows: BadInput. */
export async function traceSeries(
  path: string,
  columns: TraceColumns,
): Promise<{ series: Series; trace: Trace }> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile() !== true) {
    throw new BadInput({
      code: 'FILE_NOT_FOUND',
      message: `${path} is not a readable file: give a CSV trace`,
    });
  }
  if (found.size > MAX_TRACE_BYTES) {
    throw new BadInput({
      code: 'TRACE_TOO_LONG',
      message: `${path} has ${found.size} bytes, more than ${MAX_TRACE_BYTES}: cut it, or gather it into longer intervals`,
    });
  }
  const trace = await readTrace(createReadStream(path, { highWaterMark: 256 * 1024 }), columns);
  const { time, value, memory } = trace;
  if (time.length < 2) {
    const first = trace.bad[0];
    const reason =
      first === undefined ? '' : `; the first bad row is ${first.row}: ${first.code} ${first.message}`;
    throw new BadInput({
      code: 'NO_VALID_ROWS',
      message: `${path} has ${time.length} usable rows of ${time.length + trace.rejected}, two are needed${reason}`,
    });
  }
  const steps = time
    .subarray(1)
    .map((at, i) => at - time[i]!)
    .sort();
  const minutes = steps[steps.length >> 1]! / MINUTE;
  return { series: { name: basename(path), samples: traceSignals(time, value, memory), minutes }, trace };
}

/** Rows of containers that are read at once. */
const PAGE = 500;

/** The containers of an organisation that fit, at most `limit`, by id. */
export async function* storedSeries(
  app: App,
  org: string,
  where: readonly Filter[],
  { from, limit }: { from: string; limit: number },
): AsyncGenerator<Series> {
  for (let offset = 0; offset < limit; offset += PAGE) {
    const size = Math.min(PAGE, limit - offset);
    const columns = ['container_id', 'namespace', 'workload', 'container'];
    const rows = await app.readModels.select({
      table: 'containers',
      org,
      where,
      columns,
      limit: size,
      offset,
    });
    for (const row of rows) {
      const object = { kind: 'container', id: String(row['container_id']), precision: 'exact' } as const;
      const samples = joinSignals(await storedDays(app, org, object, { first: from, last: '9999-12-31' }));
      const name = [row['namespace'], row['workload'], row['container']].map(String).join('/');
      yield { name, samples, minutes: minutesOf(samples) };
    }
    if (rows.length < size) return;
  }
}
