/** All units of a process at work, and how far they are. */
import { setMaxListeners } from 'node:events';
import type { Codec } from '../../schemas/codec/codec.ts';
import type { StreamDefinition, StreamTools } from '../../streams/runtime/define.ts';
import type { EventLog, Membership, Sink, Source } from '../../streams/runtime/ports.ts';
import { runCrew } from '../../streams/runtime/run/crew.ts';
import type { CrewUnit } from '../../streams/runtime/run/crew.ts';
import { retryTopic } from '../../streams/runtime/run/inputs.ts';
import { sinkDeps, sinkWork } from '../../streams/runtime/run/sink-work.ts';
import { sourceDeps, sourceWork } from '../../streams/runtime/run/source-work.ts';
import { streamWork } from '../../streams/runtime/run/stream-work.ts';
import type { UnitWork, WorkerDeps } from '../../streams/runtime/run/worker.ts';
import type { Outbox, UnitStore } from '../../streams/runtime/units.ts';
import type { ProjectionDefinition } from './define.ts';
import { projectionWork } from './projection-work.ts';

/** The units of a system. */
export interface Units {
  readonly streams: readonly StreamDefinition[];
  readonly projections: readonly ProjectionDefinition[];
  /** What reads topics of others; absent: none. */
  readonly sources?: readonly Source[];
  /** What tells others; absent: none. */
  readonly sinks?: readonly Sink[];
}

/** What a pipeline needs. */
export type PipelineDeps = WorkerDeps & {
  readonly codec: Codec;
  readonly tools: StreamTools;
  readonly membership: Membership;
  /** Absent where emitting is appending. */
  readonly outbox?: Outbox;
};

/** A unit as readers of positions see it. */
export interface UnitInputs {
  readonly id: string;
  readonly kind: 'stream' | 'projection' | 'source' | 'sink';
  readonly inputs: readonly string[];
}

/** Inputs of every unit, retry topics included. */
export function unitInputs({ streams, projections, sources = [], sinks = [] }: Units): UnitInputs[] {
  const inputs = (kind: UnitInputs['kind']) => (unit: { id: string; from: readonly string[] }) => ({
    id: unit.id,
    kind,
    inputs: [...unit.from, retryTopic(unit.id)],
  });
  return [
    ...sources.map(inputs('source')),
    ...streams.map(inputs('stream')),
    ...projections.map(inputs('projection')),
    ...sinks.map(inputs('sink')),
  ];
}

/**
 * Runs the units until aborted, each on the partitions that membership gives this process; throws the first Fatal after stopping
 * the others.
 */
export async function runPipeline(units: Units, deps: PipelineDeps, signal: AbortSignal): Promise<void> {
  const inputs = new Map(unitInputs(units).map((unit) => [unit.id, unit.inputs]));
  const crew = (
    { id, version }: { readonly id: string; readonly version: number },
    work: (partition: number) => UnitWork,
  ): CrewUnit => ({ id, version, inputs: inputs.get(id)!, work });
  const crews = [
    ...units.streams.map((stream) => crew(stream, (p) => streamWork(stream, p, deps))),
    ...units.projections.map((projection) => crew(projection, (p) => projectionWork(projection, p, deps))),
  ].map((unit) => ({ unit, deps }));
  for (const source of units.sources ?? []) {
    const own = sourceDeps(source, deps);
    crews.push({ unit: crew(source, (p) => sourceWork(source, p, own)), deps: own });
  }
  for (const sink of units.sinks ?? []) {
    const own = sinkDeps(sink, deps);
    crews.push({ unit: crew(sink, (p) => sinkWork(sink, p, own)), deps: own });
  }
  const stop = new AbortController();
  setMaxListeners(0, stop.signal);
  const abort = (): void => {
    stop.abort();
  };
  signal.addEventListener('abort', abort);
  if (signal.aborted) abort();
  try {
    await Promise.all(
      crews.map(({ unit, deps: own }) =>
        runCrew(unit, own, stop.signal).catch((error: unknown) => {
          abort();
          throw error;
        }),
      ),
    );
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/** Membership of the one process that runs the units: every partition of every unit is its own. */
export function soleMembership(log: Pick<EventLog, 'ends'>): Membership {
  return {
    members: () => Promise.resolve(0),
    async join({ inputs }, changed) {
      const ends = await log.ends(inputs[0]!);
      changed(ends.map((_, partition) => partition));
      return {
        failed: new Promise<never>(() => undefined),
        at: () => undefined,
        leave: () => Promise.resolve(),
      };
    },
  };
}

/** How far one partition of a unit is. */
export interface UnitLag {
  readonly id: string;
  readonly kind: 'stream' | 'projection' | 'source' | 'sink';
  readonly partition: number;
  readonly positions: Readonly<Record<string, number>>;
  /** Records that are still to be taken. */
  readonly lag: number;
}

/** What lag is measured with. */
export interface LagDeps {
  readonly log: EventLog;
  readonly store: UnitStore;
  readonly outbox?: Outbox;
}

/**
 * Lag of every unit and partition against the ends of its inputs; what still waits in the outbox counts for partition 0 of the unit
 * that emitted it. Positions are read first, then the outbox, then the ends: when every lag is 0, there was a moment at
 * which nothing was left to take. In another order, what was emitted in between would be missed.
 */
export async function pipelineLag(
  inputs: readonly UnitInputs[],
  { log, store, outbox }: LagDeps,
): Promise<readonly UnitLag[]> {
  const stored = new Map(
    await Promise.all(inputs.map(async ({ id }) => [id, await store.positions(id)] as const)),
  );
  const backlog = new Map(await outbox?.backlog());
  const topics = [...new Set(inputs.flatMap((unit) => unit.inputs))];
  const ends = new Map(
    await Promise.all(topics.map(async (topic) => [topic, await log.ends(topic)] as const)),
  );
  const lags: UnitLag[] = [];
  const ids = new Set(inputs.map(({ id }) => id));
  // What clients submitted waits under names that are no units.
  let waiting = [...backlog].reduce((sum, [id, n]) => (ids.has(id) ? sum : sum + n), 0);
  for (const unit of inputs) {
    const positions = stored.get(unit.id)!;
    const count = Math.max(...unit.inputs.map((topic) => ends.get(topic)!.length));
    for (let partition = 0; partition < count; partition++) {
      const at = positions.get(partition) ?? {};
      const lag = unit.inputs.reduce(
        (sum, topic) => sum + ((ends.get(topic)?.[partition] ?? 0) - (at[topic] ?? 0)),
        partition === 0 ? (backlog.get(unit.id) ?? 0) + waiting : 0,
      );
      waiting = 0;
      lags.push({ id: unit.id, kind: unit.kind, partition, positions: at, lag });
    }
  }
  return lags;
}
