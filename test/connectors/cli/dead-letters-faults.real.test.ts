import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openApp } from '../../../connectors/cli/app.ts';
import { kafkaPlace } from '../../support/kafka-place.ts';
import { startPostgres } from '../../support/postgres.ts';
import type { TestPostgres } from '../../support/postgres.ts';
import { startKafka } from '../../support/real/kafka.ts';
import type { KafkaServer } from '../../support/real/servers.ts';
import { ownName, sharedRegistry, sharedS3 } from '../../support/real/shared.ts';
import {
  appendEvents,
  command,
  number,
  prepare,
  redrives,
  runWith,
  superviseWhile,
  wrongAfter,
} from '../../support/redriving.ts';
import type { Redriven, Scene } from '../../support/redriving.ts';

const EVENTS = 10_000;
const DOWN_MS = 1_000;
const closing: (() => Promise<void> | void)[] = [];
let kafka: KafkaServer;
let postgres: TestPostgres;
let scene: Scene;

beforeAll(async () => {
  kafka = await startKafka();
  closing.push(() => kafka.stop());
  postgres = await startPostgres();
  closing.push(() => postgres.close());
  const place = await kafkaPlace(ownName('dead-faults'), {
    brokers: kafka.brokers,
    registryUrl: (await sharedRegistry()).url,
    s3: await sharedS3(),
    databaseUrl: await postgres.database(),
  });
  closing.push(() => place.close());
  const app = await openApp({ dataDir: place.dataDir, profile: place.profile });
  closing.push(() => app.close());
  scene = { app, env: place.env };
  await prepare(scene);
});
afterAll(async () => {
  for (const close of closing.toReversed()) await close();
});

/** Resolves once so many redrives are stored. */
async function stored(least: number): Promise<void> {
  while ((await redrives(scene)) < least) await sleep(2);
}

test(`${EVENTS} dead letters are redriven once each, through the death of the command, of Postgres and of the broker`, async () => {
  await appendEvents(scene, 0, EVENTS);
  await runWith(scene, 'BUG');
  expect(await number(scene, `SELECT count(*) FROM public.dead_letters WHERE code = 'BUG'`)).toBe(EVENTS);

  const asked = ['redrive', '--all', '--unit', 'counting', '--code', 'BUG', '--reason', 'mended'];
  const began = performance.now();
  await superviseWhile(scene, async () => {
    const killed = command(scene, asked);
    await stored(EVENTS / 4);
    killed.kill();
    expect((await killed.done).code).toBeNull();
    const before = await redrives(scene);

    const patient = command(scene, asked);
    await stored(Math.max(EVENTS / 2, before + 1));
    await postgres.immediateStop();
    await sleep(DOWN_MS);
    await postgres.start();
    await stored((EVENTS / 4) * 3);
    await kafka.kill();
    await sleep(DOWN_MS);
    expect(await redrives(scene), 'the broker died too late').toBeLessThan(EVENTS);
    await kafka.restart();

    const { code, out, err } = await patient.done;
    expect(code, out + err).toBe(0);
    const { counts, seconds, per_second: perSecond } = JSON.parse(out) as Redriven;
    expect(counts).toMatchObject({ taken: 0, refused: 0 });
    // What the command that died had committed is not redriven again.
    expect(counts.redriven).toBe(EVENTS - before);
    console.log(
      `redriving through faults: ${counts.redriven} by the second command in ${seconds.toFixed(1)} s (${perSecond}/s)`,
    );
  });
  const all = (performance.now() - began) / 1_000;
  console.log(
    `redriving through faults: all ${EVENTS} applied ${all.toFixed(1)} s after the first command was started`,
  );
  expect(await wrongAfter(scene, EVENTS, EVENTS)).toEqual([]);
}, 600_000);
