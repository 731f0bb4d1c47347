import { describe, expect, it } from 'vitest';
import { percentileOf } from '../../../../../projections/recommendation/engine/percentile.ts';
import { Sketch, SKETCH_ERROR } from '../../../../../projections/recommendation/engine/state/sketch.ts';
import { SketchHistory } from '../../../../../projections/recommendation/engine/state/sketch-history.ts';
import { noiseFrom } from '../../../../support/synthetic-traces.ts';
import type { Noise } from '../../../../support/synthetic-traces.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const sketchOf = (values: Iterable<number>) => {
  const sketch = new Sketch();
  let at = 0;
  for (const value of values) sketch.add(value, (at += 1));
  return sketch;
};
const all = (sketch: Sketch) => ({
  count: sketch.count,
  bins: sketch.bins,
  min: sketch.min,
  max: sketch.max,
  percentiles: [0, 25, 50, 75, 90, 98, 100].map((p) => sketch.percentile(p)),
});

describe('a sketch', () => {
  const families: Readonly<Record<string, (noise: Noise) => number>> = {
    'log-normal': ({ normal }) => Math.exp(2 * normal()),
    bursty: ({ uniform }) => (uniform() < 0.95 ? 0.1 + 0.01 * uniform() : 10 * uniform()),
    Pareto: ({ uniform }) => (1 - uniform()) ** -1.5,
    'with zeros': ({ uniform }) => (uniform() < 0.3 ? 0 : uniform()),
  };
  it.each(Object.entries(families))('%s: percentiles within 0.5 %%, seeds 1 to 50', (_, value) => {
    for (let seed = 1; seed <= 50; seed++) {
      const noise = noiseFrom(seed);
      const values = Float64Array.from({ length: 1 + Math.floor(1_440 * noise.uniform()) }, () =>
        value(noise),
      );
      const sketch = sketchOf(values);
      for (const p of [0, 1, 25, 50, 60, 75, 90, 98, 100]) {
        const exact = percentileOf(values, p);
        expect(Math.abs(sketch.percentile(p) - exact)).toBeLessThanOrEqual(SKETCH_ERROR * exact * (1 + 1e-9));
      }
      expect([sketch.min, sketch.max, sketch.last]).toEqual([
        Math.min(...values),
        Math.max(...values),
        values.at(-1),
      ]);
      expect(sketch.sum).toBeCloseTo(
        values.reduce((a, b) => a + b),
        6,
      );
    }
  });

  it('merges in any order, and gives back what it was', () => {
    const { normal } = noiseFrom(4);
    const parts = Array.from({ length: 5 }, () => Array.from({ length: 200 }, () => Math.exp(normal())));
    const merged = (order: readonly number[]) => {
      const sketch = new Sketch();
      for (const i of order) sketch.merge(sketchOf(parts[i]!));
      return sketch;
    };
    const whole = all(sketchOf(parts.flat()));
    expect(all(merged([0, 1, 2, 3, 4]))).toEqual(whole);
    expect(all(merged([4, 2, 0, 3, 1]))).toEqual(whole);
    const less = merged([0, 1, 2, 3, 4]);
    less.subtract(sketchOf(parts[4]!));
    const rest = merged([0, 1, 2, 3]);
    expect([less.count, less.bins]).toEqual([rest.count, rest.bins]);
    for (const p of [25, 50, 98]) expect(less.percentile(p)).toBe(rest.percentile(p));
    expect(() => {
      less.subtract(sketchOf([1e6]));
    }).toThrow('does not hold');
  });

  it('is empty, bounded, and knows what it adds', () => {
    expect(new Sketch().percentile(50)).toBeNaN();
    const { uniform } = noiseFrom(8);
    const wild = sketchOf(Array.from({ length: 50_000 }, () => 10 ** (-15 + 30 * uniform())));
    expect(wild.bins).toBeLessThanOrEqual(4_147);
    expect(wild.percentile(100)).toBeLessThanOrEqual(wild.max);
    const sketch = new Sketch();
    sketch.add(2, 20, 0.5);
    sketch.add(3, 10, 0.25);
    expect([sketch.sum, sketch.throttled, sketch.last]).toEqual([5, 0.75, 2]);
  });
});

describe('hours, days and months', () => {
  const newest = Date.UTC(2026, 4, 20, 9);
  const values: [end: number, value: number][] = [];
  for (let end = Date.UTC(2026, 0, 10) + HOUR / 4; end <= newest; end += HOUR / 4) {
    values.push([end, 1 + ((end / (HOUR / 4)) % 97)]);
  }
  const history = new SketchHistory();
  for (const [end, value] of values) history.add(end, value);
  const exactly = (from: number, to: number) =>
    values.filter(([end]) => end > from && end <= to).map(([, v]) => v);

  it('stay few: 48 hours, 92 days and months', () => {
    expect(history.size).toBeLessThanOrEqual(49 + 93 + 5);
  });

  it.each([
    ['one day', newest - DAY, newest, 24],
    ['30 days', newest - 30 * DAY, newest, 40],
    ['the last month', Date.UTC(2026, 3, 1), Date.UTC(2026, 4, 1), 1],
  ])('%s: exactly the values of the window it tells, widened by less than a day', (_, from, to, merged) => {
    const found = history.over(from, to);
    expect(found.from).toBeGreaterThan(from - DAY);
    expect(found.from).toBeLessThanOrEqual(from);
    expect(found.to).toBe(to);
    expect(found.merged).toBeLessThanOrEqual(merged);
    expect(all(found.sketch)).toEqual(all(sketchOf(exactly(found.from, found.to))));
  });

  it('beyond 92 days whole months are told', () => {
    const found = history.over(Date.UTC(2026, 0, 20), newest);
    expect(found.from).toBe(Date.UTC(2026, 0, 1));
    expect(found.sketch.count).toBe(values.length);
  });

  it('takes late values, in any order', () => {
    const late = new SketchHistory();
    for (const [end, value] of values.slice(-500).reverse()) late.add(end, value);
    const straight = new SketchHistory();
    for (const [end, value] of values.slice(-500)) straight.add(end, value);
    expect(all(late.over(newest - 5 * DAY, newest).sketch)).toEqual(
      all(straight.over(newest - 5 * DAY, newest).sketch),
    );
  });
});
