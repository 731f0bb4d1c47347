/** Manifests in a folder, kept as they are decided: what `up --manifests` does. */
import { topics } from '../../schemas/topics.ts';
import { codeOf, messageOf, Retryable } from '../../streams/runtime/errors.ts';
import { applyFolder, folderOf, planFolder } from '../kubernetes/folder.ts';
import type { ManifestSettings } from '../kubernetes/manifests/settings.ts';
import { clustersOf } from '../postgres/moment.ts';
import type { App } from './app.ts';
import { readDesired } from './desired.ts';
import { manifestFormat } from './manifest-text.ts';
import { hasPassed, heldFor } from './standing.ts';

/** A folder that is being kept. */
export interface KeptFolder {
  stop(): Promise<void>;
}

const PROJECTION = 'placement';
/** Other processes may decide, too: positions are looked at so often, ms. */
const POLL_MS = 1_000;
/** What is decided so close together is written once, ms. */
const GATHER_MS = 100;

/** Writes all clusters of all organisations after every decision; what keeps it from that is told once, and tried again. */
export function keepFolder(
  app: App,
  folder: string,
  settings: ManifestSettings,
  report: (line: string) => void,
): KeptFolder {
  const stop = new AbortController();
  let wake = new AbortController();
  const offs = [
    app.signals.on(({ kind, ...more }) => {
      if (kind === 'batch' && 'unit' in more && more.unit === PROJECTION) wake.abort();
    }),
    app.log.onAppend((topic) => {
      if (topic === topics.placement) wake.abort();
    }),
  ];
  const clock = app.pipeline.clock;
  const work = (async () => {
    let [written, told] = ['', ''];
    /** Where the log ended at the start; null when the tables have been as far. */
    let start: readonly number[] | null | undefined;
    while (!stop.signal.aborted) {
      wake = new AbortController();
      try {
        const state = JSON.stringify([...(await app.store.positions(PROJECTION))].sort(([a], [b]) => a - b));
        const held = await heldFor(app, PROJECTION);
        if (held !== undefined) throw new Retryable({ code: 'ACTUATOR_HELD', message: held });
        if (start !== null) {
          start ??= await app.log.ends(topics.placement);
          if (await hasPassed(app, PROJECTION, topics.placement, start)) start = null;
        }
        // tables that are behind lack what was decided: its file would be removed
        if (start === null) {
          if (state !== written) await writeAll(app, folder, settings);
          [written, told] = [state, ''];
        }
      } catch (error) {
        const line = `manifests: ${codeOf(error)}: ${messageOf(error)}`;
        if (line !== told) report(line);
        told = line;
      }
      await clock.sleep(GATHER_MS, stop.signal);
      await clock.sleep(POLL_MS, AbortSignal.any([stop.signal, wake.signal]));
    }
  })();
  return {
    async stop() {
      stop.abort();
      for (const off of offs) off();
      await work;
    },
  };
}

/** One cluster that cannot be written does not keep the others from it; the first error is thrown at the end. */
async function writeAll(app: App, folder: string, settings: ManifestSettings): Promise<void> {
  const failed: unknown[] = [];
  for (const { org, cluster } of await clustersOf(app.pool)) {
    try {
      const desired = await readDesired(app, org, cluster);
      const own = folderOf(folder, desired);
      const { actions } = await planFolder(own, desired, settings, manifestFormat);
      await applyFolder(own, actions, manifestFormat);
    } catch (error) {
      failed.push(error);
    }
  }
  if (failed.length > 0) throw failed[0];
}
