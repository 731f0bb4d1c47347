/** Pages of other sites that may read: none, unless a setting names their origins. */
import cors from '@fastify/cors';
import type { FastifyInstance } from 'fastify';
import type { HttpSettings } from './settings.ts';

/** How long a browser may remember the answer to a preflight, seconds. */
const remembered = 86_400;

/**
 * Answers preflights and marks answers for the origins of the setting `corsOrigins`: GET alone, without cookies. It opens nothing to
 * callers without identity: those of this machine are still refused when a page of another site sends them (CROSS_SITE).
 */
export async function installCors(app: FastifyInstance, { corsOrigins }: HttpSettings): Promise<void> {
  if (corsOrigins.length === 0) return;
  await app.register(cors, {
    origin: corsOrigins.includes('*') ? '*' : [...corsOrigins],
    methods: ['GET'],
    allowedHeaders: ['accept', 'content-type', 'x-rh-identity', 'x-request-id'],
    exposedHeaders: ['content-disposition', 'link'],
    credentials: false,
    maxAge: remembered,
  });
}
