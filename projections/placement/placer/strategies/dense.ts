/** Places as many replicas as it can: tries several orders, then takes nodes apart and fills them anew where that helps. */
import { fewest, misfit, wanted } from '../filter.ts';
import type { Wanted } from '../filter.ts';
import type { Account, Ledger } from '../ledger.ts';
import type { Placed } from '../model.ts';
import { queued } from '../queue.ts';
import { total } from '../score.ts';
import type { Demand, PlacerOptions, Strategy } from '../strategy.ts';

/** Looking for something better ends after so many comparisons of a replica with a node, per comparison of a plain run. */
const EFFORT = 30;
/** And never takes more than so many. */
const MOST = 300_000;
/** Above so many comparisons of a plain run, one order is tried and nothing is improved. */
const MANY = 1_000_000;

interface Waiting {
  readonly want: Wanted;
  readonly replica: number;
  /** Rank of the replica within its service: the first ones of all services come before the second ones. */
  readonly round: number;
  /** Place of the service in the queue. */
  readonly turn: number;
}

interface Put {
  readonly waiting: Waiting;
  readonly placed: Placed;
}

type Order = (a: Waiting, b: Waiting) => number;

interface Attempt {
  readonly order: Order;
  /** true: onto the node that is full soonest; false: onto the one with most room. */
  readonly tight: boolean;
}

/** Ours. */
export const denseStrategy: Strategy = {
  name: 'dense',
  about: 'As many replicas as possible, every service its first ones before others their last.',
  ordered: false,
  place(ledger, demands, options) {
    return new Packing(ledger, demands, options).run();
  },
};

class Packing {
  readonly #ledger: Ledger;
  readonly #waiting: readonly Waiting[];
  readonly #random = generator(0x9e3779b9);
  #spent = 0;

  constructor(ledger: Ledger, demands: readonly Demand[], { queue }: PlacerOptions) {
    this.#ledger = ledger;
    const order = queued(
      demands.map(({ service }) => service),
      queue,
    );
    const turns = new Map(order.map(({ id }, turn) => [id, turn]));
    this.#waiting = demands.flatMap(({ service, replicas }) => {
      const want = wanted(ledger, service);
      const running = service.replicas - replicas.length;
      return replicas.map((replica, i) => ({
        want,
        replica,
        round: Math.max(0, running) + i,
        turn: turns.get(service.id)!,
      }));
    });
  }

  run(): Placed[] {
    const plain = this.#waiting.length * this.#ledger.accounts.length;
    const large = plain > MANY;
    const budget = large ? 0 : Math.min(MOST, EFFORT * plain);
    let best: Put[] | undefined;
    for (const { order, tight } of large ? attempts.slice(0, 2) : attempts) {
      const puts = this.#fill([...this.#waiting].sort(order), tight, undefined);
      if (best === undefined || better(puts, best)) best = puts;
      this.#undo(puts);
      if (puts.length === this.#waiting.length) break;
    }
    let puts = this.#redo(best ?? []);
    while (puts.length < this.#waiting.length && puts.length > 0 && this.#spent < budget)
      puts = this.#improve(puts);
    return puts.map(({ placed }) => placed);
  }

  /** Puts each replica on the node where it leaves the least behind that nothing else could use. */
  #fill(waiting: readonly Waiting[], tight: boolean, within: ReadonlySet<Account> | undefined): Put[] {
    const puts: Put[] = [];
    const full = new Set<Wanted>();
    for (const one of waiting) {
      const { want } = one;
      // Nothing is given back while filling: where one replica of a service does not fit, none does.
      if (full.has(want)) continue;
      const account = this.#choose(want, tight, within);
      if (account === undefined) {
        if (want.service.spread.length === 0) full.add(want);
        continue;
      }
      const share = this.#ledger.take(account, want.service);
      puts.push({
        waiting: one,
        placed: { service: want.service.id, replica: one.replica, ...share },
      });
    }
    return puts;
  }

  #choose(want: Wanted, tight: boolean, within: ReadonlySet<Account> | undefined): Account | undefined {
    const least = fewest(this.#ledger, want);
    let best: Account | undefined;
    let bestWaste = Infinity;
    for (const account of want.eligible) {
      if (within !== undefined && !within.has(account)) continue;
      this.#spent += 1;
      if (misfit(this.#ledger, account, want, least) !== undefined) continue;
      const waste = tight ? wasteOf(account, want) : -wasteOf(account, want);
      if (waste < bestWaste) [best, bestWaste] = [account, waste];
    }
    return best;
  }

  /** Empties two or three nodes of what this call put there and fills them again in another order; keeps what is no worse. */
  #improve(puts: readonly Put[]): Put[] {
    const accounts = this.#ledger.accounts;
    const opened = new Set<Account>();
    const some = 2 + (this.#random() % 2);
    while (opened.size < Math.min(some, accounts.length))
      opened.add(accounts[this.#random() % accounts.length]!);
    const ids = new Set([...opened].map(({ node }) => node.id));
    const kept = puts.filter(({ placed }) => !ids.has(placed.node));
    const removed = puts.filter(({ placed }) => ids.has(placed.node));
    this.#undo(removed);
    const there = new Set(kept.map(({ waiting }) => waiting));
    const order = this.#shuffledOrder();
    const again = this.#fill(this.#waiting.filter((one) => !there.has(one)).sort(order), true, opened);
    const next = [...kept, ...again];
    if (!better(puts, next)) return next;
    this.#undo(again);
    return [...kept, ...this.#redo(removed)];
  }

  /** A random order of services; within a service the order of its replicas. */
  #shuffledOrder(): Order {
    const keys = new Map<Wanted, number>();
    const key = (want: Wanted) => {
      let known = keys.get(want);
      if (known === undefined) keys.set(want, (known = this.#random()));
      return known;
    };
    return (a, b) => key(a.want) - key(b.want) || a.round - b.round;
  }

  #undo(puts: readonly Put[]): void {
    for (const { waiting, placed } of puts) this.#ledger.release(placed, waiting.want.service);
  }

  #redo(puts: readonly Put[]): Put[] {
    for (const { waiting, placed } of puts) this.#ledger.charge(placed, waiting.want.service);
    return [...puts];
  }
}

const byId: Order = (a, b) =>
  a.want.service.id < b.want.service.id ? -1 : a.want.service.id > b.want.service.id ? 1 : a.round - b.round;
const size = ({ want: { service, needs } }: Waiting) => total(needs) + service.cpu / 10;

const firstRound = ({ round }: Waiting) => Number(round > 0);
/** Services that may not go everywhere come first: what the others take could be all they may have. */
const tied = ({ want: { service } }: Waiting) =>
  service.spread.some(({ required }) => required) ||
  service.apart.length > 0 ||
  Object.keys(service.nodeSelector).length > 0
    ? 0
    : 1;
const inTurn: Order = (a, b) => a.round - b.round || a.turn - b.turn || byId(a, b);

/** Ways to fill the cluster; the first ones are those that large clusters are tried with. */
const attempts: readonly Attempt[] = [
  { order: (a, b) => tied(a) - tied(b) || inTurn(a, b), tight: true },
  { order: (a, b) => tied(a) - tied(b) || inTurn(a, b), tight: false },
  { order: inTurn, tight: true },
  { order: (a, b) => a.turn - b.turn || byId(a, b), tight: true },
  { order: (a, b) => firstRound(a) - firstRound(b) || size(a) - size(b) || byId(a, b), tight: true },
  { order: (a, b) => firstRound(a) - firstRound(b) || size(b) - size(a) || byId(a, b), tight: true },
  { order: (a, b) => b.want.service.memory - a.want.service.memory || byId(a, b), tight: true },
];

/** True when `a` serves more services, or as many and more replicas. */
function better(a: readonly Put[], b: readonly Put[]): boolean {
  const firsts = (puts: readonly Put[]) => puts.filter(({ waiting }) => waiting.round === 0).length;
  return firsts(a) - firsts(b) > 0 || (firsts(a) === firsts(b) && a.length > b.length);
}

/** Squared shares of what would be left: a node that ends up full in every respect wastes least. */
function wasteOf(account: Account, { service, needs, devices }: Wanted): number {
  const { node, cores } = account;
  const left = total(cores) - total(needs);
  const cpu = (account.cpu - service.cpu) / node.cpu;
  const memory = (account.memory - service.memory) / node.memory;
  const core = cores.length === 0 ? 0 : left / (100 * cores.length);
  // A device that is not asked for is kept for those who ask.
  const spared = devices.length === 0 ? node.accelerators.length : 0;
  return cpu * cpu + memory * memory + core * core + spared;
}

/** xorshift32: the same numbers on every machine. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>>= 0);
  };
}
