/** What has to change so that what is placed fits what is declared: releases first, then places for what is missing. */
import { misfit, untolerated, wanted } from './filter.ts';
import { grouped } from './grouped.ts';
import { Ledger } from './ledger.ts';
import type { Account } from './ledger.ts';
import type { Node, Placed, Service } from './model.ts';
import { defaultOptions, mutual, place, topologyKeys } from './place.ts';
import type { Problem, Unplaced } from './place.ts';
import type { PlacerOptions, Strategy } from './strategy.ts';

/** Why a replica loses its place. */
export type ReleaseReason =
  /** Its node is not known any more, */
  | 'NODE_REMOVED'
  /** its service is not, */
  | 'SERVICE_REMOVED'
  /** fewer replicas are wanted, */
  | 'SCALED_DOWN'
  /** it needs more than its node has left, */
  | 'NEEDS_CHANGED'
  /** its node has less than it carries, */
  | 'NODE_TOO_SMALL'
  /** its node has got a taint that drives it away, */
  | 'NODE_TAINTED'
  /** was not ready for too long, */
  | 'NODE_NOT_READY'
  /** or is not in the cluster any more. */
  | 'NODE_GONE';

/** A replica that has a place, with what it was given there. */
export interface Running extends Placed {
  /** Millicores and MB that it was given. */
  readonly cpu: number;
  readonly memory: number;
}

/** A replica that loses its place. */
export interface Released {
  readonly service: string;
  readonly replica: number;
  readonly node: string;
  readonly reason: ReleaseReason;
}

/** A difference between what is and what should be. */
export interface Changes {
  readonly released: readonly Released[];
  /** Replicas that stay where they are and take another share. */
  readonly resized: readonly Running[];
  readonly placed: readonly Running[];
  readonly unplaced: readonly Unplaced[];
}

/** Nodes, services, and what is placed now. */
export interface State extends Omit<Problem, 'placed'> {
  readonly placed: readonly Running[];
}

/** What has to change. After it has, nothing has: the same question has the answer "nothing". */
export function reconcile(
  state: State,
  strategy: Strategy,
  options: PlacerOptions = defaultOptions,
): Changes {
  const { nodes } = state;
  const services = mutual(state.services);
  const byService = new Map(services.map((service) => [service.id, service]));
  const byNode = new Map(nodes.map((node) => [node.id, node]));
  const released: Released[] = [];
  const release = ({ service, replica, node }: Placed, reason: ReleaseReason) => {
    released.push({ service, replica, node, reason });
  };

  let kept = [...state.placed].sort(byReplica).filter((running) => {
    const reason = lostReason(byNode.get(running.node), byService.get(running.service));
    if (reason !== undefined) release(running, reason);
    return reason === undefined;
  });
  const ofService = grouped(kept, ({ service }) => service);
  const surplusOnes = new Set(
    services.flatMap((service) => surplus(service, ofService.get(service.id) ?? [], byNode)),
  );
  for (const running of surplusOnes) release(running, 'SCALED_DOWN');
  kept = kept.filter((running) => !surplusOnes.has(running));

  const ledger = new Ledger(nodes, topologyKeys(services));
  const fitting = new Set<Running>();
  const changed: Running[] = [];
  for (const running of kept) {
    const service = byService.get(running.service)!;
    if (!isShareOf(running, service)) changed.push(running);
    else if (hasPlaceFor(byNode.get(running.node)!, running)) {
      ledger.charge(running, service);
      fitting.add(running);
    } else release(running, 'NODE_TOO_SMALL');
  }
  // The newest replica goes first from a node that has less than it carries.
  for (const running of [...fitting].reverse()) {
    if (!overdrawn(ledger.account(running.node)!)) continue;
    ledger.release(running, byService.get(running.service)!);
    fitting.delete(running);
    release(running, 'NODE_TOO_SMALL');
  }
  const resized: Running[] = [];
  for (const running of changed) {
    const service = byService.get(running.service)!;
    const account = ledger.account(running.node)!;
    // Where it may be is settled; only amounts are compared.
    const want = wanted(ledger, { ...service, apart: [], spread: [] });
    if (misfit(ledger, account, want, []) !== undefined) release(running, 'NEEDS_CHANGED');
    else resized.push(given(running, service, ledger.take(account, service)));
  }

  const { placed, unplaced } = place(
    { nodes, services: state.services, placed: [...fitting, ...resized] },
    strategy,
    options,
  );
  return {
    released,
    resized,
    placed: placed.map((it) => given(it, byService.get(it.service)!, it)),
    unplaced,
  };
}

function given(
  { service, replica }: Placed,
  { cpu, memory }: Service,
  { node, cores, accelerators }: Pick<Placed, 'node' | 'cores' | 'accelerators'>,
): Running {
  return { service, replica, node, cpu, memory, cores, accelerators };
}

function lostReason(node: Node | undefined, service: Service | undefined): ReleaseReason | undefined {
  if (service === undefined) return 'SERVICE_REMOVED';
  if (node === undefined) return 'NODE_REMOVED';
  if (node.state === 'gone') return 'NODE_GONE';
  if (node.state === 'lost') return 'NODE_NOT_READY';
  return untolerated(node, service, 'NoExecute') === undefined ? undefined : 'NODE_TAINTED';
}

/**
 * Replicas beyond what is wanted, the least useful ones: first those on nodes that take nothing new, then those that share their
 * node with most of the same service, then the newest.
 */
function surplus(
  { replicas }: Service,
  running: readonly Running[],
  nodes: ReadonlyMap<string, Node>,
): Running[] {
  // Per node, the newest last; `running` is in the order of the replicas.
  const places = [...grouped(running, ({ node }) => node).values()].map((there) => ({
    there: [...there],
    idle: nodes.get(there[0]!.node)!.schedulable ? 0 : 1,
  }));
  const out: Running[] = [];
  while (running.length - out.length > replicas) {
    const { there } = places.reduce((best, next) => {
      const [a, b] = [best.there, next.there];
      if (a.length === 0 || b.length === 0) return b.length === 0 ? best : next;
      const ahead = next.idle - best.idle || b.length - a.length || b.at(-1)!.replica - a.at(-1)!.replica;
      return ahead > 0 ? next : best;
    });
    out.push(there.pop()!);
  }
  return out;
}

/** Was it given just what its service needs now? */
function isShareOf(running: Running, service: Service): boolean {
  const amounts = (list: readonly number[]) =>
    list
      .filter((n) => n > 0)
      .sort((a, b) => a - b)
      .join();
  return (
    running.cpu === service.cpu &&
    running.memory === service.memory &&
    amounts(running.cores.map(([, percent]) => percent)) === amounts(service.cores) &&
    amounts(running.accelerators.map(([, percent]) => percent)) ===
      amounts(Object.values(service.accelerators))
  );
}

/** Does the node still have the cores and devices that the replica was given? */
function hasPlaceFor(node: Node, { cores, accelerators }: Running): boolean {
  return (
    cores.every(([core]) => core < node.cores.length) &&
    accelerators.every(([device]) => node.accelerators.some(({ id }) => id === device))
  );
}

function overdrawn({ cpu, memory, cores, devices }: Account): boolean {
  return cpu < 0 || memory < 0 || [...cores, ...devices].some((left) => left < 0);
}

function byReplica(a: Placed, b: Placed): number {
  if (a.service !== b.service) return a.service < b.service ? -1 : 1;
  return a.replica - b.replica;
}
