import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Distribution } from '../../../../../projections/recommendation/engine/engines/distribution.ts';
import {
  percentileIndex,
  percentileOf,
} from '../../../../../projections/recommendation/engine/percentile.ts';

const values = fc
  .array(fc.oneof(fc.integer({ min: 0, max: 5 }), fc.double({ min: 0, max: 10, noNaN: true })), {
    minLength: 1,
    maxLength: 200,
  })
  .map((list) => Float64Array.from(list));
const shares = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 6 });

it('quantiles, the largest and the sorted values are those of the sorted list, in whatever order they are asked for', () => {
  fc.assert(
    fc.property(values, shares, fc.boolean(), (list, asked, sortedFirst) => {
      const before = list.slice();
      const sorted = list.slice().sort();
      const made = new Distribution(list);
      if (sortedFirst) expect(made.sorted).toEqual(sorted);
      for (const share of asked) {
        const index = Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1));
        expect(made.quantile(share)).toBe(sorted[index]);
        expect(made.largest).toBe(sorted.at(-1));
      }
      expect(made.sorted).toEqual(sorted);
      expect(list).toEqual(before);
    }),
  );
});

it('a percentile is the element of the sorted list, and the list stays as it is', () => {
  fc.assert(
    fc.property(values, fc.double({ min: 0, max: 100, noNaN: true }), (list, p) => {
      const before = list.slice();
      expect(percentileOf(list, p)).toBe(list.slice().sort()[percentileIndex(p, list.length)]);
      expect(list).toEqual(before);
    }),
  );
});
