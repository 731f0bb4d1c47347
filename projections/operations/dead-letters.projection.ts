/** Records that units set aside, and what became of them. */
import { topics } from '../../schemas/topics.ts';
import { defineProjection } from '../runtime/define.ts';
import { operationsTables } from './tables.ts';

export default defineProjection({
  id: 'dead-letters',
  version: 1,
  about: 'Records that a unit could not process, with the reason.',
  from: [topics.deadLetters],
  emits: [],
  tables: operationsTables,
  reads: {
    RecordDied: (event) => [
      { table: 'dead_letters', key: [event.unit, event.topic, event.partition, event.offset] },
    ],
    RecordRedriven: (event) => [
      { table: 'dead_letters', key: [event.unit, event.topic, event.partition, event.offset] },
    ],
  },
  fold: {
    RecordDied: (rows, event, meta) => {
      const known = rows.dead_letters.get(event.unit, event.topic, event.partition, event.offset);
      rows.dead_letters.put({
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
        status: 'dead',
        attempts: known?.attempts ?? 0,
        headers: JSON.stringify(event.headers),
        value: event.value,
        died_at: meta.timestamp,
      });
    },
    RecordRedriven: (rows, event) => {
      const known = rows.dead_letters.get(event.unit, event.topic, event.partition, event.offset);
      if (known !== undefined)
        rows.dead_letters.put({ ...known, status: 'redriven', attempts: event.attempt });
    },
  },
  decide: {},
});
