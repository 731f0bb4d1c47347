/** Values with weights, sorted once, asked often. */

/** Weighted values in ascending order. */
export class Distribution {
  readonly sorted: Float64Array;
  /** Weight of all values up to each. */
  readonly #upTo: Float64Array;

  /** Copies the values (n >= 1); `weights` absent: all the same. */
  constructor(values: Float64Array, weights?: Float64Array) {
    const order = Uint32Array.from(values, (_, i) => i).sort((a, b) => values[a]! - values[b]!);
    this.sorted = new Float64Array(values.length);
    this.#upTo = new Float64Array(values.length);
    let sum = 0;
    order.forEach((from, to) => {
      this.sorted[to] = values[from]!;
      this.#upTo[to] = sum += weights === undefined ? 1 : weights[from]!;
    });
  }

  get largest(): number {
    return this.sorted[this.sorted.length - 1]!;
  }

  /** The least value that at least this share 0..1 of the weight does not exceed: of 1, 2, 3, 4 for 0.5 it is 2. */
  quantile(share: number): number {
    const wanted = share * this.#upTo[this.#upTo.length - 1]!;
    let [low, high] = [0, this.#upTo.length - 1];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#upTo[middle]! < wanted) low = middle + 1;
      else high = middle;
    }
    return this.sorted[low]!;
  }
}

/** Weights that halve every `halfLife` ms before `at`; 0: undefined, all the same. */
export function decayingWeights(ends: Float64Array, at: number, halfLife: number): Float64Array | undefined {
  return halfLife === 0 ? undefined : ends.map((end) => 2 ** ((end - at) / halfLife));
}
