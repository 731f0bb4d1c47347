import { describe, expect, it } from 'vitest';
import { signalColumns } from '../../../../../projections/recommendation/engine/signals.ts';
import type { Signals } from '../../../../../projections/recommendation/engine/signals.ts';
import {
  CODE_ERROR,
  decode,
  encode,
} from '../../../../../projections/recommendation/engine/state/log-codes.ts';
import {
  RING_BYTES,
  SignalRing,
  SLOTS,
} from '../../../../../projections/recommendation/engine/state/ring.ts';
import { ask, compare, randomStream, throughRing } from '../../../../support/random-streams.ts';
import { noiseFrom } from '../../../../support/synthetic-traces.ts';

const QUARTER = 900_000;
const t0 = Date.parse('2026-02-01T00:00:00Z');

/** Rows with an end and an iMax. */
function rows(...values: readonly (readonly [end: number, cpu: number])[]): Signals {
  const known: Readonly<Record<string, number[]>> = {
    end: values.map(([end]) => end),
    start: values.map(([end]) => end - QUARTER),
    iMax: values.map(([, cpu]) => cpu),
  };
  return {
    length: values.length,
    columns: signalColumns.map((name) => Float64Array.from(known[name] ?? values.map(() => 0))),
  };
}
const cpuOf = (signals: Signals) => [...signals.columns[2]!];

describe('logarithmic codes', () => {
  it('have zero, 0.001 and 1 exactly, on the codes that are promised', () => {
    expect([0, 0.001, 1].map(encode)).toEqual([0, 21_845, 43_690]);
    expect([0, 21_845, 43_690].map(decode)).toEqual([0, 0.001, 1]);
  });

  it('keep everything within 0.0158 %, and on its side of 0.001 and 1', () => {
    expect(CODE_ERROR).toBeLessThan(0.000_158_2);
    const { uniform } = noiseFrom(11);
    const near = [0.001, 1].flatMap((at) => [at * (1 - 1e-12), at * (1 + 1e-12), at * 0.9999, at * 1.0001]);
    for (const value of [...near, ...Array.from({ length: 20_000 }, () => 2e-6 * 4e8 ** uniform())]) {
      const told = decode(encode(value));
      expect(Math.abs(told / value - 1), String(value)).toBeLessThanOrEqual(CODE_ERROR * (1 + 1e-9));
      expect([told < 1, told <= 0.001]).toEqual([value < 1, value <= 0.001]);
    }
  });

  it('never tell use as nothing, and bound what is too large', () => {
    expect([1e-12, -1, NaN].map((value) => encode(value))).toEqual([1, 0, 0]);
    expect(decode(encode(1e9))).toBeGreaterThan(999);
  });
});

describe('the ring beside the rows themselves', () => {
  it.each([1, 251, 501, 751])(
    '250 random streams from seed %i: within 0.02 per cent, the same codes',
    (first) => {
      let most = 0;
      const other: string[] = [];
      for (let seed = first; seed < first + 250; seed++) {
        const signals = randomStream(seed);
        const difference = compare(ask(signals), ask(throughRing(signals)));
        most = Math.max(most, difference.error);
        if (difference.other.length > 0) other.push(`seed ${seed}: ${difference.other.join('; ')}`);
      }
      expect(other).toEqual([]);
      expect(most).toBeLessThanOrEqual(0.0002);
      // Nothing measured would be no proof.
      expect(most).toBeGreaterThan(0.00005);
    },
  );

  it('does not depend on the order of rows, or on repeats, seeds 1 to 50', () => {
    for (let seed = 1; seed <= 50; seed++) {
      const signals = randomStream(seed);
      const { uniform } = noiseFrom(seed);
      const order = Array.from({ length: signals.length }, (_, i) => [uniform(), i] as const)
        .sort(([a], [b]) => a - b)
        .map(([, i]) => i);
      // The first row sets the grid.
      const ring = SignalRing.empty();
      for (const i of [0, ...order, ...order.slice(0, 10)]) ring.put(signals, i);
      const [shuffled, straight] = [ring.signals(), throughRing(signals)];
      expect(shuffled.length).toBe(straight.length);
      expect(shuffled.columns.slice(0, 7)).toEqual(straight.columns.slice(0, 7));
    }
  });
});

describe('the ring', () => {
  it('has at most 20 kB, after 1 day, 15 days and a year', () => {
    expect(RING_BYTES).toBeLessThanOrEqual(20_000);
    const ring = SignalRing.empty();
    for (const days of [1, 15, 365]) {
      for (let i = 0; i < days * 96; i++) ring.put(rows([t0 + (i + 1) * QUARTER, 1 + (i % 3)]), 0);
      expect(ring.bytes.length).toBe(RING_BYTES);
    }
    const { length, columns } = ring.signals();
    expect(length).toBe(SLOTS);
    expect(columns[0]![length - 1]! - columns[0]![0]!).toBe(15 * 86_400_000);
  });

  it('slides, leaves gaps empty, and forgets all after a long pause', () => {
    const ring = SignalRing.empty();
    const put = (slot: number, cpu: number) => ring.put(rows([t0 + slot * QUARTER, cpu]), 0);
    put(0, 1);
    put(3, 2);
    expect(cpuOf(ring.signals())).toEqual([1, 2]);
    put(SLOTS, 3);
    expect(cpuOf(ring.signals())).toEqual([2, 3]);
    put(5 * SLOTS + 7, 4);
    expect(cpuOf(ring.signals())).toEqual([4]);
  });

  it('takes late rows, corrects a slot, and refuses what is too old or off the grid', () => {
    const ring = SignalRing.empty();
    const put = (end: number, cpu: number) => ring.put(rows([end, cpu]), 0);
    expect([put(t0, 5), put(t0 + 2 * QUARTER, 2), put(t0 + QUARTER, 3)]).toEqual([true, true, true]);
    expect(put(t0, 1)).toBe(true);
    // The first row ends at midnight, so it is alone in its day; of the other day the largest is exact.
    expect(cpuOf(ring.signals())).toEqual([1, 3, decode(encode(2))]);
    expect(put(t0 + 3 * QUARTER + 200_000, 9)).toBe(false);
    expect(put(t0 + 3 * QUARTER + 30_000, 9)).toBe(true);
    expect(ring.signals().columns[0]!.at(-1)).toBe(t0 + 3 * QUARTER + 30_000);
    expect(put(t0 - (SLOTS - 3) * QUARTER, 9)).toBe(false);
  });

  it('keeps the maximum of a day to the bit', () => {
    const ring = SignalRing.empty();
    [0.1, 0.123_456_789, 0.11].forEach((cpu, i) => ring.put(rows([t0 + (i + 1) * QUARTER, cpu]), 0));
    expect(ring.signals().columns[2]![1]).toBe(0.123_456_789);
  });

  it('refuses bytes of another size or version', () => {
    expect(() => SignalRing.from(new Uint8Array(3))).toThrow('a ring has');
    const bytes = SignalRing.empty().bytes.slice();
    bytes.fill(0, 0, 8);
    expect(() => SignalRing.from(bytes)).toThrow('ring version 0 is not 1');
  });
});
