/** Policies: which engine decides for whom, listed, set and removed. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { recordKey } from '../../../../schemas/keys.ts';
import { topics } from '../../../../schemas/topics.ts';
import { BadInput } from '../../../../streams/runtime/errors.ts';
import type { Emission } from '../../../../streams/runtime/ports.ts';
import type { PolicyScope } from '../../../../projections/recommendation/policy/scope.ts';
import { ask, lookUntil, NotYetDecided } from '../../ask.ts';
import type { AnswerRow, Asking } from '../../ask.ts';
import type { HttpDeps } from '../../deps.ts';
import { errorBody } from '../../errors.ts';
import { answers } from '../paging.ts';

/** Table of the answers to wishes about policies. */
export const POLICY_ANSWERS = 'engine_policy_answers';
const PATH = '/api/rightstream/v1/policies';
/** Policies of an organisation and partitions of a topic, with room. */
const MOST = 1_000;
const MAX_BODY = 16 * 1024;

/** Parameters that say what a policy is for. */
interface ScopeQuery {
  readonly cluster?: string;
  readonly namespace?: string;
  readonly workload?: string;
}

const name = (about: string) => ({ type: 'string', maxLength: 1_000, description: about });
const querystring = {
  type: 'object',
  additionalProperties: false,
  properties: {
    cluster: name('Exact id of a cluster; absent: all.'),
    namespace: name('Exact namespace; absent: all.'),
    workload: name('Exact name of a workload, beside its namespace; absent: all.'),
  },
} as const;
const tags = ['recommendation'];
const TAKES_EFFECT = 'at once; what stands is decided again, part by part';

/** Adds the routes as a plugin: bodies come as bytes. */
export function policyRoutes(deps: HttpDeps) {
  return (scope: FastifyInstance, _options: object, done: () => void): void => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: MAX_BODY }, (_request, body, next) => {
      next(null, body);
    });
    scope.get(
      PATH,
      { schema: { tags, summary: 'Policies: which engine decides for whom, and how', response: answers } },
      async ({ caller }) => {
        const data = await listPolicies(deps, caller.org);
        return { data, meta: { count: data.length, takes_effect: TAKES_EFFECT } };
      },
    );
    scope.put<{ Querystring: ScopeQuery }>(
      PATH,
      { schema: { tags, summary: 'Set the policy of a scope, instead of one that is there', querystring } },
      (request, reply) => change(deps, request, reply, bodyText(request.body)),
    );
    scope.delete<{ Querystring: ScopeQuery }>(
      PATH,
      { schema: { tags, summary: 'Remove the policy of a scope; wider ones hold there then', querystring } },
      (request, reply) => change(deps, request, reply, null),
    );
    done();
  };
}

/** The policies of an organisation, by scope. */
export function listPolicies(
  { readModels }: Pick<HttpDeps, 'readModels'>,
  org: string,
): Promise<AnswerRow[]> {
  return readModels.select({ table: 'engine_policies', org, limit: MOST }) as Promise<AnswerRow[]>;
}

/** The wish to set a policy, as JSON text, or with null to remove it. */
export function policyWish(org_id: string, scope: PolicyScope, policy: string | null): Emission {
  const data = { org_id, ...scope, policy };
  return { topic: topics.policies, key: recordKey(org_id), type: 'EnginePolicyRequested', data };
}

/** Waits until every partition decides by what was answered; false when that takes too long. */
export async function untilInForce(deps: Asking, org: string, answer: AnswerRow): Promise<boolean> {
  const { sequence, partitions } = answer as { sequence: number | null; partitions: number };
  if (sequence === null) return true;
  const found = await lookUntil(deps, async () => {
    const where = [{ column: 'sequence', op: 'gte', value: sequence } as const];
    const there = await deps.readModels.count({ table: 'policies_in_force', org, where });
    return there >= partitions ? true : undefined;
  });
  return found === true;
}

async function change(
  deps: HttpDeps,
  request: FastifyRequest<{ Querystring: ScopeQuery }>,
  reply: FastifyReply,
  policy: string | null,
): Promise<FastifyReply> {
  const { org } = request.caller;
  const { cluster, namespace, workload } = request.query;
  const scope: PolicyScope = {
    cluster_id: cluster?.toLowerCase() ?? null,
    namespace: namespace ?? null,
    workload: workload ?? null,
  };
  try {
    const events = [policyWish(org, scope, policy)];
    const [answer] = await ask(deps, request, { events, answers: POLICY_ANSWERS });
    if (typeof answer!['code'] === 'string') {
      const { code, message } = answer as { code: string; message: string };
      return await reply.code(Number(answer!['http_status'])).send(errorBody({ code, message }));
    }
    if (!(await untilInForce(deps, org, answer!))) throw new NotYetDecided([String(answer!['request_id'])]);
    return await reply.send({ data: { ...answer, policy: parsed(policy), takes_effect: TAKES_EFFECT } });
  } catch (error) {
    if (!(error instanceof NotYetDecided)) throw error;
    return reply
      .code(202)
      .header('location', `/api/rightstream/v1/answers/${error.ids[0] ?? ''}`)
      .send({ data: { request_id: error.ids[0], message: 'accepted, and not in force everywhere yet' } });
  }
}

const decoder = new TextDecoder('utf-8', { fatal: true });

/** The body as text; what it says is for the decider to judge. */
function bodyText(body: unknown): string {
  try {
    if (Buffer.isBuffer(body) && body.length > 0) return decoder.decode(body);
  } catch {
    // no UTF-8: told as no body
  }
  throw new BadInput({ code: 'BAD_POLICY', message: 'send a policy as JSON, e.g. {"engine": "balanced"}' });
}

function parsed(policy: string | null): unknown {
  return policy === null ? null : (JSON.parse(policy) as unknown);
}
