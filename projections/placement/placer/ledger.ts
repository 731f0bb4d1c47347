/** What is free on each node while replicas are placed and released. Amounts are whole numbers: nothing drifts. */
import type { Accelerator, Node, Service, Share } from './model.ts';
import { noQuirks } from './quirks.ts';
import type { Quirks } from './quirks.ts';

/** A node and what is left of it. */
export interface Account {
  readonly node: Node;
  cpu: number;
  memory: number;
  /** Per cent left of each core, by place. */
  readonly cores: number[];
  /** The same, the emptiest core first. */
  readonly sorted: number[];
  /** Per cent left of each device, by place. */
  readonly devices: number[];
  /** Replicas here by service. */
  readonly services: Map<string, number>;
}

/** The accounts of a cluster, and how many replicas of a service lie under each value of a label. */
export class Ledger {
  readonly accounts: readonly Account[];
  readonly quirks: Quirks;
  readonly #keys: readonly string[];
  readonly #byNode: ReadonlyMap<string, Account>;
  /** Replicas by label, then by value, then by service. */
  readonly #domains = new Map<string, Map<string, Map<string, number>>>();

  /** `topologyKeys`: labels whose values are counted for {@link within}. */
  constructor(nodes: readonly Node[], topologyKeys: Iterable<string> = [], quirks: Quirks = noQuirks) {
    this.quirks = quirks;
    this.#keys = [...new Set(topologyKeys)];
    this.accounts = nodes.map((node) => ({
      node,
      cpu: node.cpu,
      memory: node.memory,
      cores: [...node.cores],
      sorted: [...node.cores].sort(descending),
      devices: node.accelerators.map(({ capacity }) => capacity),
      services: new Map(),
    }));
    this.#byNode = new Map(this.accounts.map((account) => [account.node.id, account]));
  }

  /** The account of a node; undefined when it is not in the cluster. */
  account(node: string): Account | undefined {
    return this.#byNode.get(node);
  }

  /** Replicas of a service on nodes whose label `key` has this value. */
  within(key: string, value: string, service: string): number {
    return this.#domains.get(key)?.get(value)?.get(service) ?? 0;
  }

  /** Takes for one replica what it needs; the caller made sure that it fits, else RangeError. */
  take(account: Account, service: Service): Share {
    const share: Share = {
      node: account.node.id,
      cores: this.quirks.coresSorted
        ? emptiestCores(account, needsOf(service, this.#cut(account)))
        : fitting(coresFor(account.cores, needsOf(service, this.#cut(account)))),
      accelerators: this.#devices(account, service),
    };
    this.#move(account, service, share, -1);
    return share;
  }

  /** Charges a replica that already runs, even beyond what is left: more may run than is declared. */
  charge(share: Share, service: Service): void {
    this.#move(fitting(this.account(share.node)), service, share, -1);
  }

  /** Gives back exactly what a replica took. */
  release(share: Share, service: Service): void {
    this.#move(fitting(this.account(share.node)), service, share, 1);
  }

  #cut({ cores }: Account): number {
    return this.quirks.coresCut ? cores.length : Infinity;
  }

  #devices(account: Account, { accelerators }: Service): [device: string, percent: number][] {
    const wanted = Object.entries(accelerators).filter(([, need]) => need > 0);
    if (!this.quirks.everyDeviceCharged) {
      return wanted.flatMap(([type, need]): [string, number][] => {
        const device = deviceFor(account, type, need);
        // Upstream takes a node that has another device of those that are asked for.
        if (device === undefined && this.quirks.anyAccelerator) return [];
        return [[fitting(device).id, need]];
      });
    }
    return wanted.flatMap(([type, need]) =>
      account.node.accelerators
        .filter((device, i) => device.type === type && account.devices[i]! > need)
        .map(({ id }): [string, number] => [id, need]),
    );
  }

  #move(account: Account, service: Service, share: Share, sign: 1 | -1): void {
    account.cpu += sign * service.cpu;
    account.memory += sign * service.memory;
    for (const [core, percent] of share.cores) account.cores[core]! += sign * percent;
    sortInto(account.sorted, account.cores);
    for (const [device, percent] of share.accelerators) {
      account.devices[account.node.accelerators.findIndex(({ id }) => id === device)]! += sign * percent;
    }
    count(account.services, service.id, -sign);
    for (const key of this.#keys) {
      const value = account.node.labels[key];
      if (value !== undefined) count(entry(entry(this.#domains, key), value), service.id, -sign);
    }
  }
}

/** What a service needs of cores, the largest first; of the first `limit` needs only. */
export function needsOf({ cores }: Service, limit = Infinity): number[] {
  return cores
    .slice(0, limit)
    .filter((need) => need > 0)
    .sort(descending);
}

/**
 * The cores that needs (the largest first) are served from: each from the fullest core that still has room, every need from another
 * core. Whenever some choice of cores works, this one does. Undefined when none does.
 */
export function coresFor(
  free: readonly number[],
  needs: readonly number[],
): [core: number, percent: number][] | undefined {
  const chosen: [number, number][] = [];
  for (const need of needs) {
    let best = -1;
    for (let core = 0; core < free.length; core++) {
      if (free[core]! < need || chosen.some(([taken]) => taken === core)) continue;
      if (best < 0 || free[core]! < free[best]!) best = core;
    }
    if (best < 0) return undefined;
    chosen.push([best, need]);
  }
  return chosen;
}

/** As upstream: the emptiest core gets the largest need. */
function emptiestCores({ cores }: Account, needs: readonly number[]): [core: number, percent: number][] {
  const order = cores.map((_, core) => core).sort((a, b) => cores[b]! - cores[a]!);
  return needs.map((need, i): [number, number] => [order[i]!, need]);
}

/** The fullest device of a type that still has room; undefined when none has. */
export function deviceFor(account: Account, type: string, need: number): Accelerator | undefined {
  let best = -1;
  for (let i = 0; i < account.devices.length; i++) {
    const left = account.devices[i]!;
    if (account.node.accelerators[i]!.type !== type || left < need) continue;
    if (best < 0 || left < account.devices[best]!) best = i;
  }
  return account.node.accelerators[best];
}

function fitting<T>(found: T | undefined): T {
  if (found === undefined) throw new RangeError('a replica was placed where it does not fit');
  return found;
}

/** Fills an array with the numbers of another, the largest first; they are few. */
function sortInto(target: number[], source: readonly number[]): void {
  for (let i = 0; i < source.length; i++) {
    const value = source[i]!;
    let at = i;
    for (; at > 0 && target[at - 1]! < value; at--) target[at] = target[at - 1]!;
    target[at] = value;
  }
}

function descending(a: number, b: number): number {
  return b - a;
}

function entry<V>(map: Map<string, Map<string, V>>, key: string): Map<string, V> {
  const known = map.get(key) ?? new Map<string, V>();
  map.set(key, known);
  return known;
}

function count(counts: Map<string, number>, name: string, by: number): void {
  const next = (counts.get(name) ?? 0) + by;
  if (next === 0) counts.delete(name);
  else counts.set(name, next);
}
