import { afterAll, beforeAll } from 'vitest';
import { openApp } from '../../../connectors/cli/app.ts';
import { kafkaPlace } from '../../support/kafka-place.ts';
import type { KafkaPlace } from '../../support/kafka-place.ts';
import { ownName, sharedDatabase, sharedKafka, sharedRegistry, sharedS3 } from '../../support/real/shared.ts';
import { prepare, redrivingTests } from '../../support/redriving.ts';
import type { Scene } from '../../support/redriving.ts';

let place: KafkaPlace;
let scene: Scene;

beforeAll(async () => {
  place = await kafkaPlace(ownName('dead'), {
    brokers: (await sharedKafka()).brokers,
    registryUrl: (await sharedRegistry()).url,
    s3: await sharedS3(),
    databaseUrl: await sharedDatabase(),
  });
  scene = { app: await openApp({ dataDir: place.dataDir, profile: place.profile }), env: place.env };
  await prepare(scene);
});
afterAll(async () => {
  await scene.app.close();
  place.close();
});

redrivingTests(() => scene);
