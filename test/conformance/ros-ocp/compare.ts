import { expect } from 'vitest';
import type { Metrics } from './upstream.ts';

/** Relative tolerance: the library's order of adding may differ in the last bits. */
export const TOLERANCE = 1e-9;

/** Whether two numbers are the same within the tolerance; missing equals missing. */
export function near(a: number | undefined, b: number | undefined): boolean {
  if (a === undefined || b === undefined || Number.isNaN(a) || Number.isNaN(b))
    return (a === undefined || Number.isNaN(a)) && (b === undefined || Number.isNaN(b));
  return a === b || Math.abs(a - b) <= TOLERANCE * Math.max(Math.abs(a), Math.abs(b));
}

/** What differs between two sets of numbers by name; names that only `ours` has count too. */
export function differences(
  golden: Readonly<Record<string, number>>,
  ours: Readonly<Record<string, number>>,
): string[] {
  const names = new Set([...Object.keys(golden), ...Object.keys(ours)]);
  return [...names]
    .filter((name) => !near(golden[name], ours[name]))
    .map((name) => `${name}: upstream ${golden[name]}, ours ${ours[name]}`);
}

/** Demands that both sides say the same of every container and interval. */
export function expectSameMetrics(
  upstream: readonly (readonly [string, Metrics])[],
  ours: readonly (readonly [string, Metrics])[],
): void {
  expect(ours.map(([key]) => key).sort()).toEqual(upstream.map(([key]) => key).sort());
  const byKey = new Map(ours);
  const found = upstream.flatMap(([key, metrics]) => {
    const mine = byKey.get(key) ?? {};
    const names = new Set([...Object.keys(metrics), ...Object.keys(mine)]);
    return [...names].flatMap((name) =>
      differences(metrics[name] ?? {}, mine[name] ?? {}).map((text) => `${key} ${name}.${text}`),
    );
  });
  expect(found).toEqual([]);
}
