/** Clusters there are, and the decisions about places in one of them, the latest first. */
import type { FastifyInstance } from 'fastify';
import type { Filter, ReadModels } from '../../../../projections/runtime/ports.ts';
import type { HttpDeps } from '../../deps.ts';
import { answers } from '../paging.ts';
import { rowsOf } from './state.ts';
import type { Fields } from './state.ts';

const tags = ['placement'];
const text = { type: 'string', minLength: 1, maxLength: 253 } as const;
/** Clusters that are listed at most. */
const MOST_CLUSTERS = 200;
/** Decisions of the causes of a page that are looked through for what a replica was before. */
const MOST_RELATED = 10_000;

interface DecisionQuery {
  readonly limit?: number;
  readonly before?: number;
  readonly service?: string;
  readonly node?: string;
}

/** Adds the routes. */
export function decisionRoutes(app: FastifyInstance, deps: HttpDeps): void {
  app.get(
    '/api/rightstream/v1/clusters',
    { schema: { tags, summary: 'Clusters with nodes or services, by name', response: answers } },
    async ({ caller: { org } }) => {
      const names = new Set([
        ...(await clustersOf(deps.readModels, 'nodes', org)),
        ...(await clustersOf(deps.readModels, 'services', org)),
      ]);
      const data = [...names].sort().slice(0, MOST_CLUSTERS);
      const why =
        data.length > 0 ? {} : { why: 'no cluster has nodes or services; PUT …/clusters/NAME/nodes' };
      return { data: data.map((name) => ({ name })), meta: { count: data.length, ...why } };
    },
  );
  app.get<{ Params: { cluster: string }; Querystring: DecisionQuery }>(
    '/api/rightstream/v1/clusters/:cluster/decisions',
    {
      schema: {
        tags,
        summary: 'Decisions about places, the latest first, each with what was before and after',
        params: { type: 'object', properties: { cluster: text } },
        querystring: {
          type: 'object',
          properties: {
            limit: { type: 'integer', minimum: 1, maximum: 200, default: 50 },
            before: { type: 'integer', minimum: 1, description: 'Number of a decision; older ones follow.' },
            service: text,
            node: text,
          },
        },
        response: answers,
      },
    },
    async ({ params: { cluster }, query, caller: { org } }) => {
      const { limit = 50, before, service, node } = query;
      const where: Filter[] = [
        { column: 'cluster_id', op: 'eq', value: cluster },
        ...(before === undefined ? [] : [{ column: 'decision', op: 'lt', value: before } as const]),
        ...(service === undefined ? [] : [{ column: 'service', op: 'eq', value: service } as const]),
        ...(node === undefined ? [] : [{ column: 'node', op: 'eq', value: node } as const]),
      ];
      const rows = await deps.readModels.select({
        ...{ table: 'placement_decisions', org, where, limit },
        orderBy: [{ column: 'decision', descending: true }],
      });
      const data = withMoves(rows, await related(deps.readModels, org, cluster, rows));
      const last = rows.at(-1);
      const next = last !== undefined && rows.length === limit ? Number(last['decision']) : null;
      const why = data.length > 0 ? {} : { why: await whyNone(deps, org, cluster, query) };
      return { data, meta: { count: data.length, before: next, ...why } };
    },
  );
}

/** Names by skipping from one to the next: as many reads as there are clusters. */
async function clustersOf(
  { select }: ReadModels,
  table: 'nodes' | 'services',
  org: string,
): Promise<string[]> {
  const names: string[] = [];
  while (names.length < MOST_CLUSTERS) {
    const last = names.at(-1);
    const [row] = await select({
      ...{ table, org, columns: ['cluster_id'], limit: 1 },
      where: last === undefined ? [] : [{ column: 'cluster_id', op: 'gt', value: last }],
      orderBy: [{ column: 'cluster_id', descending: false }],
    });
    if (row === undefined) break;
    names.push(String(row['cluster_id']));
  }
  return names;
}

/** Other decisions about the same replicas from the same causes: with them a release and a new place are one move. */
async function related(
  { select }: ReadModels,
  org: string,
  cluster: string,
  rows: readonly Fields[],
): Promise<readonly Fields[]> {
  const movable = rows.filter((row) => row['kind'] !== 'resized' && row['cause'] !== '');
  if (movable.length === 0) return [];
  const distinct = (column: string) => [...new Set(movable.map((row) => String(row[column])))];
  return select({
    ...{ table: 'placement_decisions', org, limit: MOST_RELATED },
    columns: [
      ...['cause', 'service', 'replica', 'kind', 'node', 'reason'],
      ...['cpu', 'memory', 'cpu_before', 'memory_before'],
    ],
    where: [
      { column: 'cluster_id', op: 'eq', value: cluster },
      { column: 'cause', op: 'in', value: distinct('cause') },
      { column: 'service', op: 'in', value: distinct('service') },
      { column: 'kind', op: 'ne', value: 'resized' },
    ],
    orderBy: [{ column: 'decision', descending: true }],
  });
}

const idOf = (row: Fields, kind: unknown) =>
  JSON.stringify([row['cause'], row['service'], row['replica'], kind]);

/** Each decision with where the replica was before and is after, and what it took there. */
function withMoves(rows: readonly Fields[], others: readonly Fields[]): Fields[] {
  const byId = new Map(others.map((row) => [idOf(row, row['kind']), row]));
  const at = (row: Fields | undefined, ending: '' | '_before') =>
    row === undefined
      ? null
      : { node: row['node'], cpu: row[`cpu${ending}`], memory: row[`memory${ending}`] };
  return rows.map((row) => {
    const { kind } = row;
    const released = kind === 'placed' ? byId.get(idOf(row, 'released')) : row;
    const placed = kind === 'released' ? byId.get(idOf(row, 'placed')) : row;
    return {
      decision: row['decision'],
      kind,
      service: row['service'],
      replica: row['replica'],
      reason: kind === 'placed' ? (released?.['reason'] ?? null) : row['reason'],
      strategy: row['strategy'],
      before: at(released, '_before'),
      after: at(placed, ''),
      cause: row['cause'],
      decided_at: row['decided_at'],
    };
  });
}

async function whyNone(
  deps: HttpDeps,
  org: string,
  cluster: string,
  { before, service, node }: DecisionQuery,
): Promise<string> {
  if (before !== undefined) return 'there are no older ones';
  if (service !== undefined || node !== undefined) return 'no decision is about this service or node';
  const services = await rowsOf(deps, 'services', org, cluster);
  return services.length === 0
    ? 'nothing is declared that needs a place; PUT …/services'
    : 'no replica has had a place so far; GET …/services says why';
}
