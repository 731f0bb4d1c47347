import { describe, expect, it } from 'vitest';
import { signalColumns } from '../../../../../projections/recommendation/engine/signals.ts';
import type { Signals } from '../../../../../projections/recommendation/engine/signals.ts';
import {
  CODE_ERROR,
  decode,
  encode,
} from '../../../../../projections/recommendation/engine/state/log-codes.ts';
import {
  packSegment,
  unpackSegment,
} from '../../../../../projections/recommendation/engine/state/segment.ts';
import { ask, compare, randomStream, throughSegments } from '../../../../support/random-streams.ts';
import type { Pack } from '../../../../support/random-streams.ts';
import { noiseFrom } from '../../../../support/synthetic-traces.ts';

const QUARTER = 900_000;
const t0 = Date.parse('2026-02-01T00:00:00Z');

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

/** Rows at these minutes of a day, by column. */
function dayOf(minutes: readonly number[], known: Readonly<Record<string, readonly number[]>>): Signals {
  const ends = minutes.map((minute) => t0 + minute * 60_000);
  const times: typeof known = { end: ends, start: ends.map((end) => end - QUARTER) };
  const at = (name: string) =>
    times[name] ?? known[name] ?? minutes.map(() => (name.startsWith('cpu') ? NaN : 0));
  return { length: minutes.length, columns: signalColumns.map((name) => Float64Array.from(at(name))) };
}
const wholeDay = Array.from({ length: 96 }, (_, i) => 15 * (i + 1));
const column = (signals: Signals, name: (typeof signalColumns)[number]) => [
  ...signals.columns[signalColumns.indexOf(name)]!,
];
const roundTrip = (signals: Signals) => unpackSegment(packSegment(signals, t0), t0, true);

/** A whole day of 15 minutes with everything different in every row, one set of settings. */
function busyDay(seed: number, minutes: readonly number[] = wholeDay): Signals {
  const { uniform } = noiseFrom(seed);
  const some = (scale: number) => minutes.map(() => scale * (0.1 + uniform()));
  const bytes = (scale: number) => some(scale).map(Math.round);
  const same = (value: number) => minutes.map(() => value);
  return dayOf(minutes, {
    ...{ iMax: some(2), iMin: some(1), mMax: bytes(2e9), mMin: bytes(1e9), spike: bytes(5e8) },
    pods: minutes.map(() => Math.ceil(9 * uniform())),
    ...{ cpuRequest: same(0.123_456_789), cpuLimit: same(1 / 3), memoryRequest: same(1e9 / 3) },
    memoryLimit: same(2e9 / 3),
  });
}

describe('compact days beside the rows themselves', () => {
  it.each([1, 251, 501, 751])(
    '250 random streams from seed %i: within 0.02 per cent, the same codes',
    (first) => {
      const { most, other } = differences(first, 250);
      expect(other).toEqual([]);
      expect(most).toBeLessThanOrEqual(0.0002);
      // Nothing measured would be no proof.
      expect(most).toBeGreaterThan(0.00005);
    },
  );

  it('finds a largest value of the day that is a little off, as the comparison is made for', () => {
    const wrong: Pack = (signals, day) => {
      const packed = packSegment(signals, day);
      // The second of the three: memory.
      packed.writeDoubleLE(packed.readDoubleLE(3 + 8) * 1.0005, 3 + 8);
      return packed;
    };
    expect(differences(1, 20, wrong).most).toBeGreaterThan(0.0002);
  });
});

/** The largest relative error over `count` streams, and all that differs otherwise. */
function differences(first: number, count: number, pack?: Pack): { most: number; other: string[] } {
  let most = 0;
  const other: string[] = [];
  for (let seed = first; seed < first + count; seed++) {
    const signals = randomStream(seed);
    const difference = compare(ask(signals), ask(throughSegments(signals, pack)));
    most = Math.max(most, difference.error);
    if (difference.other.length > 0) other.push(`seed ${seed}: ${difference.other.join('; ')}`);
  }
  return { most, other };
}

describe('a compact day', () => {
  it('has at most 1.2 kB for 96 rows without regularity in their values, 17 of them at most 20 kB', () => {
    for (let seed = 1; seed <= 50; seed++) {
      const whole = packSegment(busyDay(seed), t0).length;
      expect(whole).toBeLessThanOrEqual(1_176);
      expect(17 * whole).toBeLessThanOrEqual(20_000);
      const gaps = wholeDay.filter((_, i) => i % 11 !== 3);
      expect(packSegment(busyDay(seed, gaps), t0).length).toBeLessThanOrEqual(1_176);
    }
  });

  it('keeps times, pods, settings and the largest values to the bit, whatever the grid', () => {
    for (const minutes of [wholeDay, [15, 30, 60, 1440], [1, 2, 3, 5.5, 700.25], [0.000_016_7 * 1_000, 3]]) {
      const signals = busyDay(
        7,
        minutes.map((minute) => Math.round(minute * 60_000) / 60_000),
      );
      const again = roundTrip(signals);
      for (const name of [
        'end',
        'start',
        'pods',
        'cpuRequest',
        'cpuLimit',
        'memoryRequest',
        'memoryLimit',
      ] as const) {
        expect(column(again, name), name).toEqual(column(signals, name));
      }
      for (const name of ['iMax', 'mMax', 'spike'] as const) {
        expect(Math.max(...column(again, name)), name).toBe(Math.max(...column(signals, name)));
        const at = column(signals, name).indexOf(Math.max(...column(signals, name)));
        expect(column(again, name)[at]).toBe(column(signals, name)[at]);
      }
    }
  });

  it('keeps settings that change, and those that come and go', () => {
    const cpuRequest = [1, 1, NaN, NaN, 2];
    const again = roundTrip(dayOf([15, 30, 45, 60, 75], { cpuRequest, memoryLimit: [1, 2, 2, 2, 1e12 / 3] }));
    expect(column(again, 'cpuRequest')).toEqual(cpuRequest);
    expect(column(again, 'memoryLimit')).toEqual([1, 2, 2, 2, 1e12 / 3]);
  });

  it('keeps what the codes do not reach as it is: pods beyond a byte, a thousand cores, single bytes', () => {
    const given = { iMax: [1_234.567, 2], mMax: [5e15, 3], spike: [3, 1e9], pods: [300, 70_000] };
    const again = roundTrip(dayOf([15, 30], given));
    for (const name of ['iMax', 'mMax', 'spike', 'pods'] as const)
      expect(column(again, name)).toEqual(given[name]);
  });

  it('tells no value as more than the largest of the day', () => {
    for (let seed = 1; seed <= 200; seed++) {
      const { uniform } = noiseFrom(seed);
      const value = 0.01 + uniform();
      const iMax = [value, value * (1 - 1e-9), value * (1 - 1e-5)];
      expect(Math.max(...column(roundTrip(dayOf([15, 30, 45], { iMax })), 'iMax'))).toBe(value);
    }
  });

  it('tells a row of a day that is cut by its own value alone', () => {
    for (let seed = 1; seed <= 50; seed++) {
      const all = busyDay(seed);
      // One row beyond the codes takes the others of its column with it.
      if (seed % 2 === 0) [all.columns[2]![90], all.columns[4]![91]] = [2_000, 5e15];
      const first = { length: 40, columns: all.columns.map((values) => values.slice(0, 40)) };
      const cut = unpackSegment(packSegment(all, t0), t0, false).columns.map((values) => values.slice(0, 40));
      expect(cut).toEqual(unpackSegment(packSegment(first, t0), t0, false).columns);
    }
  });

  it('may be empty', () => {
    expect(roundTrip(dayOf([], {})).length).toBe(0);
  });

  it('refuses damaged bytes', () => {
    const packed = packSegment(busyDay(1), t0);
    expect(() => unpackSegment(Buffer.alloc(3), t0, true)).toThrow(RangeError);
    for (const [at, value] of [
      [0, 9],
      [1, 9],
    ] as const) {
      const damaged = Buffer.from(packed);
      damaged[at] = value;
      expect(() => unpackSegment(damaged, t0, true)).toThrow('unknown version or unit');
    }
    expect(() => unpackSegment(packed.subarray(0, packed.length - 1), t0, true)).toThrow('cut short');
  });
});
