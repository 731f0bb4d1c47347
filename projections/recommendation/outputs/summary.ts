/** What all proposals come to: numbers for a headline, and a message for a chat. */
import { compareProposals } from './proposal.ts';
import type { Proposal } from './proposal.ts';
import { quantity } from './quantity.ts';
import { gradeOf, scoreOf, severities, severityOfProposal } from './severity.ts';
import type { Severity } from './severity.ts';

/** Sums over containers that have both a request and advice, times their pods. */
export interface Summary {
  readonly containers: number;
  /** Of them with advice. */
  readonly advised: number;
  readonly bySeverity: Readonly<Record<Severity, number>>;
  /** 0 to 100, and A to F. */
  readonly score: number;
  readonly grade: string;
  /** Cores and bytes; `unset`: containers with advice and no request. */
  readonly cpu: Totals;
  readonly memory: Totals;
}

/** Now, as advised, and containers without a request. */
export interface Totals {
  readonly current: number;
  readonly advised: number;
  readonly unset: number;
}

/** Adds up. */
export function summaryOf(proposals: readonly Proposal[]): Summary {
  const found = proposals.flatMap((proposal) => severityOfProposal(proposal) ?? []);
  const score = scoreOf(found);
  const count = (severity: Severity): number => found.filter((one) => one === severity).length;
  return {
    containers: proposals.length,
    advised: found.length,
    bySeverity: {
      critical: count('critical'),
      warning: count('warning'),
      ok: count('ok'),
      good: count('good'),
    },
    score,
    grade: gradeOf(score),
    cpu: totals('cpu', proposals),
    memory: totals('memory', proposals),
  };
}

function totals(resource: 'cpu' | 'memory', proposals: readonly Proposal[]): Totals {
  let [current, advised, unset] = [0, 0, 0];
  for (const proposal of proposals) {
    const [from, to] = [proposal.current[`${resource}_request`], proposal.advised[`${resource}_request`]];
    if (to === null) continue;
    if (from === null) unset += 1;
    else {
      const pods = Math.max(1, proposal.pods ?? 1);
      current += from * pods;
      advised += to * pods;
    }
  }
  return { current, advised, unset };
}

/** The greatest changes first: severity, then what it changes of all CPU and memory together. */
export function byWeight(proposals: readonly Proposal[]): Proposal[] {
  const rank = (proposal: Proposal): number => {
    const severity = severityOfProposal(proposal);
    return severity === undefined ? severities.length : severities.indexOf(severity);
  };
  return [...proposals].sort((a, b) => rank(a) - rank(b) || weight(b) - weight(a) || compareProposals(a, b));
}

/** Cores, and memory as 4 GiB to the core. */
function weight({ current, advised, pods }: Proposal): number {
  const change = (a: number | null, b: number | null): number => (b === null ? 0 : Math.abs(b - (a ?? 0)));
  const cpu = change(current.cpu_request, advised.cpu_request);
  const memory = change(current.memory_request, advised.memory_request);
  return (cpu + memory / (4 * 2 ** 30)) * Math.max(1, pods ?? 1);
}

/** Changes that a message lists. */
const LISTED = 10;
/** Longest name in a message. */
const MAX_NAME = 80;

/** A message for a chat's webhook: the headline and the greatest changes, in lines without markup. */
export function messageText(proposals: readonly Proposal[]): string {
  const summary = summaryOf(proposals);
  const { critical, warning } = summary.bySeverity;
  const lines = [
    `Right-sizing: ${summary.advised} of ${summary.containers} containers have advice, score ${summary.score.toFixed(0)} (${summary.grade}): ${critical} critical, ${warning} warnings.`,
    `CPU requests ${changeText('cpu', summary.cpu)}; memory requests ${changeText('memory', summary.memory)}.`,
  ];
  const listed = byWeight(proposals).filter((one) =>
    ['critical', 'warning'].includes(severityOfProposal(one) ?? ''),
  );
  for (const proposal of listed.slice(0, LISTED)) lines.push(`- ${lineOf(proposal)}`);
  if (listed.length > LISTED) lines.push(`… and ${listed.length - LISTED} more.`);
  return `${lines.join('\n')}\n`;
}

/** `12.0 → 7.5 cores (-38 %), 3 without one`; memory in GiB. */
export function changeText(resource: 'cpu' | 'memory', { current, advised, unset }: Totals): string {
  const unit = resource === 'cpu' ? { size: 1, name: 'cores' } : { size: 2 ** 30, name: 'GiB' };
  const shown = (amount: number): string => (amount / unit.size).toFixed(1);
  const percent = current === 0 ? 0 : ((advised - current) / current) * 100;
  const share = current === 0 ? '' : ` (${percent < 0 ? '' : '+'}${percent.toFixed(0)} %)`;
  const without = unset > 0 ? `, ${unset} without one` : '';
  return `${shown(current)} → ${shown(advised)} ${unit.name}${share}${without}`;
}

function lineOf({ namespace, workload, container, current, advised }: Proposal): string {
  const name = [namespace, workload, container]
    .join('/')
    .replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, '·')
    .slice(0, MAX_NAME);
  const change = (resource: 'cpu' | 'memory'): string => {
    const [from, to] = [current[`${resource}_request`], advised[`${resource}_request`]];
    return `${from === null ? 'unset' : quantity(resource, from)} → ${to === null ? '?' : quantity(resource, to)}`;
  };
  return `${name}: CPU ${change('cpu')}, memory ${change('memory')}`;
}
