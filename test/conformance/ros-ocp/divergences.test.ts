import { describe, it } from 'vitest';
import { readCsv } from '../../support/usage-report.ts';
import { divergences } from './divergences.ts';
import { expectOurs } from './expect-ours.ts';

describe('deliberate differences from ros-ocp, on rows of our own', () => {
  it.each(divergences.map((entry) => [entry.id, entry] as const))('%s', async (_, entry) => {
    expectOurs(await readCsv(entry.report()), entry.ours);
  });
});
