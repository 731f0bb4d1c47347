/** The work of one partition of a projection: one transaction per batch. */
import type { Codec } from '../../schemas/codec/codec.ts';
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

/** The work of one partition. */
export function projectionWork(
  definition: ProjectionDefinition,
  partition: number,
  deps: WorkerDeps & { readonly codec: Codec },
): UnitWork {
  const set = tableSetOf(definition);
  return {
    unit: definition.id,
    partition,
    inputs: projectionInputs(definition),
    process: (batch: InputBatch, owner: Owner): Promise<StepOutcome> =>
      deps.store.transact(owner, set, async (tx) => {
        checkStart(batch, tx.state, { unit: definition.id, partition });
        const marks = new Marks(tx.state.marks);
        const now = deps.clock.now;
        const outcome = await applyBatch(definition, batch.records, tx, {
          codec: deps.codec,
          now,
          live: true,
          marks,
        });
        await tx.save(batch.next, marks.toJSON());
        return outcome;
      }),
  };
}
