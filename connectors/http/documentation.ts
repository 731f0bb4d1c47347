/** The description of all routes (OpenAPI 3.1) and a page to read and try it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import { packageRoot } from '../define.ts';

/** Must be awaited before routes are added: routes are collected as they come. */
export async function installDocumentation(app: FastifyInstance, version: string): Promise<void> {
  app.addSchema({
    $id: 'Error',
    type: 'object',
    description: 'What went wrong, as a stable code, and what to do next.',
    properties: { status: { const: 'error' }, code: { type: 'string' }, message: { type: 'string' } },
  });
  app.addHook('onRoute', (route) => {
    if (route.config?.access === 'open') route.schema = { ...route.schema, security: [] };
  });
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Rightstream',
        version,
        description:
          'Upload usage reports, read recommendations. Every answer is scoped by the organisation in x-rh-identity ' +
          '(base64 of {"identity":{"org_id":"…"}}); on your own machine it may be left out.',
      },
      tags: [
        { name: 'intake', description: 'Uploads and what became of them' },
        { name: 'recommendation', description: 'What workloads should request' },
        { name: 'tables', description: 'The read models' },
        { name: 'operations', description: 'The running system' },
      ],
      components: {
        securitySchemes: { identity: { type: 'apiKey', in: 'header', name: 'x-rh-identity' } },
      },
      security: [{ identity: [] }, {}],
    },
    refResolver: { buildLocalReference: (json, _base, _fragment, i) => String(json['$id'] ?? `schema-${i}`) },
  });
  // The page and its files tell nothing of an organisation.
  app.addHook('onRoute', (route) => {
    if (route.url.startsWith('/docs')) route.config = { ...route.config, access: 'open' };
  });
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    // The page would otherwise ask a public service whether the description is valid.
    uiConfig: { validatorUrl: null, docExpansion: 'list' } as Record<string, unknown>,
    theme: { title: 'Rightstream API' },
    logo: {
      type: 'image/svg+xml',
      content: readFileSync(join(packageRoot(), 'connectors/http/dashboard/assets/icon.svg')),
      href: '/dashboard/',
    },
    // The digest is of the one style sheet that the page brings in its script.
    staticCSP:
      "default-src 'none'; script-src 'self'; style-src 'self' 'sha256-RL3ie0nH+Lzz2YNqQN83mnU0J1ot4QL7b99vMdIX99w='; img-src 'self' data:; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'",
  });
}

/** Adds GET /openapi.json. */
export function openApiRoute(app: FastifyInstance): void {
  app.get(
    '/openapi.json',
    { config: { access: 'open' }, schema: { tags: ['operations'], summary: 'This description' } },
    (_request, reply) => reply.type('application/json; charset=utf-8').send(app.swagger()),
  );
}
