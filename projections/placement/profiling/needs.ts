/** What a replica needs, from what its process and its children were measured to use. A proposal: someone decides. */
import { ascending, quantile } from './windows.ts';

/** What a process used at a time, its children apart. */
export interface ProcessUse {
  /** Millicores. */
  readonly cpu: number;
  readonly childCpu: number;
  /** MB. */
  readonly memory: number;
  readonly childMemory: number;
  /** Per cent of a device. */
  readonly gpu: number;
}

/** What a service should declare, as it declares it. */
export interface ProposedNeeds {
  /** Millicores: what it uses half of the time, children included, rounded up to 10. */
  readonly cpu: number;
  /** MB: what it uses in 99 % of the time, for memory cannot be squeezed. */
  readonly memory: number;
  /** Per cent of cores: whole ones, and the rest of one. */
  readonly cores: readonly number[];
  readonly accelerators: Readonly<Record<string, number>>;
}

/** A device that is used less than this is idle: its own housekeeping, per cent. */
export const IDLE_GPU = 5;

/** Millicores that are used, children included. */
export function cpuOf({ cpu, childCpu }: ProcessUse): number {
  return cpu + childCpu;
}

/** MB that are used, children included. */
export function memoryOf({ memory, childMemory }: ProcessUse): number {
  return memory + childMemory;
}

/**
 * Needs of a replica under the load of the measurement; null without any.
 *
 * Medians of 2,803 millicores and 489 of children are 3,300, cores [100, 100, 100, 30].
 */
export function proposedNeeds(uses: readonly ProcessUse[]): ProposedNeeds | null {
  if (uses.length === 0) return null;
  const at = (share: number, of: (use: ProcessUse) => number) => quantile(ascending(uses.map(of)), share);
  const cpu = Math.ceil(at(0.5, cpuOf) / 10) * 10;
  const gpu = at(0.5, (use) => use.gpu);
  return {
    cpu,
    memory: Math.ceil(at(0.99, memoryOf)),
    cores: coresOf(cpu),
    accelerators: gpu > IDLE_GPU ? { gpu: Math.min(100, Math.ceil(at(0.95, (use) => use.gpu))) } : {},
  };
}

function coresOf(cpu: number): number[] {
  const rest = Math.ceil((cpu % 1000) / 10);
  return [...Array.from({ length: Math.floor(cpu / 1000) }, () => 100), ...(rest > 0 ? [rest] : [])];
}
