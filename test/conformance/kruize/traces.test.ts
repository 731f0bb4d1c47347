import { describe, expect, it } from 'vitest';
import { recommend, type AdviceRow } from '../../../projections/recommendation/engine/recommend.ts';
import { kruizeData, whySkipped } from './data.ts';
import { formatsOf, signalsOf } from './results.ts';
import { ask, compare, scaleMemory, throughSegments } from '../../support/random-streams.ts';
import { QUARTER, t0, trace } from './tfb.ts';

const MIB = 2 ** 20;
const brief = (row: AdviceRow) => [
  `${row.term}/${row.engine}`,
  row.cpu_request,
  row.memory_request,
  row.pods_count,
  row.duration_in_hours,
];

describe.skipIf(kruizeData === null)(`e4: a real trace in all terms${whySkipped}`, () => {
  const rows = kruizeData === null ? [] : trace();
  const ask = (n: number) =>
    recommend(signalsOf('container', rows), {
      kind: 'container',
      requestedEnd: t0 + n * QUARTER,
      formats: formatsOf('container', rows),
    });

  it('n=1: nothing', () => {
    expect(rows).toHaveLength(1490);
    expect(ask(1).notifications).toEqual([120001]);
    expect(ask(1).document.data).toEqual({});
  });

  it('n=2: short, both engines alike, with 20 % above the first row', () => {
    expect(ask(2).advice.map((row) => row.cpu_request)).toEqual([4.06009763391277, 4.06009763391277]);
    expect(ask(2).advice.map((row) => row.memory_request)).toEqual([1596.028125, 1596.028125]);
  });

  it('n=96: the newest row has no requests', () => {
    const answer = ask(96);
    expect(answer.notifications.toSorted()).toEqual([111000, 111101, 223001, 224001, 523001, 524001]);
    const [at] = Object.values(answer.document.data);
    expect(Object.keys(at!.current)).toEqual(['limits']);
  });

  it('n=97: the closed window holds 97 rows, and no more at n=98', () => {
    const loaded = (n: number) =>
      recommend(signalsOf('container', rows), {
        kind: 'container',
        requestedEnd: t0 + n * QUARTER,
        terms: ['short'],
      }).intervals;
    expect([96, 97, 98].map(loaded)).toEqual([96, 97, 97]);
  });

  it('n=191: short only, 47.75 h', () => {
    const answer = ask(191);
    expect(answer.advice.map((row) => row.term)).toEqual(['short_term', 'short_term']);
    const [at] = Object.values(answer.document.data);
    expect(at!.recommendation_terms['medium_term']!.duration_in_hours).toBe(47.75);
  });

  it('n=192: medium appears', () => {
    expect(ask(192).advice.map(brief)).toEqual([
      ['short_term/cost', 3.97355685707039, 868.29375, 4, 24],
      ['short_term/performance', 5.22983893591488, 868.29375, 4, 24],
      ['medium_term/cost', 3.9812969362333, 1596.028125, 7, 48],
      ['medium_term/performance', 5.24432858166296, 1596.028125, 7, 48],
    ]);
  });

  it('n=672: a full week', () => {
    const medium = ask(672).advice.filter((row) => row.term === 'medium_term');
    expect(medium.map((row) => row.duration_in_hours)).toEqual([168, 168]);
    expect(medium.map((row) => row.memory_request)).toEqual([1596.028125, 1596.028125]);
  });

  it('n=767: long refused after 191.75 h', () => {
    const [at] = Object.values(ask(767).document.data);
    const long = at!.recommendation_terms['long_term']!;
    expect(long.duration_in_hours).toBe(191.75);
    expect(Object.keys(long.notifications)).toEqual(['120001']);
  });

  it('n=768: long appears', () => {
    const long = ask(768).advice.filter((row) => row.term === 'long_term');
    expect(long.map((row) => row.cpu_request)).toEqual([3.99021273118889, 5.27164915240741]);
    expect(long.map((row) => row.duration_in_hours)).toEqual([192, 192]);
  });

  it('n=1440 and n=1490: full, then sliding', () => {
    const hours = (n: number) => ask(n).advice.map((row) => row.duration_in_hours);
    expect(hours(1440)).toEqual([24, 24, 168, 168, 360, 360]);
    expect(hours(1490)).toEqual([24, 24, 168, 168, 360, 360]);
    expect(ask(1440).intervals).toBe(1440);
    expect(ask(1490).intervals).toBe(1441);
  });
});

describe.skipIf(kruizeData === null)(`e4 through compact days${whySkipped}`, () => {
  const rows = kruizeData === null ? [] : trace();

  it.each([1, 2, 96, 97, 191, 192, 193, 672, 767, 768, 1440, 1490])(
    'n=%i: within 0.02 %%, the same codes',
    (n) => {
      const signals = signalsOf('container', rows.slice(0, n));
      // The trace counts memory in MiB, usage reports in bytes.
      const stored = scaleMemory(throughSegments(scaleMemory(signals, MIB)), 1 / MIB);
      const { error, other } = compare(ask(signals), ask(stored));
      expect(other).toEqual([]);
      expect(error).toBeLessThanOrEqual(0.0002);
    },
  );
});
