/** The HTTP API of Kruize (remote monitoring), at its own paths. */
import type { FastifyInstance, HTTPMethods } from 'fastify';
import type { HttpDeps } from '../../../deps.ts';
import { answerRoutes } from './answers.ts';
import { installBodies } from './body.ts';
import { installEnvelope, send } from './envelope.ts';
import { experimentRoutes } from './experiments.ts';
import { listRoutes } from './lists.ts';
import { profileRoutes } from './profiles.ts';
import { recommendRoutes } from './recommend.ts';
import { resultRoutes } from './results.ts';

/** What each path takes; other methods get 405. */
const methods: Readonly<Record<string, readonly HTTPMethods[]>> = {
  '/createExperiment': ['POST', 'DELETE'],
  '/updateResults': ['POST'],
  '/updateRecommendations': ['POST'],
  '/listRecommendations': ['GET'],
  '/listExperiments': ['GET'],
  '/createPerformanceProfile': ['POST'],
  '/updatePerformanceProfile': ['PUT'],
  '/deletePerformanceProfile': ['DELETE'],
  '/listPerformanceProfiles': ['GET'],
};
const all: readonly HTTPMethods[] = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH'];

/** Adds the routes as a plugin: bodies and errors are read and told as Kruize does, within it only. */
export function kruizeRoutes(deps: HttpDeps) {
  return (scope: FastifyInstance, _options: object, done: () => void): void => {
    installBodies(scope);
    installEnvelope(scope);
    // Parameters are checked by the routes, which know how Kruize words it.
    scope.setValidatorCompiler(() => () => true);
    experimentRoutes(scope, deps);
    resultRoutes(scope, deps);
    recommendRoutes(scope, deps);
    profileRoutes(scope, deps);
    listRoutes(scope, deps);
    answerRoutes(scope, deps);
    scope.get(
      '/health',
      {
        config: { access: 'open', hosts: 'any' },
        schema: { tags: ['recommendation'], summary: 'Kruize: sign of life' },
      },
      () => ({ status: 'UP' }),
    );
    for (const [url, taken] of Object.entries(methods)) {
      scope.route({
        url,
        method: all.filter((method) => !taken.includes(method)),
        schema: { hide: true },
        exposeHeadRoute: false,
        handler: (request, reply) =>
          send(reply, 405, `HTTP method ${request.method} is not supported by this URL`),
      });
    }
    done();
  };
}
