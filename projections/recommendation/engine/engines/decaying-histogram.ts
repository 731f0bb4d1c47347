/** A histogram of exponential buckets whose old samples weigh less and less. */

/** Each bucket is 5 % wider than the one before. */
const GROWTH = 0.05;
/** Buckets that weigh less are empty. */
const EPSILON = 1e-4;
/** All weights are scaled down when a new one would be larger than 2^100. */
const MAX_EXPONENT = 100;

/** Where buckets are and how fast they forget. */
export interface HistogramShape {
  /** Width of the first bucket, in the unit of values. */
  readonly first: number;
  /** Values from here on share the last bucket. */
  readonly largest: number;
  /** ms after which a sample weighs half. */
  readonly halfLife: number;
}

/**
 * Bucket n starts at first·(1.05^n - 1)/0.05; a value v lies in floor(log_1.05(v·0.05/first + 1)). With first = 0.01 core, 1
 * core lies in bucket floor(ln 6/ln 1.05) = 36, from 0.958 to 1.016 cores, and is told as 1.016.
 */
export class DecayingHistogram {
  readonly #shape: HistogramShape;
  readonly #weights: Float64Array;
  #reference: number | null = null;

  constructor(shape: HistogramShape) {
    this.#shape = shape;
    this.#weights = new Float64Array(bucketAt(shape, shape.largest) + 1);
  }

  /** Adds a value seen at a time (ms); what is below 0 counts as 0. */
  add(value: number, weight: number, at: number): void {
    this.#reference ??= at;
    let exponent = (at - this.#reference) / this.#shape.halfLife;
    if (exponent > MAX_EXPONENT) {
      const moved = Math.round(exponent);
      for (let i = 0; i < this.#weights.length; i++) this.#weights[i]! *= 2 ** -moved;
      this.#reference += moved * this.#shape.halfLife;
      exponent -= moved;
    }
    const bucket = Math.min(bucketAt(this.#shape, Math.max(0, value)), this.#weights.length - 1);
    this.#weights[bucket]! += weight * 2 ** exponent;
  }

  /** The end of the bucket that holds the share 0..1 of all weight (the start of the last bucket); null when empty. */
  percentile(share: number): number | null {
    const filled: number[] = [];
    let total = 0;
    this.#weights.forEach((weight, i) => {
      if (weight < EPSILON) return;
      filled.push(i);
      total += weight;
    });
    if (filled.length === 0) return null;
    let sum = 0;
    let found = filled.at(-1)!;
    for (const i of filled) {
      sum += this.#weights[i]!;
      if (sum < share * total) continue;
      found = i;
      break;
    }
    return startOf(this.#shape, found < this.#weights.length - 1 ? found + 1 : found);
  }
}

function bucketAt({ first }: HistogramShape, value: number): number {
  return Math.floor(Math.log((value * GROWTH) / first + 1) / Math.log(1 + GROWTH));
}

function startOf({ first }: HistogramShape, bucket: number): number {
  return (first * ((1 + GROWTH) ** bucket - 1)) / GROWTH;
}
