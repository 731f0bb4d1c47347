/** The database objects: the log's own schema, and a schema per generation of each projection with public views on it. */
import { escapeIdentifier, escapeLiteral } from 'pg';
import type { TableSet, TableShape } from '../../streams/runtime/units.ts';

/** The embedded log. Idempotent; after {@link stateDdl}. */
export const logDdl = `
CREATE TABLE IF NOT EXISTS log.topics (
  topic_id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL UNIQUE,
  partitions int NOT NULL CHECK (partitions BETWEEN 1 AND 1024)
);
COMMENT ON TABLE log.topics IS 'One row per topic.';
CREATE TABLE IF NOT EXISTS log.partitions (
  topic_id int NOT NULL REFERENCES log.topics,
  partition int NOT NULL,
  next_offset bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (topic_id, partition)
);
COMMENT ON TABLE log.partitions IS 'Next offset per partition; locked by whoever appends, so that offsets become visible in commit order.';
CREATE TABLE IF NOT EXISTS log.events (
  topic_id int NOT NULL,
  partition int NOT NULL,
  "offset" bigint NOT NULL,
  at timestamptz NOT NULL,
  key text,
  headers json NOT NULL,
  size int NOT NULL,
  value bytea,
  PRIMARY KEY (topic_id, partition, "offset")
);
ALTER TABLE log.events ALTER COLUMN value SET STORAGE EXTERNAL;
COMMENT ON TABLE log.events IS 'Every event. Values are in Confluent wire format: "rightstream tail TOPIC" shows them decoded.';
`;

/** What units and clients' requests are remembered by, in every profile. Idempotent. */
export const stateDdl = `
CREATE SCHEMA IF NOT EXISTS log;
COMMENT ON SCHEMA log IS 'What units remember, and the event log of the embedded profile. Read models are in public.';
CREATE TABLE IF NOT EXISTS log.owners (
  unit text NOT NULL,
  partition int NOT NULL,
  epoch bigint NOT NULL DEFAULT 0,
  positions jsonb NOT NULL DEFAULT '{}',
  marks jsonb NOT NULL DEFAULT '{}',
  PRIMARY KEY (unit, partition)
);
COMMENT ON TABLE log.owners IS 'Per unit and partition: who works on it (epoch), next offsets to read, highest seq seen per origin. Not rebuildable.';
CREATE TABLE IF NOT EXISTS log.projections (
  projection text PRIMARY KEY,
  version int NOT NULL,
  generation int NOT NULL
);
COMMENT ON TABLE log.projections IS 'Which generation of each projection is live.';
CREATE TABLE IF NOT EXISTS log.idempotency_keys (
  org_id text NOT NULL,
  request_id text NOT NULL,
  digest text NOT NULL,
  answer json NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (org_id, request_id)
);
COMMENT ON TABLE log.idempotency_keys IS 'First answer per request id of a client. Not rebuildable.';
CREATE TABLE IF NOT EXISTS log.outbox (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  unit text NOT NULL,
  partition int NOT NULL,
  at timestamptz NOT NULL,
  topic text NOT NULL,
  to_partition int,
  key text,
  headers json NOT NULL,
  value bytea
);
ALTER TABLE log.outbox ALTER COLUMN value SET STORAGE EXTERNAL;
CREATE INDEX IF NOT EXISTS outbox_order ON log.outbox (unit, partition, id);
COMMENT ON TABLE log.outbox IS 'Records that transactions emitted and Kafka does not have yet; deleted once it acknowledges them.';
CREATE TABLE IF NOT EXISTS log.submissions (
  sender text NOT NULL,
  partition int NOT NULL,
  next_seq bigint NOT NULL,
  PRIMARY KEY (sender, partition)
);
COMMENT ON TABLE log.submissions IS 'Next sequence number of what clients submit, per sender and partition. Not rebuildable.';
CREATE TABLE IF NOT EXISTS log.deployment (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  id uuid NOT NULL DEFAULT gen_random_uuid()
);
COMMENT ON TABLE log.deployment IS 'Whose database this is: what Kafka is told, so that no other database works on the same topics.';
INSERT INTO log.deployment DEFAULT VALUES ON CONFLICT DO NOTHING;
CREATE TABLE IF NOT EXISTS log.imports (
  digest text PRIMARY KEY,
  started_at timestamptz NOT NULL DEFAULT now(),
  finished_at timestamptz
);
COMMENT ON TABLE log.imports IS 'Exports that were imported here; while one is not finished, nothing else runs.';
`;

/** Schema that holds one generation of a projection's tables. */
export function generationSchema(projection: string, version: number, generation: number): string {
  return `${projection.replaceAll('-', '_')}_v${version}_g${generation}`;
}

const sqlType = { json: 'json', bytea: 'bytea' } as Record<string, string>;

/** Creates the tables of one generation. */
export function generationDdl(set: TableSet, generation: number): string {
  const schema = escapeIdentifier(generationSchema(set.projection, set.version, generation));
  const tables = Object.entries(set.tables).map(([name, table]) => tableDdl(schema, name, table));
  return `CREATE SCHEMA IF NOT EXISTS ${schema};\n${tables.join('\n')}`;
}

/** Creates the tables of a projection for this connection alone; they go with it. */
export function temporaryDdl(set: TableSet): string {
  return Object.entries(set.tables)
    .map(([name, table]) => tableDdl('pg_temp', name, table))
    .join('\n');
}

/** Column of tables with sets, which only storage knows: the partition that stored the row. */
export const OWNER_PARTITION = 'owner_partition';

function tableDdl(schema: string, name: string, table: TableShape): string {
  const full = `${schema}.${escapeIdentifier(name)}`;
  const columns = Object.entries(table.columns).map(([column, { type, nullable }]) => {
    const collate = type === 'text' ? ' COLLATE "C"' : '';
    return `  ${escapeIdentifier(column)} ${sqlType[type] ?? type}${collate}${nullable ? '' : ' NOT NULL'}`;
  });
  if (table.sets === true) columns.push(`  ${OWNER_PARTITION} int NOT NULL`);
  const key = table.key.map(escapeIdentifier).join(', ');
  const external = Object.entries(table.columns)
    .filter(([, { type }]) => type === 'bytea' || type === 'json')
    .map(([column]) => `ALTER TABLE ${full} ALTER COLUMN ${escapeIdentifier(column)} SET STORAGE EXTERNAL;`);
  const indexes = table.indexes.map(
    (index, i) =>
      `CREATE INDEX IF NOT EXISTS ${escapeIdentifier(`${name}_${i}`)} ON ${full} (${index.map(escapeIdentifier).join(', ')});`,
  );
  return [
    `CREATE TABLE IF NOT EXISTS ${full} (\n${columns.join(',\n')},\n  PRIMARY KEY (${key})\n);`,
    ...external,
    ...indexes,
    `COMMENT ON TABLE ${full} IS ${escapeLiteral(table.comment)};`,
  ].join('\n');
}

/** Points the public views at a generation, with comments for whoever opens psql. */
export function viewDdl(set: TableSet, generation: number): string {
  const schema = escapeIdentifier(generationSchema(set.projection, set.version, generation));
  return Object.entries(set.tables)
    .map(([name, table]) => {
      const view = `public.${escapeIdentifier(name)}`;
      const columns = Object.keys(table.columns).map(escapeIdentifier).join(', ');
      const comments = Object.entries(table.columns).map(
        ([column, { comment, arrival }]) =>
          `COMMENT ON COLUMN ${view}.${escapeIdentifier(column)} IS ${escapeLiteral(comment + (arrival ? ' (depends on arrival)' : ''))};`,
      );
      return [
        `DROP VIEW IF EXISTS ${view} CASCADE;`,
        `CREATE VIEW ${view} AS SELECT ${columns} FROM ${schema}.${escapeIdentifier(name)};`,
        `COMMENT ON VIEW ${view} IS ${escapeLiteral(`${table.comment} (projection ${set.projection})`)};`,
        ...comments,
      ].join('\n');
    })
    .join('\n');
}
