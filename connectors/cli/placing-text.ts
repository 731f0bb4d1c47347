/** A plan of places, for people and for scripts. */
import pc from 'picocolors';
import type { Account } from '../../projections/placement/placer/ledger.ts';
import type { Plan, Problem, Unplaced } from '../../projections/placement/placer/place.ts';
import { count } from './progress.ts';
import { tableText } from './table-text.ts';

/** Where replicas go, what nodes carry then, and what has no place and why. */
export function planText(strategy: string, { services }: Problem, plan: Plan, width: number): string {
  const total = services.reduce((sum, service) => sum + service.replicas, 0);
  const head = `${strategy}: ${count(plan.placed.length)} of ${count(total)} replicas have a place`;
  return [
    pc.bold(head),
    '',
    tableText(plan.ledger.accounts.map(nodeRow), ['node', 'cpu', 'memory', 'fullest_core', 'carries'], width),
    ...(plan.unplaced.length === 0 ? [] : ['', pc.bold('Without a place'), ...plan.unplaced.map(lackText)]),
  ].join('\n');
}

/** The same as one value. */
export function planJson(strategy: string, plan: Plan): object {
  const { accounts } = plan.ledger;
  return {
    strategy,
    placed: plan.placed,
    unplaced: plan.unplaced,
    nodes: accounts.map(({ node, cpu, memory, cores, services }) => ({
      node: node.id,
      cpu: { capacity: node.cpu, used: node.cpu - cpu },
      memory: { capacity: node.memory, used: node.memory - memory },
      cores: { capacity: node.cores, used: node.cores.map((size, i) => size - cores[i]!) },
      services: Object.fromEntries(services),
    })),
  };
}

function nodeRow({ node, cpu, memory, sorted, services }: Account): Record<string, unknown> {
  const fullest = (sorted.length === 0 ? 0 : Math.max(...node.cores)) - (sorted.at(-1) ?? 0);
  return {
    node: node.id,
    cpu: share(node.cpu - cpu, node.cpu),
    memory: share(node.memory - memory, node.memory),
    fullest_core: `${fullest} %`,
    carries: carriesText(services),
  };
}

/** Replicas by service, in the order of the names. */
export function carriesText(services: Iterable<readonly [service: string, replicas: number]>): string {
  return [...services]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([service, n]) => (n === 1 ? service : `${service} × ${n}`))
    .join(', ');
}

function share(used: number, capacity: number): string {
  return `${Math.round((100 * used) / capacity)} % of ${capacity}`;
}

/** Why replicas of a service have no place. */
export function lackText({
  service,
  replicas,
  reasons,
  nearest,
}: Omit<Unplaced, 'nearest'> & {
  readonly nearest: Omit<NonNullable<Unplaced['nearest']>, 'code'> | null;
}): string {
  const counts = Object.entries(reasons)
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .map(([code, n]) => `${pc.yellow(code)} on ${n}`)
    .join(', ');
  const near = nearest === null ? 'there are no nodes' : `nearest is ${nearest.node}: ${nearest.message}`;
  return `  ${service}: ${replicas.length} replicas; ${counts === '' ? '' : `${counts}; `}${near}`;
}
