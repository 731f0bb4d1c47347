/** Read models over plain rows in memory: filters, order and pages as the port says, for tests of routes. */
import type { Filter, Query, ReadModels, TableInfo } from '../../projections/runtime/ports.ts';
import type { Table } from '../../projections/runtime/table.ts';
import { BadInput } from '../../streams/runtime/errors.ts';
import type { Cell, ColumnType } from '../../streams/runtime/units.ts';

/** Rows as readers see them: times as ISO text, json parsed. Rows without org_id never show. */
export type MemoryRows = Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;

/** Read models of these tables, with rows that `rows` gives anew for each query. */
export function memoryReadModels(
  projections: Readonly<Record<string, Readonly<Record<string, Table>>>>,
  rows: () => MemoryRows,
): ReadModels {
  const tables = Object.entries(projections).flatMap(([projection, set]) =>
    Object.entries(set).map(([name, table]) => infoOf(projection, name, table)),
  );
  const find = (name: string): TableInfo => {
    const table = tables.find((info) => info.name === name);
    if (table === undefined)
      throw new BadInput({ code: 'UNKNOWN_TABLE', message: `there is no table "${name}"` });
    return table;
  };
  const matching = (table: TableInfo, query: Omit<Query, 'limit'>): Readonly<Record<string, unknown>>[] =>
    (rows()[table.name] ?? []).filter(
      (row) =>
        row['org_id'] === query.org &&
        (query.where ?? []).every((filter) => passes(table, row, filter)) &&
        (query.anyOf ?? []).every(
          (group) => group.length === 0 || group.some((filter) => passes(table, row, filter)),
        ),
    );
  return {
    tables: () => tables,
    select: async (query) => {
      const table = find(query.table);
      if (!Number.isInteger(query.limit) || query.limit < 1 || query.limit > 10_000) {
        throw new BadInput({ code: 'BAD_VALUE', message: `limit ${query.limit} is not within 1 to 10000` });
      }
      if (query.after !== undefined && query.orderBy !== undefined)
        throw new Error('after goes without orderBy');
      const order = [
        ...(query.orderBy ?? []),
        ...table.key.map((column) => ({ column, descending: false, nullsLast: false })),
      ];
      const sorted = matching(table, query).sort((a, b) => {
        for (const { column, descending, nullsLast } of order) {
          const by = compareNullable(
            value(table, a, column),
            value(table, b, column),
            descending,
            nullsLast ?? false,
          );
          if (by !== 0) return by;
        }
        return 0;
      });
      const { after } = query;
      const rest = after === undefined ? sorted : sorted.filter((row) => isAfter(table, row, after));
      const offset = query.offset ?? 0;
      const columns =
        query.columns ?? table.columns.filter(({ type }) => type !== 'bytea').map(({ name }) => name);
      for (const column of columns) typeOf(table, column);
      return rest
        .slice(offset, offset + query.limit)
        .map((row) => Object.fromEntries(columns.map((column) => [column, row[column] ?? null])));
    },
    count: async (query) => matching(find(query.table), query).length,
  };
}

function infoOf(projection: string, name: string, table: Table): TableInfo {
  const columns = Object.entries(table.columns).map(([column, { type, nullable, arrival, comment }]) => ({
    name: column,
    type,
    nullable,
    arrival,
    comment,
  }));
  return { name, comment: table.comment, key: table.key, columns, projection };
}

function typeOf(table: TableInfo, column: string): ColumnType {
  const found = table.columns.find(({ name }) => name === column);
  if (found !== undefined) return found.type;
  throw new BadInput({ code: 'UNKNOWN_COLUMN', message: `${table.name} has no column "${column}"` });
}

function passes(
  table: TableInfo,
  row: Readonly<Record<string, unknown>>,
  { column, op, value: wanted }: Filter,
): boolean {
  const type = typeOf(table, column);
  const raw = row[column] ?? null;
  if (op === 'isNull') return raw === null;
  if (op === 'notNull') return raw !== null;
  const list = Array.isArray(wanted) ? (wanted as readonly Cell[]) : [wanted as Cell];
  if (op === 'like' || op === 'anyLike') {
    const text = String(raw ?? '').toLowerCase();
    return raw !== null && list.some((part) => text.includes(String(part).toLowerCase()));
  }
  const values = list.map((cell) => comparable(type, column, cell));
  const own = raw === null ? null : comparable(type, column, raw as Cell);
  if (op === 'ne') return own !== values[0];
  if (own === null) return false;
  if (op === 'in') return values.includes(own);
  if (op === 'notIn') return !values.includes(own);
  const by = compare(own, values[0]!);
  return { eq: by === 0, gt: by > 0, gte: by >= 0, lt: by < 0, lte: by <= 0 }[op];
}

function value(
  table: TableInfo,
  row: Readonly<Record<string, unknown>>,
  column: string,
): string | number | null {
  const raw = row[column] ?? null;
  return raw === null ? null : comparable(typeOf(table, column), column, raw as Cell);
}

/** Times as milliseconds, numbers as numbers, everything else as text; what does not fit the type is BadInput. */
function comparable(type: ColumnType, column: string, cell: Cell): string | number {
  const text = String(cell);
  const number =
    type === 'timestamptz'
      ? typeof cell === 'number'
        ? cell
        : Date.parse(text)
      : type === 'int4' || type === 'int8' || type === 'float8'
        ? text.trim() === ''
          ? Number.NaN
          : Number(text)
        : null;
  if (number === null && !(type === 'bool' && !/^(true|false)$/.test(text))) return text;
  if (number === null || Number.isNaN(number)) {
    throw new BadInput({ code: 'BAD_VALUE', message: `${column} is of type ${type}; "${text}" is not` });
  }
  return number;
}

function compare(a: string | number, b: string | number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** As Postgres: without `nullsLast`, nulls are last ascending and first descending. */
function compareNullable(
  a: string | number | null,
  b: string | number | null,
  descending: boolean,
  nullsLast: boolean,
): number {
  if (a === null || b === null) {
    if (a === b) return 0;
    return (a === null ? 1 : -1) * (descending && !nullsLast ? -1 : 1);
  }
  return compare(a, b) * (descending ? -1 : 1);
}

function isAfter(table: TableInfo, row: Readonly<Record<string, unknown>>, after: readonly Cell[]): boolean {
  for (const [i, column] of table.key.entries()) {
    const by = compare(value(table, row, column)!, comparable(typeOf(table, column), column, after[i]!));
    if (by !== 0) return by > 0;
  }
  return false;
}
