/** CSV that a spreadsheet can open without running anything. */

/** A cell: numbers are written in their shortest form, null as nothing. */
export type CsvCell = string | number | boolean | null;

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
  const safe = /^[=+\-@\t\r\n]/.test(clean) ? `'${clean}` : clean;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
