/** A projection that decides, over memory: given what was said before, when a wish comes, then its answer. */
import { applyBatch } from '../../projections/runtime/apply.ts';
import type { ProjectionDefinition } from '../../projections/runtime/define.ts';
import { projectionWork, tableSetOf } from '../../projections/runtime/projection-work.ts';
import { createCodec, localRegistry } from '../../schemas/codec/codec.ts';
import { systemClock } from '../../streams/runtime/clock.ts';
import { noFaults } from '../../streams/runtime/faults.ts';
import { MemoryLog } from '../../streams/runtime/memory/log.ts';
import { MemoryUnits } from '../../streams/runtime/memory/units.ts';
import type { Emission, LogRecord } from '../../streams/runtime/ports.ts';
import { derivedRecord } from '../../streams/runtime/records.ts';
import { Marks } from '../../streams/runtime/seq.ts';
import { Signals } from '../../streams/runtime/signals.ts';
import type { AnyRow } from '../../streams/runtime/units.ts';

const codec = createCodec(localRegistry());
const limits = { maxRecords: 1_000_000, maxBytes: 1e9 };

/** What was answered. */
export interface Decided {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** One partition of the topics that a projection reads and writes. */
export class Decider {
  readonly #projection: ProjectionDefinition;
  readonly #log = new MemoryLog();
  store = new MemoryUnits(this.#log);
  #positions: Readonly<Record<string, number>> = {};
  #sent = 0;

  private constructor(projection: ProjectionDefinition) {
    this.#projection = projection;
  }

  static async of(projection: ProjectionDefinition): Promise<Decider> {
    const decider = new Decider(projection);
    for (const name of new Set([...projection.from, ...projection.emits, 'dead-letters']))
      await decider.#log.createTopic({ name, partitions: 1 });
    return decider;
  }

  /** A wish, and what is answered at once. */
  async when(type: Emission['type'], data: object): Promise<Decided> {
    this.send(type, data);
    return (await this.run()).at(-1)!;
  }

  /** Appends a wish; `times` as a sender would that repeats it. `given`: when it was made (ms), on which topic, with which key. */
  send(
    type: Emission['type'],
    data: object,
    times = 1,
    given: { readonly at?: number; readonly topic?: string; readonly key?: string } = {},
  ): void {
    const { at = 1, topic = this.#topic, key = 'k' } = given;
    const emission = { topic, key, type, data } as Emission;
    const derivation = { origin: 'given/x/0', seq: [this.#sent++, 1, 0] as const, causedBy: '', headers: {} };
    const record = derivedRecord(codec, emission, derivation, at);
    for (let i = 0; i < times; i++) this.#log.appendNow([record]);
  }

  /** Takes everything that is there, `size` records at a time and topic by topic; what was emitted. */
  async run(size = 1_000): Promise<Decided[]> {
    const emitted: Decided[] = [];
    for (;;) {
      const batch = await this.#next(size);
      if (batch.length === 0) return emitted;
      const [end] = await this.#log.ends(this.#answers);
      await this.#take(batch);
      for (const record of await this.#read(this.#answers, end!))
        emitted.push(codec.decode(record.value!) as unknown as Decided);
    }
  }

  async #next(size: number): Promise<LogRecord[]> {
    for (const topic of this.#projection.from) {
      const batch = (await this.#read(topic, this.#positions[topic] ?? 0)).slice(0, size);
      if (batch.length > 0) return batch;
    }
    return [];
  }

  /** Rows of a table after folding the whole log anew, deciding nothing. */
  replayed(...tables: readonly string[]): Promise<AnyRow[][]> {
    return this.replayedFrom(this.#projection.from, ...tables);
  }

  /** The same, the topics one after another in this order. */
  replayedFrom(topics: readonly string[], ...tables: readonly string[]): Promise<AnyRow[][]> {
    return this.#folded(topics, (records) => records, tables);
  }

  /** The same, in another order. */
  replayedWith(
    order: (records: LogRecord[]) => LogRecord[],
    ...tables: readonly string[]
  ): Promise<AnyRow[][]> {
    return this.#folded(this.#projection.from, order, tables);
  }

  async #folded(
    topics: readonly string[],
    order: (records: LogRecord[]) => LogRecord[],
    tables: readonly string[],
  ): Promise<AnyRow[][]> {
    const store = new MemoryUnits(this.#log);
    const records: LogRecord[] = [];
    for (const topic of topics) records.push(...(await this.#read(topic, 0)));
    await store.transact(
      await store.claim(this.#projection.id, 0),
      tableSetOf(this.#projection),
      async (tx) => {
        const options = { codec, now: () => 2, live: false, marks: new Marks() };
        await applyBatch(this.#projection, order(records), tx, options);
      },
    );
    return tables.map((table) => store.rows(this.#projection.id, table));
  }

  rows(...tables: readonly string[]): AnyRow[][] {
    return tables.map((table) => this.store.rows(this.#projection.id, table));
  }

  /** From now on the rows of a table that are read, as they are. */
  reading(name: string): readonly AnyRow[] {
    const read: AnyRow[] = [];
    const transact = this.store.transact.bind(this.store);
    this.store.transact = (owner, set, work) =>
      transact(owner, set, (tx) => {
        const load: typeof tx.load = async (table, reads, columns) => {
          const rows = await tx.load(table, reads, columns);
          if (table === name) read.push(...rows);
          return rows;
        };
        return work({ ...tx, load });
      });
    return read;
  }

  /** What is on a topic, as it was emitted. */
  async told(topic: string): Promise<Decided[]> {
    const records = await this.#read(topic, 0);
    return records.map((record) => codec.decode(record.value!) as unknown as Decided);
  }

  /** What was set aside. */
  async dead(): Promise<number> {
    return (await this.#log.ends('dead-letters'))[0]!;
  }

  get #topic(): string {
    return this.#projection.from[0]!;
  }

  get #answers(): string {
    return this.#projection.emits[0]!;
  }

  async #read(topic: string, from: number): Promise<LogRecord[]> {
    const { records } = await this.#log.read({ topic, partition: 0 }, from, limits);
    return [...records];
  }

  /** As a process does it that has just started. */
  async #take(records: LogRecord[]): Promise<void> {
    const { log, store } = { log: this.#log, store: this.store };
    const clock = { ...systemClock, now: () => 2 };
    const deps = { log, store, codec, limits, clock, signals: new Signals(), faults: noFaults, pollMs: 1 };
    const { id } = this.#projection;
    const work = projectionWork(this.#projection, 0, deps);
    const from = (await store.positions(id)).get(0) ?? {};
    const { topic, offset } = records.at(-1)!;
    const next = { ...from, [topic]: offset + 1 };
    await work.process({ records, from, next }, await store.claim(id, 0));
    this.#positions = next;
  }
}
