/**
 * Records that units set aside, and what became of them. Facts about one record may come in an order other than that of what
 * happened (a redriven record can die before the fact that it was redriven is here), so rows do not depend on it.
 */
import type { RecordDied } from '../../schemas/generated/events.ts';
import { topics } from '../../schemas/topics.ts';
import { defineProjection } from '../runtime/define.ts';
import type { Rows } from '../runtime/define.ts';
import type { Row } from '../runtime/table.ts';
import { placeText, redriveOf } from '../../schemas/redriven.ts';
import type { RecordPlace } from '../../schemas/redriven.ts';
import { operationsTables } from './tables.ts';

type DeadLetter = Row<typeof operationsTables.dead_letters>;
type Step = Row<typeof operationsTables.dead_letter_history>;

const tableOf = (unit: string, { topic, partition, offset }: RecordPlace) =>
  ({ table: 'dead_letters', key: [unit, topic, partition, offset] }) as const;

export default defineProjection({
  id: 'dead-letters',
  version: 2,
  about: 'Records that a unit could not process, with the reason.',
  from: [topics.deadLetters],
  emits: [],
  tables: operationsTables,
  reads: {
    RecordDied: (event) => {
      const redriven = redriveOf(event.unit, event.topic, event.headers);
      const own = tableOf(event.unit, event);
      return redriven === undefined ? [own] : [own, tableOf(event.unit, redriven.place)];
    },
    RecordRedriven: (event) => [tableOf(event.unit, event)],
    RecordDiscarded: (event) => [tableOf(event.unit, event)],
  },
  fold: {
    RecordDied: (rows, event, { timestamp }) => {
      const { known, attempt } = find(rows, event);
      const row = known ?? { ...recordOf(event), status: 'dead', attempts: 0, died_attempt: 0 };
      const latest = attempt >= row.died_attempt;
      rows.dead_letters.put({
        ...row,
        ...(latest ? { code: event.code, message: event.message } : {}),
        status: attempt >= row.attempts ? 'dead' : row.status,
        attempts: Math.max(row.attempts, attempt),
        died_attempt: Math.max(row.died_attempt, attempt),
        died_at: latest ? timestamp : row.died_at,
      });
      const { code, message, event_id } = event;
      rows.dead_letter_history.put({
        ...step(row, 'died', attempt, timestamp),
        code,
        message,
        event_id,
        died_record: placeText(event),
      });
    },
    RecordRedriven: (rows, event, { timestamp }) => {
      const row = rows.dead_letters.get(event.unit, event.topic, event.partition, event.offset);
      if (row === undefined) return;
      rows.dead_letters.put({
        ...row,
        status: event.attempt > row.died_attempt ? 'redriven' : row.status,
        attempts: Math.max(row.attempts, event.attempt),
      });
      rows.dead_letter_history.put({
        ...step(row, 'redriven', event.attempt, timestamp),
        event_id: event.event_id,
        edited: event.edited,
        value_sha256: event.value_sha256,
        asked_by: event.by,
        host: event.host,
        reason: event.reason,
      });
    },
    RecordDiscarded: (rows, event, { timestamp }) => {
      const row = rows.dead_letters.get(event.unit, event.topic, event.partition, event.offset);
      if (row === undefined) return;
      // Redriven since: then it is not given up.
      if (event.attempt >= row.attempts) rows.dead_letters.put({ ...row, status: 'discarded' });
      rows.dead_letter_history.put({
        ...step(row, 'discarded', event.attempt, timestamp),
        asked_by: event.by,
        host: event.host,
        reason: event.reason,
      });
    },
  },
  decide: {},
});

/** The row for which a death counts: that of the record that was redriven, else its own. */
function find(
  rows: Rows<typeof operationsTables>,
  event: RecordDied,
): { known: DeadLetter | undefined; attempt: number } {
  const redriven = redriveOf(event.unit, event.topic, event.headers);
  if (redriven !== undefined) {
    const { place, attempt } = redriven;
    const known = rows.dead_letters.get(event.unit, place.topic, place.partition, place.offset);
    if (known !== undefined) return { known, attempt };
  }
  return {
    known: rows.dead_letters.get(event.unit, event.topic, event.partition, event.offset),
    attempt: 0,
  };
}

function recordOf(event: RecordDied): Omit<DeadLetter, 'status' | 'attempts' | 'died_attempt'> {
  return {
    unit: event.unit,
    topic: event.topic,
    partition: event.partition,
    record_offset: event.offset,
    org_id: event.org_id,
    event_id: event.event_id,
    event_type: event.event_type,
    record_key: event.key,
    code: event.code,
    message: event.message,
    headers: JSON.stringify(event.headers),
    value: event.value,
    died_at: 0,
  };
}

function step(
  { unit, topic, partition, record_offset, org_id }: DeadLetter,
  what: 'died' | 'redriven' | 'discarded',
  attempt: number,
  at: number,
): Step {
  return {
    ...{ unit, topic, partition, record_offset, org_id, attempt, step: what, at },
    ...{ code: null, message: null, died_record: null, event_id: null, edited: false },
    ...{ value_sha256: null, asked_by: null, host: null, reason: null },
  };
}
