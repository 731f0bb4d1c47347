import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { categoryOf } from '../../../../projections/placement/profiling/categories.ts';
import { contentions } from '../../../../projections/placement/profiling/contention.ts';
import { logName, readLog } from '../../../../projections/placement/profiling/logs.ts';
import { proposedNeeds } from '../../../../projections/placement/profiling/needs.ts';
import { chanceAbove, medianBounds } from '../../../../projections/placement/profiling/ranks.ts';
import { throughputOf } from '../../../../projections/placement/profiling/throughput.ts';
import { ascending, quantile, windows } from '../../../../projections/placement/profiling/windows.ts';
import { randomFrom } from '../../../../connectors/csv/random.ts';

const use = (cpu: number, memory: number, more: object = {}) => ({
  ...{ cpu, memory, childCpu: 0, childMemory: 0, gpu: 0, ...more },
});
const flat = (n: number, value: number) => Array.from({ length: n }, () => value);
/** Latencies around `middle`, a long tail upwards. */
function noisy(n: number, middle: number, seed: number): number[] {
  const random = randomFrom(seed);
  return Array.from(
    { length: n },
    () => middle * (0.9 + 0.2 * random() + (random() < 0.02 ? 5 * random() : 0)),
  );
}

describe('windows', () => {
  it('slide by one, or by a whole window; of too few requests there is none', () => {
    expect([...windows(102, 100)]).toEqual([
      { first: 0, last: 99 },
      { first: 1, last: 100 },
      { first: 2, last: 101 },
    ]);
    expect([...windows(250, 100, 100)].map(({ first }) => first)).toEqual([0, 100]);
    expect([...windows(99, 100)]).toEqual([]);
    expect(() => [...windows(9, 1)]).toThrow(RangeError);
  });
});

describe('throughput', () => {
  it('is 100 requests over the time between the first and the last of them', () => {
    const steady = Array.from({ length: 101 }, (_, i) => 10 + i * 0.02);
    const found = throughputOf(steady)!;
    expect(found.windows).toBe(2);
    expect(found.average).toBeCloseTo(50.505, 3);
    expect(found.least).toBeCloseTo(found.most, 9);
  });

  it('a burst shows in the most, a pause in the least; the order of the log does not count', () => {
    const ends = [
      ...Array.from({ length: 100 }, (_, i) => i * 0.1),
      ...Array.from({ length: 100 }, (_, i) => 60 + i * 0.01),
    ];
    const found = throughputOf(ends)!;
    expect(found.most).toBeCloseTo(100 / 0.99, 6);
    expect(found.least).toBeLessThan(2);
    expect(throughputOf([...ends].reverse())).toEqual(found);
  });

  it.each([[[]], [flat(99, 1)], [flat(500, 7)]])('there is none of %# ', (ends) => {
    expect(throughputOf(ends)).toBeNull();
  });
});

describe('ranks', () => {
  it('the chance to be above counts pairs, ties half', () => {
    const values = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(values, values, (base, sample) => {
        let pairs = 0;
        for (const b of base) for (const s of sample) pairs += s > b ? 1 : s === b ? 0.5 : 0;
        expect(chanceAbove(ascending(base), sample)).toBeCloseTo(pairs / base.length / sample.length, 12);
      }),
    );
  });

  it('bounds of the median: the 39th and 62nd of 100, the ends of a few', () => {
    const hundred = Array.from({ length: 100 }, (_, i) => i + 1);
    expect(medianBounds(hundred)).toEqual({ low: 39, high: 62 });
    expect(medianBounds([1, 2, 3])).toEqual({ low: 1, high: 3 });
  });
});

describe('contention', () => {
  it('is raised where latencies grow, and ends where they are as before', () => {
    const trace = [...flat(400, 0.1), ...flat(600, 0.15), ...flat(500, 0.1)];
    expect(contentions(flat(300, 0.1), trace)).toEqual([
      { from: 400, to: 1000, slowdown: expect.closeTo(1.5, 9) as number },
    ]);
    expect(contentions(flat(300, 0.1), trace.slice(0, 1000))).toMatchObject([{ from: 400, to: null }]);
  });

  it('a few slow requests, or two slow windows, are none: means would say otherwise', () => {
    const outliers = [...flat(950, 0.1), ...flat(50, 30)];
    expect(contentions(flat(300, 0.1), outliers)).toEqual([]);
    expect(contentions(flat(300, 0.1), [...flat(300, 0.1), ...flat(200, 0.2), ...flat(300, 0.1)])).toEqual(
      [],
    );
  });

  it('noise alone raises nothing, the same noise a quarter slower does; whatever the seed', () => {
    for (let seed = 1; seed <= 50; seed++) {
      const alone = noisy(2_000, 0.1, seed);
      expect([seed, contentions(alone, noisy(5_000, 0.1, seed + 1_000))]).toEqual([seed, []]);
      const [found, ...more] = contentions(alone, noisy(2_000, 0.125, seed + 2_000));
      expect([seed, found?.from, more]).toEqual([seed, 0, []]);
    }
  });

  it.each([
    [[], flat(500, 1)],
    [flat(500, 0), flat(500, 1)],
    [flat(500, 1), []],
  ])('nothing is found without something to compare with (%#)', (alone, trace) => {
    expect(contentions(alone, trace)).toEqual([]);
  });
});

describe('categories', () => {
  it.each([
    [1.2, 400, 0],
    [1.5, 400, 1],
    [1.2, 2_000, 2],
    [1.5, 2_000, 3],
  ])('slower by %f with %i MB is %i', (slowdown, memory, sensitivity) => {
    const found = categoryOf(noisy(2_000, 0.1, 1), noisy(2_000, 0.1 * slowdown, 2), [use(1_000, memory)]);
    expect(found.sensitivity).toBe(sensitivity);
    expect(found.slowdown!.low).toBeLessThan(slowdown);
    expect(found.slowdown!.high).toBeGreaterThan(slowdown);
    expect(found.close).toBe(false);
  });

  it('near the threshold it says that another run may say otherwise; unknown stays unknown', () => {
    expect(categoryOf(noisy(300, 0.1, 1), noisy(300, 0.1449, 2), []).close).toBe(true);
    expect(categoryOf([], noisy(300, 0.1, 2), [])).toEqual({
      ...{ sensitivity: 0, slowdown: null, cpuShare: null, memoryShare: null, close: false },
    });
  });
});

describe('needs', () => {
  it('are the median of CPU with children, nearly the most of memory, cores to match, and no idle device', () => {
    const uses = Array.from({ length: 101 }, (_, i) =>
      use(2_800 + i - 50, 100 + i, { childCpu: 490, childMemory: 30, gpu: 3 }),
    );
    expect(proposedNeeds(uses)).toEqual({
      cpu: 3_290,
      memory: 229,
      cores: [100, 100, 100, 29],
      accelerators: {},
    });
    expect(proposedNeeds([use(350, 50, { gpu: 18 })])).toMatchObject({
      cores: [35],
      accelerators: { gpu: 18 },
    });
    expect(proposedNeeds([])).toBeNull();
    expect(proposedNeeds([use(0, 0)])).toMatchObject({ cpu: 0, cores: [] });
  });
});

describe('logs', () => {
  it.each([
    ['x/detect_without_shared_resource.csv', 'detect', false],
    ['detect_shared_resource.csv', 'detect', true],
    ['image_f5_f50.csv', 'image_f5', false],
    ['a\\lstm_jet_nano.csv', 'lstm', false],
    ['requests.csv', 'requests', false],
  ])('%s is of %s', (path, service, shared) => {
    expect(logName(path)).toEqual({ service, shared });
  });

  it('reads both kinds, whatever the ends of lines and the order of rows and columns', () => {
    expect(readLog('norm_time,response_time\r\n2,0.2\r\n1,0.1\r\n', 'a')).toEqual({
      kind: 'requests',
      requests: { latencies: [0.1, 0.2], ends: [1, 2] },
    });
    expect(readLog('cpu_usage,memory_usage,gpu_usage\n10,20,3.5', 'a')).toEqual({
      kind: 'process',
      uses: [use(10, 20, { gpu: 3.5 })],
    });
    expect(readLog('core1,mem\n1,2', 'a')).toEqual({ kind: 'system' });
  });

  it.each([
    ['', 'x.csv:1: a log begins with'],
    ['a,b\n1,2', 'this begins with "a,b"'],
    ['response_time,norm_time\n1,2\n3', 'x.csv:3: norm_time must be a number of 0 or more, not ""'],
    ['response_time,norm_time\n-1,2', 'x.csv:2: response_time'],
    ['response_time,norm_time\n1e999,2', 'x.csv:2: response_time'],
    ['cpu_usage,memory_usage\nNaN,2', 'x.csv:2: cpu_usage'],
  ])('%j is refused with its place', (text, message) => {
    expect(() => readLog(text, 'x.csv')).toThrow(message);
  });

  it('quantiles lie between values', () => {
    expect(quantile([1, 2, 3, 4], 0.5)).toBe(2.5);
    expect(quantile([], 0.5)).toBeNaN();
  });
});
