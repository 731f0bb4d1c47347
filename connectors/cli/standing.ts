/** Whether tables may be acted on: they are of this program, and as far as the log. */
import { findLive } from '../postgres/generations.ts';
import { isLocked } from '../postgres/transaction.ts';
import type { App } from './app.ts';
import { rebuildLock } from './running.ts';

/** Why nothing may be written by the tables of a projection now; undefined: it may. */
export async function heldFor(app: Pick<App, 'pool' | 'units'>, unit: string): Promise<string | undefined> {
  const version = app.units.projections.find(({ id }) => id === unit)!.version;
  const live = await findLive(app.pool, unit);
  if (live?.version !== version) {
    return `the tables of ${unit} are of version ${live?.version ?? 0}, this program is of ${version}: nothing is written until they are rebuilt`;
  }
  if (await isLocked(app.pool, rebuildLock(unit))) {
    return `${unit} is being rebuilt: nothing is written until that is over`;
  }
  return undefined;
}

/** Whether a unit has taken everything of a topic before these offsets. */
export async function hasPassed(
  app: Pick<App, 'store'>,
  unit: string,
  topic: string,
  ends: readonly number[],
): Promise<boolean> {
  const positions = await app.store.positions(unit);
  return ends.every((end, p) => (positions.get(p)?.[topic] ?? 0) >= end);
}
