import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleChild } from './bundle.ts';
import { defects } from './defects/defects.ts';
import { perform } from './perform.ts';
import type { Performance } from './perform.ts';
import { judge } from './run-defects.ts';
import { describeSchedule, scheduleOf } from './schedule.ts';
import { startServers } from './servers.ts';
import type { ChaosServers } from './servers.ts';

/** A schedule takes some 10 s on two cores, and longer beside other work. */
const TIMEOUT_MS = 300_000;
const SEEDS = Array.from({ length: 30 }, (_, i) => i + 1);

let servers: ChaosServers;
let at: Performance;

beforeAll(async () => {
  servers = await startServers();
  at = { servers, file: await bundleChild() };
}, TIMEOUT_MS);
afterAll(() => servers.close());

it('a seed gives one schedule, whenever it is asked', () => {
  expect(scheduleOf(7)).toEqual(scheduleOf(7));
  expect(scheduleOf(7)).not.toEqual(scheduleOf(8));
});

describe('whatever goes wrong, every row has its effect once and a replay is equal byte for byte', () => {
  for (const seed of SEEDS) {
    it(
      describeSchedule(scheduleOf(seed)).replaceAll('\n', ';'),
      async () => {
        const { findings } = await perform(scheduleOf(seed), at);
        expect(findings, `again: npm run chaos -- --seed ${seed}`).toEqual([]);
      },
      TIMEOUT_MS,
    );
  }

  it(
    'a process is stopped for a minute and goes on with what it remembers, while the registry is away',
    async () => {
      const schedule = {
        ...scheduleOf(1),
        faults: [
          { kind: 'pause', after: 2, member: 0, ms: 60_000 },
          { kind: 'registry', after: 2, downMs: 60_000 },
        ] as const,
      };
      expect((await perform(schedule, at)).findings).toEqual([]);
    },
    TIMEOUT_MS,
  );
});

describe('what no seed draws', () => {
  it(
    'the store answers 503 for a while, and halves of what is read',
    async () => {
      const schedule = {
        ...scheduleOf(2),
        faults: [
          { kind: 's3-truncates', after: 0, objects: 12 },
          { kind: 's3-busy', after: 4, ms: 8_000 },
          { kind: 'kill', after: 5, member: 0 },
        ] as const,
      };
      const { findings, retries } = await perform(schedule, at);
      expect(findings).toEqual([]);
      expect(servers.s3Proxy.done.truncated).toBe(12);
      expect(servers.s3Proxy.done.refused).toBeGreaterThan(0);
      expect([...retries]).toEqual(expect.arrayContaining(['STORAGE_UNAVAILABLE', 'BLOB_DAMAGED']));
    },
    TIMEOUT_MS,
  );
});

describe('the auditor finds a planted defect, and nothing without it', () => {
  for (const defect of defects) {
    it(
      `${defect.name}: ${defect.about}`,
      async () => {
        const { found, clean } = await judge(defect, at);
        expect(clean).toEqual([]);
        expect(found).not.toEqual([]);
      },
      TIMEOUT_MS,
    );
  }
});
