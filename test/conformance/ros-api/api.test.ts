/**
 * The transformation of recommendations, the CSV export and the links against what the ROS API answers for the same input.
 * The outside data is not part of this repository: CONFORMANCE_DATA names the folder that has ros-ocp/edge/.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { variationPercent } from '../../../projections/recommendation/variation.ts';
import {
  pageLinks,
  readPage,
  upstreamLinks,
} from '../../../connectors/http/routes/recommendation/list-page.ts';
import {
  rosCsvHeader,
  rosCsvRows,
  rosItem,
} from '../../../connectors/http/routes/recommendation/ros-items.ts';
import {
  readDocument,
  type Amount,
  type Recommendations,
} from '../../../connectors/http/routes/recommendation/shape.ts';
import { transform } from '../../../connectors/http/routes/recommendation/transform.ts';
import { readUnits } from '../../../connectors/http/routes/recommendation/units.ts';

const folder = join(process.env['CONFORMANCE_DATA'] ?? '/nonexistent', 'ros-ocp', 'edge');
const present = existsSync(join(folder, 'recommendation_api_out.json'));
const why = present ? '' : ' (skipped: CONFORMANCE_DATA does not name a folder with ros-ocp/edge/)';

/** Where the links differ from upstream on purpose: upstream's value, ours, and why. */
const divergences = [
  [
    'count=25 limit=10 offset=10',
    'first',
    'offset=10',
    'offset=0',
    'the first page is the first, not the requested one',
  ],
  ['count=25 limit=10 offset=10', 'previous', null, 'offset=0', 'page 2 has a page before it'],
  ['count=25 limit=10 offset=0', 'last', 'offset=10', 'offset=20', 'the last page is the last that has rows'],
  ['count=0 limit=10 offset=0', 'last', 'offset=10', 'offset=0', 'a list without rows has one page'],
  [
    'count=25 limit=-1 offset=0',
    'next',
    'limit=-1&offset=-1',
    null,
    '-1 means the cap of 1,000 rows, not no bound',
  ],
  ['count=25 limit=0 offset=0', 'next', 'offset=0', null, 'a page of no rows does not link to itself'],
] as const;

interface Expected {
  readonly columns: Readonly<Record<string, number | null>>;
  readonly csv_header: readonly string[];
  readonly csv_rows: readonly (readonly string[])[];
  readonly links: Readonly<
    Record<string, { links: Record<string, string>; meta: { limit: number; offset: number } }>
  >;
  readonly [variant: string]: unknown;
}

describe.skipIf(!present)(`the ROS API${why}`, () => {
  const read = (name: string): unknown => JSON.parse(readFileSync(join(folder, name), 'utf8'));
  const input = present ? read('recommendation_kruize_in.json') : {};
  const expected = (present ? read('recommendation_api_out.json') : {}) as Expected;
  const percentages = {
    cpu_variation_short_cost_pct: expected.columns?.['CPUVariationShortCostPct'],
    cpu_variation_short_performance_pct: expected.columns?.['CPUVariationShortPerformancePct'],
    memory_variation_short_cost_pct: expected.columns?.['MemoryVariationShortCostPct'],
    memory_variation_short_performance_pct: expected.columns?.['MemoryVariationShortPerformancePct'],
  };

  test('the stored percentages', () => {
    expect(percentages).toEqual({
      cpu_variation_short_cost_pct: variationPercent('cpu', -0.22345679, 0.5),
      cpu_variation_short_performance_pct: variationPercent('cpu', 0, 0.5),
      memory_variation_short_cost_pct: variationPercent('memory', 115238500.5, 314680400),
      memory_variation_short_performance_pct: variationPercent('memory', 185319600, 314680400),
    });
  });

  test.each([
    ['list_default', {}, 'bytes', false],
    ['list_true_units', { 'true-units': 'true' }, 'bytes', false],
    ['list_millicores_GiB', { 'cpu-unit': 'millicores', 'memory-unit': 'GiB' }, 'bytes', false],
    [
      'list_millicores_MiB_true_units',
      { 'cpu-unit': 'millicores', 'memory-unit': 'MiB', 'true-units': 'T' },
      'bytes',
      false,
    ],
    ['detail_default', {}, 'MiB', true],
    ['detail_true_units', { 'true-units': '1' }, 'MiB', true],
  ] as const)('%s', (variant, query, memory, plots) => {
    const options = { units: readUnits(query, memory), plots };
    expect(transform(input, percentages, options)).toEqual(expected[variant]);
    // Computed on the fly, the percentages of requests that have no stored value come out the same in MiB.
    if (memory === 'MiB') expect(transform(input, {}, options)).toEqual(expected[variant]);
  });

  test('the CSV export', () => {
    const row = {
      recommendation_id: '11111111-1111-4111-8111-111111111111',
      kind: 'container',
      cluster_id: '1b36b20f-7fa0-4454-a6d2-008294e06378',
      cluster_alias: 'name222',
      container: 'web',
      namespace: 'shop',
      workload: 'web',
      workload_type: 'deployment',
      source_id: '111',
      monitoring_end_time: '2025-08-10T00:45:00.000Z',
      document: input,
      ...percentages,
    };
    const reported = new Map([[row.cluster_id, '2025-08-10T00:45:12.123456Z']]);
    const item = rosItem(row, reported, { units: readUnits({}, 'bytes'), plots: false });
    expect(rosCsvHeader).toEqual(expected.csv_header);
    expect([...rosCsvRows(item)].map((cells) => cells.map(String))).toEqual(expected.csv_rows);
  });

  const linksOf = (name: string, make = pageLinks): Record<string, string> => {
    const [, count, limit, offset] = /count=(\d+) limit=(-?\d+) offset=(\d+)/.exec(name)!;
    const query = { 'filter[exact:project]': 'x', container: 'a b', limit: limit!, offset: offset! };
    const path = '/api/cost-management/v1/recommendations/openshift';
    return make(path, query, readPage('container', query), Number(count));
  };

  test.each([
    ['count=0 limit=10 offset=0', ['first', 'next', 'previous']],
    ['count=25 limit=10 offset=0', ['first', 'next', 'previous']],
    ['count=25 limit=10 offset=10', ['next']],
    ['count=25 limit=10 offset=20', ['next', 'previous']],
    ['count=25 limit=10 offset=30', ['next', 'previous']],
    ['count=25 limit=0 offset=0', ['first', 'last', 'previous']],
  ])('links of %s are those of upstream: %j', (name, relations) => {
    const [ours, upstream] = [linksOf(name), expected.links[name]!.links];
    for (const relation of relations)
      expect([relation, ours[relation]]).toEqual([relation, upstream[relation]]);
  });

  test.each([
    'count=0 limit=10 offset=0',
    'count=25 limit=10 offset=0',
    'count=25 limit=10 offset=10',
    'count=25 limit=10 offset=20',
    'count=25 limit=10 offset=30',
    'count=25 limit=0 offset=0',
  ])('with rosCompat, links of %s are those of upstream', (name) => {
    expect(linksOf(name, upstreamLinks)).toEqual(expected.links[name]!.links);
  });

  test.each(divergences)('divergence: %s, %s: upstream %s, here %s: %s', (name, relation, theirs, ours) => {
    const upstream = expected.links[name]!.links[relation];
    const here = linksOf(name)[relation];
    if (theirs === null) expect(upstream).toBeUndefined();
    else expect(upstream).toMatch(new RegExp(`${theirs}$`));
    if (ours === null) expect(here).toBeUndefined();
    else expect(here).toMatch(new RegExp(`${ours}$`));
  });

  test('divergence: a zero is kept as it was sent; upstream drops it when it stores the document', () => {
    const stored = expected['stored_json'] as Recommendations;
    const cpu = (document: unknown): Amount | undefined =>
      readDocument(document).recommendation_terms?.short_term?.recommendation_engines?.performance?.variation
        ?.requests?.cpu;
    expect(cpu(stored)).toEqual({ format: 'cores' });
    expect(cpu(input)).toEqual({ amount: 0, format: 'cores' });
  });
});
