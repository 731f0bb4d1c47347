/** Rows as CSV (RFC 4180) that spreadsheets can open without running what is in them. */

/** A signed amount, such as -250m: nothing that could run. */
const signedAmount = /^[+-]\d{1,16}(\.\d{1,9})?[A-Za-z]{0,2}$/;

/** A cell; text that a spreadsheet would take for a formula gets an apostrophe in front. */
export function csvCell(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const safe = /^[=+\-@\t\r]/.test(text) && !signedAmount.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** A header line and a line per row. */
export function csvText(
  rows: readonly Readonly<Record<string, unknown>>[],
  columns: readonly string[],
): string {
  const lines = [columns.map(csvCell), ...rows.map((row) => columns.map((column) => csvCell(row[column])))];
  return lines.map((cells) => cells.join(',')).join('\r\n');
}
