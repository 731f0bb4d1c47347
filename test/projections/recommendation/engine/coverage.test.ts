import { describe, expect, it } from 'vitest';
import {
  coverage,
  durationInHours,
  totalMinutes,
} from '../../../../projections/recommendation/engine/coverage.ts';
import { roundHalfUp } from '../../../../projections/recommendation/engine/decimal.ts';
import { DAY, NOW, QUARTER } from './usage.ts';

const grid = (n: number, step: number) =>
  Float64Array.from({ length: n }, (_, i) => NOW - (n - 1 - i) * step);
const walk = (ends: Float64Array, days: number, minPoints: number) =>
  coverage(ends, 0, ends.length, NOW - days * DAY, 15, minPoints, true);

describe('enough data', () => {
  it.each([
    [1, 2, 1],
    [7, 192, 191],
    [15, 768, 767],
  ])('%d days: %d points are enough, %d are not', (days, enough, short) => {
    expect(walk(grid(enough, QUARTER), days, enough).enough).toBe(true);
    expect(walk(grid(short, QUARTER), days, enough).enough).toBe(false);
  });

  it('counts slots, not rows: gaps are fine, the slot at the start of the window is not walked', () => {
    expect(walk(grid(97, QUARTER), 1, 2).minutes).toBe(96 * 15);
    expect(walk(grid(25, 4 * QUARTER), 1, 2).minutes).toBe(24 * 15);
  });

  it('stops at the minimum unless asked to go on', () => {
    const ends = grid(97, QUARTER);
    expect(coverage(ends, 0, 97, NOW - DAY, 15, 2)).toEqual({ minutes: 30, needed: 29.5, enough: true });
  });

  it('accepts a row 30 s off and refuses one 30.001 s off, on either side', () => {
    const two = (off: number) => walk(Float64Array.of(NOW - QUARTER + off, NOW), 1, 2).enough;
    expect([two(30_000), two(-30_000), two(30_001), two(-30_001)]).toEqual([true, true, false, false]);
  });

  it('the distance stays in the step: one row 20 s early makes all later steps 20 s longer', () => {
    const ends = (third: number) => Float64Array.of(NOW - third, NOW - QUARTER - 20_000, NOW);
    // The slot after the one at -900 s is 920 s further: at -1,820 s.
    expect(walk(ends(1_820_000), 1, 2).minutes).toBe(45);
    expect(walk(ends(1_850_000), 1, 2).minutes).toBe(45);
    expect(walk(ends(1_850_001), 1, 2).minutes).toBe(30);
    expect(walk(ends(1_789_999), 1, 2).minutes).toBe(30);
  });

  it('a steady drift of more than 30 s in all is followed', () => {
    expect(walk(grid(96, 895_000), 1, 2).minutes).toBe(96 * 15);
  });

  it('rows that come early twice in a row throw the walk off the grid: most later rows are not counted', () => {
    const ends = grid(96, QUARTER);
    ends[94]! -= 20_000;
    ends[93]! -= 45_000;
    const { minutes } = walk(ends, 1, 2);
    expect(minutes).toBeGreaterThanOrEqual(45);
    expect(minutes).toBeLessThan(20 * 15);
  });

  it('the longer step is kept by a row that is on time: the walk is not put back on the rows', () => {
    const ends = (fourth: number) =>
      Float64Array.of(NOW - fourth, NOW - 1_820_000, NOW - QUARTER - 20_000, NOW);
    expect(walk(ends(2_740_000 + 30_000), 1, 2).minutes).toBe(60);
    expect(walk(ends(2_720_000 - 30_000), 1, 2).minutes).toBe(45);
  });

  it('ends although crowded late rows turn the step back', () => {
    const ends = [NOW];
    let [slot, step] = [NOW, 900_000];
    const lateBy = (late: number) => {
      slot -= step;
      step -= late;
      ends.unshift(slot + late);
    };
    for (let i = 0; i < 28; i++) lateBy(29_000);
    lateBy(26_000);
    lateBy(20_000);
    // The step is 42 s now; the next two rows are 17, then 7 and 25 s late: 25 s, 18 s, -7 s.
    ends.unshift(slot - 60_000, slot - 25_000);
    expect(step).toBe(42_000);
    expect(walk(Float64Array.from(ends), 1, 2).minutes).toBe(34 * 15);
  });

  it('of several rows near a slot the nearest counts', () => {
    const ends = Float64Array.of(NOW - QUARTER - 25_000, NOW - QUARTER, NOW - QUARTER + 25_000, NOW);
    expect(walk(ends, 1, 2).minutes).toBe(30);
  });
});

describe('duration', () => {
  it('adds up the rows and is capped at the term', () => {
    const ends = grid(4, QUARTER);
    const starts = ends.map((end, i) => end - (i === 0 ? 870_000 : QUARTER));
    expect(totalMinutes(ends, starts, 0, 4)).toBe(59.5);
    expect(totalMinutes(ends, starts, 1, 4)).toBe(45);
    expect(durationInHours(192 * 15, 1, 'container')).toBe(24);
    expect(durationInHours(192 * 15, 7, 'container')).toBe(48);
    expect(durationInHours(769 * 15, 15, 'container')).toBe(192.25);
  });

  it('rounds half up on the decimal text: 3 · 870 s = 0.725 h is 0.73, where toFixed says 0.72', () => {
    expect((0.725).toFixed(2)).toBe('0.72');
    expect(durationInHours(43.5, 1, 'container')).toBe(0.73);
  });

  it('of a namespace rounds the minutes to one decimal and leaves the hours alone', () => {
    expect(durationInHours(134.85, 1, 'namespace')).toBe(2.2483333333333335);
    expect(durationInHours(44.949999999999996, 1, 'namespace')).toBe(44.9 / 60);
    expect(durationInHours(1e5, 1, 'namespace')).toBe(24);
  });

  it.each([
    [1.005, 2, 1.01],
    [2.675, 2, 2.68],
    [0.1 + 0.2, 2, 0.3],
    [9.995, 2, 10],
    [12, 2, 12],
    [0.25, 2, 0.25],
    [1e-7, 2, 0],
    [1e21, 2, 1e21],
  ])('roundHalfUp(%d, %d) = %d', (value, digits, expected) => {
    expect(roundHalfUp(value, digits)).toBe(expected);
  });
});
