/** A parameter that nobody reads is refused on our own API, so that a misspelt one does not show everything. */
import type { FastifyInstance } from 'fastify';
import { checkNames } from './routes/recommendation/parameters.ts';
import type { RawQuery } from './routes/recommendation/parameters.ts';

const OWN = '/api/rightstream/v1/';

/** Parameters of a route, as its schema has them. */
interface QuerySchema {
  readonly properties?: Readonly<Record<string, unknown>>;
  /** true: the route reads names of its own, and refuses others itself. */
  readonly additionalProperties?: boolean;
}

/** Installs the check: BadInput UNKNOWN_PARAMETER, naming the parameter and those that there are. */
export function installStrictQueries(app: FastifyInstance): void {
  app.addHook('preValidation', ({ query, routeOptions }, _reply, done) => {
    if (routeOptions.url?.startsWith(OWN) === true) {
      const schema = routeOptions.schema?.querystring as QuerySchema | undefined;
      if (schema?.additionalProperties !== true)
        checkNames(query as RawQuery, Object.keys(schema?.properties ?? {}));
    }
    done();
  });
}
