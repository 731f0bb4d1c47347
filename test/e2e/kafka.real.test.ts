import { afterEach, beforeEach, expect, it } from 'vitest';
import { openApp } from '../../connectors/cli/app.ts';
import type { App } from '../../connectors/cli/app.ts';
import { caughtUp, tryRun } from '../../connectors/cli/running.ts';
import { units } from '../../connectors/cli/units.ts';
import { rebuild } from '../../projections/runtime/rebuild.ts';
import { ingest, reports } from '../support/crash-reports.ts';
import { kafkaPlace } from '../support/kafka-place.ts';
import type { KafkaPlace } from '../support/kafka-place.ts';
import { ownName, sharedDatabase, sharedKafka, sharedRegistry, sharedS3 } from '../support/real/shared.ts';

let place: KafkaPlace;
const apps: App[] = [];

async function open(): Promise<App> {
  const app = await openApp({ dataDir: place.dataDir, profile: place.profile });
  apps.push(app);
  return app;
}

beforeEach(async () => {
  place = await kafkaPlace(ownName('e2e'), {
    brokers: (await sharedKafka()).brokers,
    registryUrl: (await sharedRegistry()).url,
    s3: await sharedS3(),
    databaseUrl: await sharedDatabase(),
  });
});
afterEach(async () => {
  for (const app of apps.splice(0)) await app.close();
  place.close();
});

it('uploads become recommendations on Kafka, shared by two processes, and a replay is equal byte for byte', async () => {
  const [one, two] = [await open(), await open()];
  const running = [await tryRun(one), await tryRun(two)];
  await ingest(one, reports());
  await caughtUp(two, new AbortController().signal);
  const { rows } = await one.pool.query<{ n: number }>(
    'SELECT count(*)::int AS n FROM public.recommendations',
  );
  expect(rows[0]!.n).toBeGreaterThan(0);
  for (const projection of units.projections) {
    const result = await rebuild(
      projection,
      { ...one.pipeline, generations: one.generations },
      { verify: true },
    );
    expect(result.equal, projection.id).toBe(true);
  }
  for (const each of running) await each!.stop();
});
