/** Two threads for the units of the embedded profile: reading and the API in one, most of the projections' partitions in the other. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Units } from '../../projections/runtime/pipeline.ts';
import { Fatal } from '../../streams/runtime/errors.ts';
import type { Membership } from '../../streams/runtime/ports.ts';
import type { Signal } from '../../streams/runtime/signals.ts';
import type { App } from './app.ts';

/** What the second thread is started with. */
export interface HelperTask {
  readonly dataDir: string;
  readonly url: string;
  /** Ids of the projections that this process may run. */
  readonly projections: readonly string[];
}

/** What it says. */
export type FromHelper =
  | { readonly kind: 'signal'; readonly signal: Signal }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string };

/** One of the two threads. */
export type Thread = 'main' | 'helper';

/** Of so many partitions of a projection one stays with the streams, which cost about as much as the others together. */
const SHARES = 4;

/** Which thread works on a partition. The owners' epochs would sort it out if both did; they would be slow. */
export function threadOf(kind: 'stream' | 'projection', partition: number): Thread {
  return kind === 'projection' && partition % SHARES !== 0 ? 'helper' : 'main';
}

/** Only the partitions of one thread; of units that are no projections, all of them are the main thread's. */
export function sharing(
  membership: Membership,
  thread: Thread,
  isProjection: (id: string) => boolean = () => true,
): Membership {
  return {
    members: (units) => membership.members(units),
    join: (unit, changed) =>
      membership.join(unit, (partitions) => {
        const kind = isProjection(unit.id) ? 'projection' : 'stream';
        changed(partitions.filter((partition) => threadOf(kind, partition) === thread));
      }),
  };
}

/** Whether a second thread pays: there is a second core, and no crash point that counts how often this process passes it. */
export function helperPays(env: Readonly<Record<string, string | undefined>>): boolean {
  return availableParallelism() > 1 && env['RIGHTSTREAM_CRASH_AT'] === undefined;
}

/**
 * Runs the second thread's share until aborted: batches in hand are finished. Its signals are told as this process's own. Throws
 * Fatal when it fails or ends by itself.
 */
export async function runHelper(
  app: App,
  dataDir: string,
  { projections }: Pick<Units, 'projections'>,
  signal: AbortSignal,
): Promise<void> {
  if (signal.aborted) return;
  const task: HelperTask = { dataDir, url: app.url, projections: projections.map(({ id }) => id) };
  const file = import.meta.url.endsWith('.ts') ? './helper.ts' : './helper.js';
  const worker = new Worker(new URL(file, import.meta.url), { workerData: task });
  const stop = (): void => {
    worker.postMessage('stop');
  };
  signal.addEventListener('abort', stop);
  try {
    await new Promise<void>((resolve, reject) => {
      worker.on('message', (said: FromHelper) => {
        if (said.kind === 'signal') app.signals.emit(said.signal);
        else if (said.kind === 'stopped') resolve();
        else reject(new Fatal({ code: said.code, message: `second thread: ${said.message}` }));
      });
      worker.on('error', reject);
      worker.on('exit', (code) => {
        reject(new Fatal({ code: 'THREAD_ENDED', message: `the second thread ended by itself (${code})` }));
      });
    });
  } finally {
    signal.removeEventListener('abort', stop);
    await worker.terminate();
  }
}
