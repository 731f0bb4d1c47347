/** Usage and history that are kept for a limited time. */
import type { HistoryExpired } from '../../schemas/generated/events.ts';
import type { EventMeta } from '../../streams/runtime/ports.ts';
import type { Rows } from '../runtime/define.ts';
import { dateOf, expiredBefore, firstDayKept, foldExpiry } from '../runtime/expiry.ts';
import type { recommendationTables } from './tables.ts';

type Tables = typeof recommendationTables;

const byDay = [
  'container_usage',
  'namespace_usage',
  'usage_signals',
  'superseded_rows',
  'accelerator_usage',
] as const;

/** First UTC day whose usage counts; empty when all does. */
export function firstUsageDay(rows: Rows<Tables>, meta: EventMeta): string {
  return firstDayKept(rows.usage_expiry, 'usage', meta);
}

/** Removes what has expired. */
export function expireUsage(rows: Rows<Tables>, event: HistoryExpired, meta: EventMeta): void {
  foldExpiry(rows.usage_expiry, event, meta);
  const { rows_of, before } = event;
  if (rows_of === 'usage') {
    for (const table of byDay) rows[table].removeWhere({}, { column: 'day', value: dateOf(before) });
  }
  if (rows_of === 'recommendation_history') {
    rows.recommendation_history.removeWhere({}, { column: 'monitoring_end_time', value: before });
  }
}

/** true for a recommendation that is older than history is kept. */
export function isPastHistory(rows: Rows<Tables>, end: number, meta: EventMeta): boolean {
  return end < expiredBefore(rows.usage_expiry, 'recommendation_history', meta);
}
