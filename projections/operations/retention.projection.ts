/** How long rows are kept; decides, as time passes, what has expired. */
import type { HistoryExpired, RetentionSet, Ticked } from '../../schemas/generated/events.ts';
import { ALL_ROWS, expiryAt, retained } from '../../schemas/retention.ts';
import type { Retained } from '../../schemas/retention.ts';
import { topics } from '../../schemas/topics.ts';
import type { EventMeta } from '../../streams/runtime/ports.ts';
import type { Read } from '../../streams/runtime/units.ts';
import type { DeciderMeta, Rows } from '../runtime/define.ts';
import { defineProjection } from '../runtime/define.ts';
import { c, table } from '../runtime/table.ts';

const tables = {
  retention_periods: table({
    comment: 'One row per partition and kind of rows: how long they are kept, and up to when they are gone.',
    key: ['partition', 'rows_of'],
    columns: {
      partition: c.int4('Partition; each has the same.'),
      rows_of: c.text('Which rows, see schemas/retention.ts; * for all that have no period of their own.'),
      org_id: c.text('Empty: it holds for every organisation.'),
      days: c.int4.nullable('Days that they are kept; null: no period of their own.'),
      before: c.timestamptz.nullable(
        'Start of the first UTC day that is kept; null: nothing has expired yet.',
      ),
    },
  }),
};

type All = Rows<typeof tables>;
const all = (_event: unknown, { partition }: EventMeta): Read[] => [
  { table: 'retention_periods', prefix: [partition] },
];

function periodSet(rows: All, { rows_of, days }: RetentionSet, { partition }: EventMeta): void {
  const before = rows.retention_periods.get(partition, rows_of)?.before ?? null;
  rows.retention_periods.put({ partition, rows_of, org_id: '', days, before });
}

function expired(rows: All, { rows_of, before }: HistoryExpired, { partition }: EventMeta): void {
  const known = rows.retention_periods.get(partition, rows_of);
  const latest = Math.max(before, known?.before ?? -Infinity);
  rows.retention_periods.put({ partition, rows_of, org_id: '', days: known?.days ?? null, before: latest });
}

/** Each partition decides for itself, once a day and kind of rows; nothing that has expired comes back. */
function decideOnTick(rows: All, { at }: Ticked, meta: DeciderMeta): void {
  const { partition } = meta;
  const standard = rows.retention_periods.get(partition, ALL_ROWS)?.days ?? null;
  for (const rows_of of Object.keys(retained) as Retained[]) {
    const row = rows.retention_periods.get(partition, rows_of);
    const days = row?.days ?? standard;
    if (days === null) continue;
    const before = expiryAt(rows_of, days, at);
    if (before <= (row?.before ?? -Infinity)) continue;
    const key = meta.partitionKeys[partition]!;
    meta.emit({ topic: topics.retention, key, type: 'HistoryExpired', data: { rows_of, before } });
  }
}

export default defineProjection({
  id: 'retention',
  version: 1,
  about: 'How long rows are kept, and up to when they are gone.',
  from: [topics.ticks, topics.retention],
  emits: [topics.retention],
  tables,
  reads: { Ticked: all, RetentionSet: all, HistoryExpired: all },
  fold: { RetentionSet: periodSet, HistoryExpired: expired },
  decide: { Ticked: decideOnTick },
});
