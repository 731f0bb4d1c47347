/** Why a stored recommendation says what it says: the engine's account from the signals that are stored. */
import type { AnyRow } from '../../streams/runtime/units.ts';
import { acceleratorAt } from '../../projections/recommendation/accelerator-usage.ts';
import { explain } from '../../projections/recommendation/engine/explain.ts';
import type { RecommendOptions } from '../../projections/recommendation/engine/question.ts';
import { customTerms, percentileEngine, termOfDays } from '../../projections/recommendation/engine/terms.ts';
import type { Engine, Term } from '../../projections/recommendation/engine/terms.ts';
import { BadInput } from '../../streams/runtime/errors.ts';
import type { Recommendation } from './verifying.ts';
import type { Explanation } from '../../projections/recommendation/engine/explanation.ts';
import { detailAt, recordedPolicy } from '../../projections/recommendation/policy/detail.ts';
import type { AdviceDetail } from '../../projections/recommendation/policy/detail.ts';
import { DAY_MS, dayOf } from '../../projections/recommendation/usage-day.ts';
import {
  joinSignals,
  LONGEST_TERM_DAYS,
  signalsAt,
  usageDay,
} from '../../projections/recommendation/usage-signals.ts';
import type { Kind, Precision, SignalsDay } from '../../projections/recommendation/usage-signals.ts';
import type { App } from './app.ts';

/** Why, and what the engines of its policy say; null of one from before policies were recorded. */
export interface StoredExplanation extends Explanation {
  readonly advice: AdviceDetail | null;
}

/** The explanation of a recommendation as it stands; undefined when there is none of this organisation. */
export async function explainStored(
  app: App,
  org: string,
  id: string,
): Promise<StoredExplanation | undefined> {
  const where = [{ column: 'recommendation_id', op: 'eq', value: id } as const];
  const columns = ['kind', 'monitoring_end_time', 'precision', 'policy_values'];
  const [row] = await app.readModels.select({ table: 'recommendations', org, columns, where, limit: 1 });
  if (row === undefined) return undefined;
  const end = Date.parse(String(row['monitoring_end_time']));
  const kind = row['kind'] === 'namespace' ? 'namespace' : 'container';
  const precision = row['precision'] === 'compact' ? 'compact' : 'exact';
  const span = { first: dayOf(end - LONGEST_TERM_DAYS * DAY_MS), last: dayOf(end) };
  const days = await storedDays(app, org, { kind, id, precision }, span);
  const signals = signalsAt(days, end);
  const policy = recordedPolicy(row['policy_values']);
  return {
    ...explain(signals, { kind, requestedEnd: end, ...(await storedAccelerator(app, org, id, span, end)) }),
    advice: policy === undefined ? null : detailAt(signals, kind, end, policy),
  };
}

/** What is asked beside what is stored. */
export interface OtherQuestion {
  /** Kruize's three when empty. */
  readonly terms: readonly Term[];
  /** Kruize's two when empty. */
  readonly models: readonly Engine[];
}

/** The longest term there is to ask for. */
const LONGEST_DAYS = 366;

/**
 * A question beside Kruize's own: terms by name (monthly) or in days (30d), percentiles of CPU above 0 up to 100.
 * Anything else: BadInput BAD_OPTION.
 */
export function otherQuestion(terms: readonly string[], percentiles: readonly string[]): OtherQuestion {
  return { terms: distinct(terms.map(termNamed)), models: distinct(percentiles.map(percentileNamed)) };
}

function distinct<T extends { readonly name: string }>(all: readonly T[]): T[] {
  return [...new Map(all.map((one) => [one.name, one])).values()];
}

function percentileNamed(text: string): Engine {
  const percentile = /^\d{1,3}(\.\d{1,6})?$/.test(text) ? Number(text) : NaN;
  if (percentile > 0 && percentile <= 100) return percentileEngine(percentile);
  const message = `--percentile ${JSON.stringify(text)} is no number above 0 and up to 100`;
  throw new BadInput({ code: 'BAD_OPTION', message });
}

function termNamed(text: string): Term {
  const known = customTerms.find(({ name }) => name === text);
  const days = /^\d{1,3}d$/.test(text) ? Number(text.slice(0, -1)) : 0;
  if (known !== undefined) return known;
  if (days >= 1 && days <= LONGEST_DAYS) return termOfDays(days);
  const names = customTerms.map(({ name }) => name).join(', ');
  const message = `--term ${JSON.stringify(text)} is none of ${names}, nor days such as 30d, up to ${LONGEST_DAYS}d`;
  throw new BadInput({ code: 'BAD_OPTION', message });
}

/** The explanation of another question at the same interval end, from all usage as it was reported. */
export async function explainOther(
  app: App,
  org: string,
  { recommendation_id: id, kind, monitoring_end_time: time }: Recommendation,
  other: OtherQuestion,
): Promise<Explanation> {
  const end = Date.parse(time);
  const longest = Math.max(LONGEST_TERM_DAYS, ...other.terms.map((term) => term.days));
  const span = { first: dayOf(end - longest * DAY_MS), last: dayOf(end) };
  const days = await storedDays(app, org, { kind, id, precision: 'exact' }, span);
  return explain(joinSignals(days), { kind, requestedEnd: end, plots: false, ...other });
}

/** What a decision at an interval end, ms, looked at of an accelerator. */
async function storedAccelerator(
  app: App,
  org: string,
  id: string,
  { first, last }: { readonly first: string; readonly last: string },
  end: number,
): Promise<Pick<RecommendOptions, 'accelerator'>> {
  const { rows } = await app.pool.query<AnyRow>(
    `SELECT models::text, sources::text, usage FROM public.accelerator_usage
     WHERE org_id = $1 AND object_id = $2 AND day BETWEEN $3 AND $4 ORDER BY day`,
    [org, id, first, last],
  );
  const accelerator = acceleratorAt(rows as unknown as Parameters<typeof acceleratorAt>[0], end);
  return accelerator === undefined ? {} : { accelerator };
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
