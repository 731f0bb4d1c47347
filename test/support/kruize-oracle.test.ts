import { expect, it } from 'vitest';
import { randomFrom } from '../../connectors/csv/random.ts';
import { recommend } from '../../projections/recommendation/engine/recommend.ts';
import { compare } from '../conformance/kruize/compare.ts';
import { container, DAY, NOW, QUARTER } from '../projections/recommendation/engine/usage.ts';
import { kruizeOracle, withCodes } from './kruize-oracle.ts';
import type { OracleRow } from './kruize-oracle.ts';

/** Rows of one made-up container; `scale` 1 lets peaks cross a whole core. */
function made(seed: number): OracleRow[] {
  const random = randomFrom(seed);
  const count = [1, 2, 97, 191, 200, 768, 1_441, 1_500][seed % 8]!;
  const scale = [0, 0.0004, 0.3, 1, 4][seed % 5]!;
  const pods = 1 + Math.floor(random() * 3);
  const bare = random() < 0.2;
  return Array.from({ length: count }, (_, i) => {
    const cpu = scale * random();
    const memory = Math.floor(1e8 * (1 + random() * 0.3)) + 0.25;
    const settings = {
      cpu_request_avg: random() < 0.3 ? scale : 1.5,
      memory_request_avg: 2e8,
      memory_limit_avg: 0,
    };
    return {
      end: NOW - (count - 1 - i) * QUARTER,
      start: NOW - (count - i) * QUARTER + 1_000,
      numbers: {
        ...(bare ? {} : settings),
        cpu_usage_avg: cpu,
        cpu_usage_min: cpu / 2,
        cpu_usage_max: random() < 0.1 ? 0 : cpu * 1.5,
        cpu_usage_sum: cpu * pods,
        cpu_throttle_avg: cpu / 9,
        cpu_throttle_max: random() < 0.5 ? 0 : cpu / 7,
        cpu_throttle_sum: (cpu / 9) * pods,
        memory_usage_avg: memory,
        memory_usage_min: memory - 100.5,
        memory_usage_max: memory + 200.25,
        memory_usage_sum: memory * pods,
        memory_rss_usage_min: memory / 2,
        memory_rss_usage_max: memory / 2 + 1e6 * random(),
      },
    };
  });
}

const documentOf = (rows: readonly OracleRow[]): unknown =>
  recommend(container(rows.map(({ end, start, numbers }) => ({ ...numbers, end, start }))), {
    kind: 'container',
    requestedEnd: NOW,
  }).document;

it('the oracle and the engine, written independently, agree to the last bit', () => {
  let values = 0;
  for (let seed = 0; seed < 120; seed++) {
    const rows = made(seed);
    const { differences, values: compared } = compare(kruizeOracle(rows, NOW), withCodes(documentOf(rows)));
    expect(differences, `seed ${seed}`).toEqual([]);
    values += compared;
  }
  expect(values).toBeGreaterThan(10_000);
});

it('a neighbouring percentile, a lost interval and another notice are differences', () => {
  const rows = made(14);
  const expected = kruizeOracle(rows, NOW);
  const day = rows.filter(({ end }) => end >= NOW - DAY);
  const wrong = withCodes(documentOf(rows)) as { data: Record<string, never> };
  expect(compare(expected, wrong).differences).toEqual([]);
  const one = kruizeOracle(
    rows.filter((row) => row !== day[40]),
    NOW,
  );
  expect(compare(expected, one).differences.join()).toContain('short_term');
  const text = JSON.stringify(wrong);
  const cost = /"performance":\{.*?"amount":([\d.]+)/.exec(text)![1]!;
  const shifted = JSON.parse(text.replaceAll(`:${cost},`, `:${Number(cost) * (1 + 2 ** -52)},`)) as unknown;
  expect(compare(expected, shifted).differences.join()).toContain('performance/config');
  expect(compare(expected, JSON.parse(text.replace('111103', '111104'))).differences).toHaveLength(1);
});
