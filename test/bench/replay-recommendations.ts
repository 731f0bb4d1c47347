/** Replay of the real projection: usage and recommendations back into their tables, compared byte for byte; no peer has it. */
import { units } from '../../connectors/cli/units.ts';
import { rebuild } from '../../projections/runtime/rebuild.ts';
import { expectEqual, figure, spread } from './figures.ts';
import { reportOf, startServers } from './deployments.ts';

/** What is in the log that is replayed. */
export interface ReplayRecommendationsOptions {
  readonly containers?: number;
  readonly intervals?: number;
  readonly reports?: number;
  readonly rounds?: number;
}

/** Prints events/s, report rows/s and table rows per profile. */
export async function benchReplayRecommendations({
  containers = 1_000,
  intervals = 24,
  reports = 10,
  rounds = 3,
}: ReplayRecommendationsOptions = {}): Promise<void> {
  const servers = await startServers();
  const projection = units.projections.find(({ id }) => id === 'recommendations')!;
  try {
    console.log(`replay-recommendations: ${servers.versions}`);
    for (const kind of ['embedded', 'kafka'] as const) {
      const deployment = await servers.open(kind);
      try {
        for (let n = 0; n < reports; n++) await deployment.upload(reportOf(n, { containers, intervals }).csv);
        await deployment.caughtUp();
        const { pipeline, generations } = deployment.app;
        const rates: number[] = [];
        let events = 0;
        let rows = 0;
        for (let round = 0; round < rounds; round++) {
          const started = performance.now();
          const result = await rebuild(projection, { ...pipeline, generations }, { verify: true });
          const seconds = (performance.now() - started) / 1000;
          expectEqual(`${kind}: tables equal to the live ones`, result.equal, true);
          events = result.events;
          rows = result.rebuilt.reduce((sum, table) => sum + table.rows, 0);
          rates.push(events / seconds);
        }
        const csvRows = containers * intervals * reports;
        console.log(
          `replay-recommendations: ${kind}: ${reports} reports of ${figure(containers)} containers × ${intervals} intervals, ${figure(events)} events: ${spread(rates)} events/s, ${spread(rates.map((rate) => (rate * csvRows) / events))} report rows/s; ${figure(rows)} table rows, sha256 of every table equal to the live one`,
        );
      } finally {
        await deployment.close();
      }
    }
  } finally {
    await servers.close();
  }
}
