import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  percentileIndex,
  percentileOf,
  select,
} from '../../../../projections/recommendation/engine/percentile.ts';

describe('percentiles', () => {
  it('take the nearest element, half up, and never a value between two', () => {
    expect(percentileIndex(50, 4)).toBe(2);
    expect(percentileIndex(25, 3)).toBe(1);
    expect(percentileIndex(60, 97)).toBe(58);
    expect(percentileIndex(98, 97)).toBe(94);
    expect(percentileIndex(98, 1441)).toBe(1411);
    expect(percentileIndex(100, 5)).toBe(4);
    expect(percentileIndex(60, 1)).toBe(0);
    expect(percentileOf(Float64Array.of(10, 1, 2, 3), 50)).toBe(3);
  });

  it('sort by number, not by text', () => {
    expect(percentileOf(Float64Array.of(9, 10, 100), 100)).toBe(100);
  });

  it('select puts the k-th smallest where a sort would, with the smaller before it and the larger after it', () => {
    const value = fc.oneof(fc.integer({ min: 0, max: 5 }), fc.double({ noNaN: true, min: 0, max: 1e9 }));
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 200 }), fc.nat(), (list, pick) => {
        const k = pick % list.length;
        const values = Float64Array.from(list);
        const sorted = values.slice().sort();
        expect(select(values, 0, values.length, k)).toBe(sorted[k]);
        expect(values[k]).toBe(sorted[k]);
        expect(values.slice(0, k).every((v) => v <= sorted[k]!)).toBe(true);
        expect(values.slice(k).every((v) => v >= sorted[k]!)).toBe(true);
        expect(values.sort()).toEqual(sorted);
      }),
    );
  });

  it('select leaves everything outside its range alone', () => {
    const values = Float64Array.from({ length: 60 }, (_, i) => 60 - i);
    expect(select(values, 20, 40, 20)).toBe(21);
    expect([...values.slice(0, 20), ...values.slice(40)]).toEqual([
      ...Array.from({ length: 20 }, (_, i) => 60 - i),
      ...Array.from({ length: 20 }, (_, i) => 20 - i),
    ]);
  });
});
