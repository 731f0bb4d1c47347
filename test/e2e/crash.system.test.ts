import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openApp } from '../../connectors/cli/app.ts';
import type { App } from '../../connectors/cli/app.ts';
import { caughtUp, tryRun } from '../../connectors/cli/running.ts';
import { units } from '../../connectors/cli/units.ts';
import { tableSetOf } from '../../projections/runtime/projection-work.ts';
import { rebuild } from '../../projections/runtime/rebuild.ts';
import { crashPoints } from '../../streams/runtime/faults.ts';
import { ingest, payload, reportFiles, reports } from '../support/crash-reports.ts';
import type { Payload } from '../support/crash-reports.ts';
import { startPostgres } from '../support/postgres.ts';
import type { TestPostgres } from '../support/postgres.ts';

/** Tables whose rows are named by upload ids, which every upload gets anew. */
const namedByUpload = new Set(['uploads', 'upload_files']);

let server: TestPostgres;
let undisturbed: Record<string, string>;
let made = 0;

beforeAll(async () => {
  server = await startPostgres();
  undisturbed = await finish(await place(), reports());
});
afterAll(() => server.close());

interface Place {
  readonly databaseUrl: string;
  readonly dataDir: string;
}

async function place(): Promise<Place> {
  made += 1;
  return { databaseUrl: await server.database(), dataDir: server.folder(`data-${made}`) };
}

/** Ingests, runs the units until caught up, checks every table against a rebuild, and returns the hashes of facts. */
async function finish(at: Place, payloads: readonly Payload[]): Promise<Record<string, string>> {
  const app = await openApp(at);
  try {
    await ingest(app, payloads);
    await run(app);
    const facts: Record<string, string> = {};
    for (const projection of units.projections) {
      const hashes = await app.generations.hashes(tableSetOf(projection), undefined, true);
      for (const { table, rows, sha256 } of hashes) {
        facts[table] = namedByUpload.has(table) ? `${rows} rows` : `${rows} rows ${sha256}`;
      }
      const result = await rebuild(
        projection,
        { ...app.pipeline, generations: app.generations },
        { verify: true },
      );
      expect(result.rebuilt, projection.id).toEqual(result.live);
    }
    return facts;
  } finally {
    await app.close();
  }
}

async function run(app: App): Promise<void> {
  let running = await tryRun(app);
  // The server may still hold the lock of the process that was killed.
  for (; running === undefined; running = await tryRun(app)) await sleep(20);
  await Promise.race([caughtUp(app, new AbortController().signal), running.failed]);
  await running.stop();
}

async function crash(at: Place, crashAt: string): Promise<NodeJS.Signals | null> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'test/support/crash-child.ts'], {
    env: {
      ...process.env,
      RIGHTSTREAM_TEST_DATA: at.dataDir,
      RIGHTSTREAM_TEST_DATABASE: at.databaseUrl,
      RIGHTSTREAM_CRASH_AT: crashAt,
    },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const [, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  return signal;
}

const points: Record<string, readonly number[]> = {
  'upload.stored': [2],
  'upload.appended': [1],
  'unit.read': [1, 4],
  'transaction.locked': [3, 6],
  'transaction.loaded': [1, 5],
  'transaction.stored': [1, 6],
  'transaction.saved': [2, 5],
  'transaction.appended': [1, 3],
  'transaction.committed': [2, 5],
  'transaction.published': [1, 3],
};

it('knows every crash point that this profile passes', () => {
  expect(Object.keys(points)).toEqual(crashPoints.filter((point) => !point.startsWith('outbox.')));
});

it('has something to lose', () => {
  expect(undisturbed['recommendations']).toMatch(/^[1-9]/);
  expect(undisturbed['rejected_rows']).toMatch(/^[1-9]/);
  expect(undisturbed['superseded_rows']).toMatch(/^[1-9]/);
  expect(undisturbed['dead_letters']).toMatch(/^0 rows/);
});

describe('killed with signal 9 and started again, all facts are as without the kill', () => {
  for (const [point, counts] of Object.entries(points)) {
    for (const n of counts) {
      it(`${point}:${n}`, async () => {
        const at = await place();
        expect(await crash(at, `${point}:${n}`)).toBe('SIGKILL');
        expect(await finish(at, reports())).toEqual(undisturbed);
      });
    }
  }
});

it('gives the same facts for payloads in any order, and for each of them twice', async () => {
  const facts = (found: Record<string, string>): Record<string, string> =>
    Object.fromEntries(Object.entries(found).filter(([table]) => !namedByUpload.has(table)));
  const [a, b, n, c] = reportFiles();
  // c comes without a here: which payload a repeated file counts for is decided by the first upload that has it.
  const payloads = [
    payload('r1', '2026-03-29T00:00:00Z', [a!, n!]),
    payload('r2', '2026-03-29T01:00:00Z', [b!]),
    payload('r3', '2026-03-29T02:00:00Z', [c!]),
  ];
  const again = payloads.map((one) => ({ ...one, requestId: `${one.requestId}-again` }));
  const once = await finish(await place(), payloads);
  expect(facts(await finish(await place(), [...payloads].reverse()))).toEqual(facts(once));
  expect(facts(await finish(await place(), [payloads[1]!, ...payloads, ...again]))).toEqual(facts(once));
});
