import { describe, expect, it } from 'vitest';
import { memoryAmount } from '../../../../projections/recommendation/engine/formula.ts';
import { recommend, type RecommendOptions } from '../../../../projections/recommendation/engine/recommend.ts';
import { container, DAY, flat, NOW, QUARTER, series, settings, type Row } from './usage.ts';

const ask = (rows: readonly Row[], options: Partial<RecommendOptions> = {}) =>
  recommend(container(rows), { kind: 'container', requestedEnd: NOW, ...options });
const constant = (cpu: number, memory: number, current: Record<string, number> = {}) =>
  series(96, () => ({ ...flat(cpu, memory), ...current }));
const first = (rows: readonly Row[], options: Partial<RecommendOptions> = {}) => {
  const row = ask(rows, options).advice[0];
  if (row === undefined) throw new Error('no advice');
  return row;
};

describe('quirk: the cliff at one core', () => {
  const rows = (peak: number) => series(96, (i) => flat(i === 50 ? peak : 0.4, 100));
  it('below one core every engine takes the peak', () => {
    expect(ask(rows(0.999)).advice.map((row) => row.cpu_request)).toEqual([0.999, 0.999]);
  });
  it('from one core on each takes its percentile', () => {
    expect(ask(rows(1)).advice.map((row) => row.cpu_request)).toEqual([0.4, 0.4]);
    const steps = series(97, (i) => flat(1 + i, 100));
    expect(ask(steps).advice.map((row) => row.cpu_request)).toEqual([59, 95]);
  });
});

describe('quirk: the closed window', () => {
  it('a full day has 97 points: the row exactly one day before the newest still counts', () => {
    const rows = series(98, (i) => flat(0.1, i === 0 ? 900 : i === 1 ? 500 : 100));
    expect(first(rows).memory_request).toBe(500);
    expect(ask(rows, { terms: ['short'] }).intervals).toBe(97);
  });
  it('each object has its own newest end at or before the one asked, in reach of the longest term asked', () => {
    const rows = series(96, () => flat(0.2, 100)).map((row) => ({ ...row, end: row.end - DAY / 2 }));
    const late = ask(rows);
    expect(late.end).toBe(NOW - DAY / 2);
    expect(Object.keys(late.document.data)).toEqual(['2025-03-16T00:00:00.000Z']);
    const short = ask(rows, { terms: ['short'] });
    expect([late.intervals, short.intervals]).toEqual([96, 49]);
    expect([late.advice[0]!.duration_in_hours, short.advice[0]!.duration_in_hours]).toEqual([24, 12.25]);
    expect(ask(rows, { requestedEnd: NOW - DAY }).end).toBe(NOW - DAY);
  });
  it('rows that ended later than asked do not count', () => {
    expect(
      ask(
        series(96, () => flat(0.2, 100)),
        { requestedEnd: NOW - 1 },
      ).end,
    ).toBe(NOW - QUARTER);
    const rows = series(96, (i) => flat(0.2, i > 89 ? 900 : 100));
    expect(first(rows, { requestedEnd: NOW - 6 * QUARTER }).memory_request).toBe(100);
  });
});

describe('quirk: hours are those of all loaded rows', () => {
  it('192 rows: short 24 h, medium and long 48 h', () => {
    const answer = ask(series(192, () => flat(0.2, 100)));
    const [at] = Object.values(answer.document.data);
    const hours = Object.values(at!.recommendation_terms).map((term) => term.duration_in_hours);
    expect(hours).toEqual([24, 48, 48]);
    expect(at!.recommendation_terms['long_term']).toEqual({
      duration_in_hours: 48,
      notifications: {
        120001: {
          type: 'info',
          code: 120001,
          message: 'There is not enough data available to generate a recommendation.',
        },
      },
    });
    expect(answer.start).toBe(NOW - 7 * DAY);
  });
});

describe('quirk: memory headroom is a fifth of the peak, or the swing', () => {
  it('a flat workload gets no headroom at all', () => {
    expect(first(constant(0.1, 100)).memory_request).toBe(100);
  });
  it('sums of products in Kruize order, not products: 198.5 + 198.5·0.2, never 198.5·1.2', () => {
    const peaks = Array.from({ length: 100 }, (_, i) => i / 100);
    const different = peaks.find((peak) => peak + peak * 0.2 !== peak * 1.2) ?? 0;
    expect(different).toBeGreaterThan(0);
    expect(memoryAmount(different, 1e6).value).toBe(different + different * 0.2);
    expect(memoryAmount(198.5, 473).value).toBe(238.2);
    expect(memoryAmount(1000, 10).value).toBe(1000 + (10 + 10 * 0.05));
  });
});

describe('values that are too small', () => {
  it.each([
    [0, 100, [221001, 323002], null, 100],
    [2e-6, 100, [323001], null, 100],
    [0.001, 100, [323001], null, 100],
    [0.0010001, 100, [], 0.0010001, 100],
    [0.5, 0, [324001], 0.5, null],
    [0, 0, [221001, 323002, 324001], null, null],
  ])('cpu %d, memory %d: codes %j', (cpu, memory, codes, cpuAdvice, memoryAdvice) => {
    const row = first(constant(cpu, memory));
    expect(row.notifications.toSorted()).toEqual(codes);
    expect([row.cpu_request, row.cpu_limit]).toEqual([cpuAdvice, cpuAdvice]);
    expect([row.memory_request, row.memory_limit]).toEqual([memoryAdvice, memoryAdvice]);
  });
  it('without any value config and variation are empty objects', () => {
    const [at] = Object.values(ask(constant(0, 0)).document.data);
    const cost = at!.recommendation_terms['short_term']!.recommendation_engines!['cost']!;
    expect([cost.config, cost.variation, cost.pods_count]).toEqual([{}, {}, 0]);
  });
});

describe('quirk: optimised means within 0.1 per cent', () => {
  it('all four: config is current, variation 0, four notices', () => {
    const row = first(constant(3, 300, settings(3.003, 2.998, 300.2, 300)));
    expect(row.notifications).toEqual([323004, 323005, 324003, 324004]);
    expect([row.cpu_request_variation, row.memory_limit_variation]).toEqual([0, 0]);
  });
  it('0.1 is a thousandth, not a tenth, and the bound itself is within', () => {
    const codes = (request: number, threshold?: number) =>
      first(constant(3, 300, settings(request, 9, 900, 900)), threshold === undefined ? {} : { threshold })
        .notifications;
    expect(codes(3.002)).toEqual([323004]);
    expect(codes(3.004)).toEqual([]);
    expect(codes(3.3)).toEqual([]);
    expect(codes(3.3, 10)).toEqual([323004]);
    expect(codes(4, 25)).toEqual([323004]);
    expect(codes(4, 24.999)).toEqual([]);
  });
  it('variation is exactly config - current, and config where nothing is set', () => {
    const row = first(constant(0.93, 216, { cpu_request_avg: 6, memory_limit_avg: 600 }));
    expect(row.cpu_request_variation).toBe(0.93 - 6);
    expect(row.cpu_limit_variation).toBe(0.93);
    expect(row.memory_limit_variation).toBe(-384);
  });
});

describe('quirk: request and limit share one object', () => {
  it('only the request is optimised: the limit follows it, its variation does not', () => {
    const row = first(constant(3, 300, settings(3.001, 4, 900, 900)));
    expect([row.cpu_request, row.cpu_limit]).toEqual([3.001, 3.001]);
    expect([row.cpu_request_variation, row.cpu_limit_variation]).toEqual([0, -1]);
    expect(row.notifications).toEqual([323004]);
  });
  it('only the limit is optimised: the request follows it', () => {
    const row = first(constant(3, 300, settings(9, 9, 100, 299.9)));
    expect([row.memory_request, row.memory_limit]).toEqual([299.9, 299.9]);
    expect([row.memory_request_variation, row.memory_limit_variation]).toEqual([200, 0]);
    expect(row.notifications).toEqual([324004]);
  });
  it('both are: the limit comes last and wins', () => {
    const row = first(constant(3, 300, settings(3.001, 2.999, 900, 900)));
    expect([row.cpu_request, row.cpu_limit]).toEqual([2.999, 2.999]);
    expect([row.cpu_request_variation, row.cpu_limit_variation]).toEqual([0, 0]);
  });
  it('the limit is compared with what was advised, not with what the request made of it', () => {
    const row = first(constant(3, 300, settings(3.002, 2.998, 900, 900)));
    expect(row.notifications).toEqual([323004, 323005]);
    expect(first(constant(3, 300, settings(3.002, 3.004, 900, 900))).notifications).toEqual([323004]);
  });
  it('in the document they are objects of their own', () => {
    const [at] = Object.values(ask(constant(3, 300)).document.data);
    const { config } = at!.recommendation_terms['short_term']!.recommendation_engines!['cost']!;
    expect(config.requests!.cpu).toEqual({ amount: 3, format: 'cores' });
    expect(config.requests!.cpu).not.toBe(config.limits!.cpu);
  });
});

describe('current settings', () => {
  it('none set: four "not set" codes, both "amount missing", nothing shown', () => {
    const answer = ask(constant(0.5, 100));
    expect(answer.notifications.toSorted()).toEqual([
      111000, 111101, 223001, 224001, 423001, 523001, 524001, 524002,
    ]);
    expect(Object.values(answer.document.data)[0]!.current).toEqual({});
  });
  it('an amount of 0 is invalid, not absent, and is not shown either', () => {
    const answer = ask(constant(0.5, 100, settings(0, 1, 200, 0)));
    expect(answer.notifications.toSorted()).toEqual([111000, 111101, 223002, 224002]);
    expect(answer.current).toEqual({
      cpu_request: null,
      cpu_limit: 1,
      memory_request: 200,
      memory_limit: null,
    });
  });
  it('only the newest row speaks', () => {
    const rows = constant(0.5, 100, settings(1, 1, 200, 200));
    rows[95] = { ...rows[95]!, cpu_request_avg: NaN };
    expect(ask(rows).notifications.toSorted()).toEqual([111000, 111101, 223001, 523001]);
  });
  it('a blank unit is an invalid format', () => {
    const answer = ask(constant(0.5, 100, settings(1, 1, 200, 200)), { formats: { memoryLimit: ' ' } });
    expect(answer.notifications).toContain(224004);
    expect(answer.current.memory_limit).toBeNull();
  });
});

describe('what is asked', () => {
  it('nothing in reach: no end, 120001 and empty data', () => {
    const nothing = { version: '1.0', notifications: { 120001: expect.anything() as unknown }, data: {} };
    expect(ask([])).toMatchObject({ end: null, start: null, advice: [], notifications: [120001] });
    expect(ask([]).document).toEqual(nothing);
    expect(ask(constant(1, 1), { requestedEnd: NOW + 16 * DAY }).end).toBeNull();
    const one = ask(series(1, () => flat(1, 1)));
    expect(one.document).toEqual(nothing);
    expect(one.end).toBe(NOW);
  });
  it('only the terms and engines asked for, whatever their order', () => {
    const answer = ask(
      series(800, () => flat(0.5, 100)),
      { terms: ['long', 'short'], models: ['performance'] },
    );
    expect(answer.advice.map((row) => [row.term, row.engine])).toEqual([
      ['short_term', 'performance'],
      ['long_term', 'performance'],
    ]);
    const [at] = Object.values(answer.document.data);
    expect(Object.keys(at!.recommendation_terms)).toEqual(['short_term', 'long_term']);
    expect(Object.keys(at!.recommendation_terms['long_term']!.notifications)).toEqual(['112102']);
  });
  it('units are echoed, never converted; plots can be left out', () => {
    const answer = ask(constant(2, 3), { formats: { cpu: 'm', memory: 'GiB' }, plots: false });
    const text = JSON.stringify(answer.document);
    expect(text).toContain('{"amount":3,"format":"GiB"}');
    expect(text).toContain('{"amount":2,"format":"m"}');
    expect(text).not.toContain('plots');
  });
  it('the flat advice says what the document says', () => {
    const answer = ask(constant(2, 300, settings(1, 2.001, 100, 400)));
    const [at] = Object.values(answer.document.data);
    for (const row of answer.advice) {
      const engine = at!.recommendation_terms[row.term]!.recommendation_engines![row.engine]!;
      expect(engine.config.requests!.cpu!.amount).toBe(row.cpu_request);
      expect(engine.config.limits!.memory!.amount).toBe(row.memory_limit);
      expect(engine.variation.limits!.cpu!.amount).toBe(row.cpu_limit_variation);
      expect(engine.variation.requests!.memory!.amount).toBe(row.memory_request_variation);
      expect(engine.pods_count).toBe(row.pods_count);
      expect(Object.keys(engine.notifications).map(Number)).toEqual(row.notifications.toSorted());
    }
  });
  it('the same signals give the same bytes and are left untouched', () => {
    const signals = container(series(300, (i) => flat(1 + Math.sin(i), 100 + i)));
    const before = structuredClone(signals.columns);
    const once = JSON.stringify(recommend(signals, { kind: 'container', requestedEnd: NOW }));
    expect(JSON.stringify(recommend(signals, { kind: 'container', requestedEnd: NOW }))).toBe(once);
    expect(signals.columns).toEqual(before);
  });
});
