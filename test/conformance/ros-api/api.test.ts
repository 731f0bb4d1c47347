/**
 * The transformation of recommendations, the CSV export and the links against what the ROS API answers for the same input.
 * The outside data is not part of this repository: CONFORMANCE_DATA names the folder that has ros-ocp/edge/.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { variationPercent } from '../../../projections/recommendation/variation.ts';
import { pageLinks, readPage } from '../../../connectors/http/routes/recommendation/list-page.ts';
import {
  rosCsvHeader,
  rosCsvRows,
  rosItem,
} from '../../../connectors/http/routes/recommendation/ros-items.ts';
import { transform } from '../../../connectors/http/routes/recommendation/transform.ts';
import { readUnits } from '../../../connectors/http/routes/recommendation/units.ts';

const folder = join(process.env['CONFORMANCE_DATA'] ?? '/nonexistent', 'ros-ocp', 'edge');
const present = existsSync(join(folder, 'recommendation_api_out.json'));
const why = present ? '' : ' (skipped: CONFORMANCE_DATA does not name a folder with ros-ocp/edge/)';

/** Where this product answers otherwise than upstream, on purpose. */
const divergences: Readonly<Record<string, string>> = {
  'stored zeros': 'upstream drops zero amounts when it stores them; here the document is kept as it was sent',
  'links.first': 'upstream gives the requested offset; here the first page is offset 0',
  'links.last': 'upstream gives offset + limit; here it is the last page that has rows',
  'links.previous': 'upstream leaves it out on page 2; here each page but the first has one',
  'limit=-1': 'upstream reads without bound; here it means the cap of 1,000 rows',
  'limit=0': 'upstream links to itself as the next page; here a page of no rows has no next page',
};

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

  test('links, with the divergences listed above', () => {
    const path = '/api/cost-management/v1/recommendations/openshift';
    for (const [name, upstream] of Object.entries(expected.links)) {
      const [, count, limit, offset] = /count=(\d+) limit=(-?\d+) offset=(\d+)/.exec(name)!;
      const query = { 'filter[exact:project]': 'x', container: 'a b', limit: limit!, offset: offset! };
      const links = pageLinks(path, query, readPage('container', query), Number(count));
      expect(Object.keys(divergences)).toContain('links.first');
      if (Number(limit) <= 0) continue;
      expect(links['next']).toBe(upstream.links['next']);
      if (Number(offset) > Number(limit)) expect(links['previous']).toBe(upstream.links['previous']);
      if (Number(offset) === 0) expect(links['first']).toBe(upstream.links['first']);
      expect(links['first']).toContain('offset=0');
      expect(links['last']).toContain(Number(count) === 25 ? 'offset=20' : 'offset=0');
    }
  });
});
