/** What people type to choose dead letters. */
import type { Filter } from '../../../projections/runtime/ports.ts';
import { BadInput } from '../../../streams/runtime/errors.ts';
import type { Cell } from '../../../streams/runtime/units.ts';
import { parseWhere } from '../where.ts';

/** Options that choose. */
export interface FilterOptions {
  readonly unit?: string;
  readonly topic?: string;
  readonly code?: string;
  readonly type?: string;
  readonly key?: string;
  readonly status?: string;
  readonly since?: string;
  readonly until?: string;
  readonly where?: readonly string[];
}

const columns = {
  unit: 'unit',
  topic: 'topic',
  code: 'code',
  type: 'event_type',
  key: 'record_key',
  status: 'status',
} as const;

const statuses = ['dead', 'redriven', 'discarded'];

/** The filters of the options; all must hold. `now`: ms since 1970, for times that are told by age. */
export function filtersOf(options: FilterOptions, now: number): Filter[] {
  if (options.status !== undefined && !statuses.includes(options.status)) {
    throw badOption(`--status is one of ${statuses.join(', ')}; got ${JSON.stringify(options.status)}`);
  }
  const filters: Filter[] = [];
  for (const [option, column] of Object.entries(columns)) {
    const value = options[option as keyof typeof columns];
    if (value !== undefined) filters.push({ column, op: 'eq', value });
  }
  if (options.since !== undefined)
    filters.push({ column: 'died_at', op: 'gte', value: timeOf('--since', options.since, now) });
  if (options.until !== undefined)
    filters.push({ column: 'died_at', op: 'lt', value: timeOf('--until', options.until, now) });
  return [...filters, ...(options.where ?? []).map(parseWhere)];
}

const units = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** ISO 8601 with zone, or an age like 90s, 30m, 2h, 7d. */
function timeOf(option: string, text: string, now: number): number {
  const age = /^(\d{1,6})([smhd])$/.exec(text);
  if (age !== null) return now - Number(age[1]) * units[age[2] as keyof typeof units];
  const time = /^\d{4}-\d{2}-\d{2}T[\d:.]+(Z|[+-]\d{2}:\d{2})$/.test(text) ? Date.parse(text) : NaN;
  if (!Number.isNaN(time)) return time;
  throw badOption(
    `${option} is a time with its zone (2026-03-29T14:00:00Z) or an age (90s, 30m, 2h, 7d); got ${JSON.stringify(text)}`,
  );
}

/** Behind which dead letter a page begins. */
export interface After {
  readonly org: string;
  readonly key: readonly Cell[];
}

/** As it is printed and typed. */
export function afterText({ org, key }: After): string {
  return Buffer.from(JSON.stringify([org, ...key])).toString('base64url');
}

/** The place in a text that a list has printed. */
export function parseAfter(text: string): After {
  try {
    const [org, ...key] = JSON.parse(Buffer.from(text, 'base64url').toString()) as Cell[];
    if (typeof org === 'string' && key.length === 4) return { org, key };
  } catch {
    // said below
  }
  throw badOption(`--after is what a list printed as the next page; got ${JSON.stringify(text)}`);
}

function badOption(message: string): BadInput {
  return new BadInput({ code: 'BAD_OPTION', message });
}
