/** The second thread of `rightstream up`, embedded: works on its share of the projections until it is told to stop. See helping.ts. */
import { parentPort, workerData } from 'node:worker_threads';
import { runPipeline } from '../../projections/runtime/pipeline.ts';
import { codeOf, messageOf } from '../../streams/runtime/errors.ts';
import { openApp } from './app.ts';
import { sharing } from './helping.ts';
import type { FromHelper, HelperTask } from './helping.ts';

/** Sessions of Postgres: the thread has fewer partitions than the other one, and no clients. */
const SESSIONS = 6;

const port = parentPort!;
const { dataDir, url, projections } = workerData as HelperTask;
const stop = new AbortController();
port.on('message', () => {
  stop.abort();
});

async function work(): Promise<FromHelper> {
  const app = await openApp({ dataDir, databaseUrl: url, sessions: SESSIONS });
  try {
    app.signals.on((signal) => {
      port.postMessage({ kind: 'signal', signal } satisfies FromHelper);
    });
    const membership = sharing(app.membership, 'helper');
    const own = app.units.projections.filter(({ id }) => projections.includes(id));
    await runPipeline({ streams: [], projections: own }, { ...app.pipeline, membership }, stop.signal);
    return { kind: 'stopped' };
  } finally {
    await app.close();
  }
}

const end = await work().catch((error: unknown): FromHelper => ({
  kind: 'failed',
  code: codeOf(error),
  message: messageOf(error),
}));
port.postMessage(end);
port.close();
