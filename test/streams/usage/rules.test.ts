import { describe, expect, it } from 'vitest';
import { containerColumns, namespaceColumns } from '../../../schemas/usage-columns.ts';
import { csv, type Cells } from '../../support/csv-rows.ts';
import { readCsv } from '../../support/usage-report.ts';

async function verdictsOf(kind: 'container' | 'namespace', changes: readonly Cells[]) {
  const { read, rejected } = await readCsv(csv(kind, changes));
  expect(read.accepted + read.rejected).toBe(changes.length);
  return changes.map((_, index) => rejected.find(({ row }) => row === index + 1)?.code ?? 'ACCEPTED');
}

describe('row rules', () => {
  it.each([
    ['MISSING_OWNER', { owner_kind: '<none>' }],
    ['MISSING_OWNER', { owner_kind: '' }],
    ['MISSING_OWNER', { owner_kind: 'NA' }],
    ['MISSING_OWNER', { owner_name: '<none>' }],
    ['MISSING_WORKLOAD_TYPE', { workload_type: '' }],
    ['MISSING_WORKLOAD_TYPE', { workload_type: '<none>' }],
    ['UNSUPPORTED_WORKLOAD_TYPE', { workload_type: 'job' }],
    ['UNSUPPORTED_WORKLOAD_TYPE', { workload_type: 'cronjob' }],
    ['UNSUPPORTED_WORKLOAD_TYPE', { workload_type: 'namespace' }],
    ['MISSING_NAMESPACE', { namespace: '' }],
    ['MISSING_CONTAINER', { container_name: '<none>' }],
    ['NAME_TOO_LONG', { container_name: 'c'.repeat(513) }],
    ['NAME_TOO_LONG', { namespace: '漢'.repeat(171) }],
    ['NAME_TOO_LONG', { image_name: 'i'.repeat(5000) }],
    ['BAD_TIME', { interval_start: 'yesterday' }],
    ['BAD_TIME', { interval_end: '' }],
    ['TIME_OUT_OF_RANGE', { interval_end: '2200-01-01 00:00:00 +0000 UTC' }],
    ['TIME_OUT_OF_RANGE', { interval_start: '1970-01-01 00:00:00 +0000 UTC' }],
    ['END_BEFORE_START', { interval_end: '2025-08-10 00:00:01 +0000 UTC' }],
    ['MISSING_USAGE', { memory_rss_usage_container_sum: '' }],
    ['MISSING_USAGE', { cpu_usage_container_avg: ' 0.2' }],
    ['NEGATIVE_USAGE', { cpu_usage_container_avg: '-0.000001' }],
    ['INFINITE_VALUE', { cpu_usage_container_max: '+Inf' }],
    ['INFINITE_VALUE', { cpu_limit_container_avg: '1e309' }],
    ['INFINITE_VALUE', { cpu_throttle_container_avg: '-inf' }],
    ['VALUE_OUT_OF_RANGE', { memory_limit_container_sum: '1e19' }],
    ['VALUE_OUT_OF_RANGE', { memory_limit_container_sum: '-1e19' }],
    ['ACCEPTED', { workload_type: 'DaemonSet' }],
    ['ACCEPTED', { owner_kind: 'replicaset', workload: '<none>' }],
    ['ACCEPTED', { workload: '', image_name: '' }],
    ['ACCEPTED', { namespace: 'NaN', container_name: 'NA', workload: 'true', owner_name: '12345' }],
    ['ACCEPTED', { cpu_request_container_avg: '-2', cpu_throttle_container_avg: '-1' }],
    ['ACCEPTED', { cpu_request_container_avg: '', memory_limit_container_sum: '0x10' }],
    ['ACCEPTED', { cpu_usage_container_min: '-0' }],
  ] satisfies [string, Cells][])('%s: %o', async (code, change) => {
    expect(await verdictsOf('container', [change])).toEqual([code]);
  });

  it('every usage column is required and not negative, every other may be missing', async () => {
    for (const [kind, columns, required] of [
      ['container', containerColumns, 12],
      ['namespace', namespaceColumns, 9],
    ] as const) {
      expect(columns.filter((column) => column.required)).toHaveLength(required);
      const blanks = await verdictsOf(
        kind,
        columns.map(({ name }) => ({ [name]: '' })),
      );
      expect(blanks).toEqual(columns.map((column) => (column.required ? 'MISSING_USAGE' : 'ACCEPTED')));
      const negatives = await verdictsOf(
        kind,
        columns.map(({ name }) => ({ [name]: '-1' })),
      );
      expect(negatives).toEqual(columns.map((column) => (column.required ? 'NEGATIVE_USAGE' : 'ACCEPTED')));
      const zeros = await verdictsOf(
        kind,
        columns.map(({ name }) => ({ [name]: '0' })),
      );
      expect(new Set(zeros)).toEqual(new Set(['ACCEPTED']));
    }
  });

  it('the first rule that a row breaks is the one that is told', async () => {
    const everything = {
      cpu_usage_container_avg: '-1',
      interval_end: 'x',
      owner_kind: '',
      workload_type: 'job',
    };
    expect(await verdictsOf('container', [everything])).toEqual(['MISSING_OWNER']);
  });

  it('a message names column, value and next step, however long the value', async () => {
    const { rejected } = await readCsv(
      csv('container', [
        { workload_type: 'job' },
        { interval_end: 'x'.repeat(500) },
        { cpu_usage_container_sum: '-2' },
        { cpu_usage_container_max: '' },
      ]),
    );
    expect(rejected.map(({ row, column, code, message }) => [row, column, code, message])).toEqual([
      [
        1,
        'workload_type',
        'UNSUPPORTED_WORKLOAD_TYPE',
        'workload_type is "job": only daemonsets, deployments, deploymentconfigs, replicasets, replicationcontrollers and statefulsets get recommendations. Nothing to do.',
      ],
      [
        2,
        'interval_end',
        'BAD_TIME',
        `interval_end is "${'x'.repeat(60)}…": not a time with a zone. Write it like 2025-08-10 00:15:00 +0000 UTC.`,
      ],
      [
        3,
        'cpu_usage_container_sum',
        'NEGATIVE_USAGE',
        'cpu_usage_container_sum is "-2": usage cannot be negative. Check the query behind the column.',
      ],
      [
        4,
        'cpu_usage_container_max',
        'MISSING_USAGE',
        'cpu_usage_container_max is missing or not a decimal number: rows without usage are not counted. Check the query behind the column.',
      ],
    ]);
    expect(rejected.every(({ excerpt }) => excerpt.length > 0 && excerpt.length <= 200)).toBe(true);
  });
});
