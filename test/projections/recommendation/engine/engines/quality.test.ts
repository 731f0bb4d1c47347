/** The claims about `balanced`, on seeds that its defaults were not chosen on. */
import { describe, expect, it } from 'vitest';
import {
  effectiveCount,
  percentileBounds,
} from '../../../../../projections/recommendation/engine/engines/order-statistics.ts';
import { betterOnBoth, heldOutSeeds, meansOf, rivals, trialsOf } from '../../../../support/engine-trials.ts';
import { ar1, noiseFrom, shapes } from '../../../../support/synthetic-traces.ts';

const seeds = `seeds ${heldOutSeeds[0]!} to ${heldOutSeeds.at(-1)!}`;
const BUDGET = 2;
const all = trialsOf(heldOutSeeds);

describe(`quality of CPU advice, ${seeds}`, () => {
  it.each(shapes)('%s: violations stay within the budget + 1 pp, and no rival is better on both', (shape) => {
    const trials = all.get(shape)!;
    const ours = meansOf(trials, 'balanced', 'cpu');
    expect(ours.violation).toBeLessThanOrEqual(BUDGET + 1);
    const theirs = new Map(rivals.map((name) => [name, meansOf(trials, name, 'cpu')]));
    expect(betterOnBoth(ours, theirs)).toEqual([]);
  });

  it('single containers: 97 % keep to it', () => {
    const broken = [...all.values()].flat().flatMap(({ series, outcomes }) => {
      const ours = outcomes.get('balanced')!.cpu!;
      const theirs = new Map(rivals.map((name) => [name, outcomes.get(name)!.cpu!]));
      const found = betterOnBoth(ours, theirs);
      return ours.violation > BUDGET + 1 || found.length > 0
        ? [`${series}: ${ours.violation.toFixed(2)} % ${found.join(', ')}`]
        : [];
    });
    const containers = shapes.length * heldOutSeeds.length;
    expect(broken.length, broken.join('; ')).toBeLessThanOrEqual(0.03 * containers);
  });
});

describe(`memory safety, ${seeds}`, () => {
  const kills = (shape: (typeof shapes)[number], name: string) =>
    meansOf(all.get(shape)!, name, 'memory').violation;
  const bytes = (shape: (typeof shapes)[number], name: string) =>
    meansOf(all.get(shape)!, name, 'memory').mean;

  it.each(['flat', 'trend'] as const)('%s: at most half of the OOM kills of Kruize', (shape) => {
    const kruize = kills(shape, 'cost 7 d');
    expect(kruize).toBeGreaterThan(0);
    expect(kills(shape, 'balanced')).toBeLessThanOrEqual(kruize / 2);
  });

  it.each(['daily', 'bursty', 'leak', 'spike'] as const)(
    '%s: never more OOM kills than any rival',
    (shape) => {
      const least = Math.min(...rivals.map((name) => kills(shape, name)));
      expect(kills(shape, 'balanced')).toBeLessThanOrEqual(least);
    },
  );

  it.each(shapes)('%s: at most 15 %% more memory than Kruize', (shape) => {
    expect(bytes(shape, 'balanced')).toBeLessThanOrEqual(1.15 * bytes(shape, 'cost 7 d'));
  });
});

describe('bounds mean what they say', () => {
  const WEEK = 672;
  const RUNS = 400;
  const stationary = {
    'independent, log-normal': (seed: number) => {
      const { normal } = noiseFrom(seed);
      return () => Math.exp(0.5 * normal());
    },
    'autoregressive 0.5': (seed: number) => ar1(noiseFrom(seed), 0.5),
    'autoregressive 0.8': (seed: number) => ar1(noiseFrom(seed), 0.8),
  } as const;

  it.each(
    Object.entries(stationary).flatMap(([name, make]) =>
      [0.5, 0.9, 0.95, 0.98].map((p) => ({ name, make, p })),
    ),
  )(
    '$name: 95 % bounds of P$p hold the next week in 90 to 98 % of 400 cases, seeds 1 to 400',
    ({ make, p }) => {
      let held = 0;
      for (let seed = 1; seed <= RUNS; seed++) {
        const next = make(seed);
        const week = () => Float64Array.from({ length: WEEK }, next);
        const seen = week();
        const sorted = seen.slice().sort();
        const effective = effectiveCount(seen, sorted[Math.floor(p * (WEEK - 1))]!);
        const { lower, upper } = percentileBounds(sorted, p, effective, effective);
        const came = week().sort()[Math.floor(p * (WEEK - 1))]!;
        if (came >= lower && came <= upper) held += 1;
      }
      expect(held / RUNS).toBeGreaterThanOrEqual(0.9);
      expect(held / RUNS).toBeLessThanOrEqual(0.98);
    },
  );
});
