/** Gives a place to every replica that should run and has none, and says why the others have none. */
import { fewest, fixedMisfit, misfit, wanted } from './filter.ts';
import type { MisfitCode } from './filter.ts';
import { Ledger } from './ledger.ts';
import { misfitText, missingShare } from './reasons.ts';
import type { Node, Placed, Service } from './model.ts';
import { plainQueue } from './queue.ts';
import { noQuirks } from './quirks.ts';
import type { Quirks } from './quirks.ts';
import type { Demand, PlacerOptions, Strategy, Trial } from './strategy.ts';

/** What is to be placed where. */
export interface Problem {
  readonly nodes: readonly Node[];
  readonly services: readonly Service[];
  /** Replicas that have a place; those of unknown nodes or services hold nothing. */
  readonly placed: readonly Placed[];
}

/** Replicas of one service that have no place. */
export interface Unplaced {
  readonly service: string;
  readonly replicas: readonly number[];
  /** How many nodes are out for which reason. */
  readonly reasons: Readonly<Partial<Record<MisfitCode, number>>>;
  /** The node where least is missing, and what. Null without nodes. */
  readonly nearest: { readonly node: string; readonly code: MisfitCode; readonly message: string } | null;
}

/** What was decided. */
export interface Plan {
  readonly placed: readonly Placed[];
  readonly unplaced: readonly Unplaced[];
  /** What is left, all placed replicas counted. */
  readonly ledger: Ledger;
}

/** Options as they are when nothing is said: CPU and memory count alike, nothing goes first. */
export const defaultOptions: PlacerOptions = { weights: { cpu: 1, memory: 1 }, queue: plainQueue };

/**
 * Places what is missing, one plan for all of it. Replicas that have a place keep it. The same problem gives the same plan, in
 * whatever order nodes and services come (for strategies that do not say otherwise).
 */
export function place(
  problem: Problem,
  strategy: Strategy,
  options: PlacerOptions = defaultOptions,
  quirks: Quirks = noQuirks,
  trace?: (trial: Trial) => void,
): Plan {
  const sorted = <T extends { readonly id: string }>(list: readonly T[]) =>
    strategy.ordered ? [...list] : [...list].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  const services = mutual(sorted(problem.services));
  const ledger = new Ledger(sorted(problem.nodes), topologyKeys(services), quirks);
  const byId = new Map(services.map((service) => [service.id, service]));
  const running = new Map<string, Set<number>>();
  for (const replica of problem.placed) {
    const service = byId.get(replica.service);
    if (service === undefined || ledger.account(replica.node) === undefined) continue;
    ledger.charge(replica, service);
    const known = running.get(service.id) ?? new Set<number>();
    running.set(service.id, known.add(replica.replica));
  }
  const demands = services.map((service): Demand => {
    const there = running.get(service.id) ?? new Set<number>();
    const replicas: number[] = [];
    for (let n = 0; replicas.length < service.replicas - there.size; n++) if (!there.has(n)) replicas.push(n);
    return { service, replicas };
  });
  const placed = strategy.place(
    ledger,
    demands.filter(({ replicas }) => replicas.length > 0),
    options,
    trace,
  );
  const done = new Set(placed.map(({ service, replica }) => `${service}/${replica}`));
  const unplaced = demands.flatMap(({ service, replicas }): Unplaced[] => {
    const left = replicas.filter((replica) => !done.has(`${service.id}/${replica}`));
    return left.length === 0 ? [] : [{ service: service.id, replicas: left, ...whyNot(ledger, service) }];
  });
  return { placed, unplaced, ledger };
}

/** Labels that rules of services speak of. */
export function topologyKeys(services: readonly Service[]): string[] {
  return services.flatMap(({ spread, apart }) => [...spread, ...apart].map((rule) => rule.topologyKey));
}

/** Keeping apart holds for both: what one service names, the other one names too. */
export function mutual(services: readonly Service[]): Service[] {
  const named = new Map<string, Service['apart'][number][]>();
  for (const { id, apart } of services) {
    for (const { service, topologyKey } of apart) {
      if (service !== id) named.set(service, [...(named.get(service) ?? []), { service: id, topologyKey }]);
    }
  }
  return services.map((service) => {
    const more = named.get(service.id);
    return more === undefined ? service : { ...service, apart: [...service.apart, ...more] };
  });
}

function whyNot(ledger: Ledger, service: Service): Pick<Unplaced, 'reasons' | 'nearest'> {
  const want = wanted(ledger, service);
  const least = fewest(ledger, want);
  const reasons: Partial<Record<MisfitCode, number>> = {};
  let nearest: Unplaced['nearest'] = null;
  let smallest = Infinity;
  for (const account of ledger.accounts) {
    const code = fixedMisfit(account.node, service) ?? misfit(ledger, account, want, least);
    if (code === undefined) continue;
    reasons[code] = (reasons[code] ?? 0) + 1;
    const missing = missingShare(code, account, want);
    if (missing >= smallest) continue;
    smallest = missing;
    nearest = { node: account.node.id, code, message: misfitText(code, account, want) };
  }
  return { reasons, nearest };
}
