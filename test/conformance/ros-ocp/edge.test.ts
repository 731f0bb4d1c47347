import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readCsv, type Outcome } from '../../support/usage-report.ts';
import { expectSameMetrics } from './compare.ts';
import { haveData, sample, sampleJson } from './data.ts';
import { divergences } from './divergences.ts';
import { expectOurs, withoutValues } from './expect-ours.ts';
import { experimentName, ourMetrics, upstreamMetrics, type Experiments } from './upstream.ts';

interface Expected {
  readonly outcome: 'ok' | 'crash' | 'file_rejected' | 'csv_read_error';
  readonly rows_in?: number;
  readonly rows_dropped?: number;
  readonly groups?: number;
  readonly experiments?: Experiments;
}

/** Our codes for files that upstream rejects too. */
const refusals: Readonly<Record<string, string>> = {
  '21': 'MISSING_COLUMN',
  '22': 'DUPLICATE_COLUMN',
  '23': 'BYTE_ORDER_MARK',
  '24': 'EMPTY_REPORT',
  '37': 'NO_VALID_ROWS',
};

const cases = haveData ? Object.entries(sampleJson('edge/expected.json') as Record<string, Expected>) : [];
const files = haveData
  ? readdirSync(join(process.env.CONFORMANCE_DATA ?? '', 'ros-ocp/edge')).filter((name) =>
      name.endsWith('.csv'),
    )
  : [];

describe.skipIf(!haveData)('edge cases of ros-ocp', () => {
  it('knows every file', () => {
    expect(cases).toHaveLength(files.length);
  });

  it.each(cases)('%s', async (name, expected) => {
    const file = files.find((candidate) => candidate.startsWith(`${name}.`))!;
    const outcome = await readCsv(sample(`edge/${file}`));
    const number = name.slice(0, name.indexOf('_'));
    const divergence = divergences.find(({ id }) => id === number);
    if (divergence !== undefined) {
      // The samples' numbers are their own; the rest is as in the table.
      expectOurs(outcome, withoutValues(divergence.ours));
    } else if (expected.outcome === 'ok') expectAsUpstream(outcome, expected);
    else expect(outcome.read.code).toBe(refusals[number]);
  });
});

function expectAsUpstream({ read, groups, usage }: Outcome, expected: Expected): void {
  expect(read).toMatchObject({
    code: null,
    rows: expected.rows_in,
    rejected: expected.rows_dropped,
    groups: expected.groups,
  });
  const experiments = expected.experiments ?? {};
  expectSameMetrics(upstreamMetrics(experiments), ourMetrics(groups));
  for (const [name, { max_end }] of Object.entries(experiments)) {
    const objects = new Set(
      groups.filter((group) => experimentName(group) === name).map(({ object }) => object),
    );
    expect(objects.size).toBeGreaterThan(0);
    const ends = usage.map((event) => event.report_end).filter((end) => end !== null);
    expect(Math.max(...ends)).toBe(Date.parse(max_end));
  }
}
