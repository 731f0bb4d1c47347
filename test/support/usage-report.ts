/** Reads a CSV through the real reader and the real stream, and gives back what came out in a shape that is easy to compare. */
import { csvReports } from '../../connectors/csv/reports.ts';
import type { CsvLimits } from '../../connectors/csv/limits.ts';
import { unpackColumns } from '../../schemas/codec/columns.ts';
import type {
  ContainerUsageReported,
  NamespaceUsageReported,
  RejectedRow,
  ReportRead,
  UsageReportFound,
} from '../../schemas/generated/events.ts';
import { numberColumns } from '../../streams/usage/rules.ts';
import type { Archives, Emission } from '../../streams/runtime/ports.ts';
import { PARTIALS_BUDGET, readUsageReport } from '../../streams/usage/read-usage-reports.stream.ts';

/** The event that asks for a report to be read. */
export function reportFound(over: Partial<UsageReportFound> = {}): UsageReportFound {
  return {
    upload_id: '00000000-0000-4000-8000-000000000001',
    org_id: '3340851',
    cluster_id: '1b36b20f-7fa0-4454-a6d2-008294e06378',
    digest: 'ab'.repeat(32),
    name: 'report.csv',
    kind: 'container',
    position: 0,
    cluster_alias: 'demo',
    source_id: '111',
    blob: 'cd'.repeat(32),
    format: 'csv',
    member: null,
    size: 0,
    payload: 'p1',
    payload_date: 0,
    ...over,
  };
}

/** An archive port that knows one file; `chunk` cuts it into pieces of that many bytes. */
export function oneFile(bytes: Buffer, chunk = 65_536): Pick<Archives, 'file'> {
  return {
    async *file() {
      for (let at = 0; at < bytes.length; at += chunk) yield bytes.subarray(at, at + chunk);
    },
  };
}

/** One merged group: an object in one interval. */
export interface Group {
  readonly object: string;
  readonly namespace: string;
  readonly type: string;
  readonly workload: string;
  readonly container: string;
  readonly start: number;
  readonly end: number;
  readonly rows: number;
  /** By column name; _avg is the mean. NaN is missing. */
  readonly values: Readonly<Record<string, number>>;
}

/** Everything that came out of one report. */
export interface Outcome {
  readonly emissions: readonly Emission[];
  readonly usage: readonly (ContainerUsageReported | NamespaceUsageReported)[];
  readonly rejected: readonly RejectedRow[];
  readonly read: ReportRead;
  readonly groups: readonly Group[];
}

/** Runs the stream over the bytes of one file. */
export async function readCsv(
  bytes: Buffer,
  options: {
    readonly chunk?: number;
    readonly budgetBytes?: number;
    readonly found?: Partial<UsageReportFound>;
    readonly limits?: Partial<CsvLimits>;
  } = {},
): Promise<Outcome> {
  const reports = csvReports({ archives: oneFile(bytes, options.chunk), ...options.limits });
  const emissions: Emission[] = [];
  for await (const emission of readUsageReport(
    reportFound(options.found),
    { reports },
    options.budgetBytes ?? PARTIALS_BUDGET,
  ))
    emissions.push(emission);
  return outcomeOf(emissions);
}

/** Sorts emissions into what they say. */
export function outcomeOf(emissions: readonly Emission[]): Outcome {
  const usage: (ContainerUsageReported | NamespaceUsageReported)[] = [];
  const rejected: RejectedRow[] = [];
  const reads: ReportRead[] = [];
  for (const emission of emissions) {
    if (emission.type === 'ReportRead') reads.push(emission.data);
    else if (emission.type === 'RowsRejected') rejected.push(...emission.data.rows);
    else if (emission.type === 'ContainerUsageReported' || emission.type === 'NamespaceUsageReported')
      usage.push(emission.data);
  }
  if (reads.length !== 1) throw new Error(`expected one ReportRead, got ${reads.length}`);
  return { emissions, usage, rejected, read: reads[0]!, groups: groupsOf(usage) };
}

/** Combines the partials of usage events as a projection would: in chunk order, sums added, extremes compared. */
export function groupsOf(usage: readonly (ContainerUsageReported | NamespaceUsageReported)[]): Group[] {
  const merged = new Map<string, { identity: Omit<Group, 'rows' | 'values'>; n: number; sums: number[] }>();
  for (const event of usage) {
    const container = 'container' in event;
    const columns = numberColumns(container ? 'container' : 'namespace');
    const identity = container
      ? {
          namespace: event.namespace,
          type: event.workload_type,
          workload: event.workload,
          container: event.container,
        }
      : { namespace: event.namespace, type: 'namespace', workload: event.namespace, container: '' };
    const object = Object.values(identity).join('|');
    const [ends, starts, rows, ...numbers] = unpackColumns(event.columns).columns;
    for (let i = 0; i < event.intervals; i++) {
      const [start, end] = [starts![i]!, ends![i]!];
      const key = `${object}|${start}|${end}`;
      const values = numbers.map((column) => column[i]!);
      const known = merged.get(key);
      if (known === undefined) {
        merged.set(key, { identity: { object, ...identity, start, end }, n: rows![i]!, sums: values });
        continue;
      }
      known.n += rows![i]!;
      known.sums = known.sums.map((held, c) => combine(columns[c]!.combine, held, values[c]!));
    }
  }
  return [...merged.values()].map(({ identity, n, sums }) => {
    const columns = numberColumns(identity.type === 'namespace' ? 'namespace' : 'container');
    const values = Object.fromEntries(
      columns.map(({ name, combine }, c) => [name, combine === 'avg' ? sums[c]! / n : sums[c]!]),
    );
    return { ...identity, rows: n, values };
  });
}

function combine(how: string, a: number, b: number): number {
  if (how === 'avg' || how === 'sum') return a + b;
  if (Number.isNaN(a)) return b;
  if (Number.isNaN(b)) return a;
  return how === 'min' ? Math.min(a, b) : Math.max(a, b);
}
