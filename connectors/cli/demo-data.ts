/** Sixteen days of a small shop's usage, as its operator would upload them. */
import { packPayload } from '../archive/pack.ts';
import { generateReport } from '../csv/bench-data.ts';
import type { NamedContainer } from '../csv/bench-data.ts';

/** The workloads of the demo; each stands for something that recommendations should tell. */
export const demoContainers: readonly (NamedContainer & { readonly story: string })[] = [
  { namespace: 'shop', workload: 'frontend', container: 'web', profile: 'daily', story: 'busy by day' },
  {
    namespace: 'shop',
    workload: 'checkout',
    container: 'api',
    profile: 'throttled',
    story: 'throttled: wants more CPU',
  },
  { namespace: 'shop', workload: 'catalog', container: 'search', profile: 'oversized', story: 'over-sized' },
  { namespace: 'shop', workload: 'catalog', container: 'cache', profile: 'steady', story: 'steady' },
  {
    namespace: 'back-office',
    workload: 'invoices',
    container: 'worker',
    profile: 'leaking',
    story: 'leaking memory',
  },
  { namespace: 'back-office', workload: 'exports', container: 'cron', profile: 'bursty', story: 'bursts' },
  { namespace: 'back-office', workload: 'legacy-api', container: 'server', profile: 'idle', story: 'idle' },
];

/** Days of the demo: one more than the longest term. */
export const DEMO_DAYS = 16;
const DAY_MS = 86_400_000;
const INTERVALS = 96;
const CLUSTER = 'd3310000-0000-4000-8000-00000000c105';

/** The payload of one day (0 = the oldest), `today` in ms since 1970: a tar.gz with manifest and one report. */
export async function demoPayload(day: number, today: number): Promise<{ name: string; bytes: Buffer }> {
  const start = Math.floor(today / DAY_MS) * DAY_MS - (DEMO_DAYS - day) * DAY_MS;
  const uuid = `d3310000-0000-4000-8000-${String(day).padStart(12, '0')}`;
  const file = `${uuid}-ros-openshift-container.csv`;
  const csv = Buffer.concat([
    ...generateReport({
      containers: demoContainers.length,
      named: demoContainers,
      intervals: INTERVALS,
      start,
      seed: 7,
      badRows: day === DEMO_DAYS - 1 ? 0.01 : 0,
    }),
  ]);
  const manifest = {
    uuid,
    cluster_id: CLUSTER,
    version: 'demo',
    date: new Date(start + DAY_MS).toISOString(),
    files: [],
    resource_optimization_files: [file],
    start: new Date(start).toISOString(),
    end: new Date(start + DAY_MS).toISOString(),
  };
  const bytes = await packPayload([
    { name: file, bytes: csv },
    { name: 'manifest.json', bytes: Buffer.from(JSON.stringify(manifest)) },
  ]);
  return { name: `day-${day}-cost-mgmt.tar.gz`, bytes };
}
