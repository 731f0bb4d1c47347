/** All units of a process at work, and how far they are. */
import { setMaxListeners } from 'node:events';
import type { Codec } from '../../schemas/codec/codec.ts';
import type { StreamDefinition, StreamTools } from '../../streams/runtime/define.ts';
import type { EventLog } from '../../streams/runtime/ports.ts';
import { retryTopic } from '../../streams/runtime/run/inputs.ts';
import { streamWork } from '../../streams/runtime/run/stream-work.ts';
import { runWorker } from '../../streams/runtime/run/worker.ts';
import type { UnitWork, WorkerDeps } from '../../streams/runtime/run/worker.ts';
import type { UnitStore } from '../../streams/runtime/units.ts';
import type { ProjectionDefinition } from './define.ts';
import { projectionWork } from './projection-work.ts';

/** The units of a system. */
export interface Units {
  readonly streams: readonly StreamDefinition[];
  readonly projections: readonly ProjectionDefinition[];
}

/** What a pipeline needs. */
export type PipelineDeps = WorkerDeps & { readonly codec: Codec; readonly tools: StreamTools };

/** A unit as readers of positions see it. */
export interface UnitInputs {
  readonly id: string;
  readonly kind: 'stream' | 'projection';
  readonly inputs: readonly string[];
}

/** Inputs of every unit, retry topics included. */
export function unitInputs({ streams, projections }: Units): UnitInputs[] {
  const inputs = (kind: UnitInputs['kind']) => (unit: { id: string; from: readonly string[] }) => ({
    id: unit.id,
    kind,
    inputs: [...unit.from, retryTopic(unit.id)],
  });
  return [...streams.map(inputs('stream')), ...projections.map(inputs('projection'))];
}

/** Runs every partition of the units until aborted; throws the first Fatal or Fenced, after stopping the others. */
export async function runPipeline(units: Units, deps: PipelineDeps, signal: AbortSignal): Promise<void> {
  const partitions = new Map((await deps.log.topics()).map(({ name, partitions: count }) => [name, count]));
  const works: UnitWork[] = [];
  for (const stream of units.streams) {
    const count = partitions.get(stream.from[0]!) ?? 0;
    for (let p = 0; p < count; p++) works.push(streamWork(stream, p, deps));
  }
  for (const projection of units.projections) {
    const count = partitions.get(projection.from[0]!) ?? 0;
    for (let p = 0; p < count; p++) works.push(projectionWork(projection, p, deps));
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
      works.map((work) =>
        runWorker(work, deps, stop.signal).catch((error: unknown) => {
          abort();
          throw error;
        }),
      ),
    );
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/** How far one partition of a unit is. */
export interface UnitLag {
  readonly id: string;
  readonly kind: 'stream' | 'projection';
  readonly partition: number;
  readonly positions: Readonly<Record<string, number>>;
  /** Records that are still to be taken. */
  readonly lag: number;
}

/**
 * Lag of every unit and partition against the ends of its inputs. Positions are read first: when every lag is 0, there
 * was a moment at which nothing was left to take. The other way round, what a stream appended in between would be missed.
 */
export async function pipelineLag(
  inputs: readonly UnitInputs[],
  log: EventLog,
  store: UnitStore,
): Promise<readonly UnitLag[]> {
  const stored = new Map(
    await Promise.all(inputs.map(async ({ id }) => [id, await store.positions(id)] as const)),
  );
  const topics = [...new Set(inputs.flatMap((unit) => unit.inputs))];
  const ends = new Map(
    await Promise.all(topics.map(async (topic) => [topic, await log.ends(topic)] as const)),
  );
  const lags: UnitLag[] = [];
  for (const unit of inputs) {
    const positions = stored.get(unit.id)!;
    const count = ends.get(unit.inputs[0]!)!.length;
    for (let partition = 0; partition < count; partition++) {
      const at = positions.get(partition) ?? {};
      const lag = unit.inputs.reduce(
        (sum, topic) => sum + ((ends.get(topic)?.[partition] ?? 0) - (at[topic] ?? 0)),
        0,
      );
      lags.push({ id: unit.id, kind: unit.kind, partition, positions: at, lag });
    }
  }
  return lags;
}
