/** Queries of the read models: allow-listed tables and columns, parameters for every value, always one organisation. */
import { escapeIdentifier } from 'pg';
import type { Pool, QueryResultRow } from 'pg';
import type { Filter, Query, ReadModels, TableInfo } from '../../projections/runtime/ports.ts';
import { BadInput, codeOf, messageOf } from '../../streams/runtime/errors.ts';
import type { Cell, ColumnType, TableSet } from '../../streams/runtime/units.ts';
import { intervalTableInfos } from './interval-views.ts';
import { translating } from './transaction.ts';

const MAX_LIMIT = 10_000;

/** Runs one query. */
export type Ask = <R extends QueryResultRow>(text: string, values: unknown[]) => Promise<R[]>;

/** The read models of these projections. */
export function postgresReadModels(pool: Pool, sets: readonly TableSet[]): ReadModels {
  const ask: Ask = async <R extends QueryResultRow>(text: string, values: unknown[]) =>
    (await pool.query<R>(text, values)).rows;
  return readModelsOver(ask, sets, 'public');
}

/** Read models over the views or tables of a schema. */
export function readModelsOver(ask: Ask, sets: readonly TableSet[], schema: string): ReadModels {
  const named = (table: TableInfo): string => `${escapeIdentifier(schema)}.${escapeIdentifier(table.name)}`;
  const tables = sets.flatMap((set) => [...tableInfos(set), ...intervalTableInfos(set)]);
  const byName = new Map(tables.map((table) => [table.name, table]));
  const find = (name: string): TableInfo => {
    const table = byName.get(name);
    if (table !== undefined) return table;
    const known = [...byName.keys()].sort().join(', ');
    throw new BadInput({
      code: 'UNKNOWN_TABLE',
      message: `there is no table ${JSON.stringify(name)}; there are: ${known}`,
    });
  };
  return {
    tables: () => tables,
    async select(query) {
      const table = find(query.table);
      const sql = selectSql(named(table), table, query);
      return asked(() => ask<Record<string, unknown>>(sql.text, sql.values));
    },
    async count(query) {
      const table = find(query.table);
      const values: unknown[] = [];
      const where = conditions(table, { ...query, limit: 1 }, values);
      const text = `SELECT count(*)::float8 AS n FROM ${named(table)} t WHERE ${where}`;
      const rows = await asked(() => ask<{ n: number }>(text, values));
      return rows[0]!.n;
    },
  };
}

/** SQLSTATE classes that blame the values or operators of a query: data exception, syntax or type. */
const blamesQuery = /^(22|42)/;

/** Runs a query; what Postgres says of its values becomes BadInput. */
async function asked<T>(query: () => Promise<T>): Promise<T> {
  try {
    return await translating(query);
  } catch (error) {
    if (!blamesQuery.test(codeOf(error))) throw error;
    throw new BadInput({
      code: 'BAD_VALUE',
      message: `the filter or order does not fit its column: ${messageOf(error)}`,
    });
  }
}

function tableInfos(set: TableSet): TableInfo[] {
  return Object.entries(set.tables).map(([name, { comment, key, columns }]) => ({
    name,
    comment,
    key,
    columns: Object.entries(columns).map(([column, { type, nullable, arrival, comment: about }]) => ({
      name: column,
      type,
      nullable,
      arrival,
      comment: about,
    })),
    projection: set.projection,
  }));
}

function columnOf(table: TableInfo, name: string): TableInfo['columns'][number] {
  const column = table.columns.find((candidate) => candidate.name === name);
  if (column !== undefined) return column;
  const known = table.columns.map((candidate) => candidate.name).join(', ');
  throw new BadInput({
    code: 'UNKNOWN_COLUMN',
    message: `${table.name} has no column ${JSON.stringify(name)}; it has: ${known}`,
  });
}

/** How a column is shown: times as ISO text in UTC with ms, bytes as base64. */
function shown(name: string, type: ColumnType): string {
  const column = `t.${escapeIdentifier(name)}`;
  const as = `AS ${escapeIdentifier(name)}`;
  if (type === 'timestamptz')
    return `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') ${as}`;
  if (type === 'date') return `${column}::text ${as}`;
  if (type === 'int8') return `${column}::float8 ${as}`;
  if (type === 'bytea') return `encode(${column}, 'base64') ${as}`;
  return column;
}

function selectSql(full: string, table: TableInfo, query: Query): { text: string; values: unknown[] } {
  const values: unknown[] = [];
  const names = query.columns ?? table.columns.filter(({ type }) => type !== 'bytea').map(({ name }) => name);
  const columns = names.map((name) => shown(name, columnOf(table, name).type)).join(', ');
  const where = conditions(table, query, values);
  const sort = (query.orderBy ?? []).map(({ column, descending, nullsLast }) => {
    const name = `t.${escapeIdentifier(columnOf(table, column).name)}`;
    return `${name} ${descending ? 'DESC' : 'ASC'}${nullsLast === true ? ' NULLS LAST' : ''}`;
  });
  const order = [...sort, ...table.key.map((name) => `t.${escapeIdentifier(name)}`)].join(', ');
  const limit = bounded('limit', query.limit, 0, MAX_LIMIT);
  const offset = bounded('offset', query.offset ?? 0, 0, Number.MAX_SAFE_INTEGER);
  const text = `SELECT ${columns} FROM ${full} t WHERE ${where} ORDER BY ${order} LIMIT ${limit} OFFSET ${offset}`;
  return { text, values };
}

function bounded(name: string, value: number, low: number, high: number): number {
  if (Number.isSafeInteger(value) && value >= low && value <= high) return value;
  throw new BadInput({ code: 'BAD_VALUE', message: `${name} must be a whole number from ${low} to ${high}` });
}

function conditions(table: TableInfo, query: Query, values: unknown[]): string {
  values.push(query.org);
  const all = ['t.org_id = $1'];
  for (const filter of query.where ?? []) all.push(condition(table, filter, values));
  for (const group of query.anyOf ?? []) {
    if (group.length > 0)
      all.push(`(${group.map((filter) => condition(table, filter, values)).join(' OR ')})`);
  }
  if (query.after !== undefined) {
    const types = table.key.map((name) => columnOf(table, name).type);
    const cells = query.after.map((cell, i) => placeholder(values, table.key[i]!, types[i]!, cell));
    all.push(
      `(${table.key.map((name) => `t.${escapeIdentifier(name)}`).join(', ')}) > (${cells.join(', ')})`,
    );
  }
  return all.join(' AND ');
}

const comparisons = { eq: '=', ne: 'IS DISTINCT FROM', gt: '>', gte: '>=', lt: '<', lte: '<=' } as const;

function condition(table: TableInfo, { column, op, value }: Filter, values: unknown[]): string {
  const { name, type } = columnOf(table, column);
  const quoted = `t.${escapeIdentifier(name)}`;
  if (op === 'isNull') return `${quoted} IS NULL`;
  if (op === 'notNull') return `${quoted} IS NOT NULL`;
  const list: readonly Cell[] = isList(value) ? value : [value];
  if (op === 'in' || op === 'notIn') {
    if (list.length === 0) return op === 'in' ? 'false' : 'true';
    const cells = list.map((cell) => placeholder(values, name, type, cell)).join(', ');
    return `${quoted} ${op === 'in' ? 'IN' : 'NOT IN'} (${cells})`;
  }
  if (op === 'like' || op === 'anyLike') {
    if (list.length === 0) return 'false';
    const parts = list.map((cell) => {
      values.push(`%${String(cell).replaceAll(/[\\%_]/g, '\\$&')}%`);
      return `${quoted}::text ILIKE $${values.length}`;
    });
    return `(${parts.join(' OR ')})`;
  }
  const sql = placeholder(values, name, type, list[0]!);
  return `${quoted} ${comparisons[op]} ${sql}`;
}

function isList(value: Filter['value']): value is readonly Cell[] {
  return Array.isArray(value);
}

/** A parameter with a value that fits the column's type. */
function placeholder(values: unknown[], name: string, type: ColumnType, cell: Cell): string {
  const fits = fit(type, cell);
  if (fits === undefined) {
    throw new BadInput({
      code: 'BAD_VALUE',
      message: `${name} is of type ${type}; ${JSON.stringify(String(cell).slice(0, 80))} is not`,
    });
  }
  values.push(fits);
  return `$${values.length}::${type === 'json' ? 'text' : type}`;
}

function fit(type: ColumnType, cell: Cell): unknown {
  if (cell === null) return undefined;
  const text = String(cell);
  if (text.includes('\u0000')) return undefined;
  switch (type) {
    case 'int4':
    case 'int8':
      return /^-?\d{1,15}$/.test(text) ? text : undefined;
    case 'float8':
      return text !== '' && !Number.isNaN(Number(text)) ? text : undefined;
    case 'bool':
      return text === 'true' || text === 'false' ? text : undefined;
    case 'timestamptz': {
      const ms = typeof cell === 'number' ? cell : Date.parse(text);
      return Number.isFinite(ms) && Math.abs(ms) < 8.64e15 ? new Date(ms).toISOString() : undefined;
    }
    case 'date':
      return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)) ? text : undefined;
    default:
      return text;
  }
}
