/** What is too dear to decide with every report: notes, risk curve and backtest, derived when somebody looks. */
import type { BalancedAdvice, RiskPoint } from '../engine/engines/balanced.ts';
import type { Note, Tunables } from '../engine/engines/engine.ts';
import { recommend } from '../engine/recommend.ts';
import { replay } from '../engine/replay/replay.ts';
import type { ReplayOptions } from '../engine/replay/replay.ts';
import type { Score } from '../engine/replay/score.ts';
import { engineNamed } from '../engine/replay/variants.ts';
import type { Signals } from '../engine/signals.ts';
import { ALWAYS, historyOf, proposalsAt, tunablesOf } from './advise.ts';
import type { EngineProposal } from './advise.ts';
import type { AppliedPolicy } from './resolve.ts';

/** A proposal with what it follows from. */
export interface EngineDetail extends EngineProposal {
  readonly chosen: boolean;
  /** Numbers that the policy set; the engine's own for the rest. */
  readonly tunables: Tunables;
  /** Flags with what they mean. */
  readonly notes: readonly Note[];
}

/** An engine on the object's own past: trained up to each day, judged by the next; null without two days. */
export interface Backtest {
  readonly engine: string;
  readonly cpu: Score | null;
  readonly memory: Score | null;
}

/** All of it. */
export interface AdviceDetail {
  readonly policy: AppliedPolicy;
  readonly engines: readonly EngineDetail[];
  /** What other risks would cost, by `balanced`; 20 points, or none without usage. */
  readonly curve: readonly RiskPoint[];
  readonly backtests: readonly Backtest[];
}

const OWN_PAST: ReplayOptions = { warmUpDays: 1, periodDays: 1 };

/** The details of a decision at `at` (ms) under its recorded policy; the same signals give the same details. */
export function detailAt(
  signals: Signals,
  kind: 'container' | 'namespace',
  at: number,
  policy: AppliedPolicy,
): AdviceDetail {
  const made = recommend(signals, { kind, requestedEnd: at, plots: false });
  const history = historyOf(signals, at);
  const settings = (name: string) => ({ tunables: tunablesOf(name, made, policy), current: made.current });
  const engines = proposalsAt(signals, at, made, policy).map((proposal): EngineDetail => {
    const { engine: name } = proposal;
    const { notes } = engineNamed(name).advise(history, at, { ...settings(name), brief: true });
    return { ...proposal, chosen: name === policy.engine, tunables: settings(name).tunables, notes };
  });
  const ours = engineNamed(ALWAYS).advise(history, at, settings(ALWAYS)) as BalancedAdvice;
  const series = { name: 'own past', samples: history.samples, minutes: history.sampleMinutes };
  const judged = [...new Set([policy.engine, ALWAYS, 'cost', 'performance'])];
  const backtests = judged.map((name): Backtest => {
    const variant = { name, engine: engineNamed(name), tunables: settings(name).tunables };
    const { cpu, memory } = replay(series, variant, OWN_PAST);
    return { engine: name, cpu, memory };
  });
  return { policy, engines, curve: ours.curve, backtests };
}

/** The recorded policy of a row; undefined when none was recorded. */
export function recordedPolicy(values: unknown): AppliedPolicy | undefined {
  return (values as Partial<AppliedPolicy> | null)?.engine === undefined
    ? undefined
    : (values as AppliedPolicy);
}
