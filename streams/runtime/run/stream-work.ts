/** Runs a stream's handlers over a batch and appends what follows, in order, in bounded pieces. */
import type { Codec } from '../../../schemas/codec/codec.ts';
import type { EventName } from '../../../schemas/generated/events.ts';
import type { StreamDefinition, StreamHandler, StreamTools } from '../define.ts';
import { codeOf, Fatal, Fenced, messageOf, Retryable } from '../errors.ts';
import type { Emission, LogRecord, NewRecord } from '../ports.ts';
import { decodeRecord, derivedRecord, diedEmission, metaOf } from '../records.ts';
import { Marks, originOf } from '../seq.ts';
import type { Owner } from '../units.ts';
import { retryTopic } from './inputs.ts';
import type { InputBatch } from './inputs.ts';
import { checkStart } from './worker.ts';
import type { StepOutcome, UnitWork, WorkerDeps } from './worker.ts';

/** Bytes of output that are held before they are appended. */
const FLUSH_BYTES = 8 * 1024 * 1024;

type Follows = Iterable<Emission> | AsyncIterable<Emission>;

/** The work of one partition of a stream. */
export function streamWork(
  definition: StreamDefinition,
  partition: number,
  deps: WorkerDeps & { readonly codec: Codec; readonly tools: StreamTools },
): UnitWork {
  return derivingWork(definition, partition, deps, (record) => handle(definition, record, deps));
}

/** The work of whatever derives events from records; `follow` gives undefined for a record that does not concern it. */
export function derivingWork(
  definition: { readonly id: string; readonly version: number; readonly from: readonly string[] },
  partition: number,
  deps: WorkerDeps & { readonly codec: Codec },
  follow: (record: LogRecord) => Follows | undefined,
  prepare: (record: LogRecord) => LogRecord = (record) => record,
): UnitWork {
  const inputs = [...definition.from, retryTopic(definition.id)];

  async function process(batch: InputBatch, owner: Owner): Promise<StepOutcome> {
    const outcome = { ignored: 0, repeated: 0, dead: 0, emitted: 0 };
    let outgoing: NewRecord[] = [];
    let bytes = 0;
    let marks: Marks | undefined;

    /** Appends what is held; with `done` also moves the position behind these records. */
    const commit = (done: Readonly<Record<string, number>> | undefined): Promise<void> =>
      deps.store.transact(owner, undefined, async (tx) => {
        if (outgoing.length > 0) await tx.append(outgoing);
        if (done !== undefined) await tx.save(done, marks?.toJSON() ?? tx.state.marks);
      });

    await deps.store.transact(owner, undefined, (tx) => {
      checkStart(batch.from, tx.state, { unit: definition.id, partition });
      marks = new Marks(tx.state.marks);
      return Promise.resolve();
    });
    for (const read of batch.records) {
      const record = prepare(read);
      if (marks?.seen(record.topic, record.headers) === true) {
        outcome.repeated += 1;
        continue;
      }
      let index = 0;
      const derive = (emission: Emission): NewRecord =>
        derivedRecord(
          deps.codec,
          emission,
          {
            origin: originOf(definition.id, record.topic, record.partition),
            seq: [record.offset, definition.version, index++],
            causedBy: record.headers['event-id'] ?? '',
            headers: record.headers,
          },
          deps.clock.now(),
        );
      const held = outgoing.length;
      let flushed = false;
      let flushing = false;
      try {
        const emissions = follow(record);
        if (emissions === undefined) {
          outcome.ignored += 1;
          continue;
        }
        for await (const emission of emissions) {
          const made = derive(emission);
          outgoing.push(made);
          bytes += made.value?.length ?? 0;
          outcome.emitted += 1;
          if (bytes >= FLUSH_BYTES) {
            flushing = true;
            await commit(undefined);
            flushing = false;
            outgoing = [];
            bytes = 0;
            flushed = true;
          }
        }
      } catch (error) {
        // What the log or the database refuses while a part is appended is not the record's fault.
        if (flushing || error instanceof Retryable || error instanceof Fatal || error instanceof Fenced)
          throw error;
        // What was appended already stays (it is complete events); what is only held is dropped with the record.
        outgoing.length = flushed ? 0 : held;
        outgoing.push(derive(diedEmission(definition.id, record, codeOf(error), messageOf(error))));
        outcome.dead += 1;
      }
    }
    await commit(batch.next);
    return outcome;
  }

  return { unit: definition.id, partition, inputs, process };
}

function handle(
  definition: StreamDefinition,
  record: LogRecord,
  deps: { readonly codec: Codec; readonly tools: StreamTools },
): Follows | undefined {
  const type = record.headers['event-type'];
  if (type !== undefined && record.value !== null && !(type in definition.on)) return undefined;
  const decoded = decodeRecord(deps.codec, record);
  const handler = definition.on[decoded.type] as StreamHandler<EventName, string> | undefined;
  return handler?.(decoded.data as never, deps.tools, metaOf(record, decoded.type));
}
