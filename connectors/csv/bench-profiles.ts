/** How made-up containers behave over time. */

/** Behaviours that a recommendation should tell apart. */
export const profileNames = [
  'steady',
  'idle',
  'oversized',
  'throttled',
  'leaking',
  'daily',
  'bursty',
] as const;

/** One of them. */
export type ProfileName = (typeof profileNames)[number];

interface Shape {
  /** Requested cores and the share of them that is used. */
  readonly cpuRequest: number;
  readonly cpuShare: number;
  /** Requested MiB and the share of them that is used. */
  readonly memoryRequest: number;
  readonly memoryShare: number;
  /** CPU and memory factors at a time (minutes since 1970) for a container that was seen first at `since`. */
  readonly cpu?: (minutes: number, random: () => number) => number;
  readonly memory?: (minutes: number, since: number) => number;
}

const dayOf = (minutes: number) => (minutes % 1440) / 1440;

const shapes: Readonly<Record<ProfileName, Shape>> = {
  steady: { cpuRequest: 0.25, cpuShare: 0.6, memoryRequest: 512, memoryShare: 0.7 },
  idle: { cpuRequest: 0.1, cpuShare: 0.01, memoryRequest: 256, memoryShare: 0.1 },
  oversized: { cpuRequest: 4, cpuShare: 0.05, memoryRequest: 8192, memoryShare: 0.08 },
  throttled: { cpuRequest: 0.2, cpuShare: 1.9, memoryRequest: 384, memoryShare: 0.6 },
  leaking: {
    cpuRequest: 0.3,
    cpuShare: 0.4,
    memoryRequest: 1024,
    memoryShare: 0.4,
    // Grows by half a day's worth, then is restarted.
    memory: (minutes, since) => 1 + ((minutes - since) % 720) / 720,
  },
  daily: {
    cpuRequest: 1,
    cpuShare: 0.4,
    memoryRequest: 1024,
    memoryShare: 0.5,
    cpu: (minutes) => 1 - 0.8 * Math.cos(2 * Math.PI * dayOf(minutes)),
  },
  bursty: {
    cpuRequest: 0.5,
    cpuShare: 0.1,
    memoryRequest: 512,
    memoryShare: 0.5,
    cpu: (_, random) => (random() < 0.05 ? 9 : 1),
  },
};

const MIB = 1024 * 1024;
const MEMORY_STEPS = 1024;

/**
 * The 23 number cells of a container at a time (minutes since 1970), in the operator's order, 6 decimals. `random` gives its size,
 * `noise` what changes from interval to interval.
 */
export function containerProfile(
  name: ProfileName,
  random: () => number,
  noise: () => number = random,
): (minutes: number) => string {
  const shape = shapes[name];
  const size = 0.5 + random();
  const cpuRequest = Math.round(shape.cpuRequest * size * 1000) / 1000;
  const memoryRequest = Math.round(shape.memoryRequest * size) * MIB;
  const [cpuLimit, memoryLimit] = [cpuRequest * 2, memoryRequest * 2];
  const cpuSettings = `${twice(cpuRequest.toFixed(6))},${twice(cpuLimit.toFixed(6))}`;
  const memorySettings = `${twice(memoryRequest.toFixed(6))},${twice(memoryLimit.toFixed(6))}`;
  let since = -1;
  return (minutes) => {
    if (since === -1) since = minutes;
    const jitter = 0.9 + 0.2 * noise();
    const wanted = cpuRequest * shape.cpuShare * jitter * (shape.cpu?.(minutes, noise) ?? 1);
    const cpu = Math.min(wanted, cpuLimit * 0.98);
    const throttle = wanted > cpuLimit * 0.9 ? (wanted - cpuLimit * 0.9) / 2 : 0;
    const steps = 1 + Math.floor(noise() * MEMORY_STEPS) / (MEMORY_STEPS * 20);
    const memory = memoryRequest * shape.memoryShare * steps * (shape.memory?.(minutes, since) ?? 1);
    const used = decimals(cpu);
    const held = decimals(memory);
    const resident = decimals(memory * 0.85);
    return [
      cpuSettings,
      `${used},${decimals(cpu * 0.7)},${decimals(Math.min(cpu * 1.4, cpuLimit))},${used}`,
      `${decimals(throttle)},${decimals(throttle * 1.5)},${decimals(throttle)}`,
      memorySettings,
      `${held},${whole(memory * 0.95)},${whole(memory * 1.05)},${held}`,
      `${resident},${whole(memory * 0.8)},${whole(memory * 0.9)},${resident}`,
    ].join(',');
  };
}

function twice(text: string): string {
  return `${text},${text}`;
}

function whole(value: number): string {
  return `${Math.floor(value)}.000000`;
}

/** Six decimals; `toFixed` is several times slower. */
function decimals(value: number): string {
  const integer = Math.floor(value);
  const micros = Math.floor((value - integer) * 1e6);
  return micros === 0 ? `${integer}.000000` : `${integer}.${String(1_000_000 + micros).slice(1)}`;
}
