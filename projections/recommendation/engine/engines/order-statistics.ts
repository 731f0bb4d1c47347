/** What a sample says about a percentile to come, whatever its distribution. */
import type { Bounds } from './engine.ts';

/** Two-sided 95 %. */
const Z95 = 1.96;

/**
 * Effective number of independent values among n that are autocorrelated: n / (1 + 2·Σρ_k), summed over lags until neighbouring
 * lags cancel out. ρ is taken of whether a value lies above `threshold`, for a percentile knows nothing else. Alternating
 * values are worth n at most; n = 100 with ρ_1 = 0.5, ρ_2 = 0.25 … is worth about 33.
 */
export function effectiveCount(values: Float64Array, threshold: number, maxLag = 200): number {
  const n = values.length;
  let above = 0;
  for (let i = 0; i < n; i++) if (values[i]! > threshold) above += 1;
  const share = above / n;
  const variance = share * (1 - share);
  if (variance === 0) return n;
  let sum = 0;
  const most = Math.min(maxLag, n >> 2);
  for (let lag = 1; lag < most; lag += 2) {
    // Pairs of lags are positive for any stationary reversible series; noise begins where they are not.
    const pair =
      correlation(values, threshold, share, variance, lag) +
      correlation(values, threshold, share, variance, lag + 1);
    if (pair <= 0) break;
    sum += pair;
  }
  return Math.max(1, n / (1 + 2 * sum));
}

function correlation(
  values: Float64Array,
  threshold: number,
  share: number,
  variance: number,
  lag: number,
): number {
  const n = values.length;
  let both = 0;
  for (let i = lag; i < n; i++) if (values[i]! > threshold && values[i - lag]! > threshold) both += 1;
  return (both / (n - lag) - share * share) / variance;
}

/**
 * Bounds of the p-th (0..1) percentile of the *next* window of the same kind: the values at ranks n·p ± 1.96·n·s with s² =
 * p·(1-p)·(1/n_effective + 1/m_effective), the error of what was seen and of what will be. n = m = 672 independent values, p =
 * 0.98: s = 0.0076, ranks 648 and 669 of 672. What would lie beyond the largest value is told as the largest.
 */
export function percentileBounds(sorted: Float64Array, p: number, effective: number, next: number): Bounds {
  const n = sorted.length;
  const reach = Z95 * Math.sqrt(p * (1 - p) * (1 / effective + 1 / next));
  const at = (share: number) => sorted[Math.min(n - 1, Math.max(0, Math.round(share * (n - 1))))]!;
  return { lower: at(Math.max(0, p - reach)), upper: at(Math.min(1, p + reach)) };
}
