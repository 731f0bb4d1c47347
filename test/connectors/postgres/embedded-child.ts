/**
 * A process that uses the bundled Postgres of a folder, for tests that kill it: prints one line of JSON per answer.
 * Commands on standard input: `sql <statement>` and `close`.
 */
import { createInterface } from 'node:readline';
import { openEmbedded } from '../../../connectors/postgres/embedded/embedded.ts';
import { createPool } from '../../../connectors/postgres/pool.ts';

const embedded = await openEmbedded({ dataDir: process.argv[2]! });
const pool = createPool({ url: embedded.url, applicationName: 'rightstream-child', max: 2 });
answer({ url: embedded.url, startedHere: embedded.startedHere });

for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'close') {
    await pool.end();
    await embedded.close();
    answer({ closed: true });
    break;
  }
  answer({ rows: (await pool.query(line.slice('sql '.length))).rows });
}

function answer(value: object): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}
