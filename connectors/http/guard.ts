/** What every request passes first: the host it names, where it comes from, who sends it; and headers of every answer. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Authorize, Reach } from '../../projections/runtime/ports.ts';
import { BadInput } from '../../streams/runtime/errors.ts';
import { callerOf, Refused, type Caller } from './caller.ts';
import { errorBody } from './errors.ts';
import type { HttpDeps } from './deps.ts';
import { notAuthorized, readsAll } from './reach.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who calls; reading it on an open route throws. */
    caller: Caller;
  }
  interface FastifyContextConfig {
    /** open: needs no caller and tells nothing of an organisation. Absent: a caller is required. */
    access?: 'open';
    /** probe: answers under any host name (health checks use addresses). */
    hosts?: 'any';
    /** How a refused caller is told: as the upload service does, as the ROS API does, or (absent) as everything else here. */
    refusal?: 'ingress' | 'ros';
    /**
     * Where an access service is asked: `scoped` routes show the caller what it may read, `free` ones read nothing of it. Absent: only
     * callers that may read all of their organisation.
     */
    reach?: 'scoped' | 'free';
    /** A question that comes by POST for the length of it, and changes nothing. */
    reads?: true;
  }
}

const nobody: Caller = Object.freeze({
  get org(): string {
    throw new Error('an open route asked for the caller');
  },
  account: null,
  local: false,
  get reach(): Reach {
    throw new Error('an open route asked for the caller');
  },
});

/** Installs the checks and the headers. */
export function installGuard(app: FastifyInstance, deps: HttpDeps): void {
  const { settings } = deps;
  const identify = callerOf(settings);
  const hosts = new Set([
    'localhost',
    '127.0.0.1',
    '[::1]',
    ...settings.allowedHosts.map((h) => h.toLowerCase()),
  ]);
  app.decorateRequest('caller');
  app.addHook('onRequest', async (request, reply) => {
    request.caller = nobody;
    setHeaders(reply);
    const config = request.routeOptions.config;
    if (config.hosts !== 'any' && !hosts.has('*') && !hosts.has(hostOf(request))) {
      throw new BadInput({
        code: 'HOST_NOT_ALLOWED',
        message: `this server does not answer to the host name "${hostOf(request)}"; add it to the setting allowedHosts`,
      });
    }
    if (request.is404 || config.access === 'open') return;
    try {
      request.caller = identify(request.ip, request.headers);
    } catch (error) {
      if (error instanceof Refused) return refuse(request, reply, error);
      throw error;
    }
    if (request.caller.local && crossSite(request)) {
      throw new BadInput({
        code: 'CROSS_SITE',
        message: 'a page of another site may not act for a user of this machine',
      });
    }
    if (deps.authorize === undefined || config.reach === 'free') return;
    const reach = await reachOf(deps, deps.authorize, request);
    // What lets read does not let write.
    const reads = request.method === 'GET' || request.method === 'HEAD' || config.reads === true;
    if (reach === null || !reads || (config.reach !== 'scoped' && !readsAll(reach))) {
      return reply
        .code(403)
        .send(
          config.refusal === 'ros'
            ? { message: notAuthorized }
            : errorBody({ code: 'NOT_AUTHORIZED', message: notAuthorized }),
        );
    }
    request.caller = { ...request.caller, reach };
  });
}

/** What the caller may read; null without an identity, and when nobody can be asked. */
async function reachOf(
  { logError }: HttpDeps,
  authorize: Authorize,
  request: FastifyRequest,
): Promise<Reach | null> {
  const identity = request.headers['x-rh-identity'];
  if (typeof identity !== 'string') return null;
  try {
    return await authorize(identity);
  } catch (error) {
    logError?.(error, request);
    return null;
  }
}

/** Host name of the request without port, lower case. */
function hostOf(request: FastifyRequest): string {
  return (request.headers.host ?? '').toLowerCase().replace(/:\d+$/, '');
}

/** True when a browser says that another site makes it send this. */
function crossSite(request: FastifyRequest): boolean {
  const { origin } = request.headers;
  const site = request.headers['sec-fetch-site'];
  if (site === 'cross-site' || site === 'same-site') return request.headers['sec-fetch-mode'] !== 'navigate';
  return origin !== undefined && origin !== `http://${request.headers.host}`;
}

function refuse(request: FastifyRequest, reply: FastifyReply, error: Refused): FastifyReply {
  if (error.code === 'CALLER_NOT_TRUSTED') return reply.code(403).send(errorBody(error));
  const { refusal } = request.routeOptions.config;
  if (refusal === 'ingress') {
    return reply.code(400).type('text/plain; charset=utf-8').send(`Bad Request: ${error.message}\n`);
  }
  if (refusal === 'ros') {
    const message =
      error.code === 'IDENTITY_NOT_BASE64'
        ? 'Unable to decode X-Rh-Identity'
        : 'Unable to marshal X-Rh-Identity into struct';
    return reply.code(401).send({ message });
  }
  return reply.code(401).send(errorBody(error));
}

function setHeaders(reply: FastifyReply): void {
  reply.headers({
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'cross-origin-resource-policy': 'same-origin',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'cache-control': 'no-store',
  });
}
