/** CSV that a spreadsheet can open without running anything. */

/** A cell: numbers are written in their shortest form, null as nothing. */
export type CsvCell = string | number | boolean | null;

/** A signed amount with its unit, -250m or +64Mi: nothing that could run. */
const signedAmount = /^[+-]\d{1,16}(m|Mi)$/;

/**
 * One line of CSV. A text that a spreadsheet would take for a formula (it begins with = + - @, a tab or a line break) gets an
 * apostrophe before it, so that it is shown and not run; NUL characters are left out.
 */
export function csvLine(cells: readonly CsvCell[]): string {
  return `${cells.map(csvCell).join(',')}\n`;
}

/** One cell, quoted where needed. */
export function csvCell(cell: CsvCell): string {
  if (cell === null) return '';
  if (typeof cell !== 'string') return String(cell);
  const clean = cell.replaceAll('\0', '');
  const safe = /^[=+\-@\t\r\n]/.test(clean) && !signedAmount.test(clean) ? `'${clean}` : clean;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
