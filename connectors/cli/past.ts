/** Reading tables as they were, on the connections of this process. */
import { pastReads } from '../../projections/runtime/as-of/past-reads.ts';
import type { PastBounds } from '../../projections/runtime/as-of/past-reads.ts';
import type { PastReads } from '../../projections/runtime/ports.ts';
import { Signals } from '../../streams/runtime/signals.ts';
import { postgresTemporary } from '../postgres/temporary.ts';
import type { App } from './app.ts';
import { units } from './units.ts';

/** Bounds for a server: few at once, and nobody waits for long; a folding goes on for whoever asks again. */
export const servedBounds: PastBounds = {
  jobs: 2,
  kept: 4,
  keepMs: 300_000,
  waitMs: 25_000,
  maxMs: 600_000,
};

/** Bounds for one command: it waits as long as it takes. */
export const commandBounds: PastBounds = { jobs: 1, kept: 1, keepMs: 60_000 };

/** Opens reads of the past; nothing is connected before the first one. */
export function openPast(app: App, bounds: PastBounds, signals = new Signals()): PastReads {
  const temporary = postgresTemporary(app.url, bounds.kept + 1);
  const { projections } = units;
  const past = pastReads({
    ...app.pipeline,
    signals,
    projections,
    readModels: app.readModels,
    temporary,
    bounds,
  });
  return {
    read: (query, work) => past.read(query, work),
    async close() {
      await past.close();
      await temporary.close();
    },
  };
}
