/** Rows as CSV (RFC 4180) that spreadsheets can open without running what is in them. */
import { csvCell } from '../http/csv.ts';

/** A header line and a line per row; lists and objects as JSON. */
export function csvText(
  rows: readonly Readonly<Record<string, unknown>>[],
  columns: readonly string[],
): string {
  const lines = [columns, ...rows.map((row) => columns.map((column) => row[column]))];
  return lines.map((cells) => cells.map(cellOf).join(',')).join('\r\n');
}

function cellOf(value: unknown): string {
  if (value === undefined || value === null) return csvCell(null);
  const plain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  return csvCell(plain ? value : JSON.stringify(value));
}
