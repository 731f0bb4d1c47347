/** Errors as answers: the class and code of what was thrown choose the status. */
import type { FastifyInstance } from 'fastify';
import { BadInput, Retryable } from '../../streams/runtime/errors.ts';
import type { HttpDeps } from './deps.ts';

/** What every error answer holds. */
export interface ErrorBody {
  readonly status: 'error';
  readonly code: string;
  readonly message: string;
}

/** Statuses of codes that are not plain 400. */
const statuses: Readonly<Record<string, number>> = {
  HOST_NOT_ALLOWED: 421,
  CROSS_SITE: 403,
  NOT_AUTHORIZED: 403,
  REQUEST_ID_REUSED: 409,
  NOT_ACCEPTABLE: 406,
  BLOB_TOO_LARGE: 413,
  UNSUPPORTED_TYPE: 415,
  UNKNOWN_TABLE: 404,
  UNKNOWN_NODE: 404,
  UNKNOWN_SERVICE: 404,
  SOURCE_NOT_FOUND: 404,
  UPLOAD_NOT_FOUND: 404,
  RECOMMENDATION_NOT_FOUND: 404,
};

/** The body of an error answer. */
export function errorBody(error: { readonly code: string; readonly message: string }): ErrorBody {
  return { status: 'error', code: error.code, message: error.message };
}

/** The status that a BadInput answers with. */
export function statusOf(error: BadInput): number {
  return statuses[error.code] ?? 400;
}

/** Installs the handlers of errors and of unknown paths. */
export function installErrors(app: FastifyInstance, deps: HttpDeps): void {
  app.setErrorHandler((error, request, reply) => {
    if (error instanceof BadInput) return reply.code(statusOf(error)).send(errorBody(error));
    if (error instanceof Retryable) {
      deps.logError?.(error, request);
      // Clients of the ROS API know the message as it is.
      const next = request.routeOptions.config.refusal === 'ros' ? '' : '; try again in a few seconds';
      return reply
        .code(503)
        .header('retry-after', '5')
        .send(errorBody({ code: error.code, message: `${error.message}${next}` }));
    }
    const known = error as { statusCode?: number; code?: string; message?: string };
    if (known.statusCode !== undefined && known.statusCode >= 400 && known.statusCode < 500) {
      return reply
        .code(known.statusCode)
        .send(errorBody({ code: known.code ?? 'BAD_REQUEST', message: known.message ?? 'bad request' }));
    }
    deps.logError?.(error, request);
    return reply.code(500).send(
      errorBody({
        code: 'UNEXPECTED',
        message: 'something failed on our side; the log of the server says what',
      }),
    );
  });
  app.setNotFoundHandler((request, reply) =>
    reply.code(404).send(
      errorBody({
        code: 'NO_SUCH_ROUTE',
        message: `${request.method} ${request.url.split('?')[0]} does not exist; GET /openapi.json lists what does`,
      }),
    ),
  );
}
