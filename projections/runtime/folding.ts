/** Folds the log into tables beside the live ones: decides and emits nothing, touches nothing outside. */
import type { Codec } from '../../schemas/codec/codec.ts';
import type { Clock } from '../../streams/runtime/clock.ts';
import { Retryable } from '../../streams/runtime/errors.ts';
import type { EventLog, LogRecord, ReadLimits } from '../../streams/runtime/ports.ts';
import { decodeRecord } from '../../streams/runtime/records.ts';
import { readInputs } from '../../streams/runtime/run/inputs.ts';
import type { InputBatch } from '../../streams/runtime/run/inputs.ts';
import { Marks, ownFact } from '../../streams/runtime/seq.ts';
import type { Relays } from '../../streams/runtime/run/relay.ts';
import type { Signals } from '../../streams/runtime/signals.ts';
import type { Owner, TableSet, UnitStore } from '../../streams/runtime/units.ts';
import { applyBatch } from './apply.ts';
import type { ProjectionDefinition } from './define.ts';
import type { PositionVector } from './ports.ts';
import { projectionInputs } from './projection-work.ts';

/** What folding needs. */
export interface FoldingDeps {
  readonly log: EventLog;
  readonly store: UnitStore;
  readonly codec: Codec;
  readonly clock: Clock;
  readonly signals: Signals;
  readonly limits: ReadLimits;
  /** Partitions that are folded at a time, each in transactions of its own; one when absent. */
  readonly atOnce?: number;
  /** Where emitted records wait until the log has them; absent where emitting is appending. */
  readonly relays?: Relays;
  /** Ends it between two batches: Retryable REBUILD_STOPPED; the next one goes on there. */
  readonly signal?: AbortSignal;
}

/** Of all partitions together. */
interface Progress {
  done: number;
  readonly total: number;
  failed: boolean;
}

/** Name under which positions and marks of a generation beside the live one are kept. */
function foldingUnit(set: TableSet): string {
  return `${set.projection}#v${set.version}g${set.generation ?? 0}`;
}

/** Folds a projection's inputs into one generation of its tables; goes on where an interrupted one stopped. */
export class Folding {
  readonly #definition: ProjectionDefinition;
  readonly #set: TableSet;
  readonly #deps: FoldingDeps;
  readonly #inputs: readonly string[];
  readonly #only: (record: LogRecord) => boolean;
  readonly #owners: Owner[] = [];
  #dead = new Set<string>();
  #started: number;
  events = 0;

  /** `only`: folds no other records; for tables of which only some rows are wanted. */
  constructor(
    definition: ProjectionDefinition,
    set: TableSet,
    deps: FoldingDeps,
    only: (record: LogRecord) => boolean = () => true,
  ) {
    this.#only = only;
    this.#definition = definition;
    this.#set = set;
    this.#deps = deps;
    this.#inputs = projectionInputs(definition);
    this.#started = deps.clock.now();
  }

  async claim(partitions: Iterable<number>): Promise<void> {
    const unit = foldingUnit(this.#set);
    for (const p of partitions) this.#owners.push(await this.#deps.store.claim(unit, p));
  }

  /** Folds every record before these positions. */
  async to(target: PositionVector): Promise<void> {
    await this.#publish();
    this.#dead = await deadRecords(this.#deps, this.#definition.id);
    const own = await this.#deps.store.positions(foldingUnit(this.#set));
    const progress: Progress = { done: 0, total: sum(target) - sum(own), failed: false };
    const waiting = [...this.#owners];
    const work = async (): Promise<void> => {
      for (let owner = waiting.shift(); owner !== undefined; owner = waiting.shift()) {
        const { partition } = owner;
        try {
          await this.#partition(owner, own.get(partition) ?? {}, target.get(partition) ?? {}, progress);
        } catch (error) {
          progress.failed = true;
          throw error;
        }
      }
    };
    // When one fails, none is left behind at work.
    const ended = await Promise.allSettled(Array.from({ length: this.#deps.atOnce ?? 1 }, work));
    for (const end of ended) if (end.status === 'rejected') throw end.reason as Error;
  }

  async #partition(
    owner: Owner,
    from: Readonly<Record<string, number>>,
    goal: Readonly<Record<string, number>>,
    progress: Progress,
  ): Promise<void> {
    const { log, limits } = this.#deps;
    const read = (at: Readonly<Record<string, number>>): Promise<InputBatch> => {
      const batch = readInputs(log, this.#inputs, owner.partition, at, limits);
      // It may fail while nobody waits for it.
      batch.catch(() => undefined);
      return batch;
    };
    let at = from;
    let reading = read(at);
    while (!progress.failed) {
      this.#goOn();
      const batch = await reading;
      const within = batch.records.filter((record) => record.offset < (goal[record.topic] ?? 0));
      const records = inTimeOrder(within);
      // All of them taken: offsets behind them that hold no record are passed over too.
      const next = records.length === within.length ? upTo(goal, batch.next) : behind(at, records);
      if (records.length === 0 && !isBefore(at, next)) break;
      // What comes next is read while this is folded.
      reading = read(next);
      await this.#fold(owner, records, next);
      at = next;
      progress.done += records.length;
      this.#report(progress.done, progress.total);
    }
  }

  /** Folds the projection's own facts behind these positions: live, they took effect when they were decided. */
  async ownBehind(positions: PositionVector): Promise<void> {
    await this.#publish();
    for (const owner of this.#owners) {
      let at: Readonly<Record<string, number>> = positions.get(owner.partition) ?? {};
      for (;;) {
        this.#goOn();
        const batch = await readInputs(this.#deps.log, this.#inputs, owner.partition, at, this.#deps.limits);
        if (this.#inputs.every((topic) => batch.next[topic] === at[topic])) break;
        const own = batch.records.filter((record) => ownFact(this.#definition.id, record));
        if (own.length > 0) await this.#fold(owner, own);
        at = batch.next;
      }
    }
  }

  #goOn(): void {
    if (this.#deps.signal?.aborted !== true) return;
    throw new Retryable({
      code: 'REBUILD_STOPPED',
      message: `the rebuild of ${this.#definition.id} was stopped; the next start goes on where it was`,
    });
  }

  /** What the projection emitted and the log does not have yet belongs to what is folded. */
  async #publish(): Promise<void> {
    for (const { partition } of this.#owners) {
      await this.#deps.relays?.flush(this.#definition.id, partition);
    }
  }

  /** Folds records; `next`: positions from then on, as they were when absent. */
  async #fold(
    owner: Owner,
    records: readonly LogRecord[],
    next?: Readonly<Record<string, number>>,
  ): Promise<void> {
    const { codec, clock } = this.#deps;
    const wasDead = (record: LogRecord): boolean =>
      this.#dead.has(`${record.topic}/${record.partition}/${record.offset}`);
    this.events += records.length;
    await this.#deps.store.transact(owner, this.#set, async (tx) => {
      const marks = new Marks(tx.state.marks);
      await applyBatch(this.#definition, records.filter(this.#only), tx, {
        codec,
        now: () => clock.now(),
        live: false,
        marks,
        wasDead,
      });
      await tx.save(next ?? tx.state.positions, marks.toJSON());
    });
  }

  #report(done: number, total: number): void {
    const seconds = (this.#deps.clock.now() - this.#started) / 1000;
    const perSecond = seconds > 0 ? done / seconds : 0;
    this.#deps.signals.emit({ kind: 'rebuild', unit: this.#definition.id, done, total, perSecond });
  }
}

/**
 * Records of several topics merged by the time they were made, each topic in its own order: a redriven record comes back
 * long after what it belongs to. Ends where the first topic runs out, for its next page may be older than what the others have.
 */
export function inTimeOrder(records: readonly LogRecord[]): readonly LogRecord[] {
  const byTopic = new Map<string, LogRecord[]>();
  for (const record of records) {
    const queue = byTopic.get(record.topic);
    if (queue === undefined) byTopic.set(record.topic, [record]);
    else queue.push(record);
  }
  const queues = [...byTopic.values()].map((queue) => ({ queue, at: 0 }));
  if (queues.length < 2) return records;
  const merged: LogRecord[] = [];
  for (;;) {
    const oldest = queues.reduce((a, b) => (b.queue[b.at]!.timestamp < a.queue[a.at]!.timestamp ? b : a));
    merged.push(oldest.queue[oldest.at]!);
    oldest.at += 1;
    if (oldest.at === oldest.queue.length) return merged;
  }
}

/** Positions once these records took effect. */
function behind(
  positions: Readonly<Record<string, number>>,
  records: readonly LogRecord[],
): Record<string, number> {
  const next: Record<string, number> = { ...positions };
  for (const record of records) next[record.topic] = record.offset + 1;
  return next;
}

/** Positions, but none beyond the goal. */
function upTo(
  goal: Readonly<Record<string, number>>,
  next: Readonly<Record<string, number>>,
): Record<string, number> {
  return Object.fromEntries(
    Object.entries(next).map(([topic, offset]) => [topic, Math.min(offset, goal[topic] ?? 0)]),
  );
}

function isBefore(
  at: Readonly<Record<string, number>>,
  next: Readonly<Record<string, number>> | undefined,
): boolean {
  return next !== undefined && Object.entries(next).some(([topic, offset]) => (at[topic] ?? 0) < offset);
}

function sum(positions: PositionVector): number {
  let total = 0;
  for (const at of positions.values()) for (const offset of Object.values(at)) total += offset;
  return total;
}

/** Records that a unit set aside, as `topic/partition/offset`: a rebuild passes over them, as the live projection did. */
export async function deadRecords(
  deps: Pick<FoldingDeps, 'log' | 'codec' | 'limits'>,
  unit: string,
): Promise<Set<string>> {
  const dead = new Set<string>();
  const ends = await deps.log.ends('dead-letters');
  for (let partition = 0; partition < ends.length; partition++) {
    for (let from = 0; from < ends[partition]!;) {
      const page = await deps.log.read({ topic: 'dead-letters', partition }, from, deps.limits);
      if (page.next === from) break;
      from = page.next;
      for (const record of page.records) {
        if (record.headers['event-type'] !== 'RecordDied') continue;
        const decoded = decodeRecord(deps.codec, record);
        if (decoded.type !== 'RecordDied' || decoded.data.unit !== unit) continue;
        dead.add(`${decoded.data.topic}/${decoded.data.partition}/${decoded.data.offset}`);
      }
    }
  }
  return dead;
}
