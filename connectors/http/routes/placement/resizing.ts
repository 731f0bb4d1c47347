/** Right-sizing of a cluster: policies, workloads and why nothing is done, proposals and their answers, decisions. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Filter } from '../../../../projections/runtime/ports.ts';
import { recordKey } from '../../../../schemas/keys.ts';
import { topics } from '../../../../schemas/topics.ts';
import type { Emission } from '../../../../streams/runtime/ports.ts';
import type { AnswerRow } from '../../ask.ts';
import type { HttpDeps } from '../../deps.ts';
import { answers, page, pageProperties } from '../paging.ts';
import type { PageQuery } from '../paging.ts';
import { answered } from './wish.ts';

/** Table of the answers to wishes about right-sizing. */
export const RESIZE_ANSWERS = 'resize_answers';
const prefix = '/api/rightstream/v1/clusters/:cluster/resizing';
const tags = ['placement'];
const MAX_BODY = 16 * 1024;
/** Policies of a cluster, with room. */
const MOST_POLICIES = 1_000;

const name = { type: 'string', minLength: 1, maxLength: 253 } as const;
const ofCluster = { type: 'object', properties: { cluster: name } } as const;
const ofProposal = {
  type: 'object',
  properties: { cluster: name, proposal: { type: 'integer', minimum: 1, maximum: 1_000_000_000 } },
} as const;
const scopeQuery = {
  type: 'object',
  properties: { namespace: { ...name, description: 'Exact namespace; absent: the whole cluster.' } },
} as const;
const listQuery = (states: readonly string[]) => ({
  type: 'object',
  properties: { ...pageProperties, state: { type: 'string', enum: states, description: 'Only these.' } },
});

interface Params {
  readonly cluster: string;
  readonly proposal: number;
}
interface Scope {
  readonly namespace?: string;
}
type ListQuery = PageQuery & { readonly state?: string };

/** Adds the routes. */
export function resizingRoutes(app: FastifyInstance, deps: HttpDeps): void {
  const described = (summary: string, more: object = {}) => ({
    schema: { tags, summary, params: ofCluster, response: answers, ...more },
    bodyLimit: MAX_BODY,
  });
  app.get<{ Params: Params }>(
    prefix,
    described('Policies of right-sizing; where there is none nothing is resized'),
    async ({ params, caller: { org } }) => {
      const data = await policiesOf(deps, org, params.cluster);
      return { data, meta: { count: data.length } };
    },
  );
  app.put<{ Params: Params; Querystring: Scope }>(
    prefix,
    described('Set the policy of a cluster or a namespace, instead of one that is there', {
      querystring: scopeQuery,
    }),
    (request, reply) => {
      const policy = JSON.stringify(request.body ?? null);
      return wish(deps, request, reply, policyWish(request, policy), () => ({ data: request.body }));
    },
  );
  app.delete<{ Params: Params; Querystring: Scope }>(
    prefix,
    described('Remove the policy of a cluster or a namespace', { querystring: scopeQuery }),
    (request, reply) => wish(deps, request, reply, policyWish(request, null), () => ({ data: null })),
  );
  app.get<{ Params: Params; Querystring: PageQuery }>(
    `${prefix}/workloads`,
    described('Workloads, what is advised and decided for them, and why nothing is done', {
      querystring: { type: 'object', properties: pageProperties },
    }),
    ({ params, query, caller: { org } }) =>
      listOf(deps, 'resize_workloads', 'workload_id', org, params, query),
  );
  app.get<{ Params: Params; Querystring: ListQuery }>(
    `${prefix}/proposals`,
    described('Proposals, the latest first', {
      querystring: listQuery(['open', 'accepted', 'rejected', 'superseded']),
    }),
    ({ params, query, caller: { org } }) => listOf(deps, 'resize_proposals', 'proposal', org, params, query),
  );
  app.get<{ Params: Params; Querystring: ListQuery }>(
    `${prefix}/decisions`,
    described('Decisions and how they ended, the latest first', {
      querystring: listQuery(['decided', 'applied', 'infeasible', 'refused', 'failed', 'rolled-back']),
    }),
    ({ params, query, caller: { org } }) => listOf(deps, 'resizes', 'decision', org, params, query),
  );
  for (const accept of [true, false]) {
    app.post<{ Params: Params }>(
      `${prefix}/proposals/:proposal/${accept ? 'accept' : 'reject'}`,
      described(accept ? 'Carry a proposal out, if nothing is against it now' : 'Turn a proposal down', {
        params: ofProposal,
      }),
      (request, reply) => {
        const { cluster, proposal } = request.params;
        const event = acceptWish(request.caller.org, cluster, proposal, accept);
        return wish(deps, request, reply, event, ({ decision }) => ({ data: { proposal, decision } }));
      },
    );
  }
}

/** The wish to set a policy, as JSON text, or with null to remove it. */
export function resizingWish(
  org_id: string,
  cluster_id: string,
  namespace: string | null,
  policy: string | null,
) {
  const data = { org_id, cluster_id, namespace, policy };
  return { ...target(org_id, cluster_id), type: 'ResizingRequested', data } satisfies Emission;
}

/** The wish to carry a proposal out, or to turn it down. */
export function acceptWish(org_id: string, cluster_id: string, proposal: number, accept: boolean) {
  const data = { org_id, cluster_id, proposal, accept };
  return { ...target(org_id, cluster_id), type: 'ResizeAcceptRequested', data } satisfies Emission;
}

/** The policies of a cluster, by namespace; the empty one is of the whole cluster. */
export function policiesOf({ readModels }: Pick<HttpDeps, 'readModels'>, org: string, cluster: string) {
  return readModels.select({
    ...{ table: 'resize_policies', org, limit: MOST_POLICIES },
    where: [{ column: 'cluster_id', op: 'eq', value: cluster }],
    orderBy: [{ column: 'namespace', descending: false }],
  });
}

function target(org: string, cluster: string) {
  return { topic: topics.resizing, key: recordKey(org, cluster) };
}

function policyWish(
  { params, query, caller: { org } }: FastifyRequest<{ Params: Params; Querystring: Scope }>,
  policy: string | null,
): Emission {
  return resizingWish(org, params.cluster, query.namespace ?? null, policy);
}

/** A page of a table of the cluster; numbers go down, names up. */
export async function listOf(
  { readModels }: Pick<HttpDeps, 'readModels'>,
  table: 'resize_workloads' | 'resize_proposals' | 'resizes',
  tie: string,
  org: string,
  { cluster }: Pick<Params, 'cluster'>,
  query: ListQuery,
) {
  const where: Filter[] = [{ column: 'cluster_id', op: 'eq', value: cluster }];
  if (query.state !== undefined) where.push({ column: 'state', op: 'eq', value: query.state });
  const orderBy = [{ column: tie, descending: table !== 'resize_workloads' }];
  const data = await readModels.select({ table, org, where, orderBy, ...page(query) });
  return { data, meta: { count: await readModels.count({ table, org, where }) } };
}

function wish(
  deps: HttpDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  event: Emission,
  granted: (answer: AnswerRow) => object,
): Promise<unknown> {
  return answered(deps, request, reply, { event, answers: RESIZE_ANSWERS }, granted);
}
