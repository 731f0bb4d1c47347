/** The two formulas: what a window's numbers say about CPU and memory. */

/** Below this many cores the peak is advised instead of a percentile. */
export const WHOLE_CORE = 1;
/** Up to this many cores a container counts as idle and gets no CPU advice. */
export const MILLICORE = 0.001;

/** A value to advise, or why there is none. */
export interface Amount {
  readonly value: number | null;
  /** Notification code when there is no value. */
  readonly code: number | null;
}

const CPU_ZERO: Amount = { value: null, code: 323002 };
const CPU_IDLE: Amount = { value: null, code: 323001 };
const CPU_INVALID: Amount = { value: null, code: 223002 };
const MEMORY_ZERO: Amount = { value: null, code: 324001 };
const MEMORY_INVALID: Amount = { value: null, code: 224002 };

/**
 * CPU advice in cores. `peak` is the largest iMax of the window, `percentile` gives the engine's percentile and is only asked
 * from one core on: the cliff. 0 → 323002; up to a millicore → 323001.
 */
export function cpuAmount(peak: number, percentile: () => number): Amount {
  const value = peak < WHOLE_CORE ? peak : percentile();
  if (value === 0) return CPU_ZERO;
  if (value < 0) return CPU_INVALID;
  return value <= MILLICORE ? CPU_IDLE : { value, code: null };
}

/**
 * Memory advice in the unit of the inputs: min(peak + 20 %, peak + spike + 5 % of the spike). Sums of products in this order;
 * peak·1.2 differs in the last bit. memoryAmount(198.5, 473).value = min(238.2, 198.5 + 496.65) = 238.2. 0 → 324001.
 */
export function memoryAmount(peak: number, spike: number): Amount {
  const { headroom, burst } = memoryBounds(peak, spike);
  const value = headroom < burst ? headroom : burst;
  if (value === 0) return MEMORY_ZERO;
  return value < 0 ? MEMORY_INVALID : { value, code: null };
}

/** The two bounds of which {@link memoryAmount} takes the smaller. */
export function memoryBounds(peak: number, spike: number): { headroom: number; burst: number } {
  return { headroom: peak + peak * 0.2, burst: peak + (spike + spike * 0.05) };
}
