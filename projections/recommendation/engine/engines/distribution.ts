/** Values with weights, sorted once, asked often. */

/** Weighted values in ascending order. */
export class Distribution {
  readonly sorted: Float64Array;
  /** Weight of all values up to each; absent when all weigh the same. */
  readonly #upTo: Float64Array | undefined;

  /** Copies the values (n >= 1); `weights` absent: all the same. */
  constructor(values: Float64Array, weights?: Float64Array) {
    if (weights === undefined) {
      this.sorted = values.slice().sort();
      return;
    }
    const order = Uint32Array.from(values, (_, i) => i).sort((a, b) => values[a]! - values[b]!);
    this.sorted = new Float64Array(values.length);
    const upTo = new Float64Array(values.length);
    let sum = 0;
    order.forEach((from, to) => {
      this.sorted[to] = values[from]!;
      upTo[to] = sum += weights[from]!;
    });
    this.#upTo = upTo;
  }

  get largest(): number {
    return this.sorted[this.sorted.length - 1]!;
  }

  /** The least value that at least this share 0..1 of the weight does not exceed: of 1, 2, 3, 4 for 0.5 it is 2. */
  quantile(share: number): number {
    const upTo = this.#upTo;
    const n = this.sorted.length;
    if (upTo === undefined) return this.sorted[Math.min(n - 1, Math.max(0, Math.ceil(share * n) - 1))]!;
    const wanted = share * upTo[n - 1]!;
    let [low, high] = [0, n - 1];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (upTo[middle]! < wanted) low = middle + 1;
      else high = middle;
    }
    return this.sorted[low]!;
  }
}

/** Weights that halve every `halfLife` ms before `at`; 0: undefined, all the same. */
export function decayingWeights(ends: Float64Array, at: number, halfLife: number): Float64Array | undefined {
  return halfLife === 0 ? undefined : ends.map((end) => 2 ** ((end - at) / halfLife));
}
