/** A process that folds the past of one table and then waits to be killed, with its temporary tables open. */
import { openApp } from '../../connectors/cli/app.ts';
import { openPast, servedBounds } from '../../connectors/cli/past.ts';
import { ORG } from './crash-reports.ts';

const app = await openApp({
  dataDir: process.env['RIGHTSTREAM_TEST_DATA']!,
  databaseUrl: process.env['RIGHTSTREAM_TEST_DATABASE']!,
});
const past = openPast(app, servedBounds);
await past.read({ table: 'workloads', org: ORG, asOf: String(Date.now()) }, async (then) => {
  const rows = await then.select({ table: 'workloads', org: ORG, limit: 10 });
  process.stdout.write(`${rows.length} rows\n`);
  await new Promise(() => setInterval(() => undefined, 1_000));
});
