/** Requests and limits of containers between the API's quantities and millicores and bytes. */
import type { ContainerResources } from '../cluster.ts';
import { billionths, cpuQuantity } from '../quantity.ts';

/** Requests and limits: millicores and bytes; null: not set. */
export interface Amounts {
  readonly cpu_request: number | null;
  readonly cpu_limit: number | null;
  readonly memory_request: number | null;
  readonly memory_limit: number | null;
}

/** A container of a pod or of a template, as far as it is read. */
export interface PodContainer {
  readonly name: string;
  readonly resources?: {
    readonly requests?: Readonly<Record<string, string>>;
    readonly limits?: Readonly<Record<string, string>>;
  };
  readonly resizePolicy?: readonly { readonly resourceName: string; readonly restartPolicy: string }[];
}

/** What a container requests and is limited to; what it does not request although it is limited is its limit. */
export function amountsOf({ resources = {} }: Pick<PodContainer, 'resources'>): Amounts {
  const { requests = {}, limits = {} } = resources;
  const cpu_limit = millicores(limits['cpu']);
  const memory_limit = bytes(limits['memory']);
  return {
    ...{ cpu_request: millicores(requests['cpu']) ?? cpu_limit, cpu_limit },
    ...{ memory_request: bytes(requests['memory']) ?? memory_limit, memory_limit },
  };
}

/** Millicores of a quantity, rounded up; null when there is none or it is no quantity. */
export function millicores(quantity: string | undefined): number | null {
  return scaled(quantity, 1_000_000n);
}

/** Bytes of a quantity, rounded up; null when there is none or it is no quantity. */
export function bytes(quantity: string | undefined): number | null {
  return scaled(quantity, 1_000_000_000n);
}

function scaled(quantity: string | undefined, unit: bigint): number | null {
  const amount = quantity === undefined ? undefined : billionths(String(quantity));
  if (amount === undefined) return null;
  const whole = Number((amount + unit - 1n) / unit);
  return Number.isSafeInteger(whole) ? whole : null;
}

/** A container with these requests and limits, as a patch says it; what is null is not said. */
export function patchOf(name: string, to: Amounts): ContainerResources {
  return {
    name,
    resources: {
      ...part('requests', to.cpu_request, to.memory_request),
      ...part('limits', to.cpu_limit, to.memory_limit),
    },
  };
}

function part(what: 'requests' | 'limits', cpu: number | null, memory: number | null) {
  const amounts = {
    ...(cpu === null ? {} : { cpu: cpuQuantity(cpu) }),
    ...(memory === null ? {} : { memory: bytesQuantity(memory) }),
  };
  return Object.keys(amounts).length === 0 ? {} : { [what]: amounts };
}

/** Bytes, as the API server writes them back: `300Mi`, `2Gi`, `1000`. */
export function bytesQuantity(value: number): string {
  const units = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi'];
  let amount = value;
  let unit = 0;
  while (amount > 0 && amount % 1_024 === 0 && unit < units.length - 1) {
    amount /= 1_024;
    unit++;
  }
  return `${amount}${units[unit]!}`;
}

/** True when both are the same; what is null in `wanted` is left as it is. */
export function has(is: Amounts, wanted: Amounts): boolean {
  const names = ['cpu_request', 'cpu_limit', 'memory_request', 'memory_limit'] as const;
  return names.every((name) => wanted[name] === null || is[name] === wanted[name]);
}
