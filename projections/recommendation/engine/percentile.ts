/** Percentiles as Kruize takes them: one element of the sorted list, never a value between two. */

/**
 * Index (from 0) into n ascending values for a percentile 0..100: floor(p/100·(n-1) + 0.5), so half rounds up.
 * The order of operations is part of the contract. percentileIndex(50, 4) = floor(0.5·3 + 0.5) = 2.
 */
export function percentileIndex(percentile: number, n: number): number {
  return Math.floor((percentile / 100) * (n - 1) + 0.5);
}

const SMALL = 12;

/**
 * Moves the k-th smallest of values[from, to) to index k (absolute) and returns it; smaller ones end up before it and larger
 * ones after it, so the next select can work on one side only. Values must not be NaN.
 */
export function select(values: Float64Array, from: number, to: number, k: number): number {
  let low = from;
  let high = to - 1;
  while (high - low > SMALL) {
    const middle = (low + high) >>> 1;
    if (values[middle]! < values[low]!) swap(values, middle, low);
    if (values[high]! < values[low]!) swap(values, high, low);
    if (values[high]! < values[middle]!) swap(values, high, middle);
    const pivot = values[middle]!;
    let i = low;
    let j = high;
    while (i <= j) {
      while (values[i]! < pivot) i++;
      while (values[j]! > pivot) j--;
      if (i <= j) {
        const held = values[i]!;
        values[i++] = values[j]!;
        values[j--] = held;
      }
    }
    if (k <= j) high = j;
    else if (k >= i) low = i;
    else return pivot;
  }
  insertionSort(values, low, high);
  return values[k]!;
}

/** The percentile of a list of n >= 1 values, none NaN, without changing it. */
export function percentileOf(values: Float64Array, percentile: number): number {
  return select(values.slice(), 0, values.length, percentileIndex(percentile, values.length));
}

function swap(values: Float64Array, a: number, b: number): void {
  const held = values[a]!;
  values[a] = values[b]!;
  values[b] = held;
}

function insertionSort(values: Float64Array, low: number, high: number): void {
  for (let i = low + 1; i <= high; i++) {
    const value = values[i]!;
    let j = i - 1;
    while (j >= low && values[j]! > value) {
      values[j + 1] = values[j]!;
      j--;
    }
    values[j + 1] = value;
  }
}
