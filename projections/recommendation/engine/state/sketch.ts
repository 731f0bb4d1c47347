/** A DDSketch: percentiles within 0.5 %, sums exact, merged and taken apart in any order. */
import { percentileIndex } from '../percentile.ts';

/** Relative error of percentiles. */
export const SKETCH_ERROR = 0.005;
const GAMMA = (1 + SKETCH_ERROR) / (1 - SKETCH_ERROR);
const LOG_GAMMA = Math.log(GAMMA);
/** What lies beyond shares the outermost bins: 4,145 bins at most. */
const LEAST = 1e-9;
const LARGEST = 1e9;

/**
 * Bin i holds (γ^(i-1), γ^i] with γ = 1.005/0.995 and is told as 2·γ^i/(γ + 1), so 1.0 (bin 0) as 0.995. Zeros have a bin of
 * their own; minimum, maximum, sum, count and the last value are exact.
 */
export class Sketch {
  readonly #bins = new Map<number, number>();
  #zeros = 0;
  count = 0;
  sum = 0;
  min = Infinity;
  max = -Infinity;
  /** Σ of what was throttled beside the values. */
  throttled = 0;
  /** The value with the latest time, and that time, ms; of equal times the larger. */
  last = NaN;
  lastAt = -Infinity;

  /** Bins in use. */
  get bins(): number {
    return this.#bins.size + (this.#zeros > 0 ? 1 : 0);
  }

  /** Adds a value (below 0 counts as 0) seen at a time, ms. */
  add(value: number, at: number, throttled = 0): void {
    const used = Math.max(0, value);
    if (used === 0) this.#zeros += 1;
    else {
      const bin = binOf(used);
      this.#bins.set(bin, (this.#bins.get(bin) ?? 0) + 1);
    }
    this.count += 1;
    this.sum += used;
    this.throttled += throttled;
    this.min = Math.min(this.min, used);
    this.max = Math.max(this.max, used);
    this.#saw(used, at);
  }

  /** Adds everything of another. Counts do not depend on the order; sums do in their last bits. */
  merge(other: Sketch): void {
    for (const [bin, n] of other.#bins) this.#bins.set(bin, (this.#bins.get(bin) ?? 0) + n);
    this.#zeros += other.#zeros;
    this.count += other.count;
    this.sum += other.sum;
    this.throttled += other.throttled;
    this.min = Math.min(this.min, other.min);
    this.max = Math.max(this.max, other.max);
    this.#saw(other.last, other.lastAt);
  }

  /**
   * Takes away what was merged before. Minimum and maximum are then those of the bins that are left, within 0.5 %, and sums carry
   * what rounding left. Something that was never in it: RangeError, and nothing changes.
   */
  subtract(other: Sketch): void {
    const missing = [...other.#bins].find(([bin, n]) => (this.#bins.get(bin) ?? 0) < n);
    if (missing !== undefined || this.#zeros < other.#zeros)
      throw new RangeError('the sketch does not hold what is taken away');
    for (const [bin, n] of other.#bins) {
      const left = this.#bins.get(bin)! - n;
      if (left === 0) this.#bins.delete(bin);
      else this.#bins.set(bin, left);
    }
    this.#zeros -= other.#zeros;
    this.count -= other.count;
    this.sum = this.count === 0 ? 0 : this.sum - other.sum;
    this.throttled = this.count === 0 ? 0 : this.throttled - other.throttled;
    const kept = [...this.#bins.keys()];
    const values = [...(this.#zeros > 0 ? [0] : []), ...kept.map(valueOf)];
    this.min = values.length === 0 ? Infinity : Math.max(this.min, Math.min(...values));
    this.max = values.length === 0 ? -Infinity : Math.min(this.max, Math.max(...values));
  }

  /** Percentile 0..100 by Kruize's rank; within 0.5 % of the element of that rank, and never beyond minimum and maximum. NaN when empty. */
  percentile(percentile: number): number {
    if (this.count === 0) return NaN;
    const rank = percentileIndex(percentile, this.count);
    if (rank < this.#zeros) return 0;
    let seen = this.#zeros;
    for (const bin of [...this.#bins.keys()].sort((a, b) => a - b)) {
      seen += this.#bins.get(bin)!;
      if (seen > rank) return Math.min(this.max, Math.max(this.min, valueOf(bin)));
    }
    return this.max;
  }

  #saw(value: number, at: number): void {
    if (at < this.lastAt || (at === this.lastAt && !(value > this.last))) return;
    this.last = value;
    this.lastAt = at;
  }
}

function binOf(value: number): number {
  return Math.ceil(Math.log(Math.min(LARGEST, Math.max(LEAST, value))) / LOG_GAMMA);
}

function valueOf(bin: number): number {
  return (2 * Math.exp(bin * LOG_GAMMA)) / (GAMMA + 1);
}
