/** Values with weights, asked for quantiles: sorted when asked often, which most that stand for a past day are not. */
import { select } from '../percentile.ts';

/** Quantiles that are looked for without sorting. */
const SELECTED = 2;

/** Weighted values in ascending order. */
export class Distribution {
  readonly #values: Float64Array;
  #isSorted: boolean;
  #asked = 0;
  /** Weight of all values up to each; absent when all weigh the same. */
  readonly #upTo: Float64Array | undefined;

  /** Copies the values (n >= 1, none NaN); `weights` absent: all the same. */
  constructor(values: Float64Array, weights?: Float64Array) {
    if (weights === undefined) {
      this.#values = values.slice();
      this.#isSorted = false;
      return;
    }
    const order = Uint32Array.from(values, (_, i) => i).sort((a, b) => values[a]! - values[b]!);
    const sorted = new Float64Array(values.length);
    const upTo = new Float64Array(values.length);
    let sum = 0;
    order.forEach((from, to) => {
      sorted[to] = values[from]!;
      upTo[to] = sum += weights[from]!;
    });
    this.#values = sorted;
    this.#isSorted = true;
    this.#upTo = upTo;
  }

  /** All values, ascending. */
  get sorted(): Float64Array {
    if (!this.#isSorted) this.#values.sort();
    this.#isSorted = true;
    return this.#values;
  }

  get largest(): number {
    const values = this.#values;
    if (this.#isSorted) return values.at(-1)!;
    let most = values[0]!;
    for (let i = 1; i < values.length; i++) if (values[i]! > most) most = values[i]!;
    return most;
  }

  /** The least value that at least this share 0..1 of the weight does not exceed: of 1, 2, 3, 4 for 0.5 it is 2. */
  quantile(share: number): number {
    const upTo = this.#upTo;
    const n = this.#values.length;
    if (upTo === undefined) {
      const index = Math.min(n - 1, Math.max(0, Math.ceil(share * n) - 1));
      if (!this.#isSorted && (this.#asked += 1) <= SELECTED) return select(this.#values, 0, n, index);
      return this.sorted[index]!;
    }
    const wanted = share * upTo[n - 1]!;
    let [low, high] = [0, n - 1];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (upTo[middle]! < wanted) low = middle + 1;
      else high = middle;
    }
    return this.#values[low]!;
  }
}

/** Weights that halve every `halfLife` ms before `at`; 0: undefined, all the same. */
export function decayingWeights(ends: Float64Array, at: number, halfLife: number): Float64Array | undefined {
  return halfLife === 0 ? undefined : ends.map((end) => 2 ** ((end - at) / halfLife));
}
