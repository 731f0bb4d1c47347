import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../../connectors/csv/random.ts';
import { csvReports } from '../../../connectors/csv/reports.ts';
import { containerColumns } from '../../../schemas/usage-columns.ts';
import { Groups } from '../../../streams/usage/intervals.ts';
import { Objects } from '../../../streams/usage/objects.ts';
import { MAX_INTERVALS } from '../../../streams/usage/rejections.ts';
import { parseTime } from '../../../streams/usage/times.ts';
import { containerRow, csv, type Cells } from '../../support/csv-rows.ts';
import { oneFile, readCsv } from '../../support/usage-report.ts';

const start = Date.UTC(2026, 0, 1);
const stamp = (minutes: number) =>
  `${new Date(start + minutes * 60_000).toISOString().slice(0, 19).replace('T', ' ')} +0000 UTC`;

/** The same by the plainest means. */
function plainly(rows: readonly Cells[]): Map<string, Record<string, number>> {
  const members = new Map<string, Cells[]>();
  for (const change of rows) {
    const row: Cells = { ...containerRow, ...change };
    const [from, to] = [parseTime(row.interval_start!), parseTime(row.interval_end!)];
    const key = `${row.namespace!}|deployment|${row.workload!}|${row.container_name!}|${from}|${to}`;
    members.set(key, [...(members.get(key) ?? []), row]);
  }
  return new Map(
    [...members].map(([key, pods]) => [
      key,
      Object.fromEntries(
        containerColumns.map(({ name, combine }) => {
          const cells = pods.map((row) => (row[name] === '' ? NaN : Number(row[name])));
          const present = cells.filter((value) => !Number.isNaN(value));
          const sum = cells.reduce((a, b) => a + b);
          if (combine === 'avg') return [name, sum / cells.length];
          if (combine === 'sum') return [name, sum];
          if (present.length === 0) return [name, NaN];
          return [name, combine === 'min' ? Math.min(...present) : Math.max(...present)];
        }),
      ),
    ]),
  );
}

describe('aggregating', () => {
  it('equals the plain way for thousands of containers and intervals in any order', async () => {
    const random = randomFrom(20);
    const pick = (n: number) => Math.floor(random() * n);
    const rows = Array.from({ length: 12_000 }, () => {
      const at = pick(40) * 15;
      return {
        namespace: `ns-${pick(7)}`,
        workload: `w-${pick(60)}`,
        container_name: `c-${pick(8)}`,
        interval_start: stamp(at),
        interval_end: stamp(at + 15),
        cpu_usage_container_avg: String(pick(1000) / 64),
        cpu_throttle_container_max: pick(3) === 0 ? '' : String(pick(9)),
        memory_request_container_sum: pick(5) === 0 ? '' : String(pick(99)),
      };
    });
    const { groups, read } = await readCsv(csv('container', rows), { limits: { maxTexts: 50 } });
    const expected = plainly(rows);
    expect(read).toMatchObject({ rows: 12_000, accepted: 12_000, groups: expected.size });
    const ours = new Map(
      groups.map((group) => [`${group.object}|${group.start}|${group.end}`, group.values]),
    );
    expect([...ours.keys()].sort()).toEqual([...expected.keys()].sort());
    for (const [key, values] of expected) expect(ours.get(key)).toEqual(values);
  });

  it('sets rows aside when a report has too many distinct intervals', async () => {
    const rows = Array.from({ length: MAX_INTERVALS + 3 }, (_, index) => ({
      interval_start: stamp(index),
      interval_end: stamp(index + 1),
    }));
    const { read } = await readCsv(csv('container', [...rows, rows[0]!]));
    expect(read.reasons).toEqual([{ code: 'TOO_MANY_INTERVALS', count: 3 }]);
    expect(read).toMatchObject({ accepted: MAX_INTERVALS + 1, groups: MAX_INTERVALS });
  });

  it('counts objects and groups only up to a bound, and knows the earlier ones', async () => {
    const names = ['a', 'b', 'a', 'c', 'b', 'd'].map((name) => ({ container_name: name }));
    const reports = csvReports({ archives: oneFile(csv('container', names)) });
    const objects = new Objects('container', ['org', 'cluster'], 7, 2);
    const { batches } = await reports.open({ org: 'o', blob: 'b', format: 'csv', member: null });
    for await (const batch of batches) {
      objects.learn(batch);
      expect(names.map((_, row) => objects.find(batch, row))).toEqual([0, 1, 0, -1, 1, -1]);
    }
    const groups = new Groups(7, 2);
    expect([0, 31, 32, 64, 0, 33].map((interval) => groups.mark(5, interval))).toEqual([
      true,
      true,
      true,
      false,
      true,
      true,
    ]);
    expect(groups.count).toBe(4);
  });
});
