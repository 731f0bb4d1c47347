/** How much a proposal matters: thresholds and score as KRR has them, so that its users can compare. */
import type { Amounts, Proposal } from './proposal.ts';
import { knownThresholds } from './thresholds.ts';
import type { Thresholds } from './thresholds.ts';

type RequestAmounts = Pick<Amounts, 'cpu_request' | 'memory_request'>;

/** From what matters most to what does not. */
export const severities = ['critical', 'warning', 'ok', 'good'] as const;
/** One of them. */
export type Severity = (typeof severities)[number];

const MIB = 2 ** 20;

/**
 * Severity of one change, cores or bytes. 0.5 → 1 core: critical; 0.5 → 0.76: warning; 400 MiB → 512 MiB: ok; 1 → 1.05 cores: good.
 * Set on one side only: warning. On neither: good.
 */
export function severityOf(
  resource: 'cpu' | 'memory',
  current: number | null,
  advised: number | null,
  thresholds: Thresholds = knownThresholds,
): Severity {
  if (current === null && advised === null) return 'good';
  if (current === null || advised === null) return 'warning';
  const change = Math.abs(advised - current) / (resource === 'cpu' ? 1 : MIB);
  return severities[thresholds[resource].findIndex((least) => change >= least)] ?? 'good';
}

/** Severities of the requests that are advised. Limits do not count: whether to have a CPU limit is a policy. */
export function severitiesOf(
  current: Readonly<RequestAmounts>,
  advised: Readonly<RequestAmounts>,
  thresholds: Thresholds = knownThresholds,
): Severity[] {
  return (['cpu', 'memory'] as const).flatMap((resource) => {
    const amount = advised[`${resource}_request`];
    return amount === null ? [] : severityOf(resource, current[`${resource}_request`], amount, thresholds);
  });
}

/** The greatest of them; undefined of none. */
export function worstOf(found: readonly Severity[]): Severity | undefined {
  return severities.find((severity) => found.includes(severity));
}

/** The greater of the severities of both requests, by the thresholds of its policy. Nothing advised: undefined. */
export function severityOfProposal({ current, advised, thresholds }: Proposal): Severity | undefined {
  return worstOf(severitiesOf(current, advised, thresholds));
}

/** True when a proposal has advice that is at least so severe. */
export function isAtLeast(proposal: Proposal, least: Severity): boolean {
  const severity = severityOfProposal(proposal);
  return severity !== undefined && severities.indexOf(severity) <= severities.indexOf(least);
}

/** 100 when all is well, less 1 of n for each critical and 0.7 of n for each warning: 1 critical and 1 warning of 10 → 83. */
export function scoreOf(found: readonly Severity[]): number {
  if (found.length === 0) return 100;
  const weight = { critical: 1, warning: 0.7, ok: 0, good: 0 };
  const lost = found.reduce((sum, severity) => sum + weight[severity], 0);
  return (100 * (found.length - lost)) / found.length;
}

/** A at 90, B at 70, C at 55, D at 30, else F. */
export function gradeOf(score: number): string {
  const grades = [
    [90, 'A'],
    [70, 'B'],
    [55, 'C'],
    [30, 'D'],
  ] as const;
  return grades.find(([least]) => score >= least)?.[1] ?? 'F';
}
