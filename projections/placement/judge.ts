/** Why a wish about nodes, services or placing cannot be granted. */
import type { PlacingRequested, RequestedNode, RequestedService } from '../../schemas/generated/events.ts';
import { strategies } from './placer/strategies/index.ts';

/** Most nodes, services and replicas of a cluster. */
export const limits = { nodes: 2_000, services: 2_000, replicas: 10_000 } as const;

/** A reason, with the status that a caller over HTTP gets. */
export interface Objection {
  readonly code: string;
  readonly status: number;
  readonly message: string;
}

/** Against nodes that are to be declared, `known` of them being there already. */
export function againstNodes(
  nodes: readonly RequestedNode[],
  known: ReadonlySet<string>,
): Objection | undefined {
  const twice = repeated(nodes);
  if (twice !== undefined)
    return conflict('DUPLICATE_NODE', `there are two of node ${twice}; name each once`);
  for (const { name, cpu, memory, cores, accelerators } of nodes) {
    if (cpu < 1 || memory < 1 || cores.length === 0)
      return bad('BAD_NODES', `node ${name}: cpu, memory and cores must be above 0`);
    if ([...cores, ...accelerators.map(({ capacity }) => capacity)].some((n) => n < 0 || n > 100))
      return bad('BAD_NODES', `node ${name}: cores and accelerators are per cent, 0 to 100`);
  }
  const total = new Set([...known, ...nodes.map(({ name }) => name)]).size;
  return total > limits.nodes
    ? bad('TOO_MANY_NODES', `the cluster would have ${total} nodes; at most ${limits.nodes}`)
    : undefined;
}

/** Against services that are to be declared beside those that are known. */
export function againstServices(
  services: readonly RequestedService[],
  known: readonly { readonly name: string; readonly replicas: number; readonly next: readonly string[] }[],
): Objection | undefined {
  const twice = repeated(services);
  if (twice !== undefined)
    return conflict('DUPLICATE_SERVICE', `there are two of service ${twice}; name each once`);
  for (const { name, cpu, memory, cores, replicas, accelerators } of services) {
    if (cpu < 0 || memory < 0 || replicas < 0)
      return bad('BAD_SERVICES', `service ${name}: cpu, memory and replicas must not be negative`);
    if ([...cores, ...Object.values(accelerators)].some((n) => n < 0 || n > 100))
      return bad('BAD_SERVICES', `service ${name}: cores and accelerators are per cent, 0 to 100`);
  }
  const all = new Map([...known, ...services].map((service) => [service.name, service]));
  if (all.size > limits.services)
    return bad(
      'TOO_MANY_SERVICES',
      `the cluster would have ${all.size} services; at most ${limits.services}`,
    );
  const replicas = [...all.values()].reduce((sum, service) => sum + service.replicas, 0);
  if (replicas > limits.replicas)
    return bad(
      'TOO_MANY_REPLICAS',
      `the cluster would have ${replicas} replicas; at most ${limits.replicas}`,
    );
  const cycle = cycleOf(new Map([...all].map(([name, { next }]) => [name, next])));
  return cycle === undefined
    ? undefined
    : bad('CYCLIC_STAGES', `stages lead back to themselves: ${cycle.join(' → ')}`);
}

/** Against a way to place. */
export function againstPlacing(wish: PlacingRequested): Objection | undefined {
  const { strategy, priority, balance, binding, drift, not_ready_seconds } = wish;
  if (!strategies.has(strategy)) {
    const known = [...strategies.keys()].join(', ');
    return bad('UNKNOWN_STRATEGY', `there is no strategy "${strategy}"; use one of ${known}`);
  }
  if (!['placer', 'scheduler'].includes(binding) || !['put-back', 'adopt'].includes(drift))
    return bad('BAD_PLACING', 'binding is placer or scheduler, drift put-back or adopt');
  if (not_ready_seconds < 0 || not_ready_seconds > 86_400)
    return bad('BAD_PLACING', 'not_ready_seconds is 0 to 86400');
  return [0, 1, 2].includes(priority) && balance >= 1 && balance <= 1_000
    ? undefined
    : bad('BAD_PLACING', 'priority is 0, 1 or 2, balance 1 to 1000');
}

function repeated(named: readonly { readonly name: string }[]): string | undefined {
  const seen = new Set<string>();
  return named.find(({ name }) => seen.size === seen.add(name).size)?.name;
}

/** Names along a way that leads back to its start; undefined when there is none. */
function cycleOf(next: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const done = new Set<string>();
  for (const start of next.keys()) {
    // Depth first, by hand: stages may be many.
    const path: { name: string; rest: string[] }[] = [{ name: start, rest: [...(next.get(start) ?? [])] }];
    const open = new Set([start]);
    while (path.length > 0) {
      const top = path.at(-1)!;
      const to = top.rest.shift();
      if (to === undefined) {
        done.add(top.name);
        open.delete(top.name);
        path.pop();
      } else if (open.has(to)) {
        const names = path.map(({ name }) => name);
        return [...names.slice(names.indexOf(to)), to];
      } else if (!done.has(to)) {
        open.add(to);
        path.push({ name: to, rest: [...(next.get(to) ?? [])] });
      }
    }
  }
  return undefined;
}

function bad(code: string, message: string): Objection {
  return { code, status: 400, message };
}

function conflict(code: string, message: string): Objection {
  return { code, status: 409, message };
}
