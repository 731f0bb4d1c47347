import { expect } from 'vitest';
import type { Outcome } from '../../support/usage-report.ts';
import { differences } from './compare.ts';
import type { Ours } from './divergences.ts';

/** Demands that a report came out as a divergence says. */
export function expectOurs({ read, groups }: Outcome, ours: Ours): void {
  expect(read.code).toBe(ours.code ?? null);
  expect(read.groups).toBe(ours.groups);
  expect(read.rows).toBe(read.accepted + read.rejected);
  if (ours.rows !== undefined) expect(read.rows).toBe(ours.rows);
  expect(Object.fromEntries(read.reasons.map(({ code, count }) => [code, count]))).toEqual(
    ours.reasons ?? {},
  );
  if (ours.objects !== undefined)
    expect(groups.map(({ object }) => object).sort()).toEqual([...ours.objects].sort());
  const [first] = groups;
  if (ours.interval !== undefined)
    expect([first?.start, first?.end]).toEqual(ours.interval.map((text) => Date.parse(text)));
  if (ours.values !== undefined) {
    const values = Object.fromEntries(Object.keys(ours.values).map((name) => [name, first!.values[name]!]));
    expect(differences(ours.values, values)).toEqual([]);
  }
}

/** The same without its numbers. */
export function withoutValues(ours: Ours): Ours {
  return Object.fromEntries(Object.entries(ours).filter(([name]) => name !== 'values'));
}
