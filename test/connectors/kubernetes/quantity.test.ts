import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  billionths,
  cpuQuantity,
  memoryQuantity,
  sameQuantity,
} from '../../../connectors/kubernetes/quantity.ts';

describe('quantities', () => {
  it.each([
    [250, '250m'],
    [1_000, '1'],
    [1_500, '1500m'],
  ])('%d millicores are %s', (millicores, text) => {
    expect(cpuQuantity(millicores)).toBe(text);
  });

  it.each([
    [300, '300Mi'],
    [1_024, '1Gi'],
    [1_536, '1536Mi'],
    [2 * 1_024 * 1_024, '2Ti'],
  ])('%d MiB are %s', (mebibytes, text) => {
    expect(memoryQuantity(mebibytes)).toBe(text);
  });

  it.each([
    ['1', '1000m'],
    ['0.5', '500m'],
    ['1Gi', '1024Mi'],
    ['1.5Gi', '1536Mi'],
    ['1e3', '1k'],
    ['1M', '1000000'],
    ['1E', '1000P'],
  ])('%s is %s', (a, b) => {
    expect(sameQuantity(a, b)).toBe(true);
  });

  it.each([
    ['1', '1001m'],
    ['1G', '1Gi'],
    ['1x', '1x'],
    ['', ''],
    ['9'.repeat(500), '1'],
  ])('%s is not %s', (a, b) => {
    expect(sameQuantity(a, b)).toBe(false);
  });

  it('are read back as the amounts they were written for', () => {
    const amount = fc.integer({ min: 0, max: 1_000_000_000 });
    fc.assert(
      fc.property(amount, (n) => {
        expect(billionths(cpuQuantity(n))).toBe(BigInt(n) * 1_000_000n);
        expect(billionths(memoryQuantity(n))).toBe(BigInt(n) * 1_048_576n * 1_000_000_000n);
      }),
    );
  });
});
