import { describe, expect, test } from 'vitest';
import {
  gib2,
  mib2,
  percentOf,
  trunc3,
  variationPercent,
} from '../../../projections/recommendation/variation.ts';

describe('the variation in per cent', () => {
  test.each([
    ['cpu', -0.22345679, 0.5, -44.6],
    ['cpu', 0, 0.5, 0],
    ['memory', 115238500.5, 314680400, 36.617],
    ['memory', 185319600, 314680400, 58.89],
  ] as const)('%s %d of %d is %d', (kind, variation, current, expected) => {
    expect(variationPercent(kind, variation, current)).toBe(expected);
  });

  test('a change of a request that is not set has no percentage', () => {
    expect(variationPercent('cpu', 1, null)).toBeNull();
    expect(variationPercent('memory', 1, null)).toBeNull();
  });

  test('a change of a request of zero is 0, not infinite', () => {
    expect(variationPercent('cpu', 1, 0)).toBe(0);
    expect(variationPercent('cpu', 1, 0.0004)).toBe(0);
    expect(variationPercent('memory', Number.NaN, 1048576)).toBe(0);
    expect(variationPercent('cpu', Number.POSITIVE_INFINITY, 1)).toBe(0);
  });

  test('percentages are bounded like the column numeric(10,4)', () => {
    expect(variationPercent('cpu', 100, 0.001)).toBe(999999.9999);
    expect(variationPercent('memory', 1e12, 1048576)).toBe(999999.9999);
    expect(variationPercent('cpu', -100, 0.001)).toBe(-999999.9999);
  });

  test('rounding before the division orders two changes against their raw ratio', () => {
    const first = variationPercent('memory', 1152385, 3146804)!;
    const second = variationPercent('memory', 1143997, 3144707)!;
    expect(1152385 / 3146804).toBeGreaterThan(1143997 / 3144707);
    expect(first).toBeLessThan(second);
  });
});

describe('the roundings', () => {
  test('trunc3 cuts towards zero and leaves short numbers alone', () => {
    expect([2.034, 0.064, 100.123, 10.9999, -0.2239, 7, 1e-7, 1e21].map(trunc3)).toEqual([
      2.034, 0.064, 100.123, 10.999, -0.223, 7, 0, 1e21,
    ]);
    expect(Object.is(trunc3(-0.0001), 0)).toBe(true);
  });

  test('mib2 and gib2 cut to hundredths', () => {
    expect([mib2(429918900.5), mib2(314680400), mib2(629145600)]).toEqual([410, 300.1, 600]);
    expect([gib2(314680400), gib2(629145600)]).toEqual([0.29, 0.58]);
  });

  test('percentOf does not round', () => {
    expect(percentOf(-199226699.5, 629145600)).toBeCloseTo(-31.66623, 4);
    expect(percentOf(0, 5)).toBe(0);
  });
});
