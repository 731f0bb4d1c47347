import { describe, expect, it } from 'vitest';
import {
  generateNamespaceReport,
  generateReport,
  requiredInOperatorOrder,
} from '../../../connectors/csv/bench-data.ts';
import { profileNames } from '../../../connectors/csv/bench-profiles.ts';
import { requiredColumns } from '../../../connectors/csv/header.ts';
import { readCsv } from '../../support/usage-report.ts';

const start = new Date('2026-02-28T23:30:00Z');
const all = (pieces: Iterable<Buffer>) => Buffer.concat([...pieces]);

describe('made-up reports', () => {
  it('are the same for the same options and differ by seed', () => {
    const make = (seed: number) =>
      all(generateReport({ containers: 9, intervals: 5, start, seed, badRows: 0.3 }));
    expect(make(1).equals(make(1))).toBe(true);
    expect(make(1).equals(make(2))).toBe(false);
  });

  it('have the operator’s columns and interval times, across the end of a month', () => {
    const [header, , , , fifth] = all(generateReport({ containers: 2, intervals: 3, start, seed: 1 }))
      .toString()
      .split('\n');
    expect(header!.split(',')).toEqual(requiredInOperatorOrder('container'));
    expect(requiredInOperatorOrder('container').toSorted()).toEqual(requiredColumns('container').sort());
    expect(fifth!.split(',').slice(0, 5)).toEqual([
      '2026-02-01 00:00:00 +0000 UTC',
      '2026-03-01 00:00:00 +0000 UTC',
      '2026-02-28 23:45:01 +0000 UTC',
      '2026-03-01 00:00:00 +0000 UTC',
      'sidecar-0',
    ]);
  });

  it('are read to the row, bad rows included', async () => {
    const bytes = all(generateReport({ containers: 40, intervals: 20, start, seed: 3, badRows: 0.25 }));
    const { read } = await readCsv(bytes);
    expect(read).toMatchObject({ code: null, accepted: 800, groups: 800, workloads: 20 });
    expect(read.rejected).toBeGreaterThan(100);
    expect(read.reasons.map(({ code }) => code)).toEqual([
      'MISSING_OWNER',
      'NEGATIVE_USAGE',
      'RAGGED_ROW',
      'UNSUPPORTED_WORKLOAD_TYPE',
    ]);
  });

  it('show each profile: an idle container uses less of its request than a throttled one', async () => {
    const bytes = all(generateReport({ containers: profileNames.length, intervals: 96, start, seed: 4 }));
    const { groups } = await readCsv(bytes);
    const share = (name: (typeof profileNames)[number]) => {
      const index = profileNames.indexOf(name);
      const mine = groups.filter(
        ({ container }) => container === `${index % 2 === 0 ? 'app' : 'sidecar'}-${index >> 1}`,
      );
      const sum = (column: string) => mine.reduce((total, group) => total + group.values[column]!, 0);
      expect(mine).toHaveLength(96);
      return {
        cpu: sum('cpu_usage_container_avg') / sum('cpu_request_container_avg'),
        throttle: sum('cpu_throttle_container_avg'),
      };
    };
    expect(share('idle').cpu).toBeLessThan(0.02);
    expect(share('oversized').cpu).toBeLessThan(0.1);
    expect(share('steady').cpu).toBeGreaterThan(0.5);
    expect(share('throttled').cpu).toBeGreaterThan(1.5);
    expect(share('throttled').throttle).toBeGreaterThan(0);
    expect(share('steady').throttle).toBe(0);
  });

  it('come as namespace reports too', async () => {
    const options = { containers: 5, intervals: 6, start, seed: 1, namespacePrefix: 'shop', badRows: 0.5 };
    const { read, groups } = await readCsv(all(generateNamespaceReport(options)));
    expect(read).toMatchObject({ kind: 'namespace', accepted: 30, groups: 30, workloads: 5 });
    expect(read.reasons).toEqual([{ code: 'MISSING_NAMESPACE', count: read.rejected }]);
    expect(groups[0]!.namespace).toBe('shop-0');
  });
});
