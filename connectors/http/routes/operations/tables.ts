/** Every read model as JSON or CSV: typed filters, sort, paging by key. */
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Query, TableInfo } from '../../../../projections/runtime/ports.ts';
import { BadInput } from '../../../../streams/runtime/errors.ts';
import type { Cell } from '../../../../streams/runtime/units.ts';
import { csvLine, type CsvCell } from '../../csv.ts';
import type { HttpDeps } from '../../deps.ts';
import { tableReach } from '../../reach.ts';
import { asOfProperty, readAsOf } from '../as-of.ts';
import { answers, sortOrder } from '../paging.ts';
import { filterHelp, readTableFilters } from './table-filters.ts';

interface TableQuery {
  readonly where?: readonly string[];
  readonly sort?: string;
  readonly columns?: string;
  readonly limit?: number;
  readonly offset?: number;
  readonly after?: string;
  readonly count?: boolean;
  readonly format?: 'json' | 'csv';
  readonly as_of?: string;
  readonly [filter: string]: unknown;
}

/** Adds the list of tables and the pages of one. */
export function tableRoutes(app: FastifyInstance, deps: HttpDeps): void {
  const { readModels } = deps;
  const tags = ['tables'];
  app.get(
    '/tables',
    { config: { reach: 'scoped' }, schema: { tags, summary: 'Tables and their columns', response: answers } },
    () => ({
      data: [...readModels.tables()].sort((a, b) => (a.name < b.name ? -1 : 1)),
    }),
  );
  app.get<{ Params: { table: string }; Querystring: TableQuery }>(
    '/tables/:table',
    {
      config: { reach: 'scoped' },
      schema: {
        tags,
        summary: 'Rows of a table, of the organisation of the caller',
        params: { type: 'object', properties: { table: { type: 'string', maxLength: 100 } } },
        querystring: tableQuery,
        response: answers,
      },
    },
    async ({ params, query, caller, url }, reply) => {
      const info = tableNamed(readModels.tables(), params.table);
      const where = [...readTableFilters(info, query), ...tableReach(caller.reach, info)];
      const limit = query.limit ?? 100;
      const columns = query.columns?.split(',').filter((name) => name !== '');
      const scope = { table: info.name, org: caller.org, where };
      return readAsOf(deps, reply, scope, query.as_of, async ({ select, count, meta }) => {
        const rows = await select({
          ...scope,
          ...paging(info, query),
          // The key is read as well, so that there is a next page whatever columns are shown.
          ...(columns === undefined ? {} : { columns: [...new Set([...columns, ...info.key])] }),
          limit,
        });
        const shown = columns ?? info.columns.filter(({ type }) => type !== 'bytea').map(({ name }) => name);
        const next = nextPage(info, { ...query, ...meta }, rows, limit, url);
        if (query.format === 'csv') return sendCsv(reply, info.name, shown, rows, next);
        const counted = query.count === true ? { count: await count(scope) } : {};
        return {
          data: rows.map((row) => Object.fromEntries(shown.map((name) => [name, row[name]]))),
          meta: { table: info.name, limit, ...counted, ...meta },
          links: next === null ? {} : { next },
        };
      });
    },
  );
}

function tableNamed(tables: readonly TableInfo[], name: string): TableInfo {
  const found = tables.find((table) => table.name === name);
  if (found !== undefined) return found;
  const known = tables.map((table) => table.name).sort();
  throw new BadInput({
    code: 'UNKNOWN_TABLE',
    message: `there is no table "${name}"; there are ${known.join(', ')}`,
  });
}

/** In key order by `after`; in an order of the client's choice by `offset`. */
function paging(info: TableInfo, query: TableQuery): Pick<Query, 'after' | 'orderBy' | 'offset'> {
  const { sort, after, offset } = query;
  if (sort === undefined || sort === '') {
    return {
      ...(after === undefined ? {} : { after: readKey(info, after) }),
      ...(offset === undefined ? {} : { offset }),
    };
  }
  if (after !== undefined) {
    throw new BadInput({
      code: 'AFTER_WITH_SORT',
      message: 'after goes with the order of the key; with sort use offset',
    });
  }
  const columns = info.columns.map(({ name }) => name);
  return { orderBy: sortOrder(sort, columns, ...info.key), offset: offset ?? 0 };
}

function nextPage(
  info: TableInfo,
  query: TableQuery,
  rows: readonly Record<string, unknown>[],
  limit: number,
  url: string,
): string | null {
  const last = rows.at(-1);
  if (last === undefined || rows.length < limit) return null;
  const next = new URL(url, 'http://localhost');
  // Positions say the same on the next page, a time perhaps not: a record that was made earlier may arrive later.
  if (query.as_of !== undefined) next.searchParams.set('as_of', query.as_of);
  if (query.sort === undefined || query.sort === '') {
    next.searchParams.delete('offset');
    next.searchParams.set('after', writeKey(info.key.map((name) => last[name] as Cell)));
  } else {
    next.searchParams.set('offset', String((query.offset ?? 0) + limit));
  }
  return `${next.pathname}${next.search}`;
}

/** A key as one opaque parameter. */
function writeKey(cells: readonly Cell[]): string {
  return Buffer.from(JSON.stringify(cells)).toString('base64url');
}

function readKey(info: TableInfo, text: string): Cell[] {
  try {
    const cells = JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as unknown;
    const fits = Array.isArray(cells) && cells.length === info.key.length;
    if (fits && cells.every((cell) => ['string', 'number', 'boolean'].includes(typeof cell)))
      return cells as Cell[];
  } catch {
    // Not made by us: told below.
  }
  throw new BadInput({
    code: 'BAD_AFTER',
    message: `after is no key of ${info.name}; take it from links.next`,
  });
}

function sendCsv(
  reply: FastifyReply,
  name: string,
  columns: readonly string[],
  rows: readonly Record<string, unknown>[],
  next: string | null,
): FastifyReply {
  const line = (row: Record<string, unknown>): string => csvLine(columns.map((column) => cell(row[column])));
  return reply
    .type('text/csv; charset=utf-8')
    .headers({
      'content-disposition': `attachment; filename=${name}.csv`,
      ...(next === null ? {} : { link: `<${next}>; rel="next"` }),
    })
    .send(csvLine(columns) + rows.map(line).join(''));
}

function cell(value: unknown): CsvCell {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  return JSON.stringify(value);
}

const tableQuery = {
  type: 'object',
  properties: {
    where: {
      type: 'array',
      maxItems: 20,
      items: { type: 'string', maxLength: 4000 },
      description: filterHelp,
    },
    sort: {
      type: 'string',
      maxLength: 500,
      description: 'Columns by comma, with - before one for descending.',
    },
    columns: { type: 'string', maxLength: 4000, description: 'Columns to show, by comma; all when absent.' },
    limit: { type: 'integer', minimum: 1, maximum: 10_000, default: 100 },
    offset: { type: 'integer', minimum: 0, maximum: 1_000_000_000 },
    after: {
      type: 'string',
      maxLength: 4000,
      description: 'Key of the last row of the page before; see links.next.',
    },
    count: { type: 'boolean', default: false, description: 'Count the rows that match as well.' },
    format: { type: 'string', enum: ['json', 'csv'], default: 'json' },
    ...asOfProperty,
  },
  additionalProperties: true,
} as const;
