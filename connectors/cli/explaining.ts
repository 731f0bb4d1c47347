/** Why a stored recommendation says what it says: the engine's account from the signals that are stored. */
import type { AnyRow } from '../../streams/runtime/units.ts';
import { explain } from '../../projections/recommendation/engine/explain.ts';
import type { Explanation } from '../../projections/recommendation/engine/explanation.ts';
import { DAY_MS, dayOf } from '../../projections/recommendation/usage-day.ts';
import { LONGEST_TERM_DAYS, signalsAt, usageDay } from '../../projections/recommendation/usage-signals.ts';
import type { Kind, Precision, SignalsDay } from '../../projections/recommendation/usage-signals.ts';
import type { App } from './app.ts';

/** The explanation of a recommendation as it stands; undefined when there is none of this organisation. */
export async function explainStored(app: App, org: string, id: string): Promise<Explanation | undefined> {
  const where = [{ column: 'recommendation_id', op: 'eq', value: id } as const];
  const columns = ['kind', 'monitoring_end_time', 'precision'];
  const [row] = await app.readModels.select({ table: 'recommendations', org, columns, where, limit: 1 });
  if (row === undefined) return undefined;
  const end = Date.parse(String(row['monitoring_end_time']));
  const kind = row['kind'] === 'namespace' ? 'namespace' : 'container';
  const precision = row['precision'] === 'compact' ? 'compact' : 'exact';
  const span = { first: dayOf(end - LONGEST_TERM_DAYS * DAY_MS), last: dayOf(end) };
  const days = await storedDays(app, org, { kind, id, precision }, span);
  return explain(signalsAt(days, end), { kind, requestedEnd: end });
}

/** The days of a container or namespace of this organisation, from one UTC day to another, both included. */
export async function storedDays(
  app: App,
  org: string,
  { kind, id, precision }: { readonly kind: Kind; readonly id: string; readonly precision: Precision },
  { first, last }: { readonly first: string; readonly last: string },
): Promise<SignalsDay[]> {
  const table = kind === 'container' ? 'container_usage' : 'namespace_usage';
  const { rows } = await app.pool.query<AnyRow>(
    `SELECT day::text, sources::text, usage FROM public.${table}
     WHERE org_id = $1 AND object_id = $2 AND day BETWEEN $3 AND $4 ORDER BY day`,
    [org, id, first, last],
  );
  const days = rows as unknown as Parameters<typeof usageDay>[1][];
  return days.map((day) => usageDay(kind, day, precision));
}
