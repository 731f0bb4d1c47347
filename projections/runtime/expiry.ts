/**
 * Rows that are kept for a limited time. What has expired is a fact of another topic than the rows: a fold that meets a row older than
 * the cutoff drops it, so that the tables are equal whichever comes first.
 */
import type { HistoryExpired } from '../../schemas/generated/events.ts';
import type { Retained } from '../../schemas/retention.ts';
import type { EventMeta } from '../../streams/runtime/ports.ts';
import type { Read } from '../../streams/runtime/units.ts';
import type { RowsOf } from './define.ts';
import { c, table } from './table.ts';

/** A table of cutoffs, one row per partition and name of rows. */
export function expiryTable() {
  return table({
    comment:
      'One row per partition and kind of rows that are kept for a limited time: up to when they are gone.',
    key: ['partition', 'rows_of'],
    columns: {
      partition: c.int4('Partition.'),
      rows_of: c.text('Which rows: see schemas/retention.ts.'),
      org_id: c.text('Empty: it holds for every organisation.'),
      before: c.timestamptz('Start of the first UTC day that is kept.'),
    },
  });
}

type Expiries = RowsOf<ReturnType<typeof expiryTable>>;

/** What every event reads whose rows may have expired. */
export function readOfExpiry(name: string, { partition }: EventMeta): Read {
  return { table: name, prefix: [partition] };
}

/** ms since 1970 before which rows count no more; -Infinity when they are kept for ever. */
export function expiredBefore(expiries: Expiries, rowsOf: Retained, { partition }: EventMeta): number {
  return expiries.get(partition, rowsOf)?.before ?? -Infinity;
}

/** First UTC day (`YYYY-MM-DD`) of rows that count; empty when all do. */
export function firstDayKept(expiries: Expiries, rowsOf: Retained, meta: EventMeta): string {
  const before = expiredBefore(expiries, rowsOf, meta);
  return before === -Infinity ? '' : dateOf(before);
}

/** The UTC day that begins at a time, ms. */
export function dateOf(before: number): string {
  return new Date(before).toISOString().slice(0, 10);
}

/** Folds an expiry: a cutoff never goes back, for what is gone does not return. */
export function foldExpiry(expiries: Expiries, event: HistoryExpired, { partition }: EventMeta): void {
  const { rows_of, before } = event;
  const known = expiries.get(partition, rows_of)?.before ?? -Infinity;
  expiries.put({ partition, rows_of, org_id: '', before: Math.max(known, before) });
}
