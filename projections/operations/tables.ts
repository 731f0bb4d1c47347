/** Tables of the dead-letters projection. */
import { c, table } from '../runtime/table.ts';

/** Records that a unit set aside, and what became of them. */
export const operationsTables = {
  dead_letters: table({
    comment: 'One row per record that a unit could not process.',
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
      code: c.text('Why, as a stable code; after a failed redrive the latest.'),
      message: c.text('The same for people.'),
      status: c.text.arrival('dead or redriven.'),
      attempts: c.int4.arrival('How often it was redriven.'),
      headers: c.json('Headers of the record.'),
      value: c.bytea.nullable('The bytes of the record.'),
      died_at: c.timestamptz.arrival('When it was set aside.'),
    },
  }),
};
