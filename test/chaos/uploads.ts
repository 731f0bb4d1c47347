/** From plans to bytes, and to what must be in the tables when every row has had its effect once. */
import { createHash } from 'node:crypto';
import { containerId } from '../../projections/recommendation/identity.ts';
import { csv } from '../support/csv-rows.ts';
import type { Cells } from '../support/csv-rows.ts';
import { tarGz } from '../support/tar.ts';
import type { FilePlan, UploadPlan } from './schedule.ts';

/** One upload as a client sends it. */
export interface Sending {
  readonly requestId: string;
  readonly org: string;
  readonly filename: string;
  readonly bytes: Buffer;
}

/** One file as the tables must show it. */
export interface ExpectedFile {
  readonly org: string;
  readonly digest: string;
  readonly rows: number;
  readonly rejected: number;
}

/** What must be there in the end. */
export interface Expected {
  /** Uploads by request id. */
  readonly uploads: ReadonlyMap<string, readonly string[]>;
  /** Files by digest: every upload of the same bytes names the same ones. */
  readonly files: ReadonlyMap<string, ExpectedFile>;
  /** `object/interval end` to the CPU sum of the row that counts. */
  readonly intervals: ReadonlyMap<string, number>;
  /** Accepted rows that do not count, because a later payload covers their interval. */
  readonly superseded: number;
}

const START = Date.UTC(2026, 2, 28, 20);
const QUARTER = 15 * 60_000;

/** The cluster of an organisation. */
export function clusterOf(org: string): string {
  const hex = createHash('sha256').update(org).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** What is sent for a plan: once, or twice. */
export function sendings(plan: UploadPlan): Sending[] {
  const { requestId, org } = plan;
  const files = plan.files.map((file) => ({ name: `${file.name}.csv`, body: bytesOf(file) }));
  const manifest = JSON.stringify({
    uuid: `795eb333-370a-4653-aa40-${String(plan.minute).padStart(12, '0')}`,
    cluster_id: clusterOf(org),
    date: dateOf(plan),
    files: [],
    resource_optimization_files: files.map(({ name }) => name),
  });
  const bytes = tarGz(...files, { name: 'manifest.json', body: manifest });
  const once = { requestId, org, filename: `${requestId}.tar.gz`, bytes };
  if (plan.again === undefined) return [once];
  return [once, plan.again === 'same-request' ? once : { ...once, requestId: `${requestId}-again` }];
}

/** What the tables must show once all of these have been accepted. */
export function expected(plans: readonly UploadPlan[]): Expected {
  const uploads = new Map<string, readonly string[]>();
  const files = new Map<string, ExpectedFile>();
  const intervals = new Map<string, number>();
  let accepted = 0;
  for (const plan of plans) {
    const digests = plan.files.map((file) => digestOf(bytesOf(file)));
    for (const { requestId } of sendings(plan)) uploads.set(requestId, digests);
    plan.files.forEach((file, f) => {
      const good = file.containers * file.intervals;
      accepted += good;
      files.set(digests[f]!, {
        org: plan.org,
        digest: digests[f]!,
        rows: good + file.bad,
        rejected: file.bad,
      });
      // Plans come in the order of their dates: the later one counts.
      for (const { container, interval, cpu } of rowsOf(file)) {
        const identity = {
          org_id: plan.org,
          cluster_id: clusterOf(plan.org),
          namespace: 'chaos',
          workload_type: 'deployment',
          workload: container,
        };
        intervals.set(`${containerId(identity, container)}/${ends(interval)}`, cpu);
      }
    });
  }
  return { uploads, files, intervals, superseded: accepted - intervals.size };
}

interface Row {
  readonly container: string;
  readonly interval: number;
  readonly cpu: number;
}

/** Every good row with a CPU sum that no other row has. */
function rowsOf(file: FilePlan): Row[] {
  const named = file.over ?? file.name;
  return Array.from({ length: file.containers * file.intervals }, (_, i) => ({
    container: `${named}-c${i % file.containers}`,
    interval: Math.floor(i / file.containers),
    cpu: 1 + (Number.parseInt(digestOf(Buffer.from(`${file.name}/${i}`)).slice(0, 6), 16) % 900_000) / 1e6,
  }));
}

function bytesOf(file: FilePlan): Buffer {
  const good = rowsOf(file).map(({ container, interval, cpu }): Cells => ({
    ...timesOf(interval),
    container_name: container,
    pod: `${container}-x`,
    owner_name: `${container}-rs`,
    workload: container,
    namespace: 'chaos',
    cpu_usage_container_sum: String(cpu),
  }));
  const bad = Array.from({ length: file.bad }, (_, i): Cells => ({
    ...timesOf(0),
    container_name: `${file.name}-bad${i}`,
    namespace: 'chaos',
    memory_usage_container_sum: '-1',
  }));
  return csv('container', [...good, ...bad]);
}

function timesOf(interval: number): Cells {
  return {
    report_period_start: '2026-03-01 00:00:00 +0000 UTC',
    report_period_end: '2026-04-01 00:00:00 +0000 UTC',
    interval_start: stamp(START + interval * QUARTER + 1_000),
    interval_end: stamp(ends(interval)),
  };
}

function ends(interval: number): number {
  return START + (interval + 1) * QUARTER;
}

function stamp(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} +0000 UTC`;
}

function dateOf({ minute }: UploadPlan): string {
  return new Date(Date.UTC(2026, 2, 29) + minute * 60_000).toISOString();
}

function digestOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
