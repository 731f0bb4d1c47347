/** Objects that were applied to a cluster, and pods that it runs, page by page. */
import type { FastifyInstance } from 'fastify';
import type { Filter } from '../../../../projections/runtime/ports.ts';
import type { HttpDeps } from '../../deps.ts';
import { answers, page, pageProperties } from '../paging.ts';
import type { PageQuery } from '../paging.ts';
import type { Fields } from './state.ts';

const text = { type: 'string', minLength: 1, maxLength: 253 } as const;

interface ListQuery extends PageQuery {
  readonly state?: string;
  readonly kind?: string;
  readonly service?: string;
  readonly node?: string;
  readonly ready?: boolean;
  readonly failed?: boolean;
}

interface List {
  readonly path: string;
  readonly table: string;
  readonly tie: string;
  readonly summary: string;
  readonly filters: Readonly<Record<string, object>>;
  readonly empty: string;
}

const lists: readonly List[] = [
  {
    ...{ path: 'objects', table: 'objects', tie: 'object_id' },
    summary: 'Objects that were applied to the cluster, or could not be, with what somebody else changed',
    filters: {
      state: { type: 'string', enum: ['applied', 'refused', 'failed'] },
      ...{ kind: text, service: text, node: text },
    },
    empty: 'nothing like this was applied to this cluster',
  },
  {
    ...{ path: 'pods', table: 'pods', tie: 'uid' },
    summary: 'Pods of services, and what is wrong with them',
    filters: {
      ...{ service: text, node: text, ready: { type: 'boolean' } },
      failed: { type: 'boolean', description: 'true: those that are not ready for a known reason.' },
    },
    empty: 'no pod like this was seen in this cluster',
  },
];

/** Adds the routes. */
export function observedRoutes(app: FastifyInstance, deps: HttpDeps): void {
  for (const list of lists) {
    app.get<{ Params: { cluster: string }; Querystring: ListQuery }>(
      `/api/rightstream/v1/clusters/:cluster/${list.path}`,
      {
        schema: {
          ...{ tags: ['placement'], summary: list.summary },
          params: { type: 'object', properties: { cluster: text } },
          querystring: { type: 'object', properties: { ...pageProperties, ...list.filters } },
          response: answers,
        },
      },
      async ({ params: { cluster }, query, caller: { org } }) => {
        const { limit, offset } = page(query);
        const rows = await deps.readModels.select({
          ...{ table: list.table, org, where: filtersOf(cluster, query), limit, offset },
          orderBy: [{ column: list.tie, descending: false }],
        });
        const data = rows.map(shown);
        const why = data.length === 0 && offset === 0 ? { why: list.empty } : {};
        return { data, meta: { count: data.length, limit, offset, ...why } };
      },
    );
  }
}

function filtersOf(cluster: string, { state, kind, service, node, ready, failed }: ListQuery): Filter[] {
  const equal = Object.entries({ cluster_id: cluster, state, kind, service, node, ready });
  return [
    ...equal.flatMap(([column, value]): Filter[] =>
      value === undefined ? [] : [{ column, op: 'eq', value }],
    ),
    ...(failed === true
      ? ([
          { column: 'ready', op: 'eq', value: false },
          { column: 'reason', op: 'notNull', value: null },
        ] as const)
      : []),
  ];
}

function shown(row: Fields): Fields {
  return Object.fromEntries(
    Object.entries(row).filter(([name]) => name !== 'org_id' && name !== 'cluster_id'),
  );
}
