/** POST and DELETE /createExperiment. */
import type { FastifyInstance } from 'fastify';
import { experimentKey } from '../../../../../projections/recommendation/kruize/identity.ts';
import { topics } from '../../../../../schemas/topics.ts';
import { ask } from '../../../ask.ts';
import type { AnswerRow } from '../../../ask.ts';
import type { HttpDeps } from '../../../deps.ts';
import { isFields, parseBody, textOf } from './body.ts';
import { KruizeError, send } from './envelope.ts';
import { findProfile } from './known-profiles.ts';
import { readExperiment } from './read-experiment.ts';

/** Table of the answers to wishes about experiments. */
export const EXPERIMENT_ANSWERS = 'experiment_answers';

const tags = ['recommendation'];
const NOT_JSON = 'The body is no JSON: send an array of exactly one experiment.';

/** Adds the routes. */
export function experimentRoutes(scope: FastifyInstance, deps: HttpDeps): void {
  scope.post(
    '/createExperiment',
    { schema: { tags, summary: 'Kruize: register an experiment, whose results will be posted' } },
    async (request, reply) => {
      const draft = readExperiment(parseBody(request.body, NOT_JSON));
      const { org } = request.caller;
      const name = draft.performance_profile;
      const profile = name === null ? undefined : await findProfile(deps, org, name);
      if (name !== null && profile === undefined) {
        throw new KruizeError(`Not Found: performance_profile does not exist: ${name}`);
      }
      const data = { ...draft, org_id: org, profile_version: profile?.profile_version ?? null };
      const key = experimentKey(org, draft.experiment_name);
      const events = [{ topic: topics.experiments, key, type: 'ExperimentRequested', data } as const];
      const [answer] = await ask(deps, request, { events, answers: EXPERIMENT_ANSWERS });
      throwRefusal(answer!);
      return send(
        reply,
        201,
        'Experiment registered successfully with Kruize. View registered experiments at /listExperiments',
      );
    },
  );
  scope.delete(
    '/createExperiment',
    { schema: { tags, summary: 'Kruize: remove an experiment with its results and recommendations' } },
    async (request, reply) => {
      const { org } = request.caller;
      const events = namesOf(parseBody(request.body, NOT_JSON)).map((name) => ({
        topic: topics.experiments,
        key: experimentKey(org, name),
        type: 'ExperimentRemovalRequested' as const,
        data: { org_id: org, experiment_name: name },
      }));
      for (const answer of await ask(deps, request, { events, answers: EXPERIMENT_ANSWERS }))
        throwRefusal(answer);
      return send(
        reply,
        201,
        'Experiment deleted successfully. View registered experiments at /listExperiments',
      );
    },
  );
}

/** A refusal by the decider, as Kruize words it. */
export function throwRefusal(answer: AnswerRow): void {
  const { http_status: status, message } = answer;
  if (typeof message === 'string') throw new KruizeError(message, Number(status));
}

function namesOf(body: unknown): string[] {
  if (!Array.isArray(body) || body.length > 1) throw new KruizeError(NOT_JSON);
  return (body as unknown[]).map((sent) => {
    const name = isFields(sent) ? textOf(sent, 'experiment_name') : null;
    if (name === null) throw new KruizeError('experiment_name: name the experiment to delete');
    return name;
  });
}
