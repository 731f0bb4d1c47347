/** Tables of the recommendations projection. */
import { expiryTable } from '../runtime/expiry.ts';
import { c, table } from '../runtime/table.ts';
import type { Column } from '../runtime/table.ts';

/** Terms, from short to long. */
export const terms = ['short', 'medium', 'long'] as const;
/** Engines. */
export const engines = ['cost', 'performance'] as const;
/** What an engine advises, as column parts. */
export const amounts = ['cpu_request', 'cpu_limit', 'memory_request', 'memory_limit'] as const;

/** Names such as `short_cost_cpu_request`. */
export type AdviceColumn =
  `${(typeof terms)[number]}_${(typeof engines)[number]}_${(typeof amounts)[number]}`;
/** Names such as `cpu_variation_short_cost_pct`. */
export type VariationColumn =
  `${'cpu' | 'memory'}_variation_${(typeof terms)[number]}_${(typeof engines)[number]}_pct`;

type NullableNumber = Column<'float8', true>;

const adviceColumns = Object.fromEntries(
  terms.flatMap((term) =>
    engines.flatMap((engine) =>
      amounts.map((amount) => [
        `${term}_${engine}_${amount}`,
        c.float8.nullable(
          `Advised ${amount.replace('_', ' ')} (${amount.startsWith('cpu') ? 'cores' : 'bytes'}), ${term} term, ${engine} engine; null when there is none.`,
        ),
      ]),
    ),
  ),
) as Record<AdviceColumn, NullableNumber>;

const variationColumns = Object.fromEntries(
  (['cpu', 'memory'] as const).flatMap((resource) =>
    terms.flatMap((term) =>
      engines.map((engine) => [
        `${resource}_variation_${term}_${engine}_pct`,
        c.float8.nullable(
          `Change of the ${resource} request in per cent of the current one, ${term} term, ${engine} engine.`,
        ),
      ]),
    ),
  ),
) as Record<VariationColumn, NullableNumber>;

const identity = {
  org_id: c.text('Organisation that owns the data.'),
  cluster_id: c.text('Cluster, usually a UUID.'),
  namespace: c.text('Kubernetes namespace (project).'),
  workload_type: c.text('deployment, statefulset …; namespace for a namespace.'),
  workload: c.text('Name of the workload; the namespace for a namespace.'),
};
/** What the key of records is made of, see schemas/keys.ts. */
const recordKey = ['org_id', 'cluster_id', 'namespace', 'workload_type', 'workload'] as const;
const labels = {
  cluster_alias: c.text.nullableArrival('Name of the cluster for people; the latest one.'),
  source_id: c.text.nullableArrival('Source of the cluster; the latest one.'),
};

/** What the engine that the policy chose proposes. */
const proposed = {
  engine: c.text('Engine that the policy chose; cost where none says.'),
  proposed_cpu_request: c.float8.nullable('Cores that it proposes to request; null: none advised.'),
  proposed_cpu_limit: c.float8.nullable('CPU limit that it proposes, cores; null: none.'),
  proposed_memory_request: c.float8.nullable('Bytes that it proposes to request.'),
  proposed_memory_limit: c.float8.nullable('Memory limit that it proposes, bytes.'),
  confidence: c.float8.nullable('0 (none, or not known) to 1; null: decided before engines could be chosen.'),
  severity: c.text.nullable(
    'critical, warning, ok or good: how much the change matters; null: nothing is proposed.',
  ),
  policy_sources: c.json('Policies that applied, narrowest first, as scope@sequence.'),
};

const usageDay = {
  object_id: c.text('Container or namespace: UUID made from its identity; equals recommendation_id.'),
  day: c.date('UTC day of the interval ends (an interval that ends at midnight belongs to the day before).'),
  org_id: c.text('Organisation that owns the data.'),
  cluster_id: c.text('Cluster, usually a UUID.'),
  intervals: c.int4('Distinct intervals.'),
  rows: c.int8('CSV rows that count.'),
  first_interval_start: c.timestamptz('Earliest interval start.'),
  last_interval_end: c.timestamptz('Latest interval end.'),
  sources: c.json.arrival(
    'Contributions [{digest, chunk, payload, payload_date}]; the column `source` of the packed usage points into it.',
  ),
  usage: c.bytea(
    'Packed columns (schemas/codec/columns.ts): end, start, rows, the report columns, source. Unpacked by the view <table>_intervals.',
  ),
};

/** Workloads, containers, usage by day, recommendations and their history. */
export const recommendationTables = {
  usage_expiry: expiryTable(),
  cluster_removals: table({
    comment: 'One row per partition and cluster whose usage was removed, because its source is gone.',
    key: ['partition', 'org_id', 'cluster_id'],
    columns: {
      partition: c.int4('Partition of usage.'),
      org_id: c.text('Organisation that owns the data.'),
      cluster_id: c.text('Cluster; it may report again.'),
      before: c.int8('Offset in the partition: what was reported before it does not count.'),
      removed_at: c.timestamptz.arrival('When.'),
    },
  }),
  workloads: table({
    comment: 'One row per workload (or namespace, as workload_type namespace) that has reported.',
    key: ['workload_id'],
    sets: true,
    recordKey,
    columns: {
      workload_id: c.text('UUID made from organisation, cluster, namespace, type and name.'),
      ...identity,
      ...labels,
      containers: c.json('Names of its containers, sorted; the first 1,000.'),
      first_interval_end: c.timestamptz('Earliest interval end seen.'),
      last_interval_end: c.timestamptz('Latest interval end seen.'),
    },
    indexes: [['org_id', 'cluster_id', 'namespace', 'workload']],
  }),
  containers: table({
    comment: 'One row per container that has reported.',
    key: ['container_id'],
    sets: true,
    recordKey,
    columns: {
      container_id: c.text('UUID made from its identity; equals recommendation_id.'),
      workload_id: c.text('The workload it belongs to.'),
      ...identity,
      container: c.text('Name of the container.'),
      image: c.text('Image of the latest interval (of equal ones the greatest text).'),
      first_interval_end: c.timestamptz('Earliest interval end seen.'),
      last_interval_end: c.timestamptz('Latest interval end seen.'),
      has_accelerator: c.bool('true once an interval told of an accelerator (GPU).'),
    },
    indexes: [['org_id', 'workload_id']],
  }),
  container_usage: table({
    comment:
      'One row per container and UTC day, with all its intervals; container_usage_intervals has one row per interval.',
    key: ['object_id', 'day'],
    sets: true,
    columns: usageDay,
  }),
  namespace_usage: table({
    comment:
      'One row per namespace and UTC day, with all its intervals; namespace_usage_intervals has one row per interval.',
    key: ['object_id', 'day'],
    sets: true,
    columns: usageDay,
  }),
  accelerator_usage: table({
    comment: 'One row per container and UTC day with intervals that tell of an accelerator (GPU).',
    key: ['object_id', 'day'],
    sets: true,
    columns: {
      object_id: c.text('Container.'),
      day: c.date('UTC day.'),
      org_id: c.text('Organisation that owns the data.'),
      cluster_id: c.text('Cluster, usually a UUID.'),
      models: c.json('Names of the models, sorted; the last of the packed columns points into it.'),
      sources: c.json.arrival('As in container_usage.'),
      usage: c.bytea(
        'Packed columns: end, start, rows, core usage and memory copy (per cent), frame buffer (bytes or MiB), model, source.',
      ),
    },
  }),
  usage_signals: table({
    comment:
      'What the engines read, per container or namespace and UTC day, in about 1.2 kB; the last 17 days of each, derived from usage.',
    key: ['object_id', 'day'],
    sets: true,
    columns: {
      object_id: c.text('Container or namespace.'),
      day: c.date('UTC day.'),
      org_id: c.text('Organisation that owns the data.'),
      cluster_id: c.text('Cluster, usually a UUID.'),
      signals: c.bytea('16-bit codes per interval: see projections/recommendation/engine/state/segment.ts.'),
    },
  }),
  superseded_rows: table({
    comment: 'Accepted rows that do not count because a later payload covers the same interval.',
    key: ['org_id', 'cluster_id', 'digest', 'object_id', 'chunk', 'day'],
    sets: true,
    columns: {
      org_id: c.text('Organisation that owns the data.'),
      cluster_id: c.text('Cluster.'),
      digest: c.text('Report that the rows stand in.'),
      object_id: c.text('Container or namespace.'),
      chunk: c.int4('Part of the report.'),
      day: c.date('UTC day.'),
      rows: c.int8('Rows that do not count.'),
    },
  }),
  recommendations: table({
    comment:
      'One row per container or namespace: what it should request now, and why. Amounts in cores and bytes.',
    key: ['recommendation_id'],
    sets: true,
    recordKey,
    columns: {
      recommendation_id: c.text('UUID made from its identity; the same over time.'),
      kind: c.text('container or namespace.'),
      ...identity,
      container: c.text.nullable('Name of the container; null for a namespace.'),
      image: c.text.nullable('Latest image.'),
      ...labels,
      monitoring_start_time: c.timestamptz.nullable('Start of the longest term with advice.'),
      monitoring_end_time: c.timestamptz('Interval end that the advice is for.'),
      cpu_request_current: c.float8.nullable('Cores requested now; null when not set.'),
      cpu_limit_current: c.float8.nullable('CPU limit now, cores.'),
      memory_request_current: c.float8.nullable('Bytes requested now.'),
      memory_limit_current: c.float8.nullable('Memory limit now, bytes.'),
      ...adviceColumns,
      ...variationColumns,
      ...proposed,
      available: c.bool('true when at least one term has advice; else the notifications say why not.'),
      notifications: c.json('Notification codes, sorted.'),
      document: c.json('The Kruize-shaped recommendations object.'),
      policy_values: c.json(
        'What the policies come to: engine, tunables, thresholds …; {} when none was recorded.',
      ),
      policy: c.text('Policy that was applied.'),
      engine_version: c.int4('Version of the engine code.'),
      precision: c.text('exact, or compact: whether the usage was reckoned with as reported or by codes.'),
      intervals: c.int4('Intervals that went in.'),
      cause: c.text.arrival('Event that it followed from, as topic/partition/offset.'),
      decided_at: c.timestamptz.arrival('When it was decided.'),
      usage_offset: c.int8.nullableArrival('Offset of the usage that it was decided on, in its partition.'),
    },
    indexes: [
      ['org_id', 'monitoring_end_time'],
      ['org_id', 'namespace', 'workload'],
    ],
  }),
  recommendation_history: table({
    comment: 'One row per recommendation and report end; recomputed when older data lands late.',
    key: ['recommendation_id', 'monitoring_end_time'],
    sets: true,
    columns: {
      recommendation_id: c.text('Container or namespace.'),
      monitoring_end_time: c.timestamptz('Interval end that the advice is for.'),
      org_id: c.text('Organisation that owns the data.'),
      cluster_id: c.text('Cluster, usually a UUID.'),
      kind: c.text('container or namespace.'),
      cpu_request_current: c.float8.nullable('Cores requested then; null when not set.'),
      cpu_limit_current: c.float8.nullable('CPU limit then, cores.'),
      memory_request_current: c.float8.nullable('Bytes requested then.'),
      memory_limit_current: c.float8.nullable('Memory limit then, bytes.'),
      ...adviceColumns,
      ...proposed,
      available: c.bool('true when at least one term has advice; else the notifications say why not.'),
      notifications: c.json('Notification codes, sorted.'),
      policy: c.text('Policy that was applied.'),
      engine_version: c.int4('Version of the engine code.'),
      precision: c.text('exact, or compact: whether the usage was reckoned with as reported or by codes.'),
      cause: c.text.arrival('Event that it followed from, as topic/partition/offset.'),
      decided_at: c.timestamptz.arrival('When it was decided.'),
    },
  }),
  recommendation_advice: table({
    comment:
      'One row per recommendation and engine: what the chosen engine and balanced propose, how sure they are, and how much it matters.',
    key: ['recommendation_id', 'engine'],
    sets: true,
    columns: {
      recommendation_id: c.text('Container or namespace.'),
      engine: c.text('Name of the engine.'),
      org_id: c.text('Organisation that owns the data.'),
      cluster_id: c.text('Cluster, usually a UUID.'),
      chosen: c.bool('true: the policy chose it, and its proposal is the proposal.'),
      monitoring_end_time: c.timestamptz('Interval end that the advice is for.'),
      cpu_request: c.float8.nullable('Cores; null when none is advised.'),
      cpu_limit: c.float8.nullable('CPU limit, cores; null: none.'),
      memory_request: c.float8.nullable('Bytes.'),
      memory_limit: c.float8.nullable('Memory limit, bytes.'),
      cpu_lower: c.float8.nullable('Cores needed at least, as it believes; null: it does not say.'),
      cpu_upper: c.float8.nullable('Cores needed at most.'),
      memory_lower: c.float8.nullable('Bytes needed at least.'),
      memory_upper: c.float8.nullable('Bytes needed at most.'),
      confidence: c.float8('0 (none, or not known) to 1.'),
      severity: c.text.nullable('critical, warning, ok or good; null: nothing is advised.'),
      score: c.float8.nullable('100 when requests are as advised, 0 when all of them are critical.'),
      do_nothing: c.bool('true: what is set lies within bounds.'),
      flags: c.json('Codes of what there is to know, sorted.'),
      formula: c.text.nullable('How the CPU request came about; null: it does not say.'),
    },
  }),
  decided_under: table({
    comment:
      'One row per partition and recommendation: the policy that it was decided under; a changed one looks for those that differ.',
    key: ['partition', 'org_id', 'recommendation_id'],
    sets: true,
    columns: {
      partition: c.int4('Partition that decides.'),
      org_id: c.text('Organisation that owns the data.'),
      recommendation_id: c.text('Container or namespace.'),
      kind: c.text('container or namespace.'),
      cluster_id: c.text('Cluster, usually a UUID.'),
      namespace: c.text('Kubernetes namespace (project).'),
      workload: c.text('Name of the workload; the namespace for a namespace.'),
      policy: c.json('As recommendations.policy_values.'),
    },
  }),
  policies_in_force: table({
    comment: 'One row per organisation and partition: the policies by which that partition decides.',
    key: ['partition', 'org_id'],
    columns: {
      partition: c.int4('Partition that decides by them.'),
      org_id: c.text('Organisation that owns the data.'),
      sequence: c.int4('Change of its policies that they are of.'),
      policies: c.json('[{cluster_id, namespace, workload, policy, sequence}], sorted by scope.'),
    },
  }),
};
