/** Tables of the dead-letters projection. */
import { c, table } from '../runtime/table.ts';

/** Records that a unit set aside, and what became of them. */
export const operationsTables = {
  dead_letters: table({
    comment:
      'One row per record that a unit could not process; what was redriven and died again counts for its record.',
    key: ['unit', 'topic', 'partition', 'record_offset'],
    recordKey: ['unit'],
    columns: {
      unit: c.text('Stream or projection.'),
      topic: c.text('Topic of the record.'),
      partition: c.int4('Partition of the record.'),
      record_offset: c.int8('Offset of the record.'),
      org_id: c.text('Organisation, from the headers; empty when unknown.'),
      event_id: c.text('Id of the event.'),
      event_type: c.text('Type of the event.'),
      record_key: c.text.nullable('Key of the record.'),
      code: c.text('Why, as a stable code; after a failed redrive the latest. dead_letter_history has all.'),
      message: c.text('The same for people.'),
      status: c.text.arrival('dead, redriven or discarded.'),
      attempts: c.int4.arrival('How often it was redriven.'),
      died_attempt: c.int4.arrival('Which attempt died last; 0: the record itself.'),
      headers: c.json('Headers of the record.'),
      value: c.bytea.nullable('The bytes of the record.'),
      died_at: c.timestamptz.arrival('When it, or the last attempt that died, was set aside.'),
    },
  }),
  dead_letter_history: table({
    comment:
      'One row per thing that happened to a dead letter: it died, was redriven, died again, was discarded.',
    key: ['unit', 'topic', 'partition', 'record_offset', 'attempt', 'step'],
    recordKey: ['unit'],
    columns: {
      unit: c.text('Stream or projection.'),
      topic: c.text('Topic of the record.'),
      partition: c.int4('Partition of the record.'),
      record_offset: c.int8('Offset of the record.'),
      attempt: c.int4(
        'Number of the redrive, from 1; 0: the record itself. Of discarded: redrives before it.',
      ),
      step: c.text('died, redriven or discarded.'),
      org_id: c.text('Organisation, from the headers; empty when unknown.'),
      at: c.timestamptz.arrival('When.'),
      code: c.text.nullable('Of died: why, as a stable code.'),
      message: c.text.nullable('Of died: the same for people.'),
      died_record: c.text.nullable('Of died: the record that died, topic/partition/offset.'),
      event_id: c.text.nullable('Id of the event that died or was handed in.'),
      edited: c.bool('Of redriven: an edited copy was handed in.'),
      value_sha256: c.text.nullable('Of redriven: sha256 of the bytes that were handed in.'),
      asked_by: c.text.nullable('Who asked for it.'),
      host: c.text.nullable('Machine from which it was asked for.'),
      reason: c.text.nullable('Why, as the person put it.'),
    },
  }),
};
