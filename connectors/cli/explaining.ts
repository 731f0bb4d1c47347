/** Why a stored recommendation says what it says: the engine's account from the signals that are stored. */
import type { AnyRow } from '../../streams/runtime/units.ts';
import { explain } from '../../projections/recommendation/engine/explain.ts';
import type { Explanation } from '../../projections/recommendation/engine/explanation.ts';
import type { Signals } from '../../projections/recommendation/engine/signals.ts';
import { LONGEST_TERM_DAYS, signalsOf } from '../../projections/recommendation/decide.ts';
import { DAY_MS, dayOf } from '../../projections/recommendation/usage-day.ts';
import type { App } from './app.ts';

/** The explanation of a recommendation as it stands; undefined when there is none of this organisation. */
export async function explainStored(app: App, org: string, id: string): Promise<Explanation | undefined> {
  const where = [{ column: 'recommendation_id', op: 'eq', value: id } as const];
  const columns = ['kind', 'monitoring_end_time'];
  const [row] = await app.readModels.select({ table: 'recommendations', org, columns, where, limit: 1 });
  if (row === undefined) return undefined;
  const end = Date.parse(String(row['monitoring_end_time']));
  const signals = await storedSignals(app, org, id, dayOf(end - LONGEST_TERM_DAYS * DAY_MS), dayOf(end));
  const kind = row['kind'] === 'namespace' ? 'namespace' : 'container';
  return explain(signals, { kind, requestedEnd: end });
}

/** The signals of a container or namespace of this organisation, from one UTC day to another, both included. */
export async function storedSignals(
  app: App,
  org: string,
  id: string,
  first: string,
  last: string,
): Promise<Signals> {
  const { rows } = await app.pool.query<AnyRow>(
    `SELECT object_id, day::text, org_id, signals FROM public.usage_signals
     WHERE org_id = $1 AND object_id = $2 AND day BETWEEN $3 AND $4 ORDER BY day`,
    [org, id, first, last],
  );
  return signalsOf(rows as unknown as Parameters<typeof signalsOf>[0]);
}
