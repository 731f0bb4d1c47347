import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { smallDisks } from '../support/small-disk.ts';
import { bundleChild } from './bundle.ts';
import { perform } from './perform.ts';
import type { Outcome } from './perform.ts';
import { scheduleOf } from './schedule.ts';
import { startServers } from './servers.ts';
import type { ChaosServers, Disks } from './servers.ts';

const TIMEOUT_MS = 300_000;
const FULL_MS = 6_000;
const disks = smallDisks(384, 256);

describe.skipIf(disks === undefined)('a disk runs full, and nothing is lost or doubled', () => {
  let servers: ChaosServers | undefined;
  let file: string;

  beforeAll(async () => {
    const [postgres, broker] = disks!;
    servers = await startServers({ postgres: postgres!, broker: broker! });
    file = await bundleChild();
  }, TIMEOUT_MS);
  afterAll(async () => {
    await servers?.close();
    for (const disk of disks!) disk.unmount();
  });

  function whileFull(seed: number, server: keyof Disks): Promise<Outcome> {
    const faults = [{ kind: 'full-disk', server, after: 2, ms: FULL_MS }] as const;
    return perform({ ...scheduleOf(seed), faults }, { servers: servers!, file });
  }

  it(
    'of Postgres: statements fail, then it dies',
    async () => {
      const { findings, retries } = await whileFull(3, 'postgres');
      expect(findings).toEqual([]);
      expect([...retries]).toEqual(expect.arrayContaining(['STORAGE_FULL', 'POSTGRES_AWAY']));
    },
    TIMEOUT_MS,
  );

  it(
    'of the broker, which dies',
    async () => {
      const { pid } = servers!.kafka;
      const { findings, retries } = await whileFull(4, 'broker');
      expect(findings).toEqual([]);
      expect([...retries]).toContain('KAFKA_AWAY');
      expect(servers!.kafka.pid, 'it was started again').not.toBe(pid);
    },
    TIMEOUT_MS,
  );
});
