/**
 * Rebuilds a projection beside the live one: folds the log again, decides and emits nothing, touches nothing outside,
 * and swaps at equal positions under the owners' locks. Goes on where an interrupted rebuild stopped.
 */
import type { ProjectionDefinition } from './define.ts';
import type { GenerationStore, PositionVector, TableHash } from './ports.ts';
import { Folding } from './folding.ts';
import type { FoldingDeps } from './folding.ts';
import { BadInput } from '../../streams/runtime/errors.ts';
import type { TableSet } from '../../streams/runtime/units.ts';
import { tableSetOf } from './projection-work.ts';

/** What a rebuild needs. */
export interface RebuildDeps extends FoldingDeps {
  readonly generations: GenerationStore;
}

/** While one waits for Postgres or the log, another folds; what they hold in memory is that many batches. */
const PARTITIONS_AT_ONCE = 4;
/** Nobody waits for single records, so a transaction takes more of them than live; the bound on bytes stays. */
const RECORDS_TIMES = 4;

/** How a rebuild ended. */
export interface RebuildResult {
  readonly events: number;
  readonly seconds: number;
  readonly live: readonly TableHash[];
  readonly rebuilt: readonly TableHash[];
  readonly equal: boolean;
  readonly swapped: boolean;
  readonly positions: PositionVector;
}

/**
 * Rebuilds; with `verify` swaps only when every table is equal to the live one, byte for byte. Verifying where the live tables are of
 * another version with other tables or columns: BadInput TABLES_OF_OTHER_VERSION, before anything is folded.
 */
export async function rebuild(
  definition: ProjectionDefinition,
  deps: RebuildDeps,
  options: { readonly verify: boolean },
): Promise<RebuildResult> {
  const started = deps.clock.now();
  const base = tableSetOf(definition);
  if (options.verify) await checkComparable(deps.generations, base);
  const generation = await deps.generations.create(base);
  const limits = { ...deps.limits, maxRecords: deps.limits.maxRecords * RECORDS_TIMES };
  const atOnce = PARTITIONS_AT_ONCE;
  const folding = new Folding(definition, { ...base, generation }, { ...deps, limits, atOnce });
  await folding.claim((await deps.log.ends(definition.from[0]!)).keys());
  await folding.to(await deps.store.positions(definition.id));
  let outcome: Pick<RebuildResult, 'live' | 'rebuilt' | 'equal' | 'swapped' | 'positions'> | undefined;
  await deps.generations.swap(base, generation, async (positions) => {
    await folding.to(positions);
    await folding.ownBehind(positions);
    const live = await deps.generations.hashes(base);
    const rebuilt = await deps.generations.hashes(base, generation);
    const equal = JSON.stringify(live) === JSON.stringify(rebuilt);
    const swapped = equal || !options.verify;
    outcome = { live, rebuilt, equal, swapped, positions };
    return swapped;
  });
  return { ...outcome!, events: folding.events, seconds: (deps.clock.now() - started) / 1000 };
}

async function checkComparable(generations: GenerationStore, set: TableSet): Promise<void> {
  const live = await generations.live(set);
  if (live === undefined || live.comparable) return;
  const { projection, version } = set;
  const next =
    live.version > version
      ? 'newer code made them: verify with that code'
      : `\`rightstream replay ${projection}\` or the next \`rightstream up\` makes tables of version ${version} live, which can be verified then`;
  throw new BadInput({
    code: 'TABLES_OF_OTHER_VERSION',
    message: `the live tables of ${projection} are of version ${live.version}, this code makes version ${version} with other tables or columns, so nothing can be compared: ${next}`,
  });
}
