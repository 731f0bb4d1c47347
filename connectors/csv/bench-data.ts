/**
 * Made-up reports that look like real ones, for the demo, tests and benchmarks: interval by interval as the operator writes
 * them, the same bytes for the same options, streamed (the size does not matter). Times are whole seconds in UTC.
 */
import { containerProfile, profileNames, type ProfileName } from './bench-profiles.ts';
import { requiredColumns } from './header.ts';
import { randomFrom } from './random.ts';

/** A container with a name, for reports that people read. */
export interface NamedContainer {
  readonly namespace: string;
  readonly workload: string;
  readonly container: string;
  readonly profile: ProfileName;
}

/** What to make. */
export interface ReportOptions {
  /** Containers (or namespaces), each with one row per interval. */
  readonly containers: number;
  /** Intervals; the rows are containers × intervals, and the bad rows. */
  readonly intervals: number;
  /** Start of the first interval: a Date or ms since 1970. */
  readonly start: Date | number;
  readonly seed: number;
  /** Of the values alone: reports of one seed have the same names and sizes; default: values go on from `seed`. */
  readonly usageSeed?: number;
  /** Minutes per interval, default 15. */
  readonly intervalMinutes?: number;
  /** Share of additional rows that must be rejected (no owner, jobs, negative usage, ragged), 0 to 1; default 0. */
  readonly badRows?: number;
  /** Profiles that containers take in turn; default all. */
  readonly profiles?: readonly ProfileName[];
  /** These containers, in this order, instead of made-up names and profiles; `containers` must be their number. */
  readonly named?: readonly NamedContainer[];
  /** Namespaces are named `<prefix>-0`, …; default `team`. */
  readonly namespacePrefix?: string;
}

/** About how many bytes are handed out at once. */
const CHUNK = 256 * 1024;
const CONTAINERS_PER_WORKLOAD = 2;
const WORKLOADS_PER_NAMESPACE = 10;
const GIB = 1024 ** 3;
const MINUTE = 60_000;

/** A container report: 37 columns in the operator's order. Containers come two to a workload, ten workloads to a namespace. */
export function* generateReport(options: ReportOptions): Generator<Buffer> {
  const profiles = options.profiles ?? profileNames;
  const random = randomFrom(options.seed);
  const noise = options.usageSeed === undefined ? random : randomFrom(options.usageSeed);
  const containers = Array.from({ length: options.containers }, (_, index) => ({
    head: namedIdentity(options.named?.[index]) ?? identity(index, options.namespacePrefix ?? 'team', random),
    usage: containerProfile(
      options.named?.[index]?.profile ?? profiles[index % profiles.length]!,
      random,
      noise,
    ),
  }));
  yield* lines(requiredInOperatorOrder('container'), options, (times, minutes, push) => {
    for (const [index, { head, usage }] of containers.entries()) {
      push(`${times},${head},${usage(minutes)}\n`);
      if (random() < (options.badRows ?? 0)) push(badRow(index, times, head, usage(minutes)));
    }
  });
}

/** A namespace report: 25 columns in the operator's order, one row per namespace and interval. */
export function* generateNamespaceReport(options: ReportOptions): Generator<Buffer> {
  const random = randomFrom(options.seed);
  const prefix = options.namespacePrefix ?? 'team';
  const sizes = Array.from({ length: options.containers }, () => 1 + Math.floor(random() * 20));
  yield* lines(requiredInOperatorOrder('namespace'), options, (times, minutes, push) => {
    for (const [index, pods] of sizes.entries()) {
      const wave = 1 + 0.4 * Math.sin((minutes / 1440) * 2 * Math.PI + index);
      const cpu = pods * 0.1 * wave * (0.9 + 0.2 * random());
      const memory = pods * 0.2 * GIB * (0.95 + 0.1 * random());
      const cells = [
        ...[pods * 0.25, pods * 0.5, cpu, cpu * 1.3, cpu * 0.8, cpu * 0.01, cpu * 0.02, 0],
        ...[pods * 0.25 * GIB, pods * 0.5 * GIB, memory, memory * 1.1, memory * 0.9],
        ...[memory * 0.8, memory * 0.9, memory * 0.7, pods, pods, pods, pods],
      ];
      const bad = random() < (options.badRows ?? 0);
      push(`${times},${prefix}-${index},${cells.map((value) => value.toFixed(6)).join(',')}\n`);
      if (bad) push(`${times},,${cells.join(',')}\n`);
    }
  });
}

/** The columns in the order in which the operator writes them. */
export function requiredInOperatorOrder(kind: 'container' | 'namespace'): string[] {
  const [times, rest] = [
    ['report_period_start', 'report_period_end', 'interval_start', 'interval_end'],
    [
      'container_name',
      'pod',
      'owner_name',
      'owner_kind',
      'workload',
      'workload_type',
      'namespace',
      'image_name',
      'node',
      'resource_id',
    ],
  ];
  const texts = kind === 'container' ? [...times!, ...rest!] : [...times!, 'namespace'];
  return [...texts, ...requiredColumns(kind).filter((name) => !texts.includes(name))];
}

function* lines(
  header: readonly string[],
  options: ReportOptions,
  rows: (times: string, minutes: number, push: (line: string) => void) => void,
): Generator<Buffer> {
  let pending = `${header.join(',')}\n`;
  const ready: Buffer[] = [];
  const push = (line: string) => {
    pending += line;
    if (pending.length < CHUNK) return;
    ready.push(Buffer.from(pending));
    pending = '';
  };
  const step = (options.intervalMinutes ?? 15) * MINUTE;
  for (let interval = 0; interval < options.intervals; interval++) {
    const from = Number(options.start) + interval * step;
    rows(timesOf(from, from + step), Math.floor(from / MINUTE), push);
    yield* ready.splice(0);
  }
  yield Buffer.from(pending);
}

/** The four time cells: the month, and the interval from its first second to its end. */
function timesOf(from: number, to: number): string {
  const at = new Date(from);
  const month = (ahead: number) => stamp(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + ahead, 1));
  return [month(0), month(1), stamp(from + 1000), stamp(to)].join(',');
}

function stamp(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} +0000 UTC`;
}

const kinds = [
  ['ReplicaSet', 'deployment'],
  ['StatefulSet', 'statefulset'],
  ['DaemonSet', 'daemonset'],
  ['ReplicaSet', 'deployment'],
] as const;

function namedIdentity(named: NamedContainer | undefined): string | undefined {
  if (named === undefined) return undefined;
  const { namespace, workload, container } = named;
  const owner = `${workload}-6f9d7c`;
  const image = `registry.example.com/${namespace}/${workload}:1.4`;
  return [
    container,
    `${owner}-x2x4z`,
    owner,
    'ReplicaSet',
    workload,
    'deployment',
    namespace,
    image,
    'node-1',
    'i-01',
  ].join(',');
}

function identity(index: number, prefix: string, random: () => number): string {
  const workload = Math.floor(index / CONTAINERS_PER_WORKLOAD);
  const namespace = Math.floor(workload / WORKLOADS_PER_NAMESPACE);
  const [ownerKind, type] = kinds[workload % kinds.length]!;
  const hash = Math.floor(random() * 36 ** 8)
    .toString(36)
    .padStart(8, '0');
  const name = `service-${workload}`;
  const owner = ownerKind === 'ReplicaSet' ? `${name}-${hash}` : name;
  const container = index % CONTAINERS_PER_WORKLOAD === 0 ? `app-${workload}` : `sidecar-${workload}`;
  return [
    container,
    `${owner}-${hash.slice(0, 5)}`,
    owner,
    ownerKind,
    name,
    type,
    `${prefix}-${namespace}`,
    `registry.example.com/${prefix}/${name}:1.${workload % 30}`,
    `ip-10-0-${workload % 256}-${index % 250}.eu-west-1.compute.internal`,
    `i-0${hash}${hash}`,
  ].join(',');
}

/** A row that must be rejected, each kind in turn. */
function badRow(index: number, times: string, head: string, usage: string): string {
  const cells = head.split(',');
  switch (index % 4) {
    case 0:
      cells[2] = '<none>';
      cells[3] = '<none>';
      return `${times},${cells.join(',')},${usage}\n`;
    case 1:
      cells[5] = 'job';
      return `${times},${cells.join(',')},${usage}\n`;
    case 2:
      return `${times},${head},${usage.replace(/,[^,]+$/, ',-1')}\n`;
    default:
      return `${times},${head}\n`;
  }
}
