/** Nodes, services and places of a cluster: this product's own API. */
import type { FastifyInstance } from 'fastify';
import { placingByDefault } from '../../../../projections/placement/settle.ts';
import type { HttpDeps } from '../../deps.ts';
import { answers } from '../paging.ts';
import { readNodesBody, readPlacingBody, readServicesBody } from './declare.ts';
import { nodeStates, rowsOf, serviceStates, shownOf } from './state.ts';
import type { Fields } from './state.ts';
import { MAX_BODY, wish } from './wish.ts';

const prefix = '/api/rightstream/v1/clusters/:cluster';
const tags = ['placement'];
const name = { type: 'string', minLength: 1, maxLength: 253 } as const;
const ofCluster = { type: 'object', properties: { cluster: name } } as const;
const ofOne = { type: 'object', properties: { cluster: name, name } } as const;

interface Params {
  readonly cluster: string;
  readonly name: string;
}

/** Adds the routes. */
export function clusterRoutes(app: FastifyInstance, deps: HttpDeps): void {
  const described = (summary: string, params: object = ofCluster) => ({
    schema: { tags, summary, params, response: answers },
    bodyLimit: MAX_BODY,
  });
  const toOutcomes = (outcomes: readonly object[]) => ({ outcomes });

  app.get<{ Params: Params }>(
    `${prefix}/nodes`,
    described('Nodes, what is used of them, what they carry, and what the cluster shows of them'),
    async ({ params: { cluster }, caller: { org } }) => {
      const nodes = await rowsOf(deps, 'nodes', org, cluster);
      const replicas = await rowsOf(deps, 'replicas', org, cluster);
      const data = nodeStates(nodes, replicas, await rowsOf(deps, 'observed_nodes', org, cluster));
      return { data, meta: { count: data.length, ...whyEmpty(data, 'PUT nodes here') } };
    },
  );
  app.put<{ Params: Params }>(
    `${prefix}/nodes`,
    described('Declare nodes; those that are known by name are changed'),
    (request, reply) => {
      const data = { cluster_id: request.params.cluster, nodes: readNodesBody(request.body) };
      return wish(deps, request, reply, 'NodesRequested', data, toOutcomes);
    },
  );
  app.delete<{ Params: Params }>(
    `${prefix}/nodes/:name`,
    described('Forget a node; what it carried is placed elsewhere', ofOne),
    (request, reply) => {
      const data = { cluster_id: request.params.cluster, nodes: [request.params.name] };
      return wish(deps, request, reply, 'NodesRemovalRequested', data, toOutcomes);
    },
  );

  app.get<{ Params: Params }>(
    `${prefix}/services`,
    described(
      'Services, where their replicas are, why others have no place, and what is applied, ready and failed',
    ),
    async ({ params: { cluster }, caller: { org } }) => {
      const data = serviceStates(
        await rowsOf(deps, 'services', org, cluster),
        await rowsOf(deps, 'replicas', org, cluster),
        await rowsOf(deps, 'unplaceable', org, cluster),
        await shownOf(deps, org, cluster),
      );
      return { data, meta: { count: data.length, ...whyEmpty(data, 'PUT services here') } };
    },
  );
  app.put<{ Params: Params }>(
    `${prefix}/services`,
    described('Declare services; those that are known by name are changed'),
    (request, reply) => {
      const data = { cluster_id: request.params.cluster, services: readServicesBody(request.body) };
      return wish(deps, request, reply, 'ServicesRequested', data, toOutcomes);
    },
  );
  app.delete<{ Params: Params }>(
    `${prefix}/services/:name`,
    described('Forget a service; its replicas are released', ofOne),
    (request, reply) => {
      const data = { cluster_id: request.params.cluster, services: [request.params.name] };
      return wish(deps, request, reply, 'ServicesRemovalRequested', data, toOutcomes);
    },
  );

  app.get<{ Params: Params }>(
    `${prefix}/placing`,
    described('How places are chosen'),
    ({ params: { cluster }, caller: { org } }) => placingNow(deps, org, cluster),
  );
  app.put<{ Params: Params }>(
    `${prefix}/placing`,
    described('Let placing go on, stop, or choose otherwise; what is not named stays'),
    async (request, reply) => {
      const wanted = readPlacingBody(request.body);
      const { cluster } = request.params;
      const now = await placingNow(deps, request.caller.org, cluster);
      const named = Object.entries(wanted).filter(([, value]) => value !== undefined);
      const set = { ...now, ...(Object.fromEntries(named) as Partial<typeof now>) };
      const data = { cluster_id: cluster, ...set };
      return wish(deps, request, reply, 'PlacingRequested', data, () => set);
    },
  );
}

/** How a cluster places now. */
export async function placingNow({ readModels }: HttpDeps, org: string, cluster: string) {
  const [row] = await readModels.select({
    ...{ table: 'placing', org, limit: 1 },
    where: [{ column: 'cluster_id', op: 'eq', value: cluster }],
  });
  const known: Fields = row ?? placingByDefault;
  return {
    running: known['running'] === true,
    strategy: String(known['strategy']),
    priority: Number(known['priority']),
    balance: Number(known['balance']),
    binding: String(known['binding']),
    drift: String(known['drift']),
    not_ready_seconds: Number(known['not_ready_seconds']),
  };
}

function whyEmpty(data: readonly unknown[], next: string): object {
  return data.length > 0 ? {} : { why: `nothing is declared in this cluster; ${next}` };
}
