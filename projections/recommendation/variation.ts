/**
 * The change that a recommendation means, in per cent of the current request, with the roundings of the ROS API:
 * cores are cut to three decimals and bytes to hundredths of a MiB before the division, the quotient to three decimals.
 */

/** The largest percentage that is stored or sent: numeric(10,4). */
const limit = 999999.9999;

/**
 * Cuts a number to three decimals: trunc3(0.27654321) = 0.276, trunc3(2.034) = 2.034 although 2.034 × 1000 lies below 2034
 * (a number whose shortest text has no more than three decimals stays as it is).
 */
export function trunc3(value: number): number {
  const text = String(value);
  const decimals = text.includes('e-') ? 4 : text.includes('.') ? text.length - text.indexOf('.') - 1 : 0;
  return (decimals > 3 ? Math.trunc(value * 1000) / 1000 : value) + 0; // + 0: never minus zero
}

/** Bytes in MiB, cut to two decimals: mib2(429918900.5) = 410, mib2(314680400) = 300.1. */
export function mib2(bytes: number): number {
  return Math.trunc((bytes / 1024 / 1024) * 100) / 100 + 0;
}

/** Bytes in GiB, cut to two decimals: gib2(314680400) = 0.29. */
export function gib2(bytes: number): number {
  return Math.trunc((bytes / 1024 / 1024 / 1024) * 100) / 100 + 0;
}

/** `part` in per cent of `whole`, not rounded; 0 when either is 0 or the quotient is no finite number. */
export function percentOf(part: number, whole: number): number {
  if (part === 0 || whole === 0) return 0;
  const result = (part / whole) * 100;
  return Number.isFinite(result) ? result : 0;
}

/**
 * A request's variation (cores or bytes) in per cent of the current request; null when there is no current request.
 * variationPercent('cpu', -0.22345679, 0.5) = trunc3(-0.223 / 0.5 × 100) = -44.6;
 * variationPercent('memory', 115238500.5, 314680400) = trunc3(109.89 / 300.1 × 100) = 36.617. Bounded by ±999999.9999.
 */
export function variationPercent(
  kind: 'cpu' | 'memory',
  variation: number,
  current: number | null,
): number | null {
  if (current === null) return null;
  const rounded = kind === 'cpu' ? trunc3 : mib2;
  const percent = trunc3(percentOf(rounded(variation), rounded(current)));
  return Math.min(limit, Math.max(-limit, percent));
}
