/** The running system: its graph, its health, and its state as it changes. */
import type { FastifyInstance } from 'fastify';
import type { HttpDeps } from '../../deps.ts';
import { errorBody } from '../../errors.ts';
import { answers } from '../paging.ts';
import { SignalHub } from './signal-hub.ts';

const tags = ['operations'];

/** Adds /topology, /signals, /healthz and /readyz. */
export function pipelineRoutes(app: FastifyInstance, deps: HttpDeps): void {
  const { pipeline, settings, topology } = deps;
  const hub = new SignalHub(pipeline, settings.maxListeners);
  app.addHook('preClose', async () => {
    hub.close();
  });
  app.get(
    '/topology',
    { schema: { tags, summary: 'Topics, units and tables as a graph', response: answers } },
    () => topology,
  );
  app.get(
    '/signals',
    {
      schema: {
        tags,
        summary: 'State of all units whenever it changes (server-sent events)',
        description:
          'Event `state` holds {ready, units, topics}; a comment every 15 s keeps the connection open.',
        produces: ['text/event-stream'],
      },
    },
    async (request, reply) => {
      // What a unit failed with may name another organisation's data: only a user of this machine gets to read it.
      const stream = await hub.join(request.caller.local);
      if (stream === null) {
        return reply
          .code(503)
          .header('retry-after', '10')
          .send(
            errorBody({
              code: 'TOO_MANY_LISTENERS',
              message: `${settings.maxListeners} clients listen already`,
            }),
          );
      }
      return reply.type('text/event-stream').header('x-accel-buffering', 'no').send(stream);
    },
  );
  const probe = { access: 'open', hosts: 'any' } as const;
  app.get('/healthz', { config: probe, schema: { tags, summary: 'The process answers' } }, () => ({
    status: 'ok',
  }));
  app.get(
    '/readyz',
    { config: probe, schema: { tags, summary: 'All units run and keep up; 503 otherwise' } },
    async (_request, reply) => {
      const { ready, units } = await pipeline.status();
      const behind = units
        .filter(({ lag }) => lag > settings.readyMaxLag)
        .map(({ id, partition, lag }) => ({ id, partition, lag }));
      if (ready && behind.length === 0) return { status: 'ready' };
      const message = ready
        ? `${behind.length} partitions of units have more than ${settings.readyMaxLag} records waiting`
        : 'units are starting, rebuilding or stopping';
      return reply
        .code(503)
        .send({ ...errorBody({ code: ready ? 'LAGGING' : 'NOT_READY', message }), behind });
    },
  );
}
