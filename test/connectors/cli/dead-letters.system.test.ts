import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openApp } from '../../../connectors/cli/app.ts';
import { startPostgres } from '../../support/postgres.ts';
import type { TestPostgres } from '../../support/postgres.ts';
import {
  appendEvents,
  command,
  prepare,
  redrives,
  redrivingTests,
  runWith,
} from '../../support/redriving.ts';
import type { Redriven, Scene } from '../../support/redriving.ts';

let server: TestPostgres;
let scene: Scene;

beforeAll(async () => {
  server = await startPostgres();
  const at = { databaseUrl: await server.database(), dataDir: server.folder('data') };
  const env = { DATABASE_URL: at.databaseUrl, RIGHTSTREAM_DATA_DIR: at.dataDir };
  scene = { app: await openApp(at), env };
  await prepare(scene);
});
afterAll(async () => {
  await scene.app.close();
  await server.close();
});

redrivingTests(() => scene);

test('a redrive goes on when Postgres was away between two of its pages', async () => {
  await appendEvents(scene, 50_000, 50_300);
  await runWith(scene, 'AWAY');
  const before = await redrives(scene);
  const asked = command(scene, ['redrive', '--all', '--code', 'AWAY', '--rate', '100']);
  // A page is handed in at once, and the next is due a second later.
  while ((await redrives(scene)) < before + 100) await sleep(2);
  await server.immediateStop();
  await sleep(2_000);
  await server.start();
  const { code, out, err } = await asked.done;
  expect(code, out + err).toBe(0);
  expect((JSON.parse(out) as Redriven).counts.redriven).toBe(300);
});
