/** POST /updateRecommendations: what an experiment should request as of an interval end. */
import type { FastifyInstance } from 'fastify';
import { experimentKey } from '../../../../../projections/recommendation/kruize/identity.ts';
import { topics } from '../../../../../schemas/topics.ts';
import { ask } from '../../../ask.ts';
import type { HttpDeps } from '../../../deps.ts';
import { timeParameter } from './body.ts';
import { KruizeError } from './envelope.ts';
import { EXPERIMENT_ANSWERS, throwRefusal } from './experiments.ts';
import { documentAt } from './registered.ts';

/** Adds the route. */
export function recommendRoutes(scope: FastifyInstance, deps: HttpDeps): void {
  scope.post(
    '/updateRecommendations',
    { schema: { tags: ['recommendation'], summary: 'Kruize: recommend from the results posted so far' } },
    async (request, reply) => {
      const { name, end } = asked(request.query as Query);
      const { org } = request.caller;
      const data = { org_id: org, experiment_name: name, interval_end: end };
      const target = { topic: topics.experiments, key: experimentKey(org, name) };
      const events = [{ ...target, type: 'RecommendationsRequested', data } as const];
      const [answer] = await ask(deps, request, { events, answers: EXPERIMENT_ANSWERS });
      throwRefusal(answer!);
      return reply
        .code(201)
        .send([await documentAt(deps, org, name, String(answer!['monitoring_end_time']))]);
    },
  );
}

type Query = Readonly<Record<string, string | string[] | undefined>>;

function asked({ experiment_name: name, interval_end_time: end }: Query): { name: string; end: number } {
  const missing =
    (typeof name !== 'string' || name === '' ? 'experiment_name is mandatory, ' : '') +
    (typeof end !== 'string' || end === '' ? 'interval_end_time is mandatory' : '');
  if (missing !== '' || typeof name !== 'string' || typeof end !== 'string') throw new KruizeError(missing);
  return { name, end: timeParameter(end) };
}
