import fc from 'fast-check';
import { expect, it } from 'vitest';
import { combineDay, mergeDay } from '../../../projections/recommendation/usage-day.ts';
import type { UsageDay } from '../../../projections/recommendation/usage-day.ts';
import { containerColumns } from '../../../schemas/usage-columns.ts';

interface Contribution {
  readonly digest: string;
  readonly chunk: number;
  readonly payload: string;
  readonly payload_date: number;
  /** End slot → rows; a slot may have two starts. */
  readonly slots: readonly (readonly [slot: number, start: number, rows: number])[];
}

const START = Date.UTC(2026, 2, 28);
const MINUTE = 60_000;

/** Numbers are multiples of 1/4, so that sums are exact in any order. */
function columnsOf({ slots, digest, chunk }: Contribution): Float64Array[] {
  const salt = digest.charCodeAt(1) + chunk;
  const numbers = containerColumns.map((_, c) =>
    Float64Array.from(slots, ([slot, , rows]) =>
      c % 5 === 4 && slot % 2 === 0 ? NaN : (salt * c + slot) * rows * 0.25,
    ),
  );
  return [
    Float64Array.from(slots, ([slot]) => START + (slot + 1) * 15 * MINUTE),
    Float64Array.from(slots, ([slot, start]) => START + slot * 15 * MINUTE + start),
    Float64Array.from(slots, ([, , rows]) => rows),
    ...numbers,
  ];
}

function merge(contributions: readonly Contribution[]): UsageDay {
  let day: UsageDay | undefined;
  for (const one of contributions) {
    const { slots, ...source } = one;
    day = mergeDay(day, source, { columns: columnsOf(one), from: 0, to: slots.length });
  }
  return day!;
}

const payloads = [
  { payload: 'p1', payload_date: 1 },
  { payload: 'p2', payload_date: 2 },
  { payload: 'p3', payload_date: 2 },
  { payload: 'p4', payload_date: 0 },
];

/** Reports of several payloads in several chunks, over few intervals, so that much of it overlaps. */
const contributions = fc
  .uniqueArray(
    fc.record({
      payload: fc.integer({ min: 0, max: payloads.length - 1 }),
      report: fc.integer({ min: 0, max: 1 }),
      chunk: fc.integer({ min: 0, max: 2 }),
      slots: fc.uniqueArray(
        fc.tuple(
          fc.integer({ min: 0, max: 5 }),
          fc.integer({ min: 0, max: 1 }),
          fc.integer({ min: 1, max: 3 }),
        ),
        { minLength: 1, maxLength: 8, selector: ([slot, start]) => `${slot}/${start}` },
      ),
    }),
    { minLength: 1, maxLength: 8, selector: ({ payload, report, chunk }) => `${payload}/${report}/${chunk}` },
  )
  .map((found) =>
    found.map(({ payload, report, chunk, slots }): Contribution => ({
      ...payloads[payload]!,
      digest: `d${payload}${report}`,
      chunk,
      slots: [...slots].sort((a, b) => a[0] - b[0] || a[1] - b[1]),
    })),
  );

/** The contributions, the same shuffled, and some of them once more. */
const arrivals = contributions.chain((all) =>
  fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }), fc.shuffledSubarray(all)),
);

it('a day is the same for contributions in any order, each as often as one likes', () => {
  fc.assert(
    fc.property(arrivals, ([all, shuffled, again]) => {
      const day = merge(all);
      const other = merge([...shuffled, ...again]);
      expect(other).toEqual(day);
      expect(combineDay(other, containerColumns)).toEqual(combineDay(day, containerColumns));
    }),
    { numRuns: 300 },
  );
});

it('every row counts or is superseded', () => {
  fc.assert(
    fc.property(arrivals, ([all, shuffled, again]) => {
      const day = merge([...shuffled, ...again]);
      const counted = day.columns[2]!.reduce((sum, rows) => sum + rows, 0);
      const superseded = day.sources.reduce((sum, source) => sum + source.superseded, 0);
      const given = all.flatMap(({ slots }) => slots).reduce((sum, [, , rows]) => sum + rows, 0);
      expect(counted + superseded).toBe(given);
      expect(combineDay(day, containerColumns).columns[2]!.reduce((sum, rows) => sum + rows, 0)).toBe(
        counted,
      );
    }),
    { numRuns: 300 },
  );
});

it('of two payloads that cover an interval the later counts, then the one with the greater id', () => {
  const base = { chunk: 0, slots: [[0, 0, 1]] } as const;
  const [p1, p2, p3] = payloads.map((payload, i) => ({ ...base, ...payload, digest: `d${i}0` }));
  const winner = (day: UsageDay): string => day.sources[day.columns.at(-1)![0]!]!.payload;
  expect(winner(merge([p2!, p1!]))).toBe('p2');
  expect(winner(merge([p3!, p2!, p1!]))).toBe('p3');
  expect(merge([p3!, p2!, p1!]).sources.map(({ superseded }) => superseded)).toEqual([1, 1, 0]);
});
