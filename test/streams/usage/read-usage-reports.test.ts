import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { generateNamespaceReport, generateReport } from '../../../connectors/csv/bench-data.ts';
import { csvReports } from '../../../connectors/csv/reports.ts';
import { unpackColumns } from '../../../schemas/codec/columns.ts';
import { recordKey } from '../../../schemas/keys.ts';
import { Retryable, Terminal } from '../../../streams/runtime/errors.ts';
import type { Emission, Reports } from '../../../streams/runtime/ports.ts';
import { MAX_EVENT_BYTES, MAX_INTERVALS_PER_EVENT } from '../../../streams/usage/pack.ts';
import stream, { readUsageReport } from '../../../streams/usage/read-usage-reports.stream.ts';
import { csv, type Cells } from '../../support/csv-rows.ts';
import { oneFile, readCsv, reportFound } from '../../support/usage-report.ts';

const start = Date.UTC(2026, 0, 1);
const made = (containers: number, intervals: number, badRows = 0) =>
  Buffer.concat([...generateReport({ containers, intervals, start, seed: 5, badRows })]);
const stamp = (minutes: number) =>
  `${new Date(start + minutes * 60_000).toISOString().slice(0, 19).replace('T', ' ')} +0000 UTC`;
const interval = (index: number): Cells => ({
  interval_start: stamp(index * 15),
  interval_end: stamp(index * 15 + 15),
});

describe('read-usage-reports', () => {
  it('given a report, when it is found, then one event per container, and the account last', async () => {
    const { emissions, usage, read } = await readCsv(made(6, 8, 0.2));
    expect(emissions.at(-1)).toMatchObject({ topic: 'intake', key: '3340851', type: 'ReportRead' });
    expect(usage).toHaveLength(6);
    expect(usage.every((event) => event.complete && event.chunk === 0 && event.intervals === 8)).toBe(true);
    expect(usage.map((event) => event.report_end)).toEqual(usage.map(() => start + 8 * 900_000));
    expect(read).toMatchObject({ groups: 48, workloads: 3, accepted: 48, code: null });
    expect(read.rejected).toBeGreaterThan(0);
    expect(read.rows).toBe(read.accepted + read.rejected);
    expect(read).toMatchObject({
      first_interval_start: start + 1000,
      last_interval_end: start + 8 * 900_000,
    });
    expect(usage.reduce((sum, event) => sum + event.rows, 0)).toBe(read.accepted);
    const keys = emissions.filter(({ topic }) => topic === 'usage').map(({ key }) => key);
    expect(keys).toEqual([...keys].sort());
  });

  it('keys usage by workload and namespace usage by namespace', async () => {
    const container = await readCsv(csv('container', [{ workload: 'a/b' }]));
    expect(container.emissions[0]!.key).toBe(
      recordKey('3340851', '1b36b20f-7fa0-4454-a6d2-008294e06378', 'shop', 'deployment', 'a/b'),
    );
    const bytes = Buffer.concat([
      ...generateNamespaceReport({ containers: 3, intervals: 4, start, seed: 1 }),
    ]);
    const namespace = await readCsv(bytes);
    expect(namespace.read).toMatchObject({ kind: 'namespace', groups: 12, workloads: 3, rejected: 0 });
    expect(namespace.emissions[0]).toMatchObject({
      type: 'NamespaceUsageReported',
      key: '3340851/1b36b20f-7fa0-4454-a6d2-008294e06378/team-0/namespace/team-0',
    });
  });

  it('given the same report twice, then the same events, byte for byte, wherever its pieces are cut', async () => {
    const bytes = made(7, 30, 0.1);
    const first = await readCsv(bytes, { budgetBytes: 9000 });
    for (const chunk of [1, 977, 65_536]) {
      const again = await readCsv(bytes, {
        budgetBytes: 9000,
        chunk,
        limits: { blockBytes: 4096, batchRows: 7 },
      });
      expect(again.emissions).toEqual(first.emissions);
    }
  });

  it('given a budget that is too small, then parts that merge to the same groups, each object completed once', async () => {
    const bytes = made(9, 40, 0.1);
    const whole = await readCsv(bytes);
    for (const budgetBytes of [1, 2000, 20_000]) {
      const parts = await readCsv(bytes, { budgetBytes });
      expect(parts.groups).toEqual(expect.arrayContaining([...whole.groups]));
      expect(parts.groups).toHaveLength(whole.groups.length);
      expect({ ...parts.read }).toEqual({ ...whole.read });
      const complete = parts.usage.filter((event) => event.complete);
      expect(complete).toHaveLength(9);
      const names = parts.usage.map(
        (event) => `${event.namespace}/${'container' in event ? event.container : ''}/${event.chunk}`,
      );
      expect(new Set(names).size).toBe(names.length);
      for (const last of complete) {
        const mine = parts.usage.filter(
          (event) => 'container' in event && 'container' in last && event.container === last.container,
        );
        expect(mine.map(({ chunk }) => chunk)).toEqual(mine.map((_, index) => index));
        expect(mine.at(-1)).toBe(last);
        expect(last.report_end).toBe(start + 40 * 900_000);
      }
    }
  });

  it('given an object that is not held at the end, then an event without intervals completes it', async () => {
    const rows = [
      { container_name: 'early', ...interval(0), image_name: 'reg/early:1' },
      interval(1),
      interval(2),
    ];
    const { usage } = await readCsv(csv('container', rows), { budgetBytes: 1 });
    const early = usage.filter((event) => 'container' in event && event.container === 'early');
    expect(early.map(({ chunk, complete, intervals, rows: n }) => [chunk, complete, intervals, n])).toEqual([
      [0, false, 1, 1],
      [1, true, 0, 0],
    ]);
    expect(early[1]).toMatchObject({ image: 'reg/early:1', report_end: start + 900_000 });
    expect(unpackColumns(early[1]!.columns).length).toBe(0);
  });

  it('given more intervals than fit one event, then several in time order, none too large', async () => {
    const count = 2 * MAX_INTERVALS_PER_EVENT + 5;
    const order = Array.from({ length: count }, (_, index) => (index * 7919) % count);
    const rows = order.map((index) => ({
      ...interval(index),
      cpu_usage_container_avg: String(Math.sqrt(index)),
    }));
    const { usage, read } = await readCsv(csv('container', rows));
    expect(usage.map(({ intervals, chunk, complete }) => [intervals, chunk, complete])).toEqual([
      [MAX_INTERVALS_PER_EVENT, 0, false],
      [MAX_INTERVALS_PER_EVENT, 1, false],
      [5, 2, true],
    ]);
    const ends = usage.flatMap(({ columns }) => [...unpackColumns(columns).columns[0]!]);
    expect(ends).toEqual([...ends].sort((a, b) => a - b));
    expect(Math.max(...usage.map(({ columns }) => columns.length))).toBeLessThan(MAX_EVENT_BYTES - 32_768);
    expect(read.groups).toBe(count);
  });

  it('the order of rows changes nothing but the last bits of sums', async () => {
    const value = fc.constantFrom('', '0.5', '0.25', '3', '0', '1e3');
    const row = fc.record({
      container_name: fc.constantFrom('a', 'b'),
      image_name: fc.constantFrom('', 'reg/x:1', 'reg/x:2'),
      at: fc.nat(2),
      cpu_request_container_sum: value,
      cpu_throttle_container_max: value,
      cpu_throttle_container_avg: value,
    });
    const shuffled = fc
      .array(row, { minLength: 1, maxLength: 12 })
      .chain((rows) => fc.tuple(fc.constant(rows), fc.shuffledSubarray(rows, { minLength: rows.length })));
    await fc.assert(
      fc.asyncProperty(shuffled, async (orders) => {
        const [one, other] = await Promise.all(
          orders.map((rows) =>
            readCsv(
              csv(
                'container',
                rows.map(({ at, ...cells }) => ({ ...cells, ...interval(at) })),
              ),
            ),
          ),
        );
        expect(other!.usage).toEqual(one!.usage);
        expect(other!.read).toEqual(one!.read);
      }),
      { numRuns: 60 },
    );
  });

  it('merges pods: sums are missing when any is, extremes only when all are', async () => {
    const { groups, usage } = await readCsv(
      csv('container', [
        {
          cpu_request_container_sum: '1',
          cpu_request_container_avg: '1',
          cpu_throttle_container_max: '',
          cpu_usage_container_min: '3',
        },
        {
          cpu_request_container_sum: '',
          cpu_request_container_avg: '2',
          cpu_throttle_container_max: '7',
          cpu_usage_container_min: '2',
          image_name: 'reg/web:2',
        },
      ]),
    );
    expect(groups).toHaveLength(1);
    expect(groups[0]!.rows).toBe(2);
    expect(groups[0]!.values).toMatchObject({
      cpu_request_container_sum: NaN,
      cpu_request_container_avg: 1.5,
      cpu_throttle_container_max: 7,
      cpu_usage_container_min: 2,
    });
    expect(usage[0]).toMatchObject({ image: 'reg/web:2', rows: 2, intervals: 1 });
  });

  it('given a file that is no report, then only a refused account', async () => {
    const { emissions, read } = await readCsv(Buffer.from('a,b,c\n1,2,3\n'));
    expect(emissions).toHaveLength(1);
    expect(read).toMatchObject({ code: 'NOT_A_USAGE_REPORT', rows: 0, accepted: 0, groups: 0, reasons: [] });
    expect(read.message).toContain('a,b,c');
  });

  it('given no valid row, then NO_VALID_ROWS, and the counts are kept', async () => {
    const { read, usage, rejected } = await readCsv(
      csv('container', [{ workload_type: 'job' }, { owner_kind: '' }, { workload_type: 'job' }]),
    );
    expect(usage).toEqual([]);
    expect(rejected).toHaveLength(3);
    expect(read).toMatchObject({
      code: 'NO_VALID_ROWS',
      message:
        'None of the 3 rows can be used. Most often: UNSUPPORTED_WORKLOAD_TYPE (2). The rejected rows say why each.',
      rows: 3,
      rejected: 3,
      first_interval_start: null,
      reasons: [
        { code: 'MISSING_OWNER', count: 1 },
        { code: 'UNSUPPORTED_WORKLOAD_TYPE', count: 2 },
      ],
    });
  });

  it('given very many bad rows, then exact counts, details of the first thousand per code, in bounded events', async () => {
    const lines = csv('container', [{ workload_type: 'job' }])
      .toString()
      .split('\n');
    const many = `${lines[1]!}\nragged\n`.repeat(30_000);
    const { read, rejected, emissions } = await readCsv(Buffer.from(`${lines[0]!}\n${many}`));
    expect(read).toMatchObject({ rows: 60_000, accepted: 0, rejected: 60_000 });
    expect(read.reasons).toEqual([
      { code: 'RAGGED_ROW', count: 30_000 },
      { code: 'UNSUPPORTED_WORKLOAD_TYPE', count: 30_000 },
    ]);
    expect(rejected.map(({ row }) => row)).toEqual(Array.from({ length: 2000 }, (_, index) => index + 1));
    const sizes = emissions
      .filter(({ type }) => type === 'RowsRejected')
      .map(({ data }) => JSON.stringify(data).length);
    expect(sizes.length).toBeGreaterThan(1);
    expect(Math.max(...sizes)).toBeLessThan(320_000);
  });

  it.each([
    ['Retryable on opening', () => new Retryable({ code: 'AWAY', message: 'later' }), false],
    ['Retryable in mid-read', () => new Retryable({ code: 'AWAY', message: 'later' }), true],
    ['Terminal in mid-read', () => new Terminal({ code: 'ARCHIVE_TRUNCATED', message: 'cut' }), true],
  ])('%s passes through untouched', async (_, make, midway) => {
    const error = make();
    const whole = csvReports({ archives: oneFile(made(3, 3)) });
    const failing: Reports = {
      async open(at) {
        if (!midway) throw error;
        const { kind, batches } = await whole.open(at);
        return {
          kind,
          batches: (async function* () {
            yield* batches;
            throw error;
          })(),
        };
      },
    };
    const out: Emission[] = [];
    const read = async () => {
      for await (const emission of readUsageReport(reportFound(), { reports: failing }, 1 << 20))
        out.push(emission);
    };
    await expect(read()).rejects.toBe(error);
    expect(out.filter(({ type }) => type === 'ReportRead')).toEqual([]);
  });

  it('declares what it reads and writes', () => {
    expect(stream).toMatchObject({ id: 'read-usage-reports', version: 2, from: ['intake'] });
    expect(stream.to).toEqual(['usage', 'rejections', 'intake', 'experiments']);
    expect(Object.keys(stream.on)).toEqual([
      'UsageReportFound',
      'ClusterRemoved',
      'SourceApplicationDestroyed',
    ]);
  });
});
