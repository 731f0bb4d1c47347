/** The dashboard: static files of this package, nothing from elsewhere. */
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { packageRoot } from '../define.ts';

/** Scripts, styles and data from this server only; nothing inline. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Serves the pages under /dashboard/ and leads there from /. */
export async function installDashboard(app: FastifyInstance): Promise<void> {
  const folder = packageRoot();
  await app.register(async (pages) => {
    // Files tell nothing of an organisation; the data they ask for is guarded like any other call.
    pages.addHook('onRoute', (route) => {
      route.config = { ...route.config, access: 'open' };
      route.schema = { ...route.schema, hide: true };
    });
    await pages.register(fastifyStatic, {
      root: [join(folder, 'connectors/http/dashboard')],
      prefix: '/dashboard/',
      redirect: true,
      cacheControl: false,
      setHeaders: (reply) => {
        reply.header('content-security-policy', policy);
        reply.header('cache-control', 'no-cache');
      },
    });
    await pages.register(fastifyStatic, {
      root: join(folder, 'node_modules/uplot/dist'),
      prefix: '/dashboard/uplot/',
      decorateReply: false,
      index: false,
      cacheControl: false,
      allowedPath: (path) => ['/uPlot.esm.js', '/uPlot.min.css'].includes(path),
      setHeaders: (reply) => {
        reply.header('cache-control', 'no-cache');
      },
    });
    pages.get('/', (_request, reply) => reply.redirect('/dashboard/'));
  });
}
