import { afterAll, beforeAll } from 'vitest';
import { openApp } from '../../../connectors/cli/app.ts';
import { startPostgres } from '../../support/postgres.ts';
import type { TestPostgres } from '../../support/postgres.ts';
import { prepare, redrivingTests } from '../../support/redriving.ts';
import type { Scene } from '../../support/redriving.ts';

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
