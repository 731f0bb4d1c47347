import { expect, it } from 'vitest';
import { openApp } from '../../connectors/cli/app.ts';
import { openPast, servedBounds } from '../../connectors/cli/past.ts';
import { caughtUp, tryRun } from '../../connectors/cli/running.ts';
import { units } from '../../connectors/cli/units.ts';
import { tableSetOf } from '../../projections/runtime/projection-work.ts';
import type { TableHash } from '../../projections/runtime/ports.ts';
import { ingest, ORG, reports } from '../support/crash-reports.ts';
import { kafkaPlace } from '../support/kafka-place.ts';
import { ownName, sharedDatabase, sharedKafka, sharedRegistry, sharedS3 } from '../support/real/shared.ts';

it('on Kafka a table can be read as it was after each upload, by time and by positions', async () => {
  const place = await kafkaPlace(ownName('past'), {
    brokers: (await sharedKafka()).brokers,
    registryUrl: (await sharedRegistry()).url,
    s3: await sharedS3(),
    databaseUrl: await sharedDatabase(),
  });
  const app = await openApp({ dataDir: place.dataDir, profile: place.profile });
  const past = openPast(app, servedBounds);
  const running = await tryRun(app);
  try {
    const then: { time: number; hashes: readonly TableHash[] }[] = [];
    const recommendations = units.projections.find(({ id }) => id === 'recommendations')!;
    for (const payload of reports()) {
      await ingest(app, [payload]);
      await caughtUp(app, new AbortController().signal);
      const hashes = await app.generations.hashes(tableSetOf(recommendations));
      const time = Date.now();
      while (Date.now() === time) await new Promise((resolve) => setImmediate(resolve));
      then.push({ time, hashes });
    }
    expect(new Set(then.map(({ hashes }) => JSON.stringify(hashes))).size).toBe(then.length);
    for (const { time, hashes } of then) {
      const read = (asOf: string) =>
        past.read({ table: 'workloads', org: ORG, asOf }, async (reads) => ({
          hashes: await reads.hashes(),
          positions: reads.positions,
        }));
      const byTime = await read(String(time));
      expect(byTime.hashes).toEqual(hashes);
      expect(await read(byTime.positions)).toEqual(byTime);
    }
  } finally {
    await running?.stop();
    await past.close();
    await app.close();
    place.close();
  }
});
