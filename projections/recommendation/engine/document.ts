/** The `recommendations` object as Kruize sends it. */
import type { MigResource } from './accelerator.ts';
import type { EngineAdvice, Settings } from './advice.ts';
import { notifications, type Notifications } from './notices.ts';
import type { Plots } from './plots.ts';

/** Units that are echoed, per metric. Amounts are never converted. */
export interface Formats {
  /** Of the advised values. */
  readonly cpu: string;
  readonly memory: string;
  /** Of the current settings. */
  readonly cpuRequest: string;
  readonly cpuLimit: string;
  readonly memoryRequest: string;
  readonly memoryLimit: string;
}

/** A number with its unit. */
export interface AmountAndFormat {
  readonly amount: number;
  readonly format: string;
}

/** CPU and memory of requests or limits, and the slice of an accelerator; a resource without value is left out. */
export interface Resources {
  cpu?: AmountAndFormat;
  memory?: AmountAndFormat;
  [slice: MigResource]: AmountAndFormat;
}

/** Requests and limits; either is left out when it is empty. */
export interface ResourceSettings {
  requests?: Resources;
  limits?: Resources;
}

/** One engine of one term on the wire. */
export interface EngineDocument {
  readonly pods_count: number;
  readonly confidence_level: number;
  readonly config: ResourceSettings;
  readonly variation: ResourceSettings;
  readonly notifications: Notifications;
}

/** One term on the wire; without enough data only the duration and its notification. */
export interface TermDocument {
  readonly duration_in_hours: number;
  readonly notifications: Notifications;
  readonly monitoring_start_time?: string;
  readonly recommendation_engines?: Record<string, EngineDocument>;
  readonly plots?: Plots;
}

/** What stands under one interval end. */
export interface TimestampDocument {
  readonly notifications: Notifications;
  readonly monitoring_end_time: string;
  readonly current: ResourceSettings;
  readonly recommendation_terms: Record<string, TermDocument>;
}

/** The whole object. */
export interface RecommendationsDocument {
  readonly version: '1.0';
  readonly notifications: Notifications;
  readonly data: Record<string, TimestampDocument>;
}

/** Nests four flat settings; `formats` gives the units in the order CPU request, CPU limit, memory request, memory limit. */
export function nest(
  flat: Readonly<Settings>,
  formats: readonly [string, string, string, string],
): ResourceSettings {
  const nested: ResourceSettings = {};
  const requests = resources(flat.cpu_request, flat.memory_request, formats[0], formats[2]);
  const limits = resources(flat.cpu_limit, flat.memory_limit, formats[1], formats[3]);
  if (requests !== null) nested.requests = requests;
  if (limits !== null) nested.limits = limits;
  return nested;
}

/** One engine's advice on the wire; a slice of an accelerator is a limit, one "core" of it, as Kruize has it. */
export function engineDocument(
  advice: EngineAdvice,
  formats: Formats,
  slice: MigResource | null = null,
): EngineDocument {
  const units = [formats.cpu, formats.cpu, formats.memory, formats.memory] as const;
  const config = nest(advice.config, units);
  if (slice !== null) config.limits = { ...config.limits, [slice]: { amount: 1, format: 'cores' } };
  return {
    pods_count: advice.pods,
    confidence_level: 0,
    config,
    variation: nest(advice.variation, units),
    notifications: notifications(advice.codes),
  };
}

function resources(
  cpu: number | null,
  memory: number | null,
  cpuFormat: string,
  memoryFormat: string,
): Resources | null {
  if (cpu === null && memory === null) return null;
  const result: Resources = {};
  if (cpu !== null) result.cpu = { amount: cpu, format: cpuFormat };
  if (memory !== null) result.memory = { amount: memory, format: memoryFormat };
  return result;
}
