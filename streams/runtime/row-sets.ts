/** Sets of rows as storages agree on them. */
import type { AnyRow, Page, RowSet } from './units.ts';

/** Is a row in a set, as Postgres sees it: a null is equal to nothing and below nothing. */
export function isInSet(row: AnyRow, { equal, before }: RowSet): boolean {
  for (const [column, cell] of Object.entries(equal)) {
    if (cell === null || row[column] !== cell) return false;
  }
  if (before === undefined) return true;
  const cell = row[before.column];
  return cell !== null && cell !== undefined && cell < before.value;
}

/** The rows of a page of a table with this key, in order of the last key column. */
export function pageOf(
  rows: readonly AnyRow[],
  key: readonly string[],
  { prefix, after, limit }: Pick<Page, 'prefix' | 'after' | 'limit'>,
): AnyRow[] {
  const last = key.at(-1)!;
  return rows
    .filter((row) => row[last]! > after && prefix.every((cell, i) => row[key[i]!] === cell))
    .sort((a, b) => (a[last]! < b[last]! ? -1 : 1))
    .slice(0, limit);
}
