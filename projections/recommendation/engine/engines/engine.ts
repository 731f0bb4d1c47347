/** What every engine of this folder is: a name, tunables with bounds, and `advise`. */
import { BadInput } from '../../../../streams/runtime/errors.ts';
import type { Settings } from '../advice.ts';
import type { History } from './history.ts';

/** A number that a policy may set. */
export interface Tunable {
  readonly name: string;
  /** What it means, with its unit. */
  readonly about: string;
  readonly default: number;
  readonly min: number;
  readonly max: number;
}

/** Values of tunables by name. */
export type Tunables = Readonly<Record<string, number>>;

/** A container that was killed because its memory ran out. */
export interface OutOfMemory {
  /** ms since 1970. */
  readonly at: number;
  /** The limit that it ran into, bytes. */
  readonly limit: number;
}

/** What is known beside the history. Usage reports carry `current` alone; everything is optional. */
export interface AdviceSettings {
  /** Replaces defaults; unknown names and values out of bounds are refused. */
  readonly tunables?: Tunables;
  /** What is set now; cores and bytes. */
  readonly current?: Readonly<Settings>;
  readonly outOfMemory?: readonly OutOfMemory[];
  /** Throttled time per used time, Σ/Σ over the window. */
  readonly throttledShare?: number;
  /** Resources that a horizontal autoscaler watches, too. */
  readonly autoscaled?: readonly ('cpu' | 'memory')[];
  /** The heap decides its memory. */
  readonly jvm?: boolean;
  /** Peak of each pod over the window, cores. */
  readonly podPeaks?: readonly number[];
  /** Leaves out what costs most and does not change the advice: curve and backtest of `balanced`. */
  readonly brief?: boolean;
}

/** Values between which the truth is believed to lie. */
export interface Bounds {
  readonly lower: number;
  readonly upper: number;
}

/** Something to know about the advice. */
export interface Note {
  readonly code: string;
  readonly message: string;
}

/** What an engine advises: cores and bytes, null = no advice, or none wanted. */
export interface RequestAdvice extends Readonly<Settings> {
  readonly bounds: { readonly cpu: Bounds | null; readonly memory: Bounds | null };
  /** 0 (none, or not known) … 1. */
  readonly confidence: number;
  readonly notes: readonly Note[];
}

/** A way to advise. Pure. `history` is what was known at `at` (ms), see historyAt: the engine does not cut it. */
export interface RequestEngine<Advice extends RequestAdvice = RequestAdvice> {
  readonly name: string;
  readonly about: string;
  readonly tunables: readonly Tunable[];
  advise(history: History, at: number, settings?: AdviceSettings): Advice;
}

/** Defaults with what a policy sets instead. Unknown names, values out of bounds: BadInput BAD_POLICY. */
export function tuned(engine: Pick<RequestEngine, 'name' | 'tunables'>, wanted: Tunables = {}): Tunables {
  const values: Record<string, number> = {};
  for (const { name, default: value } of engine.tunables) values[name] = value;
  for (const [name, value] of Object.entries(wanted)) {
    const tunable = engine.tunables.find((known) => known.name === name);
    if (tunable === undefined) {
      const names = engine.tunables.map((known) => known.name).join(', ');
      throw refused(`engine ${engine.name} has no tunable ${JSON.stringify(name)}; it has ${names}`, {
        engine: engine.name,
        tunable: name,
      });
    }
    if (!(value >= tunable.min && value <= tunable.max)) {
      throw refused(
        `${name} of engine ${engine.name} must be from ${tunable.min} to ${tunable.max}; got ${value}`,
        { engine: engine.name, tunable: name },
      );
    }
    values[name] = value;
  }
  return values;
}

function refused(message: string, coordinates: Record<string, string>): BadInput {
  return new BadInput({ code: 'BAD_POLICY', message, coordinates });
}

/** Advice of an engine that has nothing to go by. */
export function noAdvice(notes: readonly Note[]): RequestAdvice {
  return {
    cpu_request: null,
    cpu_limit: null,
    memory_request: null,
    memory_limit: null,
    bounds: { cpu: null, memory: null },
    confidence: 0,
    notes,
  };
}

/** No row lies in the window. */
export const NO_DATA: Note = { code: 'NO_DATA', message: 'No usage lies in the window.' };
