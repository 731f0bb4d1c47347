/** Numbers from 1e-6 to 1e3 as 16-bit codes on a logarithmic scale, with an exact zero. */

const LEAST = 1e-6;
const DECADES = 9;
const TOP = 65_535;
/** What is neither below nor above keeps to {@link CODE_ERROR}. */
export const CODE_RANGE = { least: 1.001e-6, most: 999 } as const;
const STEP = (DECADES * Math.LN10) / TOP;
/** Most that a decoded number is off, relative: half a step, 0.0158 %. */
export const CODE_ERROR = Math.expm1(STEP / 2);

/**
 * The formulas decide at 0.001 (idle up to it) and at 1 (a percentile from it on), which lie on codes 21845 and 43690. Numbers
 * that would be rounded across get the two codes at the top of the scale instead.
 */
const BELOW_ONE = 65_535;
const ABOVE_IDLE = 65_534;
/** Stands for no number: its user says what it means. */
export const SPARE_CODE = 65_533;
const LARGEST = 65_532;
const ONE = 43_690;
const IDLE = 21_845;

const decoded = Float64Array.from({ length: TOP + 1 }, (_, code) => LEAST * Math.exp(code * STEP));
decoded[0] = 0;
decoded[IDLE] = 0.001;
decoded[ONE] = 1;
decoded[BELOW_ONE] = Math.exp(-STEP / 4);
decoded[ABOVE_IDLE] = 0.001 * Math.exp(STEP / 4);

/**
 * Code of a number: 0 → 0, 0.001 → 21845, 1 → 43690. Above 0 it is at least 1, so that what is used never counts as nothing;
 * what is below 1.0003e-6 or above 999.05 is told as that. Below 0 and NaN count as 0.
 */
export function encode(value: number): number {
  if (!(value > 0)) return 0;
  const code = Math.round(Math.log(value / LEAST) / STEP);
  if (code === ONE && value < 1) return BELOW_ONE;
  if (code === IDLE && value > 0.001) return ABOVE_IDLE;
  return Math.min(LARGEST, Math.max(1, code));
}

/** The number of a code, within 0.0158 % of what was encoded. */
export function decode(code: number): number {
  return decoded[code]!;
}
