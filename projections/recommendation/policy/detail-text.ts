/** The details of a decision as text for a terminal. */
import type { Score } from '../engine/replay/score.ts';
import { memoryQuantity, milliQuantity } from '../outputs/quantity.ts';
import type { AdviceDetail, Backtest, EngineDetail } from './detail.ts';

/** Plain text, one fact per line, ending in a line break; `sources` are the policies that applied. */
export function adviceDetailText(
  { policy, engines, curve, backtests }: AdviceDetail,
  sources: readonly string[],
): string {
  const { engine, tunables, risk_budget: risk, precision, decide, severity } = policy;
  const numbers = Object.entries(tunables).map(([name, value]) => `${name} ${value}`);
  const lines = [
    `chosen engine ${[engine, ...numbers].join(', ')}; risk budget ${risk === null ? 'its own' : risk}, ${precision}, ${decide}`,
    `policies, narrowest first: ${sources.length === 0 ? 'none, the default' : sources.join(' ')}`,
    `severity from cpu ${severity.cpu.join(', ')} cores, memory ${severity.memory.join(', ')} MiB: critical, warning, ok`,
    ...engines.flatMap(engineLines),
  ];
  if (curve.length > 0) {
    lines.push('', 'risk (rows above the request) and what it costs, by balanced:');
    for (const { risk: share, cores, waste } of curve)
      lines.push(`  ${percent(100 * share)}  ${milliQuantity(cores).padStart(9)}  ${percent(waste)} wasted`);
  }
  const judged = backtests.filter(({ cpu, memory }) => cpu !== null || memory !== null);
  if (judged.length > 0)
    lines.push('', 'on its own past, a day at a time:', ...judged.flatMap(backtestLines));
  return `${lines.join('\n')}\n`;
}

function engineLines(detail: EngineDetail): string[] {
  const cpu = (cores: number | null) => (cores === null ? 'none' : milliQuantity(cores));
  const memory = (bytes: number | null) => (bytes === null ? 'none' : memoryQuantity(bytes));
  const between = (low: string, high: string) => (low === 'none' ? '' : `, needed ${low} to ${high}`);
  const known = detail.severity === null ? [] : [`severity ${detail.severity}`, `score ${detail.score ?? 0}`];
  const sure = detail.confidence > 0 ? [`confidence ${detail.confidence.toFixed(2)}`] : [];
  const stay = detail.do_nothing ? ['nothing to change'] : [];
  return [
    '',
    `${detail.engine}${detail.chosen ? ' (chosen)' : ''}: ${[...known, ...sure, ...stay].join(', ') || 'no advice'}`,
    `  cpu: request ${cpu(detail.cpu_request)}, limit ${cpu(detail.cpu_limit)}${between(cpu(detail.cpu_lower), cpu(detail.cpu_upper))}`,
    `  memory: request ${memory(detail.memory_request)}, limit ${memory(detail.memory_limit)}${between(memory(detail.memory_lower), memory(detail.memory_upper))}`,
    ...(detail.formula === null ? [] : [`  formula: ${detail.formula}`]),
    ...detail.notes.map(({ code, message }) => `  ${code}: ${message}`),
  ];
}

function backtestLines({ engine, cpu, memory }: Backtest): string[] {
  const of = (what: string, score: Score | null) =>
    score === null
      ? []
      : [
          `  ${engine.padEnd(12)} ${what.padEnd(6)} slack ${percent(score.slack)}, violations ${percent(score.violation)}, unmet ${percent(score.unmet)}, ${score.changesPerDay.toFixed(2)} changes a day`,
        ];
  return [...of('cpu', cpu), ...of('memory', memory)];
}

function percent(value: number): string {
  return `${value.toFixed(2)} %`.padStart(8);
}
