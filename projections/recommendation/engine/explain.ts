/** Why a recommendation says what it says: every number derived again, slowly and separately, with the rule that gave it. */
import type { Settings } from './advice.ts';
import { coverage, durationInHours, totalMinutes } from './coverage.ts';
import type { Formats } from './document.ts';
import { reasonFor } from './explain-reasons.ts';
import type {
  CpuExplanation,
  EngineExplanation,
  Explanation,
  MemoryExplanation,
  SettingExplanation,
  TermExplanation,
} from './explanation.ts';
import { MILLICORE, WHOLE_CORE, memoryBounds } from './formula.ts';
import { percentileIndex } from './percentile.ts';
import { question, type Question, type RecommendOptions } from './question.ts';
import { recommend, type AdviceRow, type Recommendation } from './recommend.ts';
import type { Signals } from './signals.ts';
import { engineVersion, policy, type Engine, type Term } from './terms.ts';
import { DAY } from './time.ts';
import { loadedRows, termRows, type Rows } from './window.ts';

export { explanationText } from './explain-text.ts';
export type * from './explanation.ts';

/** Explains what {@link recommend} answers to the same question. */
export function explain(signals: Signals, options: RecommendOptions): Explanation {
  const asked = question(options);
  const recommendation = recommend(signals, options);
  const days = asked.terms[asked.terms.length - 1]!.days;
  const loaded = loadedRows(signals, asked.requestedEnd, days);
  const terms =
    loaded.first === loaded.after
      ? []
      : asked.terms.map((term) => explainTerm(signals, loaded, term, asked, recommendation));
  return {
    policy,
    engineVersion,
    question: asked,
    loaded: {
      from: asked.requestedEnd - days * DAY,
      to: asked.requestedEnd,
      days,
      rows: loaded.after - loaded.first,
    },
    end: recommendation.end,
    current: recommendation.current,
    terms,
    notifications: recommendation.notifications.map((code) => reasonFor(code, asked)),
    recommendation,
  };
}

function explainTerm(
  signals: Signals,
  loaded: Rows,
  term: Term,
  asked: Question,
  recommendation: Recommendation,
): TermExplanation {
  const [ends, starts] = [signals.columns[0]!, signals.columns[1]!];
  const end = ends[loaded.after - 1]!;
  const start = end - term.days * DAY;
  const rows = termRows(signals, loaded, term.days);
  const minutes = totalMinutes(ends, starts, loaded.first, loaded.after);
  const found = coverage(ends, rows.first, rows.after, start, asked.measurementMinutes, term.minPoints, true);
  const advice = recommendation.advice.filter((row) => row.term === term.key);
  return {
    term: term.key,
    start,
    end,
    points: rows.after - rows.first,
    hours: durationInHours(minutes, term.days, asked.kind),
    coverage: found,
    engines: asked.engines.flatMap((engine) => {
      const row = advice.find((candidate) => candidate.engine === engine.name);
      return row === undefined
        ? []
        : [explainEngine(signals, rows, engine, row, recommendation.current, asked)];
    }),
  };
}

function explainEngine(
  signals: Signals,
  rows: Rows,
  engine: Engine,
  row: AdviceRow,
  current: Readonly<Settings>,
  asked: Question,
): EngineExplanation {
  const cpu = explainCpu(signals, rows, engine, asked.formats);
  const memory = explainMemory(signals, rows, asked.formats);
  const advisedCpu = cpu.value > MILLICORE ? cpu.value : null;
  const advisedMemory = memory.value > 0 ? memory.value : null;
  const setting = (name: keyof Settings, other: keyof Settings): SettingExplanation => {
    const advised = name.startsWith('cpu') ? advisedCpu : advisedMemory;
    const optimised = (which: keyof Settings) =>
      advised !== null && row[`${which}_variation`] === 0 && row[which] !== null;
    return {
      name,
      current: current[name],
      advised,
      config: row[name],
      variation: row[`${name}_variation`],
      rule: settingRule(advised, row[name], optimised(name), optimised(other), other, asked.threshold),
    };
  };
  const pods = largest(signals, rows, 7);
  return {
    engine: engine.name,
    cpu,
    memory,
    pods,
    settings: [
      setting('cpu_request', 'cpu_limit'),
      setting('cpu_limit', 'cpu_request'),
      setting('memory_request', 'memory_limit'),
      setting('memory_limit', 'memory_request'),
    ],
    notifications: row.notifications.map((code) => reasonFor(code, asked)),
  };
}

function settingRule(
  advised: number | null,
  config: number | null,
  optimised: boolean,
  otherOptimised: boolean,
  other: string,
  threshold: number,
): string {
  if (advised === null) return 'no value is advised';
  if (optimised && otherOptimised && config !== advised)
    return `within ${threshold} % of current; request and limit share one object, which the limit set last`;
  if (optimised) return `within ${threshold} % of current: config is current, variation 0`;
  if (otherOptimised && config !== advised)
    return `request and limit share one object: config follows ${other}, variation keeps what it was`;
  return 'config is the advised value, variation is config - current (0 when not set)';
}

function explainCpu(signals: Signals, rows: Rows, engine: Engine, formats: Formats): CpuExplanation {
  const column = signals.columns[2]!;
  const sorted = column.slice(rows.first, rows.after).sort();
  const n = sorted.length;
  const peak = sorted[n - 1]!;
  const percentile = engine.cpuPercentile;
  const unit = formats.cpu;
  if (peak < WHOLE_CORE) {
    const formula =
      `max of ${n} values = ${peak} ${unit}; below ${WHOLE_CORE} core the peak is taken, ` +
      `whatever the engine's percentile (P${percentile})`;
    const from = newest(signals, rows, 2, peak);
    return { rule: 'peak', percentile, n, index: n - 1, value: peak, from, formula };
  }
  const index = percentileIndex(percentile, n);
  const value = sorted[index]!;
  return {
    rule: 'percentile',
    percentile,
    n,
    index,
    value,
    from: newest(signals, rows, 2, value),
    formula:
      `P${percentile} of ${n} values: element floor(${percentile}/100·${n - 1} + 0.5) = ${index} ` +
      `(from 0, ascending) = ${value} ${unit}; no interpolation; max ${peak}`,
  };
}

function explainMemory(signals: Signals, rows: Rows, formats: Formats): MemoryExplanation {
  const { value: peak, from: peakFrom } = largest(signals, rows, 4);
  const { value: spike, from: spikeFrom } = largest(signals, rows, 6);
  const { headroom, burst } = memoryBounds(peak, spike);
  const value = Math.min(headroom, burst);
  const formula =
    `min(${peak} + 20 % = ${headroom}, ${peak} + ${spike} + 5 % of ${spike} = ${burst}) = ` +
    `${value} ${formats.memory}`;
  return { peak, peakFrom, spike, spikeFrom, headroom, burst, value, formula };
}

function largest(signals: Signals, rows: Rows, column: number): { value: number; from: number } {
  const value = signals.columns[column]!.slice(rows.first, rows.after).sort()[rows.after - rows.first - 1]!;
  return { value, from: newest(signals, rows, column, value) };
}

/** End of the newest interval whose value in a column is `value`. */
function newest(signals: Signals, rows: Rows, column: number, value: number): number {
  const index = signals.columns[column]!.subarray(rows.first, rows.after).lastIndexOf(value);
  return signals.columns[0]![rows.first + index]!;
}
