/** The ingress API: mounted under each of its two prefixes. */
import type { FastifyInstance } from 'fastify';
import type { HttpDeps } from '../../deps.ts';
import { agentName, type IngressMetrics } from './ingress-metrics.ts';
import { discard } from './receive.ts';
import { trackRoute } from './track.ts';
import { uploadRoute } from './upload.ts';

/** Where the upload service is mounted. */
export const ingressPrefixes = ['/api/ingress/v1', '/r/insights/platform/ingress/v1'] as const;

/** Adds the routes of the upload service to a scope of its own. */
export function ingressRoutes(
  deps: HttpDeps,
  metrics: IngressMetrics,
): (app: FastifyInstance) => Promise<void> {
  return async (app) => {
    // Anything but a form is small or refused: read as text for the test request, or let run off unread.
    for (const type of ['application/json', 'application/x-www-form-urlencoded']) {
      if (app.hasContentTypeParser(type)) app.removeContentTypeParser(type);
      app.addContentTypeParser(type, { parseAs: 'string', bodyLimit: 65_536 }, (_request, body, done) => {
        done(null, body);
      });
    }
    app.addContentTypeParser('*', (request, _payload, done) => {
      discard(request, deps.settings.maxUploadBytes);
      done(null, undefined);
    });
    app.addHook('onResponse', async (request, reply) => {
      if (request.method !== 'POST') return;
      const useragent = agentName(request.headers['user-agent']);
      metrics.requests.inc({ useragent });
      metrics.responses.inc({ useragent, code: `${reply.statusCode}` });
    });
    uploadRoute(app, deps, metrics);
    trackRoute(app, deps);
    app.get(
      '/version',
      { config: { access: 'open' }, schema: { tags: ['intake'], summary: 'Version' } },
      () => ({
        version: deps.version?.version ?? '',
        commit: deps.version?.commit ?? 'unknown',
      }),
    );
    app.get(
      '/openapi.json',
      { config: { access: 'open' }, schema: { tags: ['intake'], summary: 'This description' } },
      (_request, reply) => reply.type('application/json; charset=utf-8').send(app.swagger()),
    );
    app.get(
      '/',
      {
        config: { refusal: 'ingress', reach: 'free' },
        schema: { tags: ['intake'], summary: 'Sign of life' },
      },
      (_request, reply) => reply.type('text/plain; charset=utf-8').send('lubdub'),
    );
  };
}
