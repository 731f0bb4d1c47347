/** The codes of rows that are read but not taken, in the order in which they are looked for. */

/** Why a row is not taken. Its place in this list is its verdict; 0 is a row that is taken. */
export const verdicts = [
  'ACCEPTED',
  'MISSING_OWNER',
  'MISSING_WORKLOAD_TYPE',
  'UNSUPPORTED_WORKLOAD_TYPE',
  'MISSING_NAMESPACE',
  'MISSING_CONTAINER',
  'NAME_TOO_LONG',
  'BAD_TIME',
  'TIME_OUT_OF_RANGE',
  'END_BEFORE_START',
  'MISSING_USAGE',
  'NEGATIVE_USAGE',
  'INFINITE_VALUE',
  'VALUE_OUT_OF_RANGE',
  'TOO_MANY_OBJECTS',
  'TOO_MANY_INTERVALS',
  'TOO_MANY_GROUPS',
] as const;

/** One of them. */
export type Verdict = (typeof verdicts)[number];

/** The number of a verdict, for a column of bytes. */
export function verdictNumber(verdict: Verdict): number {
  return verdicts.indexOf(verdict);
}

/** Longest name (namespace, workload, container, owner, image) in bytes of UTF-8; Kubernetes allows 253, images some 450. */
export const MAX_NAME = 512;
/** Largest magnitude of a number: an exabyte, so that sums of any number of rows stay finite. */
export const MAX_VALUE = 1e18;
/** Intervals lie between these (2000-01-01 and 2200-01-01): a wrong clock is caught without asking for the time. */
export const MIN_TIME = 946_684_800_000;
export const MAX_TIME = 7_258_118_400_000;
/** Distinct containers (or namespaces) of one report. */
export const MAX_OBJECTS = 250_000;
/** Distinct intervals of one report: 208 days of quarter-hours. */
export const MAX_INTERVALS = 20_000;
/** Distinct (object, run of 32 intervals) pairs of one report: what counting groups may hold. */
export const MAX_GROUP_RUNS = 1 << 22;

/** What to tell the user of a rejection; `value` is the cell at fault. */
export function rejectionMessage(verdict: Verdict, column: string | null, value: string): string {
  const cell = `${column ?? 'the row'} is ${quote(value)}`;
  switch (verdict) {
    case 'ACCEPTED':
      return 'The row was taken.';
    case 'MISSING_OWNER':
      return `${cell}: a pod without an owner has no workload to resize. Nothing to do unless it should have one.`;
    case 'MISSING_WORKLOAD_TYPE':
      return `${cell}: the workload has no type. Check the owner of the pod.`;
    case 'UNSUPPORTED_WORKLOAD_TYPE':
      return `${cell}: only ${workloadTypeList} get recommendations. Nothing to do.`;
    case 'MISSING_NAMESPACE':
    case 'MISSING_CONTAINER':
      return `${cell}: the row cannot be told apart from others. Send the report as the operator wrote it.`;
    case 'NAME_TOO_LONG':
      return `${cell}: names have at most ${MAX_NAME} bytes. Check the columns of the row.`;
    case 'BAD_TIME':
      return `${cell}: not a time with a zone. Write it like 2025-08-10 00:15:00 +0000 UTC.`;
    case 'TIME_OUT_OF_RANGE':
      return `${cell}: intervals lie between the years 2000 and 2200. Check the clock of the cluster.`;
    case 'END_BEFORE_START':
      return `${cell}: the interval does not end after it starts. Check the interval columns.`;
    case 'MISSING_USAGE':
      return `${column ?? 'usage'} is missing or not a decimal number: rows without usage are not counted. Check the query behind the column.`;
    case 'NEGATIVE_USAGE':
      return `${cell}: usage cannot be negative. Check the query behind the column.`;
    case 'INFINITE_VALUE':
      return `${cell}: a number must be finite. Check the query behind the column.`;
    case 'VALUE_OUT_OF_RANGE':
      return `${cell}: numbers beyond ${MAX_VALUE} are not believed. Check the unit: cores and bytes.`;
    case 'TOO_MANY_OBJECTS':
      return `The report has more than ${MAX_OBJECTS} containers or namespaces. Split it.`;
    case 'TOO_MANY_INTERVALS':
      return `The report has more than ${MAX_INTERVALS} distinct intervals. Split it by time.`;
    case 'TOO_MANY_GROUPS':
      return 'The report has too many distinct intervals of distinct containers. Split it by time.';
  }
}

const workloadTypeList =
  'daemonsets, deployments, deploymentconfigs, replicasets, replicationcontrollers and statefulsets';

function quote(value: string): string {
  if (value === '') return 'empty';
  return `"${value.length > 60 ? `${value.slice(0, 60)}…` : value}"`;
}
