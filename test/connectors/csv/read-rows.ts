import { csvReports } from '../../../connectors/csv/reports.ts';
import { defaultLimits, type CsvLimits } from '../../../connectors/csv/limits.ts';
import { readReport, type ReadMode } from '../../../connectors/csv/read.ts';
import type { BrokenRow, ReportBatch } from '../../../streams/runtime/ports.ts';
import { oneFile } from '../../support/usage-report.ts';

/** A row that was read, or one that could not be. */
export type ReadRow = GoodRow | BrokenRow;

/** A row that was read. */
export interface GoodRow {
  readonly row: number;
  readonly texts: readonly string[];
  readonly numbers: readonly number[];
  readonly excerpt: string;
}

/** Everything that a report says, in file order; ids resolved, batches joined. */
export async function readRows(
  bytes: Buffer,
  options: { readonly mode?: ReadMode; readonly chunk?: number; readonly limits?: Partial<CsvLimits> } = {},
): Promise<{ kind: string; rows: ReadRow[]; batches: number }> {
  const limits = { ...defaultLimits, ...options.limits };
  const source = oneFile(bytes, options.chunk).file({ org: 'o', blob: 'b', format: 'csv', member: null });
  const report = await readReport(source, limits, options.mode);
  const rows: ReadRow[] = [];
  let batches = 0;
  for await (const batch of report.batches) {
    batches += 1;
    rows.push(...rowsOf(batch));
  }
  return { kind: report.kind, rows, batches };
}

/** The rows of one batch in file order. */
export function rowsOf(batch: ReportBatch): ReadRow[] {
  const { dictionaries } = batch;
  const good = Array.from({ length: batch.rows }, (_, index) => ({
    row: batch.rowNumbers[index]!,
    texts: batch.texts.map((ids, column) => dictionaries[column]![ids[index]!]!),
    numbers: batch.numbers.map((values) => values[index]!),
    excerpt: batch.excerpt(index),
  }));
  return [...good, ...batch.broken].sort((a, b) => a.row - b.row);
}

/** Opens a report through the port and gives the code with which it is refused, or null. */
export async function refusal(bytes: Buffer, limits: Partial<CsvLimits> = {}): Promise<string | null> {
  try {
    const reports = csvReports({ archives: oneFile(bytes, 7), ...limits });
    const { batches } = await reports.open({ org: 'o', blob: 'b', format: 'csv', member: null });
    await batches[Symbol.asyncIterator]().return?.();
    return null;
  } catch (error) {
    return (error as { code: string }).code;
  }
}
