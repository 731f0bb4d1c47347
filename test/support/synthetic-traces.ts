/** Made-up usage of one container, a row every few minutes; the same for the same seed. */
import { traceSignals } from '../../projections/recommendation/engine/engines/history.ts';
import type { Series } from '../../projections/recommendation/engine/engines/history.ts';
import { randomFrom } from '../../connectors/csv/random.ts';

/** What the usage looks like. */
export const shapes = ['flat', 'daily', 'bursty', 'trend', 'leak', 'spike'] as const;
/** One of {@link shapes}. */
export type Shape = (typeof shapes)[number];

const MINUTE = 60_000;
const DAY_MINUTES = 1_440;
const GB = 1e9;
const t0 = Date.parse('2026-01-05T00:00:00Z');

/** Two independent streams of random numbers. */
export interface Noise {
  uniform(): number;
  normal(): number;
}

/** Seeded noise; normal by Box and Muller. */
export function noiseFrom(seed: number): Noise {
  const uniform = randomFrom(Math.imul(seed + 1, 0x9e3779b1));
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  return { uniform, normal };
}

/** A first-order autoregressive step: stationary with variance 1 for innovations of variance 1. */
export function ar1(noise: Noise, rho: number): () => number {
  let value = noise.normal();
  return () => (value = rho * value + Math.sqrt(1 - rho * rho) * noise.normal());
}

/** A series of `days` in rows of `minutes`; CPU around `cores`, memory around 1 GB. */
export function synthetic(shape: Shape, seed: number, days = 10, minutes = 5): Series {
  const noise = noiseFrom(seed);
  const cores = 0.5 + 4 * noise.uniform();
  const model = models[shape](noise, minutes);
  const n = (days * DAY_MINUTES) / minutes;
  const end = new Float64Array(n);
  const cpu = new Float64Array(n);
  const memory = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const used = model((i * minutes) / DAY_MINUTES);
    end[i] = t0 + (i + 1) * minutes * MINUTE;
    cpu[i] = Math.max(0, cores * used.cpu);
    memory[i] = Math.max(1e6, Math.round(GB * used.memory));
  }
  return { name: `${shape} ${seed}`, samples: traceSignals(end, cpu, memory), minutes };
}

type Model = (day: number) => { cpu: number; memory: number };

const models: Readonly<Record<Shape, (noise: Noise, minutes: number) => Model>> = {
  flat(noise) {
    const slow = ar1(noise, 0.995);
    const quick = ar1(noise, 0.5);
    return () => ({ cpu: 1 + 0.04 * quick(), memory: 1 + 0.012 * slow() });
  },
  daily(noise) {
    const phase = noise.uniform();
    const depth = 0.3 + 0.4 * noise.uniform();
    const wander = ar1(noise, 0.98);
    return (day) => {
      const wave = 1 + depth * Math.sin(2 * Math.PI * (day + phase));
      return {
        cpu: wave * Math.exp(0.12 * wander()),
        memory: 0.8 + 0.2 * wave * (1 + 0.02 * noise.normal()),
      };
    };
  },
  bursty(noise, minutes) {
    const starts = (minutes / DAY_MINUTES) * (4 + 12 * noise.uniform());
    let left = 0;
    let height = 0;
    return () => {
      if (left <= 0 && noise.uniform() < starts) {
        left = 10 + 50 * noise.uniform();
        height = Math.exp(0.8 + 0.4 * noise.normal());
      }
      left -= minutes;
      const burst = left > 0 ? height : 0;
      return { cpu: 0.4 + burst + 0.04 * noise.normal(), memory: 0.9 + 0.03 * burst + 0.01 * noise.normal() };
    };
  },
  trend(noise) {
    const growth = 0.01 + 0.03 * noise.uniform();
    const quick = ar1(noise, 0.8);
    return (day) => ({
      cpu: (1 + growth * day) * (1 + 0.06 * quick()),
      memory: (1 + growth * day) * (1 + 0.004 * noise.normal()),
    });
  },
  leak(noise) {
    const growth = 0.04 + 0.08 * noise.uniform();
    const restarts = 2 + 3 * noise.uniform();
    const quick = ar1(noise, 0.7);
    return (day) => ({
      cpu: 1 + 0.08 * quick(),
      memory: 0.6 + growth * (day % restarts) + 0.003 * noise.normal(),
    });
  },
  spike(noise, minutes) {
    const starts = (minutes / DAY_MINUTES) * (1 + 2 * noise.uniform());
    let left = 0;
    let height = 0;
    return () => {
      if (left <= 0 && noise.uniform() < starts) {
        left = minutes * (1 + Math.floor(3 * noise.uniform()));
        height = 0.6 + 0.6 * noise.uniform();
      }
      left -= minutes;
      const high = left > 0 ? height : 0;
      return {
        cpu: 0.5 + 2 * high + 0.05 * noise.normal(),
        memory: 0.8 + 0.25 * high + 0.01 * noise.normal(),
      };
    };
  },
};
