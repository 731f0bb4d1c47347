/** A process that uploads made-up reports and runs the units until caught up; tests kill it on the way. */
import { openApp } from '../../connectors/cli/app.ts';
import { caughtUp, tryRun } from '../../connectors/cli/running.ts';
import { ingest, reports } from './crash-reports.ts';

const app = await openApp({
  dataDir: process.env['RIGHTSTREAM_TEST_DATA']!,
  databaseUrl: process.env['RIGHTSTREAM_TEST_DATABASE']!,
  crashAt: process.env['RIGHTSTREAM_CRASH_AT']!,
});
await ingest(app, reports());
const running = await tryRun(app);
if (running === undefined) throw new Error('another process runs the units');
await Promise.race([caughtUp(app, new AbortController().signal), running.failed]);
await running.stop();
await app.close();
