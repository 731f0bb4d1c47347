/** One partition of one unit at work: the loop that every unit runs. */
import type { Clock } from '../clock.ts';
import { codeOf, Fatal, messageOf, Retryable } from '../errors.ts';
import type { Faults } from '../faults.ts';
import type { EventLog, ReadLimits } from '../ports.ts';
import type { Signals } from '../signals.ts';
import type { Owner, OwnerState, TableSet, UnitStore } from '../units.ts';
import { readInputs } from './inputs.ts';
import type { InputBatch } from './inputs.ts';
import type { Relays } from './relay.ts';

/** What one step did with the records it took. */
export interface StepOutcome {
  readonly ignored: number;
  readonly repeated: number;
  readonly dead: number;
  readonly emitted: number;
}

/** What the loop needs of a stream or projection. */
export interface UnitWork {
  readonly unit: string;
  readonly partition: number;
  readonly inputs: readonly string[];
  /** The tables that it writes; absent for a stream. */
  readonly set?: TableSet;
  /** It passes over what it emitted itself: the log need not hand that over again. */
  readonly passesOwn?: true;
  /** Once, after the claim and before positions are read: where it is to begin. */
  begin?(owner: Owner): Promise<void>;
  /** Takes effect of the batch, positions included, in transactions of `owner`. */
  process(batch: InputBatch, owner: Owner): Promise<StepOutcome>;
}

/** What workers share. */
export interface WorkerDeps {
  readonly log: EventLog;
  readonly store: UnitStore;
  readonly clock: Clock;
  readonly signals: Signals;
  readonly faults: Faults;
  readonly limits: ReadLimits;
  /** How long to wait for a hint before looking again, ms. */
  readonly pollMs: number;
  /** Where emitted records wait until the log has them; absent where emitting is appending. */
  readonly relays?: Relays;
}

/** Next offset per input topic. */
export type Positions = Readonly<Record<string, number>>;

const FIRST_RETRY_MS = 50;
/** What was away is back in use within this time. */
const LAST_RETRY_MS = 2_000;

/**
 * Runs until aborted: the batch in hand is finished, what it emitted is relayed, then it returns. Throws Fatal or Fenced.
 * `reached` is told the positions after every batch.
 */
export async function runWorker(
  work: UnitWork,
  deps: WorkerDeps,
  signal: AbortSignal,
  reached: (positions: Positions) => void = () => undefined,
): Promise<void> {
  const wake = wakeUps(deps.log, work.inputs);
  const emitted = emissions(work, deps, signal);
  try {
    const owner = await retrying(work, deps, signal, async () => {
      const claimed = await deps.store.claim(work.unit, work.partition, work.set);
      await work.begin?.(claimed);
      return claimed;
    });
    // What a former owner committed and did not publish comes first.
    if (owner !== undefined) emitted.relay();
    let positions: Positions | undefined;
    while (!signal.aborted && owner !== undefined) {
      const seen = wake.count();
      const worked = await retrying(work, deps, signal, async () => {
        const from = positions ?? (await deps.store.positions(work.unit)).get(work.partition) ?? {};
        positions = undefined;
        const next = await step(work, deps, owner, from, emitted);
        positions = next ?? from;
        return next !== undefined;
      });
      if (worked === true) reached(positions!);
      if (worked === false) await wake.wait(seen, deps.pollMs, deps.clock, signal);
    }
    await emitted.settled();
  } finally {
    wake.stop();
  }
}

/** The relaying of what batches emitted, one batch behind the work: bounded, and not waited for before it has to be. */
interface Emissions {
  /** Resolves when the log has what was emitted so far. */
  settled(): Promise<void>;
  /** Starts to relay. */
  relay(): void;
}

function emissions(work: UnitWork, deps: WorkerDeps, signal: AbortSignal): Emissions {
  const { relays } = deps;
  let current: Promise<unknown> = Promise.resolve();
  return {
    async settled() {
      await current;
    },
    relay() {
      if (relays === undefined) return;
      // Tried once even when it is to stop: what the last batch emitted should not wait for the next start.
      current = retrying(work, deps, signal, () => relays.flush(work.unit, work.partition), 1);
      // Thrown again by whoever waits for it.
      current.catch(() => undefined);
    },
  };
}

/** Takes one batch through from `positions` and returns the positions behind it; undefined when there was nothing to do. */
export async function step(
  work: UnitWork,
  deps: WorkerDeps,
  owner: Owner,
  positions: Positions,
  emitted?: Emissions,
): Promise<Positions | undefined> {
  const { unit, partition } = work;
  const limits = work.passesOwn === true ? { ...deps.limits, withoutOwnOf: unit } : deps.limits;
  const batch = await readInputs(deps.log, work.inputs, partition, positions, limits);
  if (work.inputs.every((topic) => batch.next[topic] === positions[topic])) {
    await emitted?.settled();
    deps.signals.emit({ kind: 'idle', unit, partition });
    return undefined;
  }
  await emitted?.settled();
  deps.faults('unit.read');
  const started = deps.clock.now();
  const outcome = await work.process(batch, owner);
  if (outcome.emitted + outcome.dead > 0) emitted?.relay();
  const ms = deps.clock.now() - started;
  deps.signals.emit({ kind: 'batch', unit, partition, records: batch.records.length, ms, ...outcome });
  return batch.next;
}

/** Refuses to go on where a batch does not start at the stored position: something would be skipped or doubled. */
export function checkStart(
  from: Positions,
  state: OwnerState,
  work: { unit: string; partition: number },
): void {
  for (const topic of new Set([...Object.keys(from), ...Object.keys(state.positions)])) {
    const start = from[topic] ?? 0;
    const stored = state.positions[topic] ?? 0;
    if (start === stored) continue;
    const message = `${work.unit}/${work.partition}: the batch of ${topic} starts at ${start}, the stored position is ${stored}`;
    // Behind: our own commit, whose answer was lost, became visible after positions were read. They are read again.
    if (start < stored) throw new Retryable({ code: 'POSITION_BEHIND', message });
    throw new Fatal({ code: 'POSITION_MISMATCH', message });
  }
}

async function retrying<T>(
  work: UnitWork,
  deps: WorkerDeps,
  signal: AbortSignal,
  attempt: () => Promise<T>,
  atLeast = 0,
): Promise<T | undefined> {
  for (let tries = 0; tries < atLeast || !signal.aborted; tries++) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof Retryable)) throw error;
      const base = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** tries);
      const inMs = base / 2 + Math.random() * (base / 2);
      deps.signals.emit({
        kind: 'retry',
        unit: work.unit,
        partition: work.partition,
        code: codeOf(error),
        message: messageOf(error),
        inMs,
      });
      await deps.clock.sleep(inMs, signal);
    }
  }
  return undefined;
}

interface WakeUps {
  count(): number;
  wait(seen: number, pollMs: number, clock: Clock, signal: AbortSignal): Promise<void>;
  stop(): void;
}

function wakeUps(log: EventLog, inputs: readonly string[]): WakeUps {
  let count = 0;
  let release: (() => void) | undefined;
  const stop = log.onAppend((topic) => {
    if (!inputs.includes(topic)) return;
    count += 1;
    release?.();
  });
  return {
    count: () => count,
    async wait(seen, pollMs, clock, signal) {
      if (count !== seen || signal.aborted) return;
      const early = new AbortController();
      release = () => {
        early.abort();
      };
      signal.addEventListener('abort', release);
      await clock.sleep(pollMs, early.signal);
      signal.removeEventListener('abort', release);
      release = undefined;
    },
    stop,
  };
}
