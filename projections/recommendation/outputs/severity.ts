/** How much a proposal matters: thresholds and score as KRR has them, so that its users can compare. */
import type { Proposal } from './proposal.ts';

/** From what matters most to what does not. */
export const severities = ['critical', 'warning', 'ok', 'good'] as const;
/** One of them. */
export type Severity = (typeof severities)[number];

/** Least change that counts, cores and MiB. */
const thresholds = {
  cpu: [
    [0.5, 'critical'],
    [0.25, 'warning'],
    [0.1, 'ok'],
  ],
  memory: [
    [500, 'critical'],
    [250, 'warning'],
    [100, 'ok'],
  ],
} as const;
const MIB = 2 ** 20;

/**
 * Severity of one change, cores or bytes. 0.5 → 1 core: critical; 0.5 → 0.76: warning; 400 MiB → 512 MiB: ok; 1 → 1.05 cores: good.
 * Set on one side only: warning. On neither: good.
 */
export function severityOf(
  resource: 'cpu' | 'memory',
  current: number | null,
  advised: number | null,
): Severity {
  if (current === null && advised === null) return 'good';
  if (current === null || advised === null) return 'warning';
  const change = Math.abs(advised - current) / (resource === 'cpu' ? 1 : MIB);
  return thresholds[resource].find(([least]) => change >= least)?.[1] ?? 'good';
}

/** The greater of the severities of both requests. Limits do not count: whether to have a CPU limit is a policy. Nothing advised: undefined. */
export function severityOfProposal({ current, advised }: Proposal): Severity | undefined {
  const found: Severity[] = [];
  if (advised.cpu_request !== null) found.push(severityOf('cpu', current.cpu_request, advised.cpu_request));
  if (advised.memory_request !== null)
    found.push(severityOf('memory', current.memory_request, advised.memory_request));
  return severities.find((severity) => found.includes(severity));
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
