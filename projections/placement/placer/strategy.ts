/** What a strategy is: it gives places to the replicas that have none. */
import type { Ledger } from './ledger.ts';
import type { Placed, Service } from './model.ts';
import type { QueueRule } from './queue.ts';
import type { Weights } from './score.ts';

/** A service and the numbers of its replicas that have no place yet. */
export interface Demand {
  readonly service: Service;
  readonly replicas: readonly number[];
}

/** What may be set, whatever the strategy. */
export interface PlacerOptions {
  readonly weights: Weights;
  readonly queue: QueueRule;
}

/** What a strategy saw before it chose, for whoever compares it with another placer. */
export interface Trial {
  readonly service: string;
  /** Null: no node was taken. */
  readonly node: string | null;
  readonly score: number | null;
  /** Nodes with enough CPU, memory and accelerator, and those of them whose cores have room too. */
  readonly feasible: number;
  readonly ranked: number;
}

/** A way to choose places. What it places it takes from the ledger; the same input gives the same places. */
export interface Strategy {
  /** kebab-case; how policies and commands name it. */
  readonly name: string;
  readonly about: string;
  /** true: the order of nodes and services in the input counts. */
  readonly ordered: boolean;
  place(
    ledger: Ledger,
    demands: readonly Demand[],
    options: PlacerOptions,
    trace?: (trial: Trial) => void,
  ): Placed[];
}
