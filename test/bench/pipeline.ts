/** Upload → recommendations, with every guarantee on: rows per second, and where the time goes. */
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { openApp } from '../../connectors/cli/app.ts';
import { ingestFile } from '../../connectors/cli/ingesting.ts';
import { generateReport } from '../../connectors/csv/bench-data.ts';

/** One shape of report: every figure names containers × intervals. */
export interface PipelineShape {
  readonly containers: number;
  readonly intervals: number;
  /** Reports ingested one after the other, each continuing where the last ended. */
  readonly reports: number;
}

const DAY = Date.UTC(2026, 0, 1);

/** Ingests the reports into a fresh embedded Postgres and prints rows/s per report and the busy time of each unit. */
export async function benchPipeline({ containers, intervals, reports }: PipelineShape): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'rightstream-bench-'));
  const app = await openApp({ dataDir: join(dir, 'data') });
  const busy = new Map<string, number>();
  app.signals.on((signal) => {
    if (signal.kind === 'batch') busy.set(signal.unit, (busy.get(signal.unit) ?? 0) + signal.ms);
  });
  try {
    const rates: number[] = [];
    for (let r = 0; r < reports; r++) {
      const file = join(dir, `report-${r}.csv`);
      const start = DAY + r * intervals * 900_000;
      await pipeline(
        Readable.from(generateReport({ containers, intervals, start, seed: 1 })),
        createWriteStream(file),
      );
      const begun = performance.now();
      const outcome = await ingestFile(app, file, { org: 'bench' });
      const seconds = (performance.now() - begun) / 1000;
      const rows = outcome.files[0]!.accepted;
      if (rows !== containers * intervals)
        throw new Error(`${rows} rows accepted, expected ${containers * intervals}`);
      rates.push(rows / seconds);
      await rm(file);
    }
    const sorted = [...rates].sort((a, b) => a - b);
    const figure = (n: number): string => Math.round(n).toLocaleString('en-US');
    console.log(
      `upload → recommendations, ${containers} containers × ${intervals} intervals per report, ${reports} reports: median ${figure(sorted[sorted.length >> 1]!)} rows/s (min ${figure(sorted[0]!)}, max ${figure(sorted.at(-1)!)}), resident ${figure(process.memoryUsage().rss / 1024 / 1024)} MiB`,
    );
    for (const [unit, ms] of busy) console.log(`  busy ${unit}: ${(ms / 1000).toFixed(2)} s`);
  } finally {
    await app.close();
    await rm(dir, { recursive: true, force: true });
  }
}
