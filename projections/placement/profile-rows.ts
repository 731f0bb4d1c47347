/** Profiles of services, and contention, as they were recorded. */
import { recordKey as keyOf } from '../../schemas/keys.ts';
import type { ContentionRaised, ProfileRecorded } from '../../schemas/generated/events.ts';
import type { EventMeta } from '../../streams/runtime/ports.ts';
import { c, table } from '../runtime/table.ts';
import type { Rows } from '../runtime/define.ts';

const scope = {
  org_id: c.text('Organisation that owns the data.'),
  cluster_id: c.text('Cluster.'),
};
/** What the key of records is made of, see schemas/keys.ts. */
const recordKey = ['org_id', 'cluster_id'] as const;
const of = {
  service: c.text('Service.'),
  plan: c.text('Plan of the run; empty: of logs that were made otherwise.'),
  run: c.text('Run within the plan.'),
};

/** Tables of profiling. */
export const profileTables = {
  profiles: table({
    comment:
      'One row per service and run of a plan, or of its logs: what was measured, and what is proposed.',
    key: ['org_id', 'cluster_id', 'profile_id'],
    recordKey,
    columns: {
      ...scope,
      profile_id: c.text('service/plan/run, percent-encoded.'),
      ...of,
      outcome: c.text('complete, aborted or unplaced.'),
      scales: c.json('Replicas of each service during the run.'),
      started_at: c.timestamptz.nullable('When measuring began.'),
      ended_at: c.timestamptz.nullable('When it ended.'),
      requests: c.int4('Requests that were measured.'),
      throughput_average: c.float8.nullable('Requests/s over windows of 100 requests.'),
      throughput_least: c.float8.nullable('The least of any window.'),
      throughput_most: c.float8.nullable('The most of any window.'),
      windows: c.int4('Windows that were reckoned with.'),
      alone_p50: c.float8.nullable('Median latency alone on a node, s.'),
      alone_p95: c.float8.nullable('95th percentile, s.'),
      shared_p50: c.float8.nullable('Median latency on a shared node, s.'),
      shared_p95: c.float8.nullable('95th percentile, s.'),
      slowdown: c.float8.nullable('Median on a shared node over the one alone.'),
      sensitivity: c.int4.nullable('0 none, 1 CPU, 2 memory, 3 both.'),
      cpu: c.int4.nullable('Millicores that are proposed.'),
      memory: c.int4.nullable('MB that are proposed.'),
      cores: c.json('Per cent of cores that are proposed.'),
      accelerators: c.json('Per cent of a device that are proposed, by type.'),
      recorded_at: c.timestamptz.arrival('When it was recorded last.'),
    },
  }),
  contentions: table({
    comment: 'One row per time that a service was slowed by what shared its node.',
    key: ['org_id', 'cluster_id', 'contention_id'],
    recordKey,
    columns: {
      ...scope,
      contention_id: c.text('service/plan/run/first request, percent-encoded.'),
      ...of,
      slowdown: c.float8('Median latency over the one alone.'),
      from_request: c.int4('First slow request of the log, from 0.'),
      to_request: c.int4.nullable('First request after them; null: it lasted to the end of the log.'),
      recorded_at: c.timestamptz.arrival('When it was recorded last.'),
    },
  }),
};

type All = Rows<typeof profileTables>;

/** Folds of profiling. */
export const profileFolds = {
  ProfileRecorded: (rows: All, event: ProfileRecorded, meta: EventMeta): void => {
    const { scales, cores, accelerators, ...plain } = event;
    const sorted = (map: Readonly<Record<string, number>>) =>
      JSON.stringify(Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1))));
    rows.profiles.put({
      ...plain,
      profile_id: keyOf(event.service, event.plan, event.run),
      scales: sorted(scales),
      cores: JSON.stringify(cores),
      accelerators: sorted(accelerators),
      recorded_at: meta.timestamp,
    });
  },
  ContentionRaised: (rows: All, event: ContentionRaised, meta: EventMeta): void => {
    const { service, plan, run, from_request } = event;
    const contention_id = keyOf(service, plan, run, String(from_request));
    rows.contentions.put({ ...event, contention_id, recorded_at: meta.timestamp });
  },
};
