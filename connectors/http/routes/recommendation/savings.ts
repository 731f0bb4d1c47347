/** What recommendations would save, added up. */
import { engines, terms } from '../../../../projections/recommendation/tables.ts';

/** Requests now and as advised, over the rows that have both. */
export interface Saving {
  readonly term: string;
  readonly engine: string;
  /** Rows with advice. */
  readonly rows: number;
  readonly cpu: Sum;
  readonly memory: Sum;
}

/** Cores or bytes, over rows that have a current request and advice; `unset` rows have advice and no request. */
export interface Sum {
  readonly current: number;
  readonly advised: number;
  readonly unset: number;
}

/** Columns that are added up. */
export const savingsColumns: readonly string[] = [
  'cpu_request_current',
  'memory_request_current',
  ...terms.flatMap((term) =>
    engines.flatMap((engine) => [`${term}_${engine}_cpu_request`, `${term}_${engine}_memory_request`]),
  ),
];

/** Adds up rows per term and engine. */
export function savings(rows: readonly Readonly<Record<string, unknown>>[]): Saving[] {
  return terms.flatMap((term) =>
    engines.map((engine) => {
      const advice = `${term}_${engine}`;
      return {
        term,
        engine,
        rows: rows.filter((row) => typeof row[`${advice}_cpu_request`] === 'number').length,
        cpu: sum(rows, 'cpu_request_current', `${advice}_cpu_request`),
        memory: sum(rows, 'memory_request_current', `${advice}_memory_request`),
      };
    }),
  );
}

function sum(rows: readonly Readonly<Record<string, unknown>>[], now: string, advice: string): Sum {
  let [current, advised, unset] = [0, 0, 0];
  for (const row of rows) {
    const to = row[advice];
    const from = row[now];
    if (typeof to !== 'number') continue;
    if (typeof from !== 'number') {
      unset++;
      continue;
    }
    current += from;
    advised += to;
  }
  return { current, advised, unset };
}
