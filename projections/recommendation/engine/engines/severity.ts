/** How much a change matters, and how good a set of settings is: KRR's thresholds and marks, with the thresholds open. */
import type { Settings } from '../advice.ts';

/** From worst to best. */
export const severities = ['critical', 'warning', 'ok', 'good'] as const;
/** How much a change matters. */
export type Severity = (typeof severities)[number];

/** Changes from which on something is critical, a warning, or ok; cores and bytes. */
export interface Thresholds {
  readonly cpu: readonly [critical: number, warning: number, ok: number];
  readonly memory: readonly [critical: number, warning: number, ok: number];
}

const MIB = 2 ** 20;
/** 0.5, 0.25 and 0.1 core; 500, 250 and 100 MiB. */
export const krrThresholds: Thresholds = {
  cpu: [0.5, 0.25, 0.1],
  memory: [500 * MIB, 250 * MIB, 100 * MIB],
};

/** Severity of one change: 0.3 core is a warning. One side unset is a warning, both is good. */
export function severityOf(
  current: number | null,
  advised: number | null,
  [critical, warning, ok]: readonly [number, number, number],
): Severity {
  if (current === null || advised === null) return current === advised ? 'good' : 'warning';
  const change = Math.abs(advised - current);
  if (change >= critical) return 'critical';
  if (change >= warning) return 'warning';
  return change >= ok ? 'ok' : 'good';
}

/** The worst severity of requests and of the memory limit; a CPU limit that is not advised is left out. */
export function worstSeverity(
  current: Readonly<Settings>,
  advised: Readonly<Settings>,
  thresholds: Thresholds = krrThresholds,
): Severity {
  const found = new Set([
    severityOf(current.cpu_request, advised.cpu_request, thresholds.cpu),
    severityOf(current.memory_request, advised.memory_request, thresholds.memory),
    severityOf(current.memory_limit, advised.memory_limit, thresholds.memory),
  ]);
  return severities.find((severity) => found.has(severity)) ?? 'good';
}

/** 100·(n - Σ(1 critical, 0.7 warning))/n: one critical and one warning of ten give 83. Without any: 100. */
export function scoreOf(found: readonly Severity[]): number {
  if (found.length === 0) return 100;
  const weights: Readonly<Partial<Record<Severity, number>>> = { critical: 1, warning: 0.7 };
  const lost = found.reduce((sum, severity) => sum + (weights[severity] ?? 0), 0);
  return (100 * (found.length - lost)) / found.length;
}

/** A from 90, B from 70, C from 55, D from 30, else F. */
export function gradeOf(score: number): 'A' | 'B' | 'C' | 'D' | 'F' {
  if (score >= 90) return 'A';
  if (score >= 70) return 'B';
  if (score >= 55) return 'C';
  return score >= 30 ? 'D' : 'F';
}
