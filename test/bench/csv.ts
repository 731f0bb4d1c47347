/** How fast reports are read, beside csv-parse on the same bytes in the same run. */
import { parse } from 'csv-parse';
import { open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createReadStream } from 'node:fs';
import { generateReport, requiredInOperatorOrder } from '../../connectors/csv/bench-data.ts';
import { csvReports } from '../../connectors/csv/reports.ts';
import { unpackColumns } from '../../schemas/codec/columns.ts';
import { containerColumns, intervalColumns } from '../../schemas/usage-columns.ts';
import { PARTIALS_BUDGET, readUsageReport } from '../../streams/usage/read-usage-reports.stream.ts';
import { reportFound } from '../support/usage-report.ts';

const SUMMED = 'cpu_usage_container_sum';
const BYTES_PER_ROW = 625;
const INTERVALS = 96;
const MB = 1e6;

/** What one pass saw; both sides must agree on it. */
interface Pass {
  readonly seconds: number;
  readonly rows: number;
  /** Sum of {@link SUMMED} over all rows. */
  readonly sum: number;
}

/**
 * Makes a report of about `megabytes` in a temporary file and reads it `rounds` times each way in turn: read, validated,
 * aggregated and packed (ours); parsed into arrays and one column summed (csv-parse). Prints rows/s, the ratio and peak
 * memory of our side; throws when the sides do not see the same rows and the same sum.
 */
export async function benchCsv({ megabytes = 100, rounds = 3 } = {}): Promise<{ readonly ratio: number }> {
  const containers = Math.max(1, Math.round((megabytes * MB) / BYTES_PER_ROW / INTERVALS));
  const path = join(tmpdir(), `rightstream-bench-${process.pid}.csv`);
  try {
    // Both sides get to compile their code first.
    await writeReport(path, 100);
    await readOurs(path);
    await readWithCsvParse(path);
    const bytes = await writeReport(path, containers);
    const size = bytes / MB;
    console.log(`csv: ${size.toFixed(0)} MB, ${containers} containers × ${INTERVALS} intervals`);
    const [ours, theirs]: [Pass[], Pass[]] = [[], []];
    let peak = 0;
    for (let round = 0; round < rounds; round++) {
      const sampler = watchMemory();
      ours.push(await readOurs(path));
      peak = Math.max(peak, sampler.stop());
      theirs.push(await readWithCsvParse(path));
      expectSame(ours[round]!, theirs[round]!);
    }
    print('read, validate, aggregate, pack', ours, size);
    print('csv-parse into arrays', theirs, size);
    const ratios = ours.map((pass, round) => theirs[round]!.seconds / pass.seconds).sort((a, b) => a - b);
    const ratio = ratios[ratios.length >> 1]!;
    console.log(
      `csv: ${ratio.toFixed(1)}× csv-parse (median of pairs; ${ratios.map((r) => r.toFixed(1)).join(', ')})`,
    );
    console.log(`csv: peak resident while reading ${peak.toFixed(0)} MB; rows and sums equal`);
    return { ratio };
  } finally {
    await rm(path, { force: true });
  }
}

/** Reads a report of about `megabytes` without holding it anywhere and prints the peak memory. */
export async function benchCsvMemory({ megabytes = 1000 } = {}): Promise<{ readonly peakMegabytes: number }> {
  const containers = 1000;
  const intervals = Math.ceil((megabytes * MB) / BYTES_PER_ROW / containers);
  const sampler = watchMemory();
  const started = performance.now();
  const { rows } = await readFrom(() => pieces(generateReport(options(containers, intervals))));
  const seconds = (performance.now() - started) / 1000;
  const peakMegabytes = sampler.stop();
  console.log(
    `csv: ${megabytes} MB, ${containers} containers × ${intervals} intervals, ${rows} rows made and read in ${seconds.toFixed(1)} s: peak resident ${peakMegabytes.toFixed(0)} MB`,
  );
  return { peakMegabytes };
}

function options(containers: number, intervals: number) {
  return { containers, intervals, start: Date.UTC(2026, 0, 1), seed: 42 };
}

async function writeReport(path: string, containers: number): Promise<number> {
  const file = await open(path, 'w');
  let bytes = 0;
  for (const piece of generateReport(options(containers, INTERVALS))) {
    await file.write(piece);
    bytes += piece.length;
  }
  await file.close();
  return bytes;
}

function readOurs(path: string): Promise<Pass> {
  return readFrom(() => createReadStream(path, { highWaterMark: 256 * 1024 }));
}

async function readFrom(file: () => AsyncIterable<Uint8Array>): Promise<Pass> {
  const reports = csvReports({ archives: { file } });
  const column = intervalColumns.length + containerColumns.findIndex(({ name }) => name === SUMMED);
  const wanted = new Set([column]);
  const started = performance.now();
  let rows = 0;
  let sum = 0;
  for await (const { type, data } of readUsageReport(reportFound(), { reports }, PARTIALS_BUDGET)) {
    if (type === 'ReportRead') rows = data.accepted;
    if (type !== 'ContainerUsageReported') continue;
    for (const value of unpackColumns(data.columns, wanted).columns[column]!) sum += value;
  }
  return { seconds: (performance.now() - started) / 1000, rows, sum };
}

async function readWithCsvParse(path: string): Promise<Pass> {
  const column = requiredInOperatorOrder('container').indexOf(SUMMED);
  const started = performance.now();
  let rows = -1;
  let sum = 0;
  const parser = createReadStream(path, { highWaterMark: 256 * 1024 }).pipe(parse());
  for await (const record of parser as AsyncIterable<string[]>) if (++rows > 0) sum += Number(record[column]);
  return { seconds: (performance.now() - started) / 1000, rows, sum };
}

async function* pieces(buffers: Iterable<Buffer>): AsyncGenerator<Buffer> {
  for (const buffer of buffers) yield await Promise.resolve(buffer);
}

function expectSame(ours: Pass, theirs: Pass): void {
  const near = Math.abs(ours.sum - theirs.sum) <= 1e-9 * Math.abs(theirs.sum);
  if (ours.rows !== theirs.rows || !near)
    throw new Error(
      `csv: ours saw ${ours.rows} rows, sum ${ours.sum}; csv-parse ${theirs.rows}, ${theirs.sum}`,
    );
}

function print(what: string, passes: readonly Pass[], size: number): void {
  const seconds = passes.map((pass) => pass.seconds).sort((a, b) => a - b);
  const [best, middle, worst] = [seconds[0]!, seconds[seconds.length >> 1]!, seconds[seconds.length - 1]!];
  const rows = passes[0]!.rows;
  const rate = (s: number) => `${Math.round(rows / s / 1000)}k`;
  console.log(
    `csv: ${what}: ${rate(middle)} rows/s (${rate(worst)} to ${rate(best)}), ${(size / middle).toFixed(0)} MB/s, ${((middle * 1e6) / rows).toFixed(2)} µs/row`,
  );
}

/** Samples resident memory every 20 ms; `stop` gives the peak in MB. */
function watchMemory(): { stop(): number } {
  let peak = process.memoryUsage.rss();
  const timer = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 20);
  return {
    stop() {
      clearInterval(timer);
      return Math.max(peak, process.memoryUsage.rss()) / MB;
    },
  };
}
