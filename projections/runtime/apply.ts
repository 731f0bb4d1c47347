/** Applies one batch of records to a projection's tables within a transaction. */
import type { Codec } from '../../schemas/codec/codec.ts';
import type { EventName } from '../../schemas/generated/events.ts';
import { codeOf, Fatal, Fenced, messageOf, Retryable } from '../../streams/runtime/errors.ts';
import { partitionKeys, partitionOf, reachesPartition } from '../../streams/runtime/partitioner.ts';
import type { Emission, EventMeta, LogRecord, NewRecord } from '../../streams/runtime/ports.ts';
import { decodeRecord, derivedRecord, diedEmission, metaOf } from '../../streams/runtime/records.ts';
import type { Decoded } from '../../streams/runtime/records.ts';
import { foldedBefore, originOf } from '../../streams/runtime/seq.ts';
import type { Marks } from '../../streams/runtime/seq.ts';
import type { Read, UnitTransaction } from '../../streams/runtime/units.ts';
import type { DeciderMeta, ProjectionDefinition, Rows, Tables } from './define.ts';
import { TableBatch } from './rows.ts';

/** What happened to the records of a batch; every record has exactly one outcome. */
export interface BatchOutcome {
  readonly applied: number;
  /** No handler for this event type. */
  readonly ignored: number;
  /** Seen before, by origin and seq; or the projection's own facts, folded when they were decided. */
  readonly repeated: number;
  readonly dead: number;
  readonly emitted: number;
  /** True: of the rows that it removes some are gone, and nothing else took effect: it is to be applied again. */
  readonly again: boolean;
}

/** How to apply: live decides and emits; a rebuild only folds, and passes over what died. */
export interface ApplyOptions {
  readonly codec: Codec;
  readonly now: () => number;
  readonly live: boolean;
  readonly marks: Marks;
  /** Partitions of its inputs, and of the topics to which it emits for every partition; 1 when absent. */
  readonly partitions?: number;
  /** Live only: set the records aside for this error instead of handling them. */
  readonly bury?: unknown;
  /** Live only: more bytes of emitted facts than this end the batch with an error, to be tried in smaller pieces. */
  readonly maxEmittedBytes?: number;
  /** Live only: rows of removed sets that one transaction deletes at most. */
  readonly maxRemovedRows?: number;
  /** Rebuild only: true for records that were set aside when they were live. */
  readonly wasDead?: (record: LogRecord) => boolean;
}

type AnyProjection = ProjectionDefinition;
type Handler = (rows: Rows<Tables>, event: unknown, meta: EventMeta) => void;
type ReadsOf = (event: unknown, meta: EventMeta) => readonly Read[];
type ReadsToDecide = (rows: Rows<Tables>, event: unknown, meta: EventMeta) => readonly Read[];

interface Prepared {
  readonly record: LogRecord;
  readonly meta: EventMeta;
  readonly decoded: Decoded;
}

function pick<T>(handlers: Readonly<Partial<Record<EventName, unknown>>>, type: EventName): T | undefined {
  return handlers[type] as T | undefined;
}

const nothing = { applied: 0, ignored: 0, repeated: 0, dead: 0, emitted: 0 };

/** Errors that say nothing about the record in hand must not kill it. */
function rethrowUnlessAboutRecord(error: unknown): void {
  if (error instanceof Retryable || error instanceof Fatal || error instanceof Fenced) throw error;
  if (error instanceof BatchTooLarge) throw error;
}

/** The batch emits or removes more than one transaction should hold, or an event changes what a later one reads: smaller pieces fit. */
class BatchTooLarge extends Error {}

/** Loads what is declared, folds, decides, stores and emits. Positions are the caller's to save, unless it is to be applied again. */
export async function applyBatch(
  definition: AnyProjection,
  records: readonly LogRecord[],
  tx: UnitTransaction,
  options: ApplyOptions,
): Promise<BatchOutcome> {
  const batch = new Batch(definition, options);
  for (const record of records) batch.prepare(record);
  await batch.load(tx);
  batch.handleAll();
  return batch.finish(tx);
}

class Batch {
  readonly #definition: AnyProjection;
  readonly #options: ApplyOptions;
  readonly #tables: Record<string, TableBatch>;
  readonly #prepared: Prepared[] = [];
  readonly #outgoing: NewRecord[] = [];
  #ignored = 0;
  #repeated = 0;
  #dead = 0;
  #emittedBytes = 0;

  constructor(definition: AnyProjection, options: ApplyOptions) {
    this.#definition = definition;
    this.#options = options;
    this.#tables = Object.fromEntries(
      Object.entries(definition.tables).map(([name, table]) => [name, new TableBatch(name, table)]),
    );
  }

  prepare(record: LogRecord): void {
    const { live, marks, wasDead, codec, bury } = this.#options;
    if ((live && foldedBefore(this.#definition.id, record)) || marks.seen(record.topic, record.headers)) {
      this.#repeated += 1;
      return;
    }
    if (!live && wasDead?.(record) === true) {
      this.#dead += 1;
      return;
    }
    const type = record.headers['event-type'];
    if (type !== undefined && record.value !== null && !this.#handles(type)) {
      // Also what only newer code knows, while old and new run side by side: the tables of the new version will have it.
      this.#ignored += 1;
      return;
    }
    try {
      if (bury !== undefined) throw bury as Error;
      const decoded = decodeRecord(codec, record);
      const meta = metaOf(record, decoded.type);
      if (!this.#handles(decoded.type)) {
        this.#ignored += 1;
        return;
      }
      this.#declare(decoded, meta);
      this.#prepared.push({ record, meta, decoded });
    } catch (error) {
      this.#bury(record, error);
    }
  }

  /** Loads what is declared; then, when it will decide, what the loaded rows say that deciding takes. */
  async load(tx: UnitTransaction): Promise<void> {
    await this.#fill(tx);
    if (!this.#options.live || this.#definition.readsToDecide === undefined) return;
    for (let step = 0; step < this.#steps; step++) {
      for (const item of this.#prepared) for (const read of this.#toDecide(item, step)) this.#want(read);
      await this.#fill(tx);
    }
  }

  async #fill(tx: UnitTransaction): Promise<void> {
    for (const [name, table] of Object.entries(this.#tables)) {
      const wanted = table.wanted();
      if (wanted.length > 0) table.fill(await tx.load(name, wanted, table.columns()));
    }
  }

  handleAll(): void {
    const tables = Object.values(this.#tables);
    for (const item of this.#prepared) {
      for (const table of tables) table.mark();
      const emitted = this.#outgoing.length;
      try {
        this.#handle(item);
      } catch (error) {
        for (const table of tables) table.undo();
        this.#outgoing.length = emitted;
        this.#bury(item.record, error);
      }
    }
  }

  async finish(tx: UnitTransaction): Promise<BatchOutcome> {
    if (!(await this.#removeSets(tx))) return { ...nothing, again: true };
    for (const [name, table] of Object.entries(this.#tables)) {
      const { puts, deletes } = table.changes();
      if (puts.length > 0 || deletes.length > 0) await tx.store(name, puts, deletes);
    }
    if (this.#outgoing.length > 0) await tx.append(this.#outgoing);
    return {
      applied: this.#prepared.length,
      ignored: this.#ignored,
      repeated: this.#repeated,
      dead: this.#dead,
      emitted: this.#outgoing.length,
      again: false,
    };
  }

  /**
   * Removes the sets, or as much of them as one transaction may; true when nothing is left of them. Only a record that stands alone
   * is taken in several transactions: the others of its batch have taken effect before, or find its rows removed.
   */
  async #removeSets(tx: UnitTransaction): Promise<boolean> {
    const most = this.#options.maxRemovedRows;
    let removed = 0;
    for (const [name, table] of Object.entries(this.#tables)) {
      const sets = table.removed();
      if (sets.length === 0) continue;
      removed += await tx.remove(name, sets, most === undefined ? undefined : most - removed);
      if (removed !== most) continue;
      if (this.#prepared.length > 1) throw new BatchTooLarge();
      return false;
    }
    return true;
  }

  #handles(type: string): boolean {
    const { fold, decide } = this.#definition;
    return Object.hasOwn(fold, type) || Object.hasOwn(decide, type);
  }

  #declare(decoded: Decoded, meta: EventMeta): void {
    const reads = pick<ReadsOf>(this.#definition.reads, decoded.type);
    for (const read of reads?.(decoded.data, meta) ?? []) this.#want(read);
  }

  #want(read: Read): void {
    this.#tables[read.table]!.want(read);
  }

  #toDecide({ meta, decoded }: Prepared, step: number): readonly Read[] {
    const reads = this.#stepsOf(decoded.type)[step];
    return reads?.(this.#rows(), decoded.data, meta) ?? [];
  }

  #stepsOf(type: EventName): readonly ReadsToDecide[] {
    const reads = pick<ReadsToDecide | ReadsToDecide[]>(this.#definition.readsToDecide ?? {}, type) ?? [];
    return Array.isArray(reads) ? reads : [reads];
  }

  /** Steps of the event of the batch that takes most. */
  get #steps(): number {
    return Math.max(0, ...new Set(this.#prepared.map(({ decoded }) => this.#stepsOf(decoded.type).length)));
  }

  /** A step may look at what the one before declared, so the first that is not covered ends it. */
  #knowsWhatDecidingTakes(item: Prepared): boolean {
    for (let step = 0; step < this.#stepsOf(item.decoded.type).length; step++) {
      if (!this.#toDecide(item, step).every((read) => this.#tables[read.table]!.covers(read))) return false;
    }
    return true;
  }

  #handle(item: Prepared): void {
    const { record, meta, decoded } = item;
    const { live } = this.#options;
    if (live && !this.#knowsWhatDecidingTakes(item)) throw new BatchTooLarge();
    this.#fold(decoded.type, decoded.data, meta);
    if (!live) return;
    const decide = pick<(rows: Rows<Tables>, event: unknown, meta: DeciderMeta) => void>(
      this.#definition.decide,
      decoded.type,
    );
    if (decide === undefined) return;
    const { partitions = 1 } = this.#options;
    const origin = originOf(this.#definition.id, record.topic, record.partition);
    let index = 0;
    const emit = (emission: Emission): void => {
      const now = this.#options.now();
      const seq = [record.offset, this.#definition.version, index] as const;
      index += 1;
      const made = derivedRecord(
        this.#options.codec,
        emission,
        { origin, seq, causedBy: meta.eventId, headers: record.headers },
        now,
      );
      this.#outgoing.push(made);
      this.#emittedBytes += made.value?.length ?? 0;
      if (this.#emittedBytes > (this.#options.maxEmittedBytes ?? Infinity)) throw new BatchTooLarge();
      // Another partition's rows are not ours to write: there it takes effect when it arrives.
      if (reachesPartition(emission.key) && partitionOf(emission.key, partitions) !== record.partition)
        return;
      // The fact takes effect now, in the same transaction; when it comes back from the log it is recognised.
      const own: EventMeta = {
        topic: emission.topic,
        partition: record.partition,
        offset: -1,
        key: emission.key,
        eventId: made.headers['event-id']!,
        type: emission.type,
        timestamp: now,
        headers: made.headers,
      };
      this.#fold(emission.type, emission.data, own);
    };
    decide(this.#rows(), decoded.data, { ...meta, emit, partitionKeys: partitionKeys(partitions) });
  }

  #fold(type: EventName, data: unknown, meta: EventMeta): void {
    pick<Handler>(this.#definition.fold, type)?.(this.#rows(), data, meta);
  }

  #rows(): Rows<Tables> {
    return this.#tables as unknown as Rows<Tables>;
  }

  #bury(record: LogRecord, error: unknown): void {
    rethrowUnlessAboutRecord(error);
    if (!this.#options.live) {
      throw new Fatal(
        {
          code: 'REBUILD_FAILED',
          message: `${this.#definition.id}: ${record.topic}/${record.partition}/${record.offset} took effect when it was live and fails now: ${messageOf(error)}`,
        },
        { cause: error },
      );
    }
    this.#dead += 1;
    const emission = diedEmission(this.#definition.id, record, codeOf(error), messageOf(error));
    const origin = originOf(this.#definition.id, record.topic, record.partition);
    const derivation = {
      origin,
      seq: [record.offset, this.#definition.version, 0] as const,
      causedBy: record.headers['event-id'] ?? '',
      headers: record.headers,
    };
    this.#outgoing.push(derivedRecord(this.#options.codec, emission, derivation, this.#options.now()));
  }
}
