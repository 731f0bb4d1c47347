/** Strategies that take one replica after the other and never look back. */
import { fewest, misfit, wanted } from '../filter.ts';
import type { Ledger } from '../ledger.ts';
import type { Placed } from '../model.ts';
import { queued } from '../queue.ts';
import { room } from '../score.ts';
import { emptiest, first, fullest } from '../select.ts';
import type { Scored, Select } from '../select.ts';
import type { Demand, PlacerOptions, Strategy, Trial } from '../strategy.ts';

function oneByOne(name: string, about: string, select: Select): Strategy {
  return {
    name,
    about,
    ordered: true,
    place: (ledger, demands, options, trace) => placeAll(ledger, demands, options, select, trace),
  };
}

function placeAll(
  ledger: Ledger,
  demands: readonly Demand[],
  { weights, queue }: PlacerOptions,
  select: Select,
  trace?: (trial: Trial) => void,
): Placed[] {
  const { quirks } = ledger;
  const byService = new Map(demands.map((demand) => [demand.service.id, demand]));
  const placed: Placed[] = [];
  for (const service of queued(
    demands.map((demand) => demand.service),
    queue,
    quirks,
  )) {
    const want = wanted(ledger, service);
    for (const replica of byService.get(service.id)!.replicas) {
      const least = fewest(ledger, want);
      const ranked: Scored[] = [];
      let feasible = 0;
      for (const account of want.eligible) {
        const code = misfit(ledger, account, want, least);
        if (code === undefined || code === 'CORES') feasible += 1;
        if (code !== undefined) continue;
        const score = room(account, want, weights);
        if (!quirks.scoreAboveZero || score > 0) ranked.push({ account, score });
      }
      const chosen = select(ranked);
      trace?.({
        service: service.id,
        node: chosen?.account.node.id ?? null,
        score: chosen?.score ?? null,
        feasible,
        ranked: ranked.length,
      });
      if (chosen === undefined) continue;
      placed.push({ service: service.id, replica, ...ledger.take(chosen.account, service) });
    }
  }
  return placed;
}

/** Upstream's strategy 0, "first fit". */
export const firstStrategy = oneByOne('first', 'The first node that fits, in the order of the list.', first);
/** Upstream's strategy 1, which it calls "best fit". */
export const spreadStrategy = oneByOne('spread', 'The node with the most room.', emptiest);
/** Upstream's strategy 2, which it calls "worst fit". */
export const packStrategy = oneByOne('pack', 'The node with the least room.', fullest);
