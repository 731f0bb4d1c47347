/** From a stored recommendation to what the ROS API sends: plots, units, notifications, variation in per cent. */
import { percentOf, trunc3 } from '../../../../projections/recommendation/variation.ts';
import { timeText } from './time-text.ts';
import type { Amount, Box, Engine, Notices, Pair, Recommendations, Settings, Term } from './shape.ts';
import { engineKeys, readDocument, termKeys } from './shape.ts';
import { convert, formatOf, type Units } from './units.ts';

/** Percentages that were stored with the row, by column name; null or absent: computed from the amounts. */
export type StoredPercentages = Readonly<Record<string, unknown>>;

/** How to transform. */
export interface Options {
  readonly units: Units;
  /** Lists leave the plots out. */
  readonly plots: boolean;
}

const zeroTime = '0001-01-01T00:00:00Z';
/** Already optimal (CPU request, CPU limit, memory request, memory limit): the only codes that the API passes on. */
const shownCodes = new Set(['323004', '323005', '324003', '324004']);

/** Transforms one document; pure, the input is not changed. */
export function transform(
  document: unknown,
  percentages: StoredPercentages,
  options: Options,
): Recommendations {
  const from = readDocument(document);
  const current = convertSettings(from.current, options.units);
  const terms: Record<string, Term> = {};
  for (const key of termKeys) {
    const term = from.recommendation_terms?.[key];
    if (term !== undefined) terms[key] = transformTerm(key, term, current, percentages, options);
  }
  return {
    ...(current === undefined ? {} : { current }),
    ...(from.monitoring_end_time === undefined
      ? {}
      : { monitoring_end_time: timeText(from.monitoring_end_time) }),
    ...shownNotices(from.notifications),
    recommendation_terms: terms,
  };
}

/** Keeps a `notifications` object only when each of its codes is one that the API passes on; `{}` and null stay. */
export function shownNotices(notices: Notices | null | undefined): { notifications?: Notices | null } {
  if (notices === undefined) return {};
  const shown = notices === null || Object.keys(notices).every((code) => shownCodes.has(code));
  return shown ? { notifications: notices } : {};
}

function transformTerm(
  key: (typeof termKeys)[number],
  term: Term,
  current: Settings | undefined,
  percentages: StoredPercentages,
  { units, plots }: Options,
): Term {
  const result: Term = {};
  if (term.duration_in_hours !== undefined) {
    result.duration_in_hours = Math.trunc(term.duration_in_hours * 10) / 10;
  }
  if (term.monitoring_start_time !== undefined && term.monitoring_start_time !== zeroTime) {
    result.monitoring_start_time = timeText(term.monitoring_start_time);
  }
  Object.assign(result, shownNotices(term.notifications));
  if (term.recommendation_engines !== undefined) {
    const engines: { cost?: Engine; performance?: Engine } = {};
    for (const name of engineKeys) {
      const engine = term.recommendation_engines[name];
      if (engine === undefined) continue;
      const stored = (resource: string): unknown =>
        percentages[`${resource}_variation_${key.replace('_term', '')}_${name}_pct`];
      engines[name] = transformEngine(engine, current, units, stored('cpu'), stored('memory'));
    }
    result.recommendation_engines = engines;
  }
  if (plots && term.plots !== undefined) result.plots = convertPlots(term.plots, units);
  return result;
}

function transformEngine(
  engine: Engine,
  current: Settings | undefined,
  units: Units,
  cpu: unknown,
  memory: unknown,
): Engine {
  const config = convertSettings(engine.config, units);
  const variation = convertSettings(engine.variation, units);
  const result: Engine = {
    ...(config === undefined ? {} : { config }),
    ...shownNotices(engine.notifications),
  };
  if (variation !== undefined) {
    const limits = percentages(variation.limits, current?.limits);
    const requests = percentages(variation.requests, current?.requests);
    if (typeof cpu === 'number' && requests?.cpu !== undefined) requests.cpu.amount = cpu;
    if (typeof memory === 'number' && requests?.memory !== undefined) requests.memory.amount = memory;
    result.variation = {
      ...(limits === undefined ? {} : { limits }),
      ...(requests === undefined ? {} : { requests }),
    };
  }
  return result;
}

/** Converted variations in per cent of the converted current amounts, cut to three decimals; 0 without a current amount. */
function percentages(variation: Pair | undefined, current: Pair | undefined): Pair | undefined {
  if (variation === undefined) return undefined;
  const result: Pair = {};
  for (const resource of ['cpu', 'memory'] as const) {
    const amount = variation[resource]?.amount;
    if (amount === undefined) continue;
    result[resource] = {
      amount: trunc3(percentOf(amount, current?.[resource]?.amount ?? 0)),
      format: 'percent',
    };
  }
  return result;
}

function convertSettings(settings: Settings | undefined, units: Units): Settings | undefined {
  if (settings === undefined) return undefined;
  const result: Settings = {};
  for (const side of ['limits', 'requests'] as const) {
    const pair = settings[side];
    if (pair === undefined) continue;
    const converted: Pair = {};
    if (pair.cpu !== undefined) converted.cpu = convertAmount('cpu', pair.cpu, units);
    if (pair.memory !== undefined) converted.memory = convertAmount('memory', pair.memory, units);
    result[side] = converted;
  }
  return result;
}

function convertAmount(resource: 'cpu' | 'memory', { amount, format }: Amount, units: Units): Amount {
  if (amount === undefined) return format === undefined ? {} : { format };
  return { amount: convert(resource, amount, units), format: formatOf(resource, units) };
}

function convertPlots(plots: NonNullable<Term['plots']>, units: Units): NonNullable<Term['plots']> {
  const buckets = Object.entries(plots.plots_data ?? {}).map(([end, { cpuUsage, memoryUsage }]) => [
    end,
    {
      ...(cpuUsage === undefined ? {} : { cpuUsage: convertBox('cpu', cpuUsage, units) }),
      ...(memoryUsage === undefined ? {} : { memoryUsage: convertBox('memory', memoryUsage, units) }),
    },
  ]);
  return { datapoints: plots.datapoints ?? 0, plots_data: Object.fromEntries(buckets) };
}

function convertBox(resource: 'cpu' | 'memory', box: Box, units: Units): Box {
  const number = (value: number | undefined): number => convert(resource, value ?? 0, units);
  return {
    min: number(box.min),
    q1: number(box.q1),
    median: number(box.median),
    q3: number(box.q3),
    max: number(box.max),
    format: formatOf(resource, units),
  };
}
