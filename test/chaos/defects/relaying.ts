/** Defects on the way from a transaction to the log. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Relays } from '../../../streams/runtime/run/relay.ts';
import type { Defect } from './plant.ts';

/**
 * One high-water mark for all that is relayed: what commits later with a smaller number is passed over. Whether that happens is a
 * race of relays, so every second one is made to wait, which harms nobody whose relays do not share a mark.
 */
export const highWaterMark: Defect = {
  name: 'high-water-mark',
  about: 'the relay publishes what is above the highest number published so far',
  faults: [],
  plant({ app, units }) {
    const { outbox } = app.pipeline;
    if (outbox === undefined) throw new Error('there is no outbox');
    const WAIT_MS = 300;
    let highest = 0;
    let asked = 0;
    const relays = new Relays({
      log: app.log,
      faults: app.faults,
      outbox: {
        ...outbox,
        async pending(unit, partition) {
          const { records, more } = await outbox.pending(unit, partition);
          if (records.length > 0 && (asked += 1) % 2 === 1) await sleep(WAIT_MS);
          return { records: records.filter(({ id }) => id > highest), more };
        },
        async published(ids) {
          highest = Math.max(highest, ...ids);
          await outbox.published(ids);
        },
      },
    });
    return { app: { ...app, pipeline: { ...app.pipeline, relays } }, units };
  },
};

/** The id of a schema is looked up once and used for whatever comes next. */
export const wrongSchemaId: Defect = {
  name: 'wrong-schema-id',
  about: "a record goes out with the id of another topic's schema",
  faults: [],
  plant({ app, units }) {
    const { codec } = app.pipeline;
    let cached: number | undefined;
    return {
      units,
      app: {
        ...app,
        pipeline: {
          ...app.pipeline,
          codec: {
            decode: (value) => codec.decode(value),
            encode(type, data) {
              const value = codec.encode(type, data);
              if (type === 'RowsRejected' || type === 'UsageReportFound') cached = value.readUInt32BE(1);
              if (type === 'ContainerUsageReported' && cached !== undefined) value.writeUInt32BE(cached, 1);
              return value;
            },
          },
        },
      },
    };
  },
};
