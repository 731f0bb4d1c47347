/**
 * Where we deliberately do not do what upstream does with a file. The one list; each entry is asserted by
 * divergences.test.ts on rows of our own, and by edge.test.ts on the sample when there is one of that number.
 */
import { csv } from '../../support/csv-rows.ts';

/** What comes out on our side. */
export interface Ours {
  /** Why the whole file is refused. */
  readonly code?: string;
  readonly rows?: number;
  readonly groups?: number;
  /** Rejected rows by code. */
  readonly reasons?: Readonly<Record<string, number>>;
  /** namespace|type|workload|container per group, sorted. */
  readonly objects?: readonly string[];
  /** Numbers of the first group. */
  readonly values?: Readonly<Record<string, number>>;
  /** Interval of the first group, as ISO text. */
  readonly interval?: readonly [start: string, end: string];
}

/** One difference. */
export interface Divergence {
  /** Number of the sample in edge/, or a name. */
  readonly id: string;
  readonly input: string;
  readonly upstream: string;
  readonly reason: string;
  /** Rows of our own that show it. */
  readonly report: () => Buffer;
  readonly ours: Ours;
}

const web = 'shop|deployment|web|web';
const named = (workload: string) => `shop|deployment|${workload}|web`;
const line = (...extra: readonly string[]) =>
  Buffer.concat([csv('container', [{}]), Buffer.from(extra.map((text) => `${text}\n`).join(''))]);
const quotedBadly = csv('container', [{}]).toString().split('\n')[1]!.replace('web-abc-1', 'web"abc');

export const divergences: readonly Divergence[] = [
  {
    id: '03',
    input: 'throttle max blank in the first of two rows',
    upstream: 'the maximum is left out (but not when the blank comes second)',
    reason: 'the order of rows must not matter: extremes are over the values that are there',
    report: () =>
      csv('container', [{ cpu_throttle_container_max: '' }, { cpu_throttle_container_max: '0.5' }]),
    ours: { rows: 2, groups: 1, objects: [web], values: { cpu_throttle_container_max: 0.5 } },
  },
  {
    id: '05',
    input: 'a container named NA beside a good row',
    upstream: 'no groups for the whole file, no error',
    reason: 'names are text',
    report: () => csv('container', [{ container_name: 'NA' }, {}]),
    ours: { groups: 2, objects: ['shop|deployment|web|NA', web] },
  },
  ...[
    ['06', '12345'],
    ['07', 'true'],
    ['08', '1.10'],
  ].map(([id, workload]) => ({
    id: id!,
    input: `a workload named ${workload!}`,
    upstream: 'the process crashes after it has created the experiment',
    reason: 'names are text',
    report: () => csv('container', [{ workload: workload! }]),
    ours: { groups: 1, objects: [named(workload!)] },
  })),
  {
    id: '10',
    input: 'one ReplicaSet once with workload <none> and once with an empty one',
    upstream: 'two entries for one container in one interval',
    reason: 'groups are per container: both rows are pods of one object and merge',
    report: () =>
      csv('container', [
        { workload: '<none>', owner_name: 'rs1' },
        { workload: '', owner_name: 'rs1' },
      ]),
    ours: { rows: 2, groups: 1, objects: ['shop|replicaset|rs1|web'] },
  },
  {
    id: '13',
    input: 'two images of one container in one interval',
    upstream: 'two entries with the same container name',
    reason: 'groups are per container: during a roll-out both images are the same container and merge',
    report: () =>
      csv('container', [
        { cpu_usage_container_avg: '0.2' },
        { cpu_usage_container_avg: '0.6', image_name: 'reg/web:2' },
      ]),
    ours: { rows: 2, groups: 1, objects: [web], values: { cpu_usage_container_avg: 0.4 } },
  },
  {
    id: '14',
    input: '+Inf as a maximum',
    upstream: 'sent on as +Inf',
    reason: 'a number that is not finite poisons every sum and percentile after it; the row is set aside',
    report: () => csv('container', [{ cpu_usage_container_max: '+Inf' }, {}]),
    ours: { rows: 2, groups: 1, reasons: { INFINITE_VALUE: 1 } },
  },
  {
    id: '25',
    input: 'a row with too few cells',
    upstream: 'the whole file is lost',
    reason: 'one bad row costs one row',
    report: () => line('a,b,c'),
    ours: { rows: 2, groups: 1, reasons: { RAGGED_ROW: 1 } },
  },
  {
    id: '26',
    input: 'a quote inside a plain cell',
    upstream: 'the whole file is lost',
    reason: 'one bad row costs one row',
    report: () => line(quotedBadly),
    ours: { rows: 2, groups: 1, reasons: { STRAY_QUOTE: 1 } },
  },
  {
    id: '27',
    input: 'times with the offset +0530',
    upstream: 'intervals by the wall clock with the offset dropped, the latest end converted',
    reason: 'an interval is where it is: the offset counts everywhere',
    report: () =>
      csv('container', [
        { interval_start: '2025-08-10 05:30:01 +0530 IST', interval_end: '2025-08-10 05:45:00 +0530 IST' },
      ]),
    ours: { groups: 1, interval: ['2025-08-10T00:00:01.000Z', '2025-08-10T00:15:00.000Z'] },
  },
  {
    id: '28',
    input: 'two interval starts for one end',
    upstream: 'one entry with an arbitrary start, the container twice in it',
    reason:
      'an interval is its start and its end; which of two wins is decided by the projection, not by chance',
    report: () => csv('container', [{}, { interval_start: '2025-08-10 00:05:01 +0000 UTC' }]),
    ours: { rows: 2, groups: 2, objects: [web, web] },
  },
  {
    id: '29',
    input: 'an interval end in ISO-8601',
    upstream: 'the experiment is skipped',
    reason: 'ISO-8601 with a zone is unambiguous',
    report: () => csv('container', [{ interval_end: '2025-08-10T00:15:00Z' }]),
    ours: { groups: 1, interval: ['2025-08-10T00:00:01.000Z', '2025-08-10T00:15:00.000Z'] },
  },
  {
    id: '44',
    input: 'a namespace named NaN beside a good row',
    upstream: 'no groups for the whole file, no error',
    reason: 'names are text',
    report: () => csv('container', [{ namespace: 'NaN' }, {}]),
    ours: { groups: 2, objects: ['NaN|deployment|web|web', web] },
  },
  {
    id: 'no-zone',
    input: 'an interval without a zone',
    upstream: 'the experiment is skipped',
    reason: 'a guess would shift usage by hours; the row is set aside, the rest of the workload is kept',
    report: () => csv('container', [{ interval_end: '2025-08-10 00:15:00' }, {}]),
    ours: { rows: 2, groups: 1, reasons: { BAD_TIME: 1 } },
  },
  {
    id: 'end-before-start',
    input: 'an interval that ends before it starts',
    upstream: 'sent on',
    reason: 'it has no length to weigh by',
    report: () => csv('container', [{ interval_end: '2025-08-09 00:15:00 +0000 UTC' }, {}]),
    ours: { rows: 2, groups: 1, reasons: { END_BEFORE_START: 1 } },
  },
  {
    id: 'blank-container',
    input: 'an empty container name, an empty namespace',
    upstream: 'grouped under the empty name',
    reason: 'nothing in a cluster has no name; such rows cannot be told apart',
    report: () => csv('container', [{ container_name: '' }, { namespace: '<none>' }, {}]),
    ours: { rows: 3, groups: 1, reasons: { MISSING_CONTAINER: 1, MISSING_NAMESPACE: 1 } },
  },
  {
    id: 'overflow',
    input: 'a number too large for a double, and one that nobody has',
    upstream: 'missing; kept',
    reason: 'the user should know: both are set aside, each under its code',
    report: () =>
      csv('container', [{ memory_usage_container_max: '1e309' }, { memory_usage_container_max: '1e300' }]),
    ours: {
      code: 'NO_VALID_ROWS',
      rows: 2,
      groups: 0,
      reasons: { INFINITE_VALUE: 1, VALUE_OUT_OF_RANGE: 1 },
    },
  },
  {
    id: 'hexadecimal',
    input: 'a hexadecimal float',
    upstream: 'read as a number',
    reason: 'no producer writes them; they count as missing',
    report: () => csv('container', [{ cpu_request_container_avg: '0x1p-2' }]),
    ours: { groups: 1, values: { cpu_request_container_avg: NaN } },
  },
  {
    id: 'line-break-in-quotes',
    input: 'a quoted cell with a line break in it',
    upstream: 'one row',
    reason:
      'a record is a line, so that one lost quote costs a line and not the file; no name in a cluster holds a line break',
    report: () =>
      line(
        ...csv('container', [{ image_name: '"reg/\nweb"' }])
          .toString()
          .split('\n')
          .slice(1, 3),
      ),
    ours: { rows: 3, groups: 1, reasons: { STRAY_QUOTE: 2 } },
  },
  {
    id: 'owner-name-na',
    input: 'an owner named NA',
    upstream: 'the row is dropped',
    reason: 'names are text; only an owner kind NA (a kind is no name) means that there is none, as upstream',
    report: () => csv('container', [{ owner_name: 'NA' }, { owner_kind: 'NA' }]),
    ours: { rows: 2, groups: 1, reasons: { MISSING_OWNER: 1 } },
  },
];
