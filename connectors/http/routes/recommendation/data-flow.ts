/** The paths that the ROS data-flow document shows: /status and /api/ros/v1. */
import type { FastifyInstance } from 'fastify';
import type { HttpDeps } from '../../deps.ts';
import { reachFilters } from '../../reach.ts';
import { readWindow } from './list-page.ts';
import { filterNames, readFilters } from './list-query.ts';
import { linksOf, queryOf, rosList, rosOptions } from './ros.ts';
import { listQuery, rosResponses } from './ros-schema.ts';

const workloadFilters = filterNames('workload');

/** Adds status, workloads and recommendations. */
export function dataFlowRoutes(app: FastifyInstance, deps: HttpDeps): void {
  const tags = ['recommendation'];
  app.get(
    '/status',
    { config: { access: 'open', hosts: 'any' }, schema: { tags: ['operations'], summary: 'The API is up' } },
    () => ({ 'api-server': 'working' }),
  );
  app.get(
    '/api/ros/v1/recommendations',
    {
      ...rosOptions,
      schema: {
        tags,
        summary: 'Recommendations per container, whatever their age',
        querystring: listQuery('container'),
        response: rosResponses,
      },
    },
    (request, reply) => rosList(deps, 'container', null, request, reply),
  );
  app.get(
    '/api/ros/v1/workloads',
    {
      ...rosOptions,
      schema: {
        tags,
        summary: 'Workloads and namespaces that have reported',
        querystring: {
          type: 'object',
          properties: {
            ...Object.fromEntries(
              workloadFilters.map((name) => [
                name,
                { type: 'array', maxItems: 5, items: { type: 'string' } },
              ]),
            ),
            limit: { type: 'integer', default: 10 },
            offset: { type: 'integer', default: 0 },
          },
        },
        response: rosResponses,
      },
    },
    async (request) => {
      const query = queryOf(deps, request, [...workloadFilters, 'limit', 'offset'], workloadFilters);
      const { limit, offset } = readWindow(query);
      const { org, reach } = request.caller;
      const { where, anyOf } = readFilters('workload', query);
      const scope = { table: 'workloads', org, where: [...where, ...reachFilters(reach)], anyOf };
      const count = await deps.readModels.count(scope);
      const orderBy = ['cluster_id', 'namespace', 'workload_type', 'workload'].map((column) => ({
        column,
        descending: false,
      }));
      const rows = limit === 0 ? [] : await deps.readModels.select({ ...scope, orderBy, limit, offset });
      return {
        data: rows.map((row) => ({
          id: row['workload_id'],
          cluster_uuid: row['cluster_id'],
          cluster_alias: row['cluster_alias'] ?? row['cluster_id'],
          source_id: row['source_id'] ?? '',
          project: row['namespace'],
          workload: row['workload'],
          workload_type: row['workload_type'],
          containers: row['containers'],
          first_reported: row['first_interval_end'],
          last_reported: row['last_interval_end'],
        })),
        meta: { count, limit, offset },
        links: linksOf(deps, request.url.split('?')[0]!, query, { limit, offset }, count),
      };
    },
  );
}
