/** Loading and storing rows of read-model tables in batches. */
import { createHash } from 'node:crypto';
import type { PoolClient } from 'pg';
import { escapeIdentifier } from 'pg';
import type {
  AnyRow,
  Cell,
  ColumnType,
  Page,
  Read,
  RowSet,
  TableShape,
} from '../../streams/runtime/units.ts';
import { arrayParameter, arrayType } from './arrays.ts';
import { OWNER_PARTITION } from './ddl.ts';

/** How a column is selected so that what arrives is a Cell: timestamptz as ms, date as text, json as text. */
function selected(column: string, type: ColumnType): string {
  const name = `t.${escapeIdentifier(column)}`;
  if (type === 'timestamptz')
    return `(extract(epoch FROM ${name}) * 1000)::float8 AS ${escapeIdentifier(column)}`;
  if (type === 'date' || type === 'json') return `${name}::text AS ${escapeIdentifier(column)}`;
  if (type === 'int8') return `${name}::float8 AS ${escapeIdentifier(column)}`;
  return name;
}

/** Rows for declared keys and ranges of one table, or only these cells of them; `full` is the quoted name. */
export async function loadRows(
  client: PoolClient,
  full: string,
  shape: TableShape,
  reads: readonly Read[],
  only: readonly string[] = Object.keys(shape.columns),
): Promise<AnyRow[]> {
  const columns = only.map((column) => selected(column, shape.columns[column]!.type)).join(', ');
  const keys: (readonly Cell[])[] = [];
  const whole: (readonly Cell[])[] = [];
  const bounded: (readonly Cell[])[] = [];
  const rows: AnyRow[] = [];
  for (const read of reads) {
    if ('key' in read) keys.push(read.key);
    else if ('after' in read) rows.push(...(await page(client, full, shape, columns, read)));
    else if (read.from === undefined && read.to === undefined) whole.push(read.prefix);
    else bounded.push([...read.prefix, read.from ?? null, read.to ?? null]);
  }
  const prefix = shape.key.slice(0, -1);
  const last = shape.key.at(-1)!;
  if (keys.length > 0) rows.push(...(await joined(client, full, shape, columns, shape.key, keys, '')));
  if (whole.length > 0) rows.push(...(await joined(client, full, shape, columns, prefix, whole, '')));
  if (bounded.length > 0) {
    const name = `t.${escapeIdentifier(last)}`;
    const bounds = `AND ${name} >= coalesce(k.low, ${least(shape, last)}) AND ${name} <= coalesce(k.high, ${greatest(shape, last)})`;
    rows.push(...(await joined(client, full, shape, columns, prefix, bounded, bounds)));
  }
  return rows;
}

async function joined(
  client: PoolClient,
  full: string,
  shape: TableShape,
  columns: string,
  on: readonly string[],
  wanted: readonly (readonly Cell[])[],
  bounds: string,
): Promise<AnyRow[]> {
  const last = shape.key.at(-1)!;
  const names = bounds === '' ? on : [...on, last, last];
  const types = names.map((column) => shape.columns[column]!.type);
  const aliases = names.map((_, i) => (i < on.length ? `k${i}` : i === on.length ? 'low' : 'high'));
  const parameters = types.map((type, i) => `$${i + 1}::${arrayType(type)}`).join(', ');
  const matches = on.map((column, i) => `t.${escapeIdentifier(column)} = k.k${i}`).join(' AND ');
  const { rows } = await client.query<AnyRow>({
    text: `SELECT ${columns} FROM unnest(${parameters}) AS k(${aliases.join(', ')}) JOIN ${full} t ON ${matches} ${bounds}`,
    values: types.map((type, i) =>
      arrayParameter(
        type,
        wanted.map((cells) => cells[i]!),
      ),
    ),
  });
  return rows;
}

/** A page reads no more rows than it gives. */
async function page(
  client: PoolClient,
  full: string,
  shape: TableShape,
  columns: string,
  { prefix, after, limit }: Page,
): Promise<AnyRow[]> {
  const last = `t.${escapeIdentifier(shape.key.at(-1)!)}`;
  const cells = [...prefix, after];
  const bounds = cells.map((_, i) => {
    const { type } = shape.columns[shape.key[i]!]!;
    const column = `t.${escapeIdentifier(shape.key[i]!)}`;
    return `${column} ${i < prefix.length ? '=' : '>'} ($${i + 1}::${arrayType(type)})[1]`;
  });
  const { rows } = await client.query<AnyRow>({
    text: `SELECT ${columns} FROM ${full} t WHERE ${bounds.join(' AND ')} ORDER BY ${last} LIMIT ${limit}`,
    values: cells.map((cell, i) => arrayParameter(shape.columns[shape.key[i]!]!.type, [cell])),
  });
  return rows;
}

function least(shape: TableShape, column: string): string {
  const { type } = shape.columns[column]!;
  if (type === 'date' || type === 'timestamptz') return `'-infinity'::${type}`;
  return type === 'text' ? "''" : type === 'int4' ? '-2147483648' : '-9223372036854775808';
}

function greatest(shape: TableShape, column: string): string {
  const { type } = shape.columns[column]!;
  if (type === 'date' || type === 'timestamptz') return `'infinity'::${type}`;
  return type === 'text' ? "U&'\\+10FFFF'" : type === 'int4' ? '2147483647' : '9223372036854775807';
}

/** Inserts or replaces rows, as those of a partition. */
export async function storeRows(
  client: PoolClient,
  full: string,
  shape: TableShape,
  rows: readonly AnyRow[],
  partition: number,
): Promise<void> {
  const columns = Object.entries(shape.columns);
  const names = columns.map(([column]) => escapeIdentifier(column));
  const owned =
    shape.sets === true
      ? { name: `, ${OWNER_PARTITION}`, value: `, $${columns.length + 1}::int4`, values: [partition] }
      : { name: '', value: '', values: [] };
  const parameters = columns.map(([, { type }], i) => `$${i + 1}::${arrayType(type)}`).join(', ');
  const values = columns.map(([, { type }], i) => (type === 'json' ? `x.c${i}::json` : `x.c${i}`)).join(', ');
  const rest = columns
    .filter(([column]) => !shape.key.includes(column))
    .map(([column]) => escapeIdentifier(column));
  const conflict =
    rest.length === 0
      ? 'DO NOTHING'
      : `DO UPDATE SET ${rest.map((name) => `${name} = excluded.${name}`).join(', ')}`;
  const text = `INSERT INTO ${full} (${names.join(', ')}${owned.name}) SELECT ${values}${owned.value} FROM unnest(${parameters}) AS x(${columns.map((_, i) => `c${i}`).join(', ')})
      ON CONFLICT (${shape.key.map(escapeIdentifier).join(', ')}) ${conflict}`;
  await client.query({
    // Of a table with many columns, parsing and planning take longer than some rows do. It joins nothing, so one plan serves all.
    name: `store-${createHash('sha256').update(text).digest('hex').slice(0, 32)}`,
    text,
    values: [
      ...columns.map(([column, { type }]) =>
        arrayParameter(
          type,
          rows.map((row) => row[column]!),
        ),
      ),
      ...owned.values,
    ],
  });
}

/** Deletes rows by key. */
export async function deleteRows(
  client: PoolClient,
  full: string,
  shape: TableShape,
  keys: readonly (readonly Cell[])[],
): Promise<void> {
  const types = shape.key.map((column) => shape.columns[column]!.type);
  const parameters = types.map((type, i) => `$${i + 1}::${arrayType(type)}`).join(', ');
  const matches = shape.key.map((column, i) => `t.${escapeIdentifier(column)} = k.k${i}`).join(' AND ');
  await client.query({
    text: `DELETE FROM ${full} t USING unnest(${parameters}) AS k(${types.map((_, i) => `k${i}`).join(', ')}) WHERE ${matches}`,
    values: types.map((type, i) =>
      arrayParameter(
        type,
        keys.map((cells) => cells[i]!),
      ),
    ),
  });
}

/** Deletes rows of sets that a partition stored, `limit` at most, a statement per set; how many. */
export async function removeSets(
  client: PoolClient,
  full: string,
  shape: TableShape,
  sets: readonly RowSet[],
  partition: number,
  limit = Infinity,
): Promise<number> {
  let removed = 0;
  for (const { equal, before } of sets) {
    const bounds = Object.entries(equal).map(([column, value]) => ({ column, value, operator: '=' }));
    if (before !== undefined) bounds.push({ ...before, operator: '<' });
    const conditions = bounds.map(({ column, operator }, i) => {
      const { type } = shape.columns[column]!;
      return `${escapeIdentifier(column)} ${operator} ($${i + 1}::${arrayType(type)})[1]`;
    });
    const where = [`${OWNER_PARTITION} = ${partition}`, ...conditions].join(' AND ');
    const some =
      limit === Infinity
        ? where
        : `ctid = ANY (ARRAY (SELECT ctid FROM ${full} WHERE ${where} LIMIT ${limit - removed}))`;
    const { rowCount } = await client.query({
      text: `DELETE FROM ${full} WHERE ${some}`,
      values: bounds.map(({ column, value }) => arrayParameter(shape.columns[column]!.type, [value])),
    });
    removed += rowCount ?? 0;
  }
  return removed;
}
