/** Recommendations for the dashboard: flat rows in cores and bytes, one with its document and explanation, and what they save. */
import type { FastifyInstance } from 'fastify';
import type { Filter } from '../../../../projections/runtime/ports.ts';
import { BadInput } from '../../../../streams/runtime/errors.ts';
import type { Caller } from '../../caller.ts';
import type { HttpDeps } from '../../deps.ts';
import { reachFilters } from '../../reach.ts';
import { asOfProperty, readAsOf } from '../as-of.ts';
import { answers, page, pageProperties, sortOrder, type PageQuery } from '../paging.ts';
import { savings, savingsColumns } from './savings.ts';

const table = 'recommendations';
/** Most rows that are added up. */
const savingsRows = 10_000;

interface ListQuery extends PageQuery {
  readonly kind?: 'container' | 'namespace';
  readonly q?: string;
  readonly cluster?: string;
  readonly project?: string;
  readonly sort?: string;
  readonly as_of?: string;
}

const filterProperties = {
  kind: { type: 'string', enum: ['container', 'namespace'] },
  q: { type: 'string', maxLength: 200, description: 'Part of the namespace, workload or container.' },
  cluster: { type: 'string', maxLength: 255, description: 'Exact id of a cluster.' },
  project: { type: 'string', maxLength: 255, description: 'Exact namespace.' },
} as const;

/** Adds the list, the detail and the savings. */
export function recommendationRoutes(app: FastifyInstance, deps: HttpDeps): void {
  const tags = ['recommendation'];
  app.get<{ Querystring: ListQuery }>(
    '/api/rightstream/v1/recommendations',
    {
      config: { reach: 'scoped' },
      schema: {
        tags,
        summary: 'Recommendations as rows of numbers',
        querystring: {
          type: 'object',
          properties: {
            ...filterProperties,
            sort: { type: 'string', description: 'Column, with - before it for descending.' },
            ...pageProperties,
            ...asOfProperty,
          },
        },
        response: answers,
      },
    },
    async ({ query, caller }, reply) => {
      const scope = { table, org: caller.org, ...filters(query, caller) };
      const columns = columnsOf(deps).filter((name) => name !== 'document');
      const orderBy = sortOrder(query.sort ?? '-monitoring_end_time', columns, 'recommendation_id');
      const { limit, offset } = page(query);
      return readAsOf(deps, reply, scope, query.as_of, async (reads) => {
        const [count, rows] = await Promise.all([
          reads.count(scope),
          reads.select({ ...scope, columns, orderBy, limit, offset }),
        ]);
        return { data: rows, meta: { count, limit, offset, ...reads.meta } };
      });
    },
  );
  app.get<{ Querystring: ListQuery }>(
    '/api/rightstream/v1/savings',
    {
      config: { reach: 'scoped' },
      schema: {
        tags,
        summary: 'Requests now and as advised, added up per term and engine',
        querystring: { type: 'object', properties: { ...filterProperties, ...asOfProperty } },
        response: answers,
      },
    },
    async ({ query, caller }, reply) => {
      const scope = { table, org: caller.org, ...filters({ kind: 'container', ...query }, caller) };
      return readAsOf(deps, reply, scope, query.as_of, async ({ select, meta }) => {
        const rows = await select({ ...scope, columns: savingsColumns, limit: savingsRows });
        const complete = rows.length < savingsRows;
        return { data: savings(rows), meta: { rows: rows.length, complete, ...meta } };
      });
    },
  );
  app.get<{ Params: { id: string }; Querystring: { as_of?: string } }>(
    '/api/rightstream/v1/recommendations/:id',
    {
      config: { reach: 'scoped' },
      schema: {
        tags,
        summary: 'One recommendation: its row, its document and why it says so',
        params: { type: 'object', properties: { id: { type: 'string', maxLength: 64 } } },
        querystring: { type: 'object', properties: asOfProperty },
        response: answers,
      },
    },
    async ({ params, query, caller }, reply) => {
      const where = [
        { column: 'recommendation_id', op: 'eq', value: params.id.toLowerCase() } as const,
        ...reachFilters(caller.reach),
      ];
      const scope = { table, org: caller.org, where };
      const { row, meta } = await readAsOf(deps, reply, scope, query.as_of, async (reads) => ({
        row: (await reads.select({ ...scope, limit: 1 }))[0],
        meta: reads.meta,
      }));
      if (row === undefined) {
        throw new BadInput({
          code: 'RECOMMENDATION_NOT_FOUND',
          message: `there is no recommendation ${params.id}; GET /api/rightstream/v1/recommendations lists what there is`,
        });
      }
      // What was advised then is explained by the signals of then, which are not kept.
      if (meta.as_of !== undefined) return { data: row, explanation: null, meta };
      const explanation = (await deps.explain?.(caller.org, params.id.toLowerCase())) ?? null;
      return { data: row, explanation };
    },
  );
}

function filters(query: ListQuery, { reach }: Caller): { where: Filter[]; anyOf: Filter[][] } {
  const equal = ([column, value]: readonly [string, string | undefined]): Filter[] =>
    value === undefined || value === '' ? [] : [{ column, op: 'eq', value }];
  const { q } = query;
  return {
    where: [
      ...(
        [
          ['kind', query.kind],
          ['cluster_id', query.cluster],
          ['namespace', query.project],
        ] as const
      ).flatMap(equal),
      ...reachFilters(reach),
    ],
    anyOf:
      q === undefined || q === ''
        ? []
        : [
            ['namespace', 'workload', 'container'].map((column) => ({
              column,
              op: 'like' as const,
              value: q,
            })),
          ],
  };
}

function columnsOf({ readModels }: HttpDeps): string[] {
  const info = readModels.tables().find(({ name }) => name === table);
  return (info?.columns ?? []).filter(({ type }) => type !== 'bytea').map(({ name }) => name);
}
