/** Units of the ROS API: what `cpu-unit`, `memory-unit` and `true-units` mean. Stored amounts are cores and bytes. */
import { BadInput } from '../../../../streams/runtime/errors.ts';
import { single, type RawQuery } from './parameters.ts';
import { gib2, mib2, trunc3 } from '../../../../projections/recommendation/variation.ts';

/** Units of CPU. */
export const cpuUnits = ['cores', 'millicores'] as const;
/** Units of memory. */
export const memoryUnits = ['bytes', 'MiB', 'GiB'] as const;

/** What a client asked for. */
export interface Units {
  readonly cpu: (typeof cpuUnits)[number];
  readonly memory: (typeof memoryUnits)[number];
  /** true: the unit's name as format; false: the suffix that Kubernetes writes. */
  readonly named: boolean;
}

const suffixes = { cores: '', millicores: 'm', bytes: 'bytes', MiB: 'Mi', GiB: 'Gi' } as const;

/** Cores or bytes in the unit asked for: cores and percentages are cut, millicores rounded half away from zero. */
export function convert(resource: 'cpu' | 'memory', amount: number, units: Units): number {
  if (resource === 'cpu') return units.cpu === 'cores' ? trunc3(amount) : millicores(amount);
  return units.memory === 'bytes' ? amount : units.memory === 'MiB' ? mib2(amount) : gib2(amount);
}

/** The `format` that stands beside a converted amount. */
export function formatOf(resource: 'cpu' | 'memory', units: Units): string {
  return units.named ? units[resource] : suffixes[units[resource]];
}

/** Reads the three parameters; a wrong value is BadInput with the words of the API. */
export function readUnits(query: RawQuery, defaultMemory: Units['memory']): Units {
  const [cpuName, memoryName, trueUnits] = ['cpu-unit', 'memory-unit', 'true-units'].map((name) =>
    single(query, name),
  );
  const cpu = cpuUnits.find((unit) => unit === (cpuName ?? 'cores'));
  if (cpu === undefined) throw new BadInput({ code: 'BAD_CPU_UNIT', message: 'invalid cpu unit' });
  const memory = memoryUnits.find((unit) => unit === (memoryName ?? defaultMemory));
  if (memory === undefined) throw new BadInput({ code: 'BAD_MEMORY_UNIT', message: 'invalid memory unit' });
  const named = booleans.get(trueUnits ?? 'false');
  if (named === undefined) {
    throw new BadInput({ code: 'BAD_TRUE_UNITS', message: 'invalid value for true-units' });
  }
  return { cpu, memory, named };
}

const booleans = new Map<unknown, boolean>([
  ...['1', 't', 'T', 'TRUE', 'true', 'True'].map((text) => [text, true] as const),
  ...['0', 'f', 'F', 'FALSE', 'false', 'False'].map((text) => [text, false] as const),
]);

function millicores(cores: number): number {
  const scaled = cores * 1000;
  return Math.sign(scaled) * Math.round(Math.abs(scaled)) + 0;
}
