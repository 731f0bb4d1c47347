/** The reports of the scale plan, and what the check knows about them: the numbers of the containers it looks at. */
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { generateReport } from '../../connectors/csv/bench-data.ts';
import { randomFrom } from '../../connectors/csv/random.ts';
import type { OracleRow } from '../support/kruize-oracle.ts';

/** Intervals of a day. */
export const INTERVALS = 96;
const QUARTER_MS = 900_000;
const DAY_MS = INTERVALS * QUARTER_MS;
const START = Date.UTC(2026, 0, 1);

/** End of the last interval of a day (0 = the first), ms since 1970. */
export function dayEnd(day: number): number {
  return START + (day + 1) * DAY_MS;
}

/** A container of the plan: names are those of the report. */
export interface SampledContainer {
  readonly cluster: string;
  readonly namespace: string;
  readonly workload: string;
  readonly container: string;
  readonly rows: readonly OracleRow[];
}

/** Reports of several clusters day by day; the same bytes for the same numbers. */
export class ScaleReports {
  readonly #containers: number;
  /** Cells of a container's rows as numbers, by cluster and index; only of those in the sample. */
  readonly #sample = new Map<string, Float64Array[]>();
  readonly #names = new Map<string, string[]>();
  #header: string[] = [];

  /** `containers` of each of `clusters`; `sample` of all of them are kept for the check, drawn by seed. */
  constructor(clusters: readonly string[], containers: number, sample: number, seed: number) {
    this.#containers = containers;
    const all = clusters.flatMap((cluster) =>
      Array.from({ length: containers }, (_, i) => `${cluster}/${i}`),
    );
    const random = randomFrom(seed);
    for (let left = Math.min(sample, all.length); left > 0; left--) {
      const at = Math.floor(random() * all.length);
      this.#sample.set(all[at]!, []);
      all[at] = all.at(-1)!;
      all.pop();
    }
  }

  /** Writes one day of one cluster to a file; values differ from day to day, names and sizes do not. */
  async write(file: string, cluster: string, number: number, day: number): Promise<void> {
    const report = generateReport({
      containers: this.#containers,
      intervals: INTERVALS,
      start: dayEnd(day - 1),
      seed: 1_000 + number,
      usageSeed: 1_000_003 * (day + 1) + number,
    });
    await pipeline(Readable.from(this.#noting(report, cluster)), createWriteStream(file));
  }

  /** What was written of the sampled containers. */
  sampled(): SampledContainer[] {
    const names = this.#header.map((name) => name.replace('_container', ''));
    return [...this.#sample].map(([id, rows]) => {
      const [container, workload, namespace] = this.#names.get(id) as [string, string, string];
      return {
        ...{ cluster: id.split('/')[0]!, namespace, workload, container },
        rows: rows.map((row) => ({
          start: row[0]!,
          end: row[1]!,
          numbers: Object.fromEntries(names.slice(14).map((name, i) => [name, row[2 + i]!])),
        })),
      };
    });
  }

  *#noting(chunks: Iterable<Buffer>, cluster: string): Generator<Buffer> {
    let rest = '';
    let line = -1;
    for (const chunk of chunks) {
      const lines = (rest + chunk.toString()).split('\n');
      rest = lines.pop()!;
      for (const text of lines) {
        if (line < 0) this.#header = text.split(',');
        else this.#note(`${cluster}/${line % this.#containers}`, text);
        line += 1;
      }
      yield chunk;
    }
  }

  /** Rows come interval by interval, the containers always in the same order. */
  #note(id: string, text: string): void {
    const rows = this.#sample.get(id);
    if (rows === undefined) return;
    const cells = text.split(',');
    const [start, end] = [cells[2]!, cells[3]!].map((cell) => Date.parse(cell.replace(' +0000 UTC', 'Z')));
    const names = [cells[4]!, cells[8]!, cells[10]!];
    const known = this.#names.get(id) ?? names;
    if (known.join() !== names.join()) throw new Error(`${id} is ${names.join()}, it was ${known.join()}`);
    this.#names.set(id, known);
    rows.push(Float64Array.from([start!, end!, ...cells.slice(14).map(Number)]));
  }
}
