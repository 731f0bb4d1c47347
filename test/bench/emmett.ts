/** emmett's side of the replay: the same events in its store, and its rebuild of a document per key. */
import type { UploadReceived } from '../../schemas/generated/events.ts';
import { peer } from './peers.ts';

/** What a read model should say in the end. */
export interface Totals {
  /** Rows or documents, one per key. */
  readonly rows: number;
  /** Events that they count together. */
  readonly count: number;
  /** Sum of the events' sizes. */
  readonly total: number;
}

/** A rebuild by emmett. */
export interface EmmettSide {
  readonly version: string;
  /** Appends the events, one stream per key, in pieces of 100, eight transactions at a time. */
  append(events: readonly UploadReceived[]): Promise<void>;
  /** Seconds of one rebuild. */
  rebuild(): Promise<number>;
  close(): Promise<void>;
}

interface Stored {
  readonly type: 'UploadReceived';
  readonly data: UploadReceived;
}
interface Document {
  readonly count: number;
  readonly total: number;
}
interface Emmett {
  getPostgreSQLEventStore(url: string): {
    appendToStream(name: string, events: readonly Stored[]): Promise<unknown>;
    readonly schema: { migrate(): Promise<unknown> };
    close(): Promise<void>;
  };
  pongoMultiStreamProjection(options: {
    readonly collectionName: string;
    readonly canHandle: readonly string[];
    readonly getDocumentId: (event: Stored) => string;
    readonly initialState: () => Document;
    readonly evolve: (document: Document, event: Stored) => Document;
  }): object;
  rebuildPostgreSQLProjections(options: {
    readonly connectionString: string;
    readonly projections: readonly object[];
    readonly pulling: { readonly batchSize: number };
  }): { start(): Promise<void>; close(): Promise<void> };
}

/** Name of the collection, and so of its table. */
export const COLLECTION = 'tallies';
const PIECE = 100;
const TRANSACTIONS = 8;
/** The better of its default (100) and what its users raise it to. */
const BATCH = 1_000;

/** emmett on a database of its own. */
export async function emmettSide(url: string): Promise<EmmettSide> {
  const { module, version } = await peer<Emmett>('@event-driven-io/emmett-postgresql');
  const store = module.getPostgreSQLEventStore(url);
  await store.schema.migrate();
  let rebuilds = 0;
  return {
    version,
    async append(events) {
      const streams = new Map<string, Stored[]>();
      for (const data of events) {
        const stream = streams.get(data.org_id) ?? [];
        streams.set(data.org_id, stream);
        stream.push({ type: 'UploadReceived', data });
      }
      const pieces = [...streams].flatMap(([name, stored]) =>
        Array.from({ length: Math.ceil(stored.length / PIECE) }, (_, i) => ({ name, stored, at: i * PIECE })),
      );
      // Pieces of different streams in turn, as uploads of many come; those of one stream in order.
      pieces.sort((a, b) => a.at - b.at);
      const busy = new Map<string, Promise<unknown>>();
      let next = 0;
      async function write(): Promise<void> {
        for (let piece = pieces[next++]; piece !== undefined; piece = pieces[next++]) {
          const { name, stored, at } = piece;
          const append = (busy.get(name) ?? Promise.resolve()).then(() =>
            store.appendToStream(`tally-${name}`, stored.slice(at, at + PIECE)),
          );
          busy.set(name, append);
          await append;
        }
      }
      await Promise.all(Array.from({ length: TRANSACTIONS }, write));
    },
    async rebuild() {
      const projection = module.pongoMultiStreamProjection({
        collectionName: COLLECTION,
        canHandle: ['UploadReceived'],
        getDocumentId: ({ data }) => data.org_id,
        initialState: () => ({ count: 0, total: 0 }),
        evolve: ({ count, total }, { data }) => ({ count: count + 1, total: total + data.size }),
      });
      const consumer = module.rebuildPostgreSQLProjections({
        connectionString: url,
        // A name of its own each time: under the same one a second rebuild empties the collection and finds nothing to do.
        projections: [{ projection, processorId: `rebuild-${(rebuilds += 1)}`, truncateOnStart: true }],
        pulling: { batchSize: BATCH },
      });
      const started = performance.now();
      try {
        await consumer.start();
        return (performance.now() - started) / 1000;
      } finally {
        await consumer.close();
      }
    },
    close: () => store.close(),
  };
}
