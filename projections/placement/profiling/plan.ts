/** Runs of services under combinations of scales: each in turn, and everything as before at the end, whatever happens. */
import { BadInput } from '../../../streams/runtime/errors.ts';

/** Replicas by service. */
export type Scales = Readonly<Record<string, number>>;

/** A plan: combinations by name, in the order in which they run. */
export interface ProfilingPlan {
  readonly name: string;
  /** Seconds that each is measured. */
  readonly seconds: number;
  readonly runs: readonly { readonly name: string; readonly scales: Scales }[];
}

/** How a run ended. */
export type RunOutcome = 'complete' | 'aborted' | 'unplaced';

/** What running a plan needs. */
export interface ProfilingPorts {
  /** Replicas that should run now; only of services that there are. */
  replicas(): Promise<Scales>;
  /** Asks for so many, and returns when that is decided. */
  scale(scales: Scales): Promise<void>;
  /** Services of which some replicas have no place. */
  lacking(): Promise<readonly string[]>;
  /** Waits; returns at once when it is aborted. */
  wait(seconds: number): Promise<void>;
  /** Measuring begins; returns what ends it: what was measured is recorded with the outcome. */
  measure(run: ProfilingPlan['runs'][number]): Promise<(outcome: RunOutcome) => Promise<void>>;
}

/** Waits before measuring, and between runs, in seconds. */
export interface Pauses {
  readonly settle: number;
  readonly between: number;
}

/** Upstream's pauses. */
export const usualPauses: Pauses = { settle: 20, between: 60 };

/** The plan for two services when nobody says otherwise: 1 to 3, 5 and 10, and the other way round. */
export function usualPlan(name: string, first: string, second: string, seconds = 600): ProfilingPlan {
  const scales = [
    ...[3, 5, 10].map((n) => ({ [first]: 1, [second]: n })),
    ...[3, 5, 10].map((n) => ({ [first]: n, [second]: 1 })),
  ];
  return { name, seconds, runs: scales.map((it, i) => ({ name: `profile0${i + 1}`, scales: it })) };
}

/**
 * Runs a plan. Replicas are as before when it returns or throws, also after an abort: the run that it comes in is recorded as aborted,
 * later ones do not begin. A service that is not there: BadInput UNKNOWN_SERVICE, before anything is scaled.
 */
export async function runPlan(
  { runs, seconds }: ProfilingPlan,
  ports: ProfilingPorts,
  signal: AbortSignal,
  pauses: Pauses = usualPauses,
): Promise<RunOutcome[]> {
  const before = await ports.replicas();
  const touched = [...new Set(runs.flatMap(({ scales }) => Object.keys(scales)))];
  const missing = touched.find((service) => !Object.hasOwn(before, service));
  if (missing !== undefined)
    throw new BadInput({
      code: 'UNKNOWN_SERVICE',
      message: `there is no service ${missing}; declare it first`,
    });
  const outcomes: RunOutcome[] = [];
  try {
    for (const [i, run] of runs.entries()) {
      if (signal.aborted) break;
      if (i > 0) await ports.wait(pauses.between);
      if (signal.aborted) break;
      outcomes.push(await one(run, seconds, ports, signal, pauses));
    }
  } finally {
    await ports.scale(Object.fromEntries(touched.map((service) => [service, before[service]!])));
  }
  return outcomes;
}

async function one(
  run: ProfilingPlan['runs'][number],
  seconds: number,
  ports: ProfilingPorts,
  signal: AbortSignal,
  pauses: Pauses,
): Promise<RunOutcome> {
  await ports.scale(run.scales);
  await ports.wait(pauses.settle);
  const finish = await ports.measure(run);
  const lacking = new Set(await ports.lacking());
  const placed = !Object.keys(run.scales).some((service) => lacking.has(service));
  if (placed) await ports.wait(seconds);
  const outcome = signal.aborted ? 'aborted' : placed ? 'complete' : 'unplaced';
  await finish(outcome);
  return outcome;
}
