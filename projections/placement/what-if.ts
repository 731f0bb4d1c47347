/** What would move, and what would have no place, if a cluster were declared otherwise. Nothing is decided. */
import { BadInput } from '../../streams/runtime/errors.ts';
import { limits } from './judge.ts';
import { defaultOptions } from './placer/place.ts';
import type { Unplaced } from './placer/place.ts';
import { reconcile } from './placer/reconcile.ts';
import type { ReleaseReason, Running, State } from './placer/reconcile.ts';
import type { Node } from './placer/model.ts';
import { strategyNamed } from './placer/strategies/index.ts';
import type { PlacerOptions } from './placer/strategy.ts';

/** What is supposed. */
export interface Supposed {
  /** Nodes that let go what they carry and take nothing new. */
  readonly drain: readonly string[];
  /** So many nodes more like one that is there. */
  readonly add: readonly { readonly like: string; readonly count: number }[];
  /** Replicas that should run, by service. */
  readonly replicas: Readonly<Record<string, number>>;
  /** Another strategy for what has to be placed. */
  readonly strategy?: string | undefined;
}

/** How a cluster places now. */
export interface Placing {
  readonly strategy: string;
  readonly queue: PlacerOptions['queue'];
}

/** Amounts of a node that are given away: millicores and MB. */
export interface Used {
  readonly cpu: number;
  readonly memory: number;
  readonly replicas: number;
}

/** A node before and after. */
export interface NodeChange {
  readonly name: string;
  readonly state: 'kept' | 'drained' | 'added';
  readonly cpu: number;
  readonly memory: number;
  readonly before: Used;
  readonly after: Used;
}

/** What would follow. */
export interface Consequences {
  /** Replicas that would go from one node to another. */
  readonly moved: readonly {
    service: string;
    replica: number;
    from: string;
    to: string;
    reason: WhyReleased;
  }[];
  /** Replicas that would get a place and have none now. */
  readonly started: readonly { service: string; replica: number; node: string }[];
  /** Replicas that would lose their place and get none. */
  readonly stopped: readonly { service: string; replica: number; node: string; reason: WhyReleased }[];
  /** Replicas that would stay and take another share. */
  readonly resized: readonly { service: string; replica: number; node: string }[];
  readonly unplaced: readonly Unplaced[];
  readonly nodes: readonly NodeChange[];
}

type WhyReleased = ReleaseReason | 'DRAINED';

/** What would follow; the same question has the same answer. A name that is not known, or too much of anything: BadInput. */
export function whatIf(state: State, supposed: Supposed, placing: Placing): Consequences {
  const strategy = strategyNamed(supposed.strategy ?? placing.strategy);
  checkNames(state, supposed);
  const drained = new Set(supposed.drain);
  const added = copies(state.nodes, supposed.add);
  const nodes = [...state.nodes.filter(({ id }) => !drained.has(id)), ...added];
  const wanted = new Map(Object.entries(supposed.replicas));
  const services = state.services.map((service) => ({
    ...service,
    replicas: wanted.get(service.id) ?? service.replicas,
  }));
  checkLimits(nodes.length + drained.size, services);
  const then = { nodes, services, placed: state.placed };
  const changes = reconcile(then, strategy, { ...defaultOptions, queue: placing.queue });

  const to = new Map(changes.placed.map((it) => [idOf(it), it.node]));
  const released = changes.released.map((it) => ({
    ...it,
    reason: drained.has(it.node) && it.reason === 'NODE_REMOVED' ? ('DRAINED' as const) : it.reason,
  }));
  const left = new Set(released.map(idOf));
  const gone = new Set([...released, ...changes.resized].map(idOf));
  const after = [...state.placed.filter((it) => !gone.has(idOf(it))), ...changes.resized, ...changes.placed];
  return {
    moved: released.flatMap(({ node: from, ...it }) => {
      const target = to.get(idOf(it));
      return target === undefined ? [] : [{ ...it, from, to: target }];
    }),
    started: changes.placed
      .filter((it) => !left.has(idOf(it)))
      .map(({ service, replica, node }) => ({ service, replica, node })),
    stopped: released.filter((it) => !to.has(idOf(it))),
    resized: changes.resized.map(({ service, replica, node }) => ({ service, replica, node })),
    unplaced: changes.unplaced,
    nodes: nodeChanges([...state.nodes, ...added], drained, new Set(added), state.placed, after),
  };
}

function checkNames({ nodes, services }: State, { drain, add, replicas }: Supposed): void {
  const known = { node: new Set(nodes.map(({ id }) => id)), service: new Set(services.map(({ id }) => id)) };
  const named = [
    ...drain.map((name) => ['node', name] as const),
    ...add.map(({ like }) => ['node', like] as const),
    ...Object.keys(replicas).map((name) => ['service', name] as const),
  ];
  for (const [kind, name] of named) {
    if (known[kind].has(name)) continue;
    throw new BadInput({
      code: kind === 'node' ? 'UNKNOWN_NODE' : 'UNKNOWN_SERVICE',
      message: `there is no ${kind} ${name} in this cluster; GET ${kind}s lists them`,
    });
  }
}

function checkLimits(nodes: number, services: readonly { readonly replicas: number }[]): void {
  const replicas = services.reduce((sum, it) => sum + it.replicas, 0);
  if (nodes > limits.nodes)
    throw new BadInput({ code: 'TOO_MANY_NODES', message: `${nodes} nodes; at most ${limits.nodes}` });
  if (replicas > limits.replicas)
    throw new BadInput({
      code: 'TOO_MANY_REPLICAS',
      message: `${replicas} replicas; at most ${limits.replicas}`,
    });
}

/** Nodes as empty and whole as new, under names that nobody has. */
function copies(nodes: readonly Node[], add: Supposed['add']): Node[] {
  const names = new Set(nodes.map(({ id }) => id));
  const byName = new Map(nodes.map((node) => [node.id, node]));
  const hostname = 'kubernetes.io/hostname';
  return add.flatMap(({ like, count }) => {
    const made: Node[] = [];
    for (let n = 1; made.length < count; n++) {
      const name = `${like}+${n}`;
      if (names.has(name)) continue;
      names.add(name);
      const { labels, cpu, memory, cores, accelerators, taints } = byName.get(like)!;
      made.push({
        ...{ id: name, name, cpu, memory, cores, accelerators, taints, schedulable: true },
        labels: hostname in labels ? { ...labels, [hostname]: name } : labels,
      });
    }
    return made;
  });
}

function nodeChanges(
  nodes: readonly Node[],
  drained: ReadonlySet<string>,
  added: ReadonlySet<Node>,
  now: readonly Running[],
  then: readonly Running[],
): NodeChange[] {
  const [before, after] = [usedOf(now), usedOf(then)];
  const nothing: Used = { cpu: 0, memory: 0, replicas: 0 };
  return nodes.map((node) => ({
    name: node.id,
    state: added.has(node) ? 'added' : drained.has(node.id) ? 'drained' : 'kept',
    cpu: node.cpu,
    memory: node.memory,
    before: before.get(node.id) ?? nothing,
    after: after.get(node.id) ?? nothing,
  }));
}

function usedOf(placed: readonly Running[]): Map<string, Used> {
  const used = new Map<string, Used>();
  for (const { node, cpu, memory } of placed) {
    const sum = used.get(node) ?? { cpu: 0, memory: 0, replicas: 0 };
    used.set(node, { cpu: sum.cpu + cpu, memory: sum.memory + memory, replicas: sum.replicas + 1 });
  }
  return used;
}

function idOf({ service, replica }: { readonly service: string; readonly replica: number }): string {
  return `${service}/${replica}`;
}
