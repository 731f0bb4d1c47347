/** Rows as an aligned table for a terminal. */

/** Widest cell of a table with several columns. */
const MAX_CELL = 40;
const GAP = '  ';

type Shown = Readonly<Record<string, unknown>>;

/** A value on one line: control characters, which could steer a terminal, are shown as dots. */
export function cellText(value: unknown): string {
  if (value === null || value === undefined) return '-';
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value as string | number | boolean);
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/g, '·');
}

/** At most `width` characters; what is cut ends in an ellipsis. */
export function cut(text: string, width: number): string {
  const letters = [...text];
  return letters.length <= width ? text : `${letters.slice(0, Math.max(0, width - 1)).join('')}…`;
}

/** An aligned table not wider than `width`; columns that do not fit are named below it. One row that does not fit stands upright. */
export function tableText(rows: readonly Shown[], columns: readonly string[], width: number): string {
  const texts = rows.map((row) => columns.map((column) => cellText(row[column])));
  const widths = columns.map((column, c) =>
    Math.min(
      MAX_CELL,
      texts.reduce((most, row) => Math.max(most, [...row[c]!].length), column.length),
    ),
  );
  const fitting = fit(widths, width);
  if (fitting < columns.length && rows.length === 1) return upright(rows[0]!, columns, width);
  const numeric = columns.map((column) => rows.every((row) => isNumber(row[column])));
  const line = (cells: readonly string[]) =>
    cells
      .slice(0, fitting)
      .map((cell, c) => pad(cut(cell, widths[c]!), widths[c]!, numeric[c]!))
      .join(GAP)
      .trimEnd();
  const lines = [line(columns), line(widths.map((n) => '─'.repeat(n))), ...texts.map(line)];
  const left = columns.slice(fitting);
  if (left.length > 0) lines.push('', cut(`${left.length} more columns: ${left.join(', ')}`, width * 2));
  return lines.join('\n');
}

/** One row, a column per line. */
export function upright(row: Shown, columns: readonly string[], width: number): string {
  const longest = columns.reduce((most, column) => Math.max(most, column.length), 0);
  return columns
    .map((column) =>
      `${column.padEnd(longest)}${GAP}${cut(cellText(row[column]), Math.max(20, width - longest - 2))}`.trimEnd(),
    )
    .join('\n');
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number' || value === null;
}

function pad(text: string, width: number, right: boolean): string {
  const blank = ' '.repeat(Math.max(0, width - [...text].length));
  return right ? blank + text : text + blank;
}

/** How many columns fit side by side; at least one. */
function fit(widths: readonly number[], width: number): number {
  let used = 0;
  for (const [i, size] of widths.entries()) {
    used += size + (i === 0 ? 0 : GAP.length);
    if (used > width) return Math.max(1, i);
  }
  return widths.length;
}
