/** Tables of scaling: policies, loads, and what was decided. */
import { c, table } from '../../runtime/table.ts';

const scope = {
  org_id: c.text('Organisation that owns the data.'),
  cluster_id: c.text('Cluster.'),
  service: c.text('Service.'),
};
/** What the key of records is made of, see schemas/keys.ts. */
const recordKey = ['org_id', 'cluster_id'] as const;
const partition = c.int4('Partition of the records about the cluster; a tick concerns all of one.');
const service_key = c.text('organisation/cluster/service, percent-encoded.');

/** Policies by service, loads by service, decisions. */
export const scalingTables = {
  scaling: table({
    comment: 'One row per service whose replicas follow its load: the policy, and how things stand.',
    key: ['partition', 'service_key'],
    recordKey,
    columns: {
      ...{ partition, service_key, ...scope },
      policy: c.json('The policy, as it was set.'),
      replicas: c.int4('Replicas that should run.'),
      decided_at: c.timestamptz.nullable('When the last decision was taken; null: there was none.'),
      decided_from: c.int4.nullable('Replicas before it.'),
      decided_reason: c.text.nullable('Its reason.'),
      held_at: c.timestamptz.nullable(
        'Since when nothing changes, for one reason; null: the last was a change.',
      ),
      held_reason: c.text.nullable('That reason.'),
      held_message: c.text.nullable('The same for people.'),
    },
  }),
  scaling_decisions: table({
    comment: 'One row per decision about replicas by load, and per reason not to change them.',
    key: ['event_id'],
    recordKey,
    sets: true,
    indexes: [['org_id', 'cluster_id', 'service', 'at']],
    columns: {
      event_id: c.text('Event that says so.'),
      ...scope,
      at: c.timestamptz('The time for which it was decided.'),
      decision: c.int8.nullable('Number of the decision within the cluster; null: nothing changed.'),
      from_replicas: c.int4('Replicas before.'),
      replicas: c.int4('Replicas from then on.'),
      wanted: c.int4('What the load alone asked for within the limits.'),
      reason: c.text('Stable code of the reason.'),
      message: c.text('The reason for people.'),
      rate: c.float8.nullable('Requests/s that were last reported.'),
      queue: c.float8.nullable('Requests that waited.'),
      throughput: c.float8.nullable('Requests/s of one replica.'),
      throughput_source: c.text.nullable('policy, reported or learnt.'),
      ready: c.int4.nullable('Replicas last reported ready.'),
      min: c.int4('Least replicas at that time.'),
      max: c.int4('Most replicas at that time.'),
      rules: c.int4('Version of the rules.'),
      inputs: c.json('All that the decision depends on.'),
    },
  }),
  load: table({
    comment:
      'One row per service that reports its load: the newest report, and half an hour in pieces of 15 s.',
    key: ['partition', 'service_key'],
    recordKey,
    columns: {
      ...{ partition, service_key, ...scope },
      at: c.timestamptz('When the newest was measured.'),
      rate: c.float8('Requests/s that arrive.'),
      queue: c.float8.nullable('Requests that wait.'),
      ready: c.int4.nullable('Replicas last reported ready.'),
      state: c.json(
        'Newest report, pieces [{at, low, high, queue_low, queue_high}], measures of one replica.',
      ),
    },
  }),
};
