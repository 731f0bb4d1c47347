/** Tables of the projections `experiments` and `performance-profiles`. */
import { expiryTable } from '../../runtime/expiry.ts';
import { c, table } from '../../runtime/table.ts';

const org = c.text('Organisation that owns the data.');

const source = c.text.nullable('Source, of an experiment that is named org|source|cluster|… as ROS does.');

const answer = {
  request_id: c.text('Event id of the wish.'),
  org_id: org,
  http_status: c.int4('Status that a caller over HTTP is answered with.'),
  code: c.text.nullable('Code of the reason when it was refused.'),
  message: c.text.nullable('The reason for people.'),
  decided_at: c.timestamptz.arrival('When it was decided.'),
};

/** Experiments, their results, recommendations and the answers to wishes. */
export const experimentTables = {
  experiment_expiry: expiryTable(),
  experiments: table({
    comment: 'One row per experiment that was registered over the Kruize API.',
    key: ['experiment_id'],
    sets: true,
    recordKey: ['org_id', 'experiment_name'],
    columns: {
      experiment_id: c.text('64 hexadecimal digits made from organisation and name.'),
      org_id: org,
      source_id: source,
      experiment_name: c.text('Name, any text; unique within the organisation.'),
      version: c.text.nullable('Version that results have to name.'),
      cluster_name: c.text.nullable('Cluster, as sent.'),
      experiment_type: c.text('container or namespace.'),
      performance_profile: c.text.nullable('Profile that it names.'),
      profile_version: c.float8.nullable('Version of that profile when it was registered.'),
      measurement_minutes: c.float8('Length of an interval, minutes.'),
      threshold: c.float8('Per cent of a current setting within which nothing is changed.'),
      terms: c.json('Terms that are advised; empty: all.'),
      models: c.json('Engines that advise; empty: all.'),
      definition: c.json('Mode, settings and kubernetes_objects, as shown.'),
      containers: c.json(
        'Its containers [{name, image}]: those of the definition, then those that only results named.',
      ),
      first_interval_end: c.timestamptz.nullable('Earliest interval end among its results.'),
      last_interval_end: c.timestamptz.nullable('Latest interval end among its results.'),
      last_recommendation_end: c.timestamptz.nullable('Latest interval end that has a recommendation.'),
    },
    indexes: [
      ['org_id', 'experiment_name'],
      ['org_id', 'performance_profile'],
    ],
  }),
  experiment_days: table({
    comment: 'One row per experiment and UTC day of interval ends: which intervals were accepted.',
    key: ['experiment_id', 'day'],
    sets: true,
    columns: {
      experiment_id: c.text('Experiment.'),
      day: c.date(
        'UTC day of the interval ends (an interval that ends at midnight belongs to the day before).',
      ),
      org_id: org,
      source_id: source,
      records: c.int4('Records that were accepted.'),
      intervals: c.bytea('Packed columns (schemas/codec/columns.ts): end, start of the accepted records.'),
      recommendation_ends: c.json(
        'Interval ends of the day that have a recommendation, ms since 1970, ascending.',
      ),
    },
  }),
  experiment_results: table({
    comment: 'One row per experiment, UTC day and container (or the namespace), with all its intervals.',
    key: ['experiment_id', 'day', 'object'],
    sets: true,
    columns: {
      experiment_id: c.text('Experiment.'),
      day: c.date('UTC day of the interval ends.'),
      object: c.text('Name of the container; empty for the namespace itself.'),
      org_id: org,
      source_id: source,
      image: c.text.nullable('Image of the container, the last one posted.'),
      intervals: c.int4('Distinct interval ends.'),
      columns: c.json(
        'Names of the packed columns: end, start, <metric>.<aggregate>, <metric>.format, <metric>.metadata.',
      ),
      texts: c.json('Formats and metadata that elements of those columns point to.'),
      results: c.bytea('The columns, packed (schemas/codec/columns.ts); NaN: not sent.'),
    },
  }),
  experiment_recommendations: table({
    comment: 'One row per experiment and interval end that was asked for and answered.',
    key: ['experiment_id', 'monitoring_end_time'],
    sets: true,
    columns: {
      experiment_id: c.text('Experiment.'),
      monitoring_end_time: c.timestamptz('Newest interval end of the first container that has any.'),
      org_id: org,
      source_id: source,
      experiment_name: c.text('Name of the experiment.'),
      requested_end_time: c.timestamptz('Interval end that was asked for.'),
      available: c.bool('true when at least one term of one container has advice.'),
      document: c.json('The answer as Kruize gives it.'),
      policy: c.text('Policy that was applied.'),
      engine_version: c.int4('Version of the engine code.'),
      intervals: c.int4('Intervals that went in.'),
      cause: c.text.arrival('Event that it followed from.'),
      decided_at: c.timestamptz.arrival('When it was decided.'),
    },
  }),
  experiment_answers: table({
    comment: 'One row per wish about an experiment: what was decided.',
    key: ['request_id'],
    sets: true,
    columns: {
      ...answer,
      experiment_name: c.text('Experiment that the wish is about.'),
      records: c.int4('Records that were posted; 0 for other wishes.'),
      refused: c.json(
        'Records that do not count [{index, code, http_status, message, version, interval_start, interval_end}].',
      ),
      monitoring_end_time: c.timestamptz.nullable('Interval end of the recommendation that was made.'),
    },
  }),
};

/** Performance profiles and the answers to wishes about them. */
export const profileTables = {
  profile_expiry: expiryTable(),
  performance_profiles: table({
    comment: 'One row per performance profile that was registered or removed over the Kruize API.',
    key: ['org_id', 'name'],
    recordKey: ['org_id'],
    columns: {
      org_id: org,
      name: c.text('Name; unique within the organisation.'),
      profile_version: c.float8('Version.'),
      removed: c.bool('true: the profile that is known from the start is gone.'),
      document: c.json('The profile as shown.'),
    },
  }),
  performance_profile_answers: table({
    comment: 'One row per wish about a performance profile: what was decided.',
    key: ['request_id'],
    sets: true,
    columns: { ...answer, name: c.text('Profile that the wish is about.') },
  }),
};
