/** Figures as people read them: the middle, and how far single runs lie from it. */

/** Middle, least and greatest. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** Spread of at least one value. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  return { median: sorted[sorted.length >> 1]!, min: sorted[0]!, max: sorted.at(-1)! };
}

/** The value below which a share `p` of the sorted values lies. */
export function percentile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(p * sorted.length) - 1)]!;
}

/** `1,234`. */
export function figure(n: number): string {
  return Math.round(n).toLocaleString('en-US');
}

/** `1,234 (1,200 to 1,300)`. */
export function spread(values: readonly number[], show: (n: number) => string = figure): string {
  const { median, min, max } = spreadOf(values);
  return `${show(median)} (${show(min)} to ${show(max)})`;
}

/** Throws when a side did not do what it is timed for. */
export function expectEqual(what: string, found: unknown, expected: unknown): void {
  const [a, b] = [JSON.stringify(found), JSON.stringify(expected)];
  if (a !== b) throw new Error(`${what}: ${a}, expected ${b}`);
}
