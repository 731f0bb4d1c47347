/** What became of wishes whose caller could not wait. */
import type { FastifyInstance } from 'fastify';
import { answersOf } from '../../../ask.ts';
import type { HttpDeps } from '../../../deps.ts';
import { KruizeError } from './envelope.ts';
import { EXPERIMENT_ANSWERS } from './experiments.ts';
import { POLICY_ANSWERS } from '../policies.ts';
import { PROFILE_ANSWERS } from './profiles.ts';

/** Adds the route; a wish that is not decided yet, or that nobody of the organisation made, is 404. */
export function answerRoutes(scope: FastifyInstance, deps: HttpDeps): void {
  scope.get(
    '/api/rightstream/v1/answers/:id',
    {
      schema: {
        tags: ['recommendation'],
        summary: 'What a wish was answered with',
      },
    },
    async (request) => {
      const { id } = request.params as { id: string };
      for (const table of [
        EXPERIMENT_ANSWERS,
        PROFILE_ANSWERS,
        POLICY_ANSWERS,
        'placement_answers',
        'resize_answers',
      ]) {
        const row = (await answersOf(deps, request.caller.org, table, [id])).get(id);
        if (row !== undefined) return row;
      }
      throw new KruizeError(`Nothing has been decided on the wish ${id}: ask again, or check the id`, 404);
    },
  );
}
