/** Windows over requests: what profiles are reckoned on, never single requests. */

/** Requests of a window. */
export const WINDOW = 100;

/** First and last place of a window. */
export interface Span {
  readonly first: number;
  readonly last: number;
}

/** Windows of `size` requests, each `step` further than the one before; of fewer requests there is none. */
export function* windows(requests: number, size: number = WINDOW, step = 1): Generator<Span> {
  if (size < 2 || step < 1) throw new RangeError('a window has 2 requests or more, and moves by 1 or more');
  for (let first = 0; first + size <= requests; first += step) yield { first, last: first + size - 1 };
}

/** The value below which a share of the sorted values lies, between two of them in proportion; NaN without values. */
export function quantile(sorted: readonly number[], share: number): number {
  if (sorted.length === 0) return NaN;
  const at = share * (sorted.length - 1);
  const low = sorted[Math.floor(at)]!;
  const high = sorted[Math.ceil(at)]!;
  return low + (high - low) * (at - Math.floor(at));
}

/** Values in ascending order. */
export function ascending(values: readonly number[]): number[] {
  return [...values].sort((a, b) => a - b);
}

/** The middle value; NaN without values. */
export function median(values: readonly number[]): number {
  return quantile(ascending(values), 0.5);
}
