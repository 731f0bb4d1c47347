/** Upload → recommendations by the built program as `rightstream up` runs it, with every guarantee on: rows per second, CPU and memory. */
import { createWriteStream, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { openApp } from '../../connectors/cli/app.ts';
import { ingestFile } from '../../connectors/cli/ingesting.ts';
import { generateReport } from '../../connectors/csv/bench-data.ts';
import { startKruize } from '../support/program.ts';
import { figure, spread } from './figures.ts';
import { watch } from './footprint.ts';

/** One shape of report: every figure names containers × intervals. */
export interface PipelineShape {
  readonly containers: number;
  readonly intervals: number;
  /** Reports ingested one after the other, each continuing where the last ended. */
  readonly reports: number;
}

const DAY = Date.UTC(2026, 0, 1);

/** Ingests the reports into a fresh place and prints rows/s per report, and what it took of CPU and memory. */
export async function benchPipeline({ containers, intervals, reports }: PipelineShape): Promise<void> {
  const server = await startKruize();
  // Beside the program, on its Postgres: uploads, and waits until they can be read.
  const app = await openApp({ dataDir: server.dir, sessions: 4 });
  try {
    const postmaster = readFileSync(join(server.dir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0];
    const watching = watch(server.pid, [Number(postmaster)]);
    const before = watching.now();
    const rates: number[] = [];
    for (let r = 0; r < reports; r++) {
      const file = join(server.dir, `report-${r}.csv`);
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
    const { nodeCpu, treeCpu, treeBytes, nodeBytes } = watching.stop();
    const perRow = (cpu: number): string => ((cpu / (containers * intervals * reports)) * 1e6).toFixed(1);
    const mebibytes = (bytes: number): string => figure(bytes / 1024 ** 2);
    console.log(
      `upload → recommendations, ${figure(containers)} containers × ${intervals} intervals per report, ${reports} reports: ${spread(rates)} rows/s`,
    );
    console.log(
      `  CPU ${perRow(treeCpu - before.treeCpu)} µs a row, ${perRow(nodeCpu - before.nodeCpu)} of them Node's; at most ${mebibytes(treeBytes)} MiB in all (proportional), Node ${mebibytes(nodeBytes)} MiB`,
    );
  } finally {
    await app.close();
    await server.stop();
  }
}
