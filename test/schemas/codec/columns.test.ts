import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packColumns, unpackColumns } from '../../../schemas/codec/columns.ts';

const value = fc.oneof(
  fc.double({ noNaN: false }),
  fc.integer({ min: 0, max: 300 }),
  fc.integer({ min: 0, max: 70_000 }),
  fc.integer({ min: 0, max: 4_000_000 }).map((n) => n / 1e6),
  fc.constant(NaN),
  fc.constant(0),
);

describe('packed columns', () => {
  it('give back every number, whatever mode they are packed in', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(value, { minLength: 3, maxLength: 40 }), { minLength: 1, maxLength: 8 }),
        (lists) => {
          const length = Math.min(...lists.map((list) => list.length));
          const columns = lists.map((list) => Float64Array.from(list));
          const back = unpackColumns(packColumns(columns, length));
          expect(back.length).toBe(length);
          back.columns.forEach((column, c) => {
            // -0 and 0 are one number here.
            const plain = (n: number): number => (n === 0 ? 0 : n);
            expect([...column].map(plain)).toEqual(lists[c]!.slice(0, length).map(plain));
          });
        },
      ),
      { numRuns: 500 },
    );
  });

  it.each([
    ['nothing reported', [NaN, NaN, NaN], 0],
    ['a constant', [0.1, 0.1, 0.1], 8],
    ['small whole numbers', [1, 255, 3], 3],
    ['larger whole numbers', [1, 65_535, 3], 6],
    ['whole numbers', [1, 4_294_967_295, 3], 12],
    ['millionths', [0.123456, 0.5, 1.25], 12],
    ['a ramp', [900_000, 1_800_000, 2_700_000], 16],
    ['anything else', [0.1 + 0.2, 1e300, -1], 24],
  ])('take the smallest mode: %s', (_, numbers, bytes) => {
    expect(packColumns([Float64Array.from(numbers)], 3).length).toBe(6 + 1 + bytes);
  });

  it('refuse damaged bytes', () => {
    const packed = packColumns([Float64Array.from([0.1, 1e300, 7])], 3);
    expect(() => unpackColumns(packed.subarray(0, 12))).toThrow(RangeError);
    expect(() => unpackColumns(Buffer.from([9, 1, 0, 0, 0, 0]))).toThrow(RangeError);
    const long = Buffer.from(packed);
    long.writeUInt32LE(0xffffffff, 2);
    expect(() => unpackColumns(long)).toThrow(RangeError);
  });
});
