/** The work of one partition of a projection: one transaction per batch. */
import type { Codec } from '../../schemas/codec/codec.ts';
import { Fatal, Fenced, Retryable } from '../../streams/runtime/errors.ts';
import type { LogRecord } from '../../streams/runtime/ports.ts';
import { retryTopic } from '../../streams/runtime/run/inputs.ts';
import type { InputBatch } from '../../streams/runtime/run/inputs.ts';
import { checkStart } from '../../streams/runtime/run/worker.ts';
import type { StepOutcome, UnitWork, WorkerDeps } from '../../streams/runtime/run/worker.ts';
import { Marks } from '../../streams/runtime/seq.ts';
import type { Owner, TableSet } from '../../streams/runtime/units.ts';
import { applyBatch } from './apply.ts';
import type { ProjectionDefinition } from './define.ts';

/** The tables of a projection as storage sees them. */
export function tableSetOf(definition: ProjectionDefinition): TableSet {
  return { projection: definition.id, version: definition.version, tables: definition.tables };
}

/** What a projection reads: its inputs and its own retry topic. */
export function projectionInputs(definition: ProjectionDefinition): string[] {
  return [...definition.from, retryTopic(definition.id)];
}

/** Bytes of facts that one transaction emits at most; more than that is taken in smaller pieces. */
const MAX_EMITTED_BYTES = 16 * 1024 * 1024;
/** Rows of removed sets that one transaction deletes at most. */
const MAX_REMOVED_ROWS = 10_000;

/** The work of one partition. */
export function projectionWork(
  definition: ProjectionDefinition,
  partition: number,
  deps: WorkerDeps & { readonly codec: Codec },
  { maxRemovedRows = MAX_REMOVED_ROWS } = {},
): UnitWork {
  const set = tableSetOf(definition);
  let partitions: number | undefined;

  /** Takes a piece in one transaction; `bury` gives the error for which its only record is set aside. */
  const take = async (
    { records, from, next }: InputBatch,
    owner: Owner,
    bury?: unknown,
  ): Promise<StepOutcome> => {
    // Not within the transaction: whoever holds a connection must not wait for another one.
    partitions ??= (await deps.log.ends(definition.from[0]!)).length;
    const count = partitions;
    for (;;) {
      const outcome = await deps.store.transact(owner, set, async (tx) => {
        checkStart(from, tx.state, { unit: definition.id, partition });
        const marks = new Marks(tx.state.marks);
        const applied = await applyBatch(definition, records, tx, {
          codec: deps.codec,
          now: deps.clock.now,
          live: true,
          marks,
          partitions: count,
          maxRemovedRows,
          ...(bury === undefined ? {} : { bury }),
          ...(records.length > 1 ? { maxEmittedBytes: MAX_EMITTED_BYTES } : {}),
        });
        if (!applied.again) await tx.save(next, marks.toJSON());
        return applied;
      });
      if (!outcome.again) return outcome;
    }
  };

  /** Halves what fails until the record at fault stands alone; that one is set aside, so that it cannot stop the others. */
  async function takeOrHalve(piece: InputBatch, owner: Owner): Promise<StepOutcome> {
    const { records, from, next } = piece;
    try {
      return await take(piece, owner);
    } catch (error) {
      if (error instanceof Retryable || error instanceof Fatal || error instanceof Fenced) throw error;
      if (records.length === 0) throw error;
      if (records.length === 1) return take(piece, owner, error);
      const head = records.slice(0, records.length >> 1);
      const middle = behind(head, from);
      const first = await takeOrHalve({ records: head, from, next: middle }, owner);
      const second = await takeOrHalve({ records: records.slice(head.length), from: middle, next }, owner);
      return {
        ignored: first.ignored + second.ignored,
        repeated: first.repeated + second.repeated,
        dead: first.dead + second.dead,
        emitted: first.emitted + second.emitted,
      };
    }
  }

  return {
    unit: definition.id,
    partition,
    set,
    passesOwn: true,
    inputs: projectionInputs(definition),
    process: takeOrHalve,
  };
}

/** Positions once these records took effect. */
function behind(
  records: readonly LogRecord[],
  positions: Readonly<Record<string, number>>,
): Record<string, number> {
  const next: Record<string, number> = { ...positions };
  for (const record of records) next[record.topic] = record.offset + 1;
  return next;
}
