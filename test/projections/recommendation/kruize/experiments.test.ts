import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { packSeries } from '../../../../projections/recommendation/kruize/series.ts';
import { sourceOf } from '../../../../projections/recommendation/kruize/identity.ts';
import projection from '../../../../projections/recommendation/experiments.projection.ts';
import type {
  ExperimentRequested,
  PostedRecord,
  ResultsPosted,
} from '../../../../schemas/generated/events.ts';
import type { LogRecord } from '../../../../streams/runtime/ports.ts';
import type { AnyRow } from '../../../../streams/runtime/units.ts';
import { Decider } from '../../../support/decider.ts';

const named = { org_id: 'acme', experiment_name: 'web' };
const T = Date.UTC(2026, 2, 1);
const QUARTER = 900_000;
const tables = [
  'experiments',
  'experiment_days',
  'experiment_results',
  'experiment_recommendations',
  'experiment_answers',
];

let web: Decider;

const requested = (changes: Partial<ExperimentRequested> = {}): ExperimentRequested => ({
  ...named,
  ...{ version: 'v2.0', cluster_name: 'c', experiment_type: 'container' },
  ...{ performance_profile: 'p', profile_version: 2, measurement_minutes: 15, threshold: 0.1 },
  ...{ terms: [], models: [] },
  definition: JSON.stringify({
    ...{ mode: 'monitor', target_cluster: 'remote', trial_settings: {}, recommendation_settings: {} },
    kubernetes_objects: [
      {
        type: 'deployment',
        name: 'w',
        namespace: 'n',
        containers: [{ container_image_name: 'i', container_name: 'c' }],
      },
    ],
  }),
  ...changes,
});

/** Results of container c: quarters by number, with this CPU. */
function posted(quarters: readonly number[], cpu = 0.5, changes: Partial<PostedRecord> = {}): ResultsPosted {
  const column = (value: number): Float64Array => new Float64Array(quarters.length).fill(value);
  const columns = new Map<string, Float64Array>([['record', Float64Array.from(quarters.keys())]]);
  for (const metric of ['cpuUsage', 'memoryUsage', 'memoryRSS']) {
    for (const aggregate of ['avg', 'min', 'max', 'sum']) columns.set(`${metric}.${aggregate}`, column(cpu));
    columns.set(`${metric}.format`, column(metric === 'cpuUsage' ? 0 : 1));
  }
  const values = packSeries({ length: quarters.length, columns, texts: ['cores', 'MiB'] });
  return {
    ...named,
    targets: [{ type: 'deployment', name: 'w', namespace: 'n', of_namespace: false }],
    records: quarters.map((quarter, index) => ({
      ...{ index, version: 'v2.0', targets: [0], problem: null },
      interval_start: T + (quarter - 1) * QUARTER,
      interval_end: T + quarter * QUARTER,
      ...changes,
    })),
    series: [{ container: 'c', image: 'i', ...values }],
  };
}

const asked = (quarter: number) => ({ ...named, interval_end: T + quarter * QUARTER });

interface Refused {
  readonly refused: readonly { readonly index: number; readonly code: string; readonly message: string }[];
}
const codes = (data: unknown): string[] =>
  (data as Refused).refused.map(({ index, code }) => `${index} ${code}`);

beforeEach(async () => {
  web = await Decider.of(projection);
});

describe('an experiment', () => {
  it('is registered once; the second wish is refused', async () => {
    expect(await web.when('ExperimentRequested', requested())).toMatchObject({
      type: 'ExperimentRegistered',
    });
    const again = await web.when('ExperimentRequested', requested({ version: 'v3' }));
    expect(again).toMatchObject({
      type: 'ExperimentRefused',
      data: { code: 'EXPERIMENT_EXISTS', http_status: 409 },
    });
    expect(web.rows('experiments')[0]).toMatchObject([
      { version: 'v2.0', containers: '[{"name":"c","image":"i"}]' },
    ]);
    expect(web.rows('experiment_answers')[0]!.map((row) => row['http_status'])).toEqual([201, 409]);
  });

  it('is removed with all it had, and may begin anew', async () => {
    await web.when('ExperimentRequested', requested());
    await web.when('ResultsPosted', posted([1, 2, 100]));
    await web.when('RecommendationsRequested', asked(100));
    const filled = web.rows('experiment_days', 'experiment_results', 'experiment_recommendations');
    expect(filled.map((rows) => rows.length)).toEqual([2, 2, 1]);
    expect((await web.when('ExperimentRemovalRequested', named)).type).toBe('ExperimentRemoved');
    expect(web.rows(...tables.slice(0, 4))).toEqual([[], [], [], []]);
    expect((await web.when('ExperimentRemovalRequested', named)).data).toMatchObject({
      code: 'EXPERIMENT_NOT_FOUND',
    });
    await web.when('ExperimentRequested', requested());
    expect(codes((await web.when('ResultsPosted', posted([1]))).data)).toEqual([]);
  });
});

describe('results', () => {
  it('of an experiment that does not exist do not count', async () => {
    const { data } = await web.when('ResultsPosted', posted([1]));
    expect(codes(data)).toEqual(['0 EXPERIMENT_NOT_FOUND']);
    expect(web.rows('experiment_results')[0]).toEqual([]);
  });

  it.each([
    ['VERSION_DIFFERS', { version: 'v1' }],
    ['VERSION_MISSING', { version: null }],
    ['BAD_METRICS', { problem: 'Performance profile: [x]' }],
    ['OBJECT_MISSING', { targets: [] }],
    ['END_MISSING', { interval_end: null }],
    ['END_BEFORE_START', { interval_end: T - QUARTER }],
    ['WRONG_DURATION', { interval_end: T + QUARTER + 30_001 }],
  ] as const)('%s: the record does not count', async (code, changes) => {
    await web.when('ExperimentRequested', requested());
    const { data } = await web.when('ResultsPosted', posted([1], 0.5, changes));
    expect(codes(data)).toEqual([`0 ${code}`]);
    expect(await web.dead()).toBe(0);
  });

  it('30 s more or less than agreed are taken', async () => {
    await web.when('ExperimentRequested', requested());
    for (const ms of [-30_000, 30_000]) {
      const { data } = await web.when('ResultsPosted', posted([1], 0.5, { interval_end: T + QUARTER + ms }));
      expect(codes(data)).toEqual([]);
    }
  });

  it('count once per end and start, and good ones count when others do not', async () => {
    await web.when('ExperimentRequested', requested());
    expect(codes((await web.when('ResultsPosted', posted([1, 1, 2]))).data)).toEqual(['1 RESULT_EXISTS']);
    expect(codes((await web.when('ResultsPosted', posted([2, 3]))).data)).toEqual(['0 RESULT_EXISTS']);
    expect(web.rows('experiment_results')[0]).toMatchObject([{ intervals: 3 }]);
  });

  it('of equal ends the first counts, though both are taken', async () => {
    await web.when('ExperimentRequested', requested());
    await web.when('ResultsPosted', posted([1, 2], 0.2));
    const other = posted([2], 0.9, { interval_start: T + QUARTER + 10_000 });
    expect(codes((await web.when('ResultsPosted', other)).data)).toEqual([]);
    const { data } = await web.when('RecommendationsRequested', asked(2));
    expect(String(data['document'])).toContain('"cpu":{"amount":0.2');
    expect(String(data['document'])).not.toContain('0.9');
  });
});

describe('recommendations', () => {
  it('are of the newest interval up to the one asked for; without any they are refused', async () => {
    await web.when('ExperimentRequested', requested());
    expect((await web.when('RecommendationsRequested', asked(2))).data).toMatchObject({ code: 'NO_RESULTS' });
    await web.when('ResultsPosted', posted([1, 2, 4]));
    const { type, data } = await web.when('RecommendationsRequested', asked(3));
    expect(type).toBe('ExperimentRecommendationMade');
    expect(data).toMatchObject({ monitoring_end: T + 2 * QUARTER, available: true, intervals: 2 });
  });

  it('have the terms and models of the experiment only', async () => {
    await web.when('ExperimentRequested', requested({ terms: ['medium'], models: ['cost'] }));
    await web.when('ResultsPosted', posted(Array.from({ length: 200 }, (_, i) => i)));
    const { data } = await web.when('RecommendationsRequested', asked(199));
    const document = String(data['document']);
    expect(document).toContain('medium_term');
    expect(document).toContain('"cost"');
    expect(document).not.toMatch(/short_term|long_term|"performance"/);
  });
});

/** A life with every kind of wish. */
function life(decider: Decider, times = 1): void {
  decider.send('ExperimentRequested', requested(), times);
  decider.send('ExperimentRequested', requested(), times);
  decider.send('ResultsPosted', posted([1, 2, 100]), times);
  decider.send('ResultsPosted', posted([2, 3], 0.9), times);
  decider.send('RecommendationsRequested', asked(100), times);
  decider.send('ResultsPosted', posted([4], 1, { version: 'v1' }), times);
  decider.send('RecommendationsRequested', asked(4_000), times);
}

describe('what must stay true', () => {
  it('a replay folds the recorded decisions to the same rows, byte for byte', async () => {
    life(web);
    await web.run();
    expect(await web.replayed(...tables)).toEqual(web.rows(...tables));
    await web.when('ExperimentRemovalRequested', named);
    expect(await web.replayed(...tables)).toEqual(web.rows(...tables));
  });

  it.each([
    ['one record at a time', 1, 1],
    ['wishes that a sender repeats', 1_000, 2],
    ['repeats, two records at a time', 2, 3],
  ])('%s: the same rows', async (_, size, times) => {
    life(web);
    await web.run();
    const other = await Decider.of(projection);
    life(other, times);
    await other.run(size);
    const facts = (decider: Decider) =>
      decider.rows(...tables.slice(0, 4)).map((rows) => rows.map((row) => ({ ...row, cause: null })));
    expect(facts(other)).toEqual(facts(web));
    expect(other.rows('experiment_answers')[0]).toHaveLength(7);
  });
});

describe('a source that is gone', () => {
  const name = 'acme|7|c1|n|deployment|w';
  const sorted = (all: AnyRow[][]): string[][] =>
    all.map((rows) => rows.map((row) => JSON.stringify(row)).sort());
  const gone = (source: string, org = 'acme') => ({ org_id: org, source_id: source });

  it('takes its experiments along, with all that belongs to them, and no others; a name counts anew', async () => {
    const named = { experiment_name: name };
    await web.when('ExperimentRequested', requested(named));
    await web.when('ExperimentRequested', requested());
    for (const of of [named, {}]) {
      await web.when('ResultsPosted', { ...posted([1, 2, 3]), ...of });
      await web.when('RecommendationsRequested', { ...asked(3), ...of });
    }
    const before = web.rows(...tables);
    await web.when('SourceExperimentsRemovalRequested', gone('8'));
    await web.when('SourceExperimentsRemovalRequested', gone('7', 'other'));
    expect(web.rows(...tables)).toEqual(before);
    // A wish that comes before the removal, and is answered behind it in the log.
    web.send('ResultsPosted', { ...posted([4]), ...named });
    web.send('SourceExperimentsRemovalRequested', gone('7'));
    await web.run();
    for (const rows of web.rows(...tables.slice(0, 4))) {
      expect(rows.map((row) => row['source_id'])).toEqual(rows.map(() => null));
      expect(rows.length).toBeGreaterThan(0);
    }
    expect(sorted(await web.replayed(...tables))).toEqual(sorted(web.rows(...tables)));
    await web.when('ExperimentRequested', requested(named));
    await web.when('ResultsPosted', { ...posted([1]), ...named });
    const days = web.rows('experiment_days')[0]!.map((row) => [row['source_id'], row['records']]);
    expect(new Map(days as [string | null, number][])).toEqual(
      new Map([
        [null, 3],
        ['7', 1],
      ]),
    );
    expect(sorted(await web.replayed(...tables))).toEqual(sorted(web.rows(...tables)));
  });

  it.each([
    ['acme|7|c1|n|deployment|w', '7'],
    ['acme|7|c1|namespace|n', '7'],
    ['other|7|c1|n|deployment|w', null],
    ['acme|7|c1', null],
    ['acme||c1|n', null],
    ['web', null],
  ])('%s is of %s', (experiment, source) => {
    expect(sourceOf('acme', experiment)).toBe(source);
  });
});

describe('results that are kept for a limited time', () => {
  const DAY = 96;
  /** The start of a day that quarters of it and later belong to. */
  const expiry = (day: number) => ({ rows_of: 'experiment_results', before: T + day * DAY * QUARTER });
  const kept = ['experiment_days', 'experiment_results', 'experiment_recommendations'];

  it('go with what was recommended for them, and do not come back', async () => {
    await web.when('ExperimentRequested', requested());
    // The last quarter of a day ends at midnight, and belongs to it.
    for (const quarter of [1, DAY, DAY + 1, 2 * DAY]) {
      await web.when('ResultsPosted', posted([quarter - 1, quarter].filter((n) => n > 0)));
      await web.when('RecommendationsRequested', asked(quarter));
    }
    expect(web.rows(...kept).map((rows) => rows.length)).toEqual([2, 2, 4]);
    web.send('HistoryExpired', expiry(1));
    await web.run();
    expect(web.rows(...kept).map((rows) => rows.length)).toEqual([1, 1, 2]);
    const { data } = await web.when('ResultsPosted', posted([2, DAY, DAY + 2]));
    expect(codes(data)).toEqual(['0 RESULTS_EXPIRED', '1 RESULTS_EXPIRED']);
    expect(web.rows('experiments')[0]).toMatchObject([{ first_interval_end: T + QUARTER }]);
    expect(await web.replayed(...tables)).toEqual(web.rows(...tables));
    await web.when('ExperimentRemovalRequested', named);
    expect(web.rows('experiments', ...kept)).toEqual([[], [], [], []]);
  });

  it.each([2, 5])('are the same whenever the expiry of %i days is folded', async (days) => {
    await web.when('ExperimentRequested', requested());
    for (const quarter of [1, DAY, DAY + 1, 2 * DAY, 3 * DAY]) {
      await web.when('ResultsPosted', posted([quarter, quarter + 1]));
      await web.when('RecommendationsRequested', asked(quarter));
    }
    web.send('HistoryExpired', expiry(days));
    await web.run();
    const live = web.rows(...tables);
    expect(live[1]).toHaveLength(days === 2 ? 2 : 0);
    await fc.assert(
      fc.asyncProperty(fc.nat(20), async (place) => {
        const moved = (records: LogRecord[]): LogRecord[] => {
          const isExpiry = (record: LogRecord) => record.headers['event-type'] === 'HistoryExpired';
          const others = records.filter((record) => !isExpiry(record));
          return others.toSpliced(place, 0, ...records.filter(isExpiry));
        };
        expect(await web.replayedWith(moved, ...tables)).toEqual(live);
      }),
      { numRuns: 21 },
    );
  });
});
