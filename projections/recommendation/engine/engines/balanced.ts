/** `balanced`: requests by an explicit risk budget, with bounds, a curve, and what it would have meant on the own past. */
import type { Settings } from '../advice.ts';
import { replay } from '../replay/replay.ts';
import type { ReplayOptions } from '../replay/replay.ts';
import type { Score } from '../replay/score.ts';
import { DAY, MINUTE } from '../time.ts';
import { BudgetRule } from './budget-rule.ts';
import type { Budgeted } from './budget-rule.ts';
import { NO_DATA, noAdvice, tuned } from './engine.ts';
import type { AdviceSettings, Bounds, Note, RequestAdvice, RequestEngine, Tunable } from './engine.ts';
import { flagsOf } from './flags.ts';
import { columnWithin } from './history.ts';
import type { History } from './history.ts';
import { memoryAdvice } from './memory-rule.ts';
import type { MemoryAdvice } from './memory-rule.ts';
import { effectiveCount, percentileBounds } from './order-statistics.ts';
import { severities, severityOf } from '../../outputs/severity.ts';
import type { Severity } from '../../outputs/severity.ts';
import { kept } from './vpa.ts';

const tunables = [
  {
    name: 'risk_budget',
    about: 'Share of rows that may need more CPU.',
    default: 0.02,
    min: 0.0001,
    max: 0.5,
  },
  { name: 'spend', about: 'Share of it that the percentile spends.', default: 0.5, min: 0.05, max: 1 },
  { name: 'window_days', about: 'Days of CPU that count.', default: 7, min: 1, max: 90 },
  {
    name: 'half_life_hours',
    about: 'After which CPU weighs half; 0: never.',
    default: 0,
    min: 0,
    max: 2_160,
  },
  {
    name: 'keep_limit_ratio',
    about: '1: keep limit to request; 0: no CPU limit.',
    default: 0,
    min: 0,
    max: 1,
  },
  { name: 'cpu_floor', about: 'Least cores.', default: 0.001, min: 0, max: 10 },
  { name: 'memory_window_days', about: 'Days of memory that count.', default: 15, min: 1, max: 90 },
  { name: 'memory_headroom', about: 'Least share above the peak.', default: 0.1, min: 0, max: 2 },
  { name: 'memory_headroom_cap', about: 'Most share above the peak.', default: 0.25, min: 0, max: 2 },
  { name: 'do_nothing', about: '1: keep what is set within bounds.', default: 1, min: 0, max: 1 },
] as const satisfies readonly Tunable[];
type Values = Readonly<Record<(typeof tunables)[number]['name'], number>>;

/** What one more risk would save. */
export interface RiskPoint {
  /** Budget, 0..1 of rows. */
  readonly risk: number;
  readonly cores: number;
  /** Per cent of the request that the window would not have used. */
  readonly waste: number;
}

/** What `balanced` says beyond requests. */
export interface BalancedAdvice extends RequestAdvice {
  /** How the CPU request came about; null without one. */
  readonly cpu:
    (Budgeted & { readonly formula: string; readonly rows: number; readonly effective: number }) | null;
  readonly memory: MemoryAdvice | null;
  /** 20 points by rising risk. */
  readonly curve: readonly RiskPoint[];
  /** Null without settings to compare with. */
  readonly severity: Severity | null;
  /** The engine on the container's own past, advice by advice; null when it is too short or was not wanted. */
  readonly backtest: { readonly cpu: Score | null; readonly memory: Score | null } | null;
}

/** Ours. */
export const balanced: RequestEngine<BalancedAdvice> = {
  name: 'balanced',
  about: 'Ours: the least CPU whose violations stay within a risk budget; memory peak + 10 to 25 %.',
  tunables,
  advise(history, at, settings = {}) {
    const values = tuned(balanced, settings.tunables) as Values;
    const used = columnWithin(history.samples, CPU, at - values.window_days * DAY, at);
    if (used.length === 0) return { ...noAdvice([NO_DATA]), ...nothingMore };
    const notes: Note[] = flagsOf(history, at, settings);
    const cpu = cpuOf(history, used, at, values, settings.brief === true ? [] : RISKS);
    const memory = memoryAdvice(history.intervals, at, settings.outOfMemory ?? [], {
      windowDays: values.memory_window_days,
      floor: values.memory_headroom,
      cap: values.memory_headroom_cap,
    });
    if (cpu.request === null) notes.push({ code: 'CPU_ZERO', message: 'CPU usage is zero.' });
    if (memory === null) notes.push({ code: 'MEMORY_ZERO', message: 'Memory usage is zero.' });
    const config = configOf(cpu, memory, values, settings, notes);
    return {
      ...config,
      bounds: { cpu: cpu.request === null ? null : cpu.bounds, memory: memory?.bounds ?? null },
      confidence: cpu.confidence,
      notes,
      cpu: cpu.request,
      memory,
      curve: cpu.curve,
      severity: settings.current === undefined ? null : worstSeverity(settings.current, config),
      backtest: settings.brief === true ? null : backtest(history, at, settings),
    };
  },
};

/** Column of signals: the CPU that counts. */
const CPU = 2;
const nothingMore = { cpu: null, memory: null, curve: [], severity: null, backtest: null };

/** Risks of the curve, from 0.05 % to 50 %, each 1.44 times the one before. */
const RISKS = Array.from({ length: 20 }, (_, i) => 0.0005 * 1_000 ** (i / 19));

interface Cpu {
  readonly request: BalancedAdvice['cpu'];
  readonly bounds: Bounds;
  /** Where what is set may stay. */
  readonly zone: Bounds;
  readonly confidence: number;
  readonly curve: readonly RiskPoint[];
}

function cpuOf(
  history: History,
  used: Float64Array,
  at: number,
  values: Values,
  risks: readonly number[],
): Cpu {
  const minutes = history.sampleMinutes;
  const rule = new BudgetRule(history.samples, at, {
    windowDays: values.window_days,
    halfLifeHours: values.half_life_hours,
    spend: values.spend,
    minutes,
  });
  const made = rule.request(values.risk_budget);
  const percentile = 1 - values.risk_budget;
  const threshold = rule.today.sorted[Math.floor(percentile * (used.length - 1))]!;
  const effective = effectiveCount(used, threshold);
  const bounds = percentileBounds(rule.today.sorted, percentile, effective, effective);
  const covered = Math.min(1, (used.length * minutes * MINUTE) / (values.window_days * DAY));
  const value = Math.max(values.cpu_floor, made.value);
  const curve = curveOf(rule, used, risks);
  return {
    request:
      made.value <= 0
        ? null
        : {
            ...made,
            value,
            formula: formulaOf(made, value),
            rows: used.length,
            effective: Math.round(effective),
          },
    bounds,
    zone: zoneOf(value, bounds, threshold),
    confidence: covered * Math.min(1, effective / used.length),
    curve,
  };
}

/** Shares above the advice that are kept at least and at most: smaller changes are not worth a restart, larger ones waste. */
const KEPT = { least: 1.05, most: 1.1 };

/** From the advice to the upper bound as far above the percentile, 5 to 10 %: 2 cores with a bound 20 % up, [2, 2.2]. */
function zoneOf(value: number, { upper }: Bounds, percentile: number): Bounds {
  const reach = percentile > 0 ? upper / percentile : 1;
  return { lower: value, upper: value * Math.min(KEPT.most, Math.max(KEPT.least, reach)) };
}

/** The worst of requests and memory limit; a CPU limit that is not advised is left out. */
function worstSeverity(current: Readonly<Settings>, advised: Readonly<Settings>): Severity {
  const found = [
    severityOf('cpu', current.cpu_request, advised.cpu_request),
    severityOf('memory', current.memory_request, advised.memory_request),
    severityOf('memory', current.memory_limit, advised.memory_limit),
  ];
  return severities.find((severity) => found.includes(severity))!;
}

function formulaOf({ percentile, base, calibration, growth }: Budgeted, value: number): string {
  const [p, b, c, g, v] = [percentile, base, calibration, growth, value].map((n) => Number(n.toPrecision(6)));
  return `P${p!} ${b!} · calibration ${c!} · growth ${g!} → ${v!} cores`;
}

/** Points by rising risk. Each budget is calibrated on its own; a smaller one is never told to need less than a larger one. */
function curveOf(rule: BudgetRule, used: Float64Array, risks: readonly number[]): RiskPoint[] {
  let most = 0;
  return risks
    .toReversed()
    .map((risk) => {
      most = Math.max(most, rule.request(risk).value);
      return { risk, cores: most, waste: wasteOf(used, most) };
    })
    .reverse();
}

/** Per cent of an allocation that is not used. */
function wasteOf(used: Float64Array, cores: number): number {
  if (cores === 0) return 0;
  let slack = 0;
  for (const value of used) if (value < cores) slack += cores - value;
  return (100 * slack) / (cores * used.length);
}

function configOf(
  cpu: Cpu,
  memory: MemoryAdvice | null,
  values: Values,
  { current, outOfMemory = [] }: AdviceSettings,
  notes: Note[],
): Settings {
  const stays = (now: number | null | undefined, zone: Bounds | undefined, what: string): now is number => {
    const stay =
      values.do_nothing >= 0.5 &&
      typeof now === 'number' &&
      zone !== undefined &&
      now >= zone.lower &&
      now <= zone.upper;
    if (stay) notes.push({ code: `${what}_FITS`, message: `What is set lies within bounds: no change.` });
    return stay;
  };
  const set = current?.cpu_request;
  const advised = cpu.request?.value ?? null;
  const request = advised !== null && stays(set, cpu.zone, 'CPU') ? set : advised;
  const limit =
    request === null || values.keep_limit_ratio < 0.5 ? null : kept(request, set, current?.cpu_limit);
  if (request !== null && limit === null) {
    notes.push({
      code: 'NO_CPU_LIMIT',
      message: 'A CPU limit throttles what idle cores could serve; the request is what counts.',
    });
  }
  const bytes =
    memory === null
      ? null
      : stays(current?.memory_limit, memory.bounds, 'MEMORY')
        ? current!.memory_limit
        : memory.bytes;
  if (memory !== null && memory.killed > 0 && outOfMemory.length > 0 && bytes === memory.killed) {
    notes.push({ code: 'OOM_DECIDES', message: 'The last kill asks for more memory than the peak does.' });
  }
  return { cpu_request: request, cpu_limit: limit, memory_request: bytes, memory_limit: bytes };
}

/** Least days of history of a backtest: one to learn from, one to judge. */
const BACKTEST_DAYS = 2;

function backtest(
  history: History,
  at: number,
  { tunables: wanted = {} }: AdviceSettings,
): BalancedAdvice['backtest'] {
  const { samples, sampleMinutes: minutes } = history;
  const options: ReplayOptions = { warmUpDays: 1, periodDays: 1 };
  const age = at - samples.columns[0]![0]! + minutes * MINUTE;
  if (age < BACKTEST_DAYS * DAY) return null;
  const variant = { name: 'backtest', engine: balanced, tunables: wanted };
  const { cpu, memory } = replay({ name: 'own past', samples, minutes }, variant, options);
  return { cpu, memory };
}
