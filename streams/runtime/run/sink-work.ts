/** Runs a sink: what it says of our events is in the log before its position moves. */
import type { Codec } from '../../../schemas/codec/codec.ts';
import { redriveOf } from '../../../schemas/redriven.ts';
import type { RecordPlace } from '../../../schemas/redriven.ts';
import { BadInput, codeOf, Fatal, Fenced, messageOf, Retryable, Terminal } from '../errors.ts';
import type { EventLog, LogRecord, NewRecord, Said, Sink, TypedEvent } from '../ports.ts';
import { decodeRecord, derivedRecord, diedEmission, metaOf } from '../records.ts';
import { Marks, originOf, parseSeq } from '../seq.ts';
import type { Owner, UnitStore } from '../units.ts';
import { retryTopic } from './inputs.ts';
import type { InputBatch } from './inputs.ts';
import { blocked } from './relay.ts';
import { checkStart } from './worker.ts';
import type { StepOutcome, UnitWork, WorkerDeps } from './worker.ts';
import { withReads } from '../log-reads.ts';

/** Things whose highest rank is remembered, per partition. */
const REMEMBERED = 10_000;

/** What its workers share: the log, in which a record appears once the projection that comes first has taken it. */
export function sinkDeps<D extends WorkerDeps>(sink: Sink, deps: D): D {
  return { ...deps, log: laterReads(deps.log, deps.store, sink.after) };
}

function laterReads(log: EventLog, store: UnitStore, after: Sink['after']): EventLog {
  return withReads(log, async (at, from, limits) => {
    const first = after[at.topic];
    if (first === undefined) return log.read(at, from, limits);
    const taken = (await store.positions(first)).get(at.partition)?.[at.topic] ?? 0;
    if (taken <= from) return { records: [], next: from };
    const { records, next } = await log.read(at, from, limits);
    return { records: records.filter(({ offset }) => offset < taken), next: Math.min(next, taken) };
  });
}

/** The work of one partition of a sink. */
export function sinkWork(
  sink: Sink,
  partition: number,
  deps: WorkerDeps & { readonly codec: Codec },
): UnitWork {
  const { id: unit } = sink;
  const inputs = [...sink.from, retryTopic(unit)];
  const told = new Map<string, number>();

  /** A topic that it has no position in yet is followed from its end. */
  async function begin(owner: Owner): Promise<void> {
    const ends = await Promise.all(
      inputs.map(async (topic) => [topic, (await deps.log.ends(topic))[partition] ?? 0] as const),
    );
    await deps.store.transact(owner, undefined, async (tx) => {
      const { positions, marks } = tx.state;
      if (inputs.every((topic) => topic in positions)) return;
      await tx.save({ ...Object.fromEntries(ends), ...positions }, marks);
    });
  }

  async function process(batch: InputBatch, owner: Owner): Promise<StepOutcome> {
    const outcome = { ignored: 0, repeated: 0, dead: 0, emitted: 0 };
    const { marks, saved } = await deps.store.transact(owner, undefined, (tx) => {
      checkStart(batch.from, tx.state, { unit, partition });
      return Promise.resolve({ marks: new Marks(tx.state.marks), saved: tx.state.marks });
    });
    const said: Said[] = [];
    for (const record of batch.records) {
      const type = record.headers['event-type'];
      if (marks.seen(record.topic, record.headers)) outcome.repeated += 1;
      else if (type !== undefined && record.value !== null && !(sink.types as Set<string>).has(type))
        outcome.ignored += 1;
      else if (!(await takeOne(record, said))) outcome.dead += 1;
    }
    const { records, ranks } = highestOf(said, told);
    outcome.emitted = records.length - outcome.dead;
    const stored = deps.store.transact(owner, undefined, async (tx) => {
      if (records.length > 0) await tx.append(records);
      await tx.save(batch.next, marks.changed ? marks.toJSON() : saved);
    });
    // A topic of others that is gone must not stop what is ours.
    await stored.catch((error: unknown) => {
      throw error instanceof BadInput ? blocked(unit, partition, error) : error;
    });
    remember(told, ranks);
    return outcome;
  }

  /** Adds what is said of a record; false: it died, which is said as well. */
  async function takeOne(record: LogRecord, said: Said[]): Promise<boolean> {
    try {
      const event = decodeRecord(deps.codec, record);
      if (!sink.types.has(event.type)) return true;
      const cause = (): Promise<TypedEvent | undefined> => causeOf(unit, record, deps);
      for await (const one of sink.take(event, metaOf(record, event.type), cause)) said.push(one);
      return true;
    } catch (error) {
      if (error instanceof Retryable || error instanceof Fatal || error instanceof Fenced) throw error;
      said.push({ record: diedRecord(record, error) });
      return false;
    }
  }

  function diedRecord(record: LogRecord, error: unknown): NewRecord {
    return derivedRecord(
      deps.codec,
      diedEmission(unit, record, codeOf(error), messageOf(error)),
      {
        origin: originOf(unit, record.topic, record.partition),
        seq: [record.offset, sink.version, 0],
        causedBy: record.headers['event-id'] ?? '',
        headers: record.headers,
      },
      deps.clock.now(),
    );
  }

  return { unit, partition, inputs, begin, process };
}

/** In their order; of those about the same thing the last that is highest, and higher than what was said before. */
function highestOf(
  said: readonly Said[],
  told: ReadonlyMap<string, number>,
): { readonly records: NewRecord[]; readonly ranks: ReadonlyMap<string, number> } {
  const ranks = new Map<string, number>();
  for (const { highest } of said) {
    if (highest === undefined || highest.rank <= (told.get(highest.of) ?? -Infinity)) continue;
    ranks.set(highest.of, Math.max(highest.rank, ranks.get(highest.of) ?? -Infinity));
  }
  const open = new Map(ranks);
  const records = said.toReversed().flatMap(({ record, highest }) => {
    if (highest === undefined) return [record];
    if (open.get(highest.of) !== highest.rank) return [];
    open.delete(highest.of);
    return [record];
  });
  return { records: records.toReversed(), ranks };
}

/** Only once it is stored; the oldest are forgotten. */
function remember(told: Map<string, number>, ranks: ReadonlyMap<string, number>): void {
  for (const [of, rank] of ranks) {
    told.delete(of);
    told.set(of, rank);
  }
  for (const of of told.keys()) {
    if (told.size <= REMEMBERED) break;
    told.delete(of);
  }
}

/**
 * The event from which a record was derived, by the place that its origin and seq name; undefined: they name none. A redriven record
 * does not say it itself: the one that died does.
 */
async function causeOf(unit: string, record: LogRecord, deps: CauseDeps): Promise<TypedEvent | undefined> {
  const died = redriveOf(unit, record.topic, record.headers)?.place;
  const headers = (died === undefined ? record : await recordAt(deps, died))?.headers ?? {};
  const [, topic, partition] = /^[\w-]+\/([\w.-]+)\/(\d{1,9})$/.exec(headers['origin'] ?? '') ?? [];
  const [offset] = parseSeq(headers['seq']) ?? [];
  if (topic === undefined || offset === undefined) return undefined;
  try {
    const cause = await recordAt(deps, { topic, partition: Number(partition), offset });
    return cause && decodeRecord(deps.codec, cause);
  } catch (error) {
    if (error instanceof Terminal) return undefined;
    throw error;
  }
}

interface CauseDeps {
  readonly log: EventLog;
  readonly codec: Codec;
}

/** undefined: it is not in the log. */
async function recordAt({ log }: CauseDeps, place: RecordPlace): Promise<LogRecord | undefined> {
  const { offset, ...at } = place;
  try {
    const { records } = await log.read(at, offset, { maxRecords: 1, maxBytes: 1 });
    return records[0]?.offset === offset ? records[0] : undefined;
  } catch (error) {
    if (error instanceof Terminal || error instanceof BadInput) return undefined;
    throw error;
  }
}
