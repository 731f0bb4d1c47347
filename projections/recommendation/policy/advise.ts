/** What the chosen engine and `balanced` propose at a report end, beside what Kruize's engines say. */
import { historyAt, minutesOf, rowsWithin } from '../engine/engines/history.ts';
import type { History } from '../engine/engines/history.ts';
import type { BalancedAdvice } from '../engine/engines/balanced.ts';
import type { Bounds, RequestAdvice, RequestEngine, Tunables } from '../engine/engines/engine.ts';
import type { Recommendation } from '../engine/recommend.ts';
import { engineNamed } from '../engine/replay/variants.ts';
import type { Signals } from '../engine/signals.ts';
import { terms } from '../engine/terms.ts';
import { DAY } from '../engine/time.ts';
import { scoreOf, severitiesOf, worstOf } from '../outputs/severity.ts';
import type { Severity } from '../outputs/severity.ts';
import { LONGEST_TERM_DAYS } from '../usage-signals.ts';
import type { AppliedPolicy } from './resolve.ts';

/** What is always proposed beside the chosen engine's. */
export const ALWAYS = 'balanced';

/** One engine's proposal; cores and bytes, null = nothing advised or none wanted. */
export interface EngineProposal {
  readonly engine: string;
  readonly cpu_request: number | null;
  readonly cpu_limit: number | null;
  readonly memory_request: number | null;
  readonly memory_limit: number | null;
  /** What the engine believes the need lies between; null where it does not say. */
  readonly cpu_lower: number | null;
  readonly cpu_upper: number | null;
  readonly memory_lower: number | null;
  readonly memory_upper: number | null;
  /** 0 (none, or not known) … 1. */
  readonly confidence: number;
  /** Of the change of requests, by the policy's thresholds; null when nothing is advised. */
  readonly severity: Severity | null;
  /** 100 when requests are as advised, see scoreOf; null when nothing is. */
  readonly score: number | null;
  /** What is set lies within bounds: nothing to change. */
  readonly do_nothing: boolean;
  /** Codes of what there is to know, sorted. */
  readonly flags: readonly string[];
  /** How the CPU request came about; null where the engine does not say. */
  readonly formula: string | null;
}

/** Names of all its fields. */
export const proposalNames = [
  ...(['engine', 'cpu_request', 'cpu_limit', 'memory_request', 'memory_limit'] as const),
  ...(['cpu_lower', 'cpu_upper', 'memory_lower', 'memory_upper'] as const),
  ...(['confidence', 'severity', 'score', 'do_nothing', 'flags', 'formula'] as const),
] satisfies readonly (keyof EngineProposal)[];

/** What proposals follow from: what Kruize's engines found at the same end. */
export type Made = Pick<Recommendation, 'current' | 'advice'>;

/** Proposals by engine name: that of the policy, and `balanced`. `signals` by end; rows after `at` (ms) do not count. */
export function proposalsAt(
  signals: Signals,
  at: number,
  made: Made,
  policy: AppliedPolicy,
): EngineProposal[] {
  const history = historyOf(signals, at);
  return [...new Set([policy.engine, ALWAYS])].sort().map((name) => {
    const engine = engineNamed(name);
    const tunables = tunablesOf(name, made, policy);
    const advice = engine.advise(history, at, { tunables, current: made.current, brief: true });
    return proposalOf(engine, advice, made, policy);
  });
}

/** The usage of the 15 days before a moment, both ends included: what lies outside is no part of a decision. */
export function historyOf(signals: Signals, at: number): History {
  const samples = rowsWithin(signals, at - LONGEST_TERM_DAYS * DAY - 1, at);
  return historyAt({ name: '', samples, minutes: minutesOf(samples) }, at);
}

/**
 * The numbers that an engine works with under a policy. Kruize's engines look at the longest term that has enough data, so that
 * they say here what they say there; unless the policy sets the window.
 */
export function tunablesOf(engine: string, { advice }: Made, policy: AppliedPolicy): Tunables {
  const own = engine === policy.engine ? policy.tunables : {};
  if (engine === ALWAYS)
    return policy.risk_budget === null ? own : { ...own, risk_budget: policy.risk_budget };
  const longest = advice.at(-1)?.term;
  if ((engine !== 'cost' && engine !== 'performance') || longest === undefined) return own;
  return { window_days: terms.find(({ key }) => key === longest)!.days, ...own };
}

function proposalOf(
  engine: RequestEngine,
  advice: RequestAdvice,
  { current }: Made,
  { severity: thresholds }: AppliedPolicy,
): EngineProposal {
  const { cpu_request, cpu_limit, memory_request, memory_limit, bounds, confidence, notes } = advice;
  const found = severitiesOf(current, advice, thresholds);
  return {
    engine: engine.name,
    ...{ cpu_request, cpu_limit, memory_request, memory_limit },
    cpu_lower: bounds.cpu?.lower ?? null,
    cpu_upper: bounds.cpu?.upper ?? null,
    memory_lower: bounds.memory?.lower ?? null,
    memory_upper: bounds.memory?.upper ?? null,
    confidence,
    severity: worstOf(found) ?? null,
    score: found.length === 0 ? null : scoreOf(found),
    do_nothing: fits(engine.name, advice, current),
    flags: notes.map(({ code }) => code).sort(),
    formula: engine.name === ALWAYS ? ((advice as BalancedAdvice).cpu?.formula ?? null) : null,
  };
}

/** True when each resource that has advice is set and may stay: `balanced` says so, the bounds of the others do. */
function fits(engine: string, advice: RequestAdvice, current: Made['current']): boolean {
  const stays = (resource: 'cpu' | 'memory'): boolean | undefined => {
    if (advice[`${resource}_request`] === null) return undefined;
    if (engine === ALWAYS) return advice.notes.some(({ code }) => code === `${resource.toUpperCase()}_FITS`);
    const set = current[`${resource}_request`];
    return set !== null && within(set, advice.bounds[resource]);
  };
  const found = [stays('cpu'), stays('memory')].filter((one) => one !== undefined);
  return found.length > 0 && !found.includes(false);
}

function within(value: number, bounds: Bounds | null): boolean {
  return bounds !== null && value >= bounds.lower && value <= bounds.upper;
}
