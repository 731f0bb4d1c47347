/** What clients of the Sources API ask: the application type of cost management, and sources, which are our clusters. */
import type { FastifyInstance } from 'fastify';
import type { Filter } from '../../../../projections/runtime/ports.ts';
import type { Caller } from '../../caller.ts';
import type { HttpDeps } from '../../deps.ts';
import { reachFilters } from '../../reach.ts';
import { answers } from '../paging.ts';
import { BadInput } from '../../../../streams/runtime/errors.ts';

/** Where it is mounted, as upstream's setting SOURCES_API_PREFIX has it. */
export const sourcesPrefix = '/api/sources/v3.1';

const tags = ['intake'];
const applicationTypes = [
  {
    id: '2',
    name: '/insights/platform/cost-management',
    display_name: 'Cost Management',
    dependent_applications: [],
    supported_source_types: ['openshift'],
  },
];
const filterNames = {
  'filter[name][eq]': 'cluster_alias',
  'filter[source_ref][eq]': 'cluster_id',
} as const;

interface Query {
  readonly limit?: number;
  readonly offset?: number;
  readonly [filter: string]: unknown;
}

const page = {
  limit: { type: 'integer', minimum: 1, maximum: 1000, default: 100 },
  offset: { type: 'integer', minimum: 0, maximum: 1_000_000_000, default: 0 },
} as const;

/** Adds application types and sources. */
export function sourcesRoutes(app: FastifyInstance, { readModels }: HttpDeps): void {
  app.get<{ Querystring: Query }>(
    `${sourcesPrefix}/application_types`,
    {
      config: { access: 'open' },
      schema: {
        tags,
        summary: 'Sources: the application type of cost management',
        querystring: {
          type: 'object',
          properties: { 'filter[name][eq]': { type: 'string', maxLength: 255 }, ...page },
        },
        response: answers,
      },
    },
    ({ query, url }) => {
      const wanted = query['filter[name][eq]'];
      const found = applicationTypes.filter(({ name }) => wanted === undefined || name === wanted);
      const [limit, offset] = [query.limit ?? 100, query.offset ?? 0];
      return paged(url, found.slice(offset, offset + limit), found.length, limit, offset);
    },
  );
  app.get<{ Querystring: Query }>(
    `${sourcesPrefix}/sources`,
    {
      config: { reach: 'scoped' },
      schema: {
        tags,
        summary: 'Sources: clusters that have reported',
        querystring: {
          type: 'object',
          properties: {
            ...Object.fromEntries(
              Object.keys(filterNames).map((name) => [name, { type: 'string', maxLength: 255 }]),
            ),
            ...page,
          },
        },
        response: answers,
      },
    },
    async ({ query, caller, url }) => {
      const given = Object.entries(filterNames).flatMap(([name, column]): Filter[] => {
        const value = query[name];
        return typeof value === 'string' ? [{ column, op: 'eq', value }] : [];
      });
      // Limited to projects, a caller may still know which of its clusters there are.
      const where = [...known, ...given, ...clustersOf(caller)];
      const scope = { table: 'clusters', org: caller.org, where };
      const [limit, offset] = [query.limit ?? 100, query.offset ?? 0];
      const count = await readModels.count(scope);
      const orderBy = [{ column: 'cluster_id', descending: false }];
      const rows = offset >= count ? [] : await readModels.select({ ...scope, orderBy, limit, offset });
      return paged(url, rows.map(sourceOf), count, limit, offset);
    },
  );
  app.get<{ Params: { id: string } }>(
    `${sourcesPrefix}/sources/:id`,
    {
      config: { reach: 'scoped' },
      schema: {
        tags,
        summary: 'Sources: one cluster that has reported',
        params: { type: 'object', properties: { id: { type: 'string', maxLength: 255 } } },
        response: answers,
      },
    },
    async ({ params, caller }) => {
      const where: Filter[] = [{ column: 'source_id', op: 'eq', value: params.id }, ...clustersOf(caller)];
      const [row] = await readModels.select({ table: 'clusters', org: caller.org, where, limit: 1 });
      if (row !== undefined) return sourceOf(row);
      throw new BadInput({
        code: 'SOURCE_NOT_FOUND',
        message: 'there is no such source; GET …/sources lists them',
      });
    },
  );
}

function clustersOf({ reach: { clusters } }: Caller): Filter[] {
  return reachFilters(clusters === undefined ? {} : { clusters });
}

/** Clusters whose source is not known are none. */
const known: Filter[] = [{ column: 'source_id', op: 'notNull', value: null }];

function sourceOf(row: Readonly<Record<string, unknown>>) {
  return {
    id: row['source_id'],
    name: row['cluster_alias'] ?? row['cluster_id'],
    source_ref: row['cluster_id'],
    source_type_id: '1',
    availability_status: 'available',
    last_available_at: row['last_reported_at'],
  };
}

function paged(url: string, data: readonly unknown[], count: number, limit: number, offset: number) {
  const to = (at: number): string => {
    const link = new URL(url, 'http://localhost');
    link.searchParams.set('limit', `${limit}`);
    link.searchParams.set('offset', `${at}`);
    return `${link.pathname}${link.search}`;
  };
  const last = Math.max(0, Math.floor((count - 1) / limit) * limit);
  return {
    meta: { count, limit, offset },
    links: {
      first: to(0),
      ...(offset > 0 ? { prev: to(Math.min(last, Math.max(0, offset - limit))) } : {}),
      ...(offset + limit < count ? { next: to(offset + limit) } : {}),
      last: to(last),
    },
    data,
  };
}
