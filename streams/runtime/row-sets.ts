/** Sets of rows as storages agree on them. */
import type { AnyRow, RowSet } from './units.ts';

/** Is a row in a set, as Postgres sees it: a null is equal to nothing and below nothing. */
export function isInSet(row: AnyRow, { equal, before }: RowSet): boolean {
  for (const [column, cell] of Object.entries(equal)) {
    if (cell === null || row[column] !== cell) return false;
  }
  if (before === undefined) return true;
  const cell = row[before.column];
  return cell !== null && cell !== undefined && cell < before.value;
}
