/** GET /metrics for Prometheus. */
import type { FastifyInstance } from 'fastify';
import { Counter, Gauge, Histogram, collectDefaultMetrics, type Registry } from 'prom-client';
import type { HttpDeps } from '../../deps.ts';

/** Counts requests and measures durations of all routes, and adds the route that tells. */
export function metricsRoute(app: FastifyInstance, { pipeline }: HttpDeps, registry: Registry): void {
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const requests = new Counter({
    name: 'rosocp_requests_total',
    help: 'Requests by route and answer.',
    labelNames: ['method', 'url', 'code'],
    registers,
  });
  const durations = new Histogram({
    name: 'rosocp_request_duration_seconds',
    help: 'Time from request to the end of the answer.',
    labelNames: ['method', 'url'],
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10, 60],
    registers,
  });
  const clientErrors = new Counter({
    name: 'rosocp_http_4xx_total',
    help: 'Answers that blame the client.',
    labelNames: ['url', 'http_code'],
    registers,
  });
  const serverErrors = new Counter({
    name: 'rosocp_http_5xx_total',
    help: 'Answers that blame the server.',
    labelNames: ['url', 'http_code'],
    registers,
  });
  const lag = new Gauge({
    name: 'rightstream_unit_lag_records',
    help: 'Records that wait for a unit.',
    labelNames: ['unit', 'kind', 'partition'],
    registers,
  });
  const dead = new Gauge({
    name: 'rightstream_unit_dead_letters',
    help: 'Records that a unit set aside.',
    labelNames: ['unit', 'kind', 'partition'],
    registers,
  });
  const ends = new Gauge({
    name: 'rightstream_topic_records',
    help: 'Records of a topic.',
    labelNames: ['topic'],
    registers,
  });
  const up = new Gauge({ name: 'rightstream_ready', help: '1 when all units run.', registers });
  app.addHook('onResponse', async (request, reply) => {
    // The pattern of the route, never the path: clients must not make labels.
    const url = request.routeOptions.url ?? 'none';
    const code = `${reply.statusCode}`;
    requests.inc({ method: request.method, url, code });
    durations.observe({ method: request.method, url }, reply.elapsedTime / 1000);
    if (reply.statusCode >= 500) serverErrors.inc({ url, http_code: code });
    else if (reply.statusCode >= 400) clientErrors.inc({ url, http_code: code });
  });
  app.get(
    '/metrics',
    {
      config: { access: 'open', hosts: 'any' },
      schema: { tags: ['operations'], summary: 'Metrics for Prometheus', produces: ['text/plain'] },
    },
    async (_request, reply) => {
      try {
        const state = await pipeline.status();
        for (const gauge of [lag, dead, ends]) gauge.reset();
        for (const unit of state.units) {
          const labels = { unit: unit.id, kind: unit.kind, partition: `${unit.partition}` };
          lag.set(labels, unit.lag);
          dead.set(labels, unit.deadLetters);
        }
        for (const { name, end } of state.topics) ends.set({ topic: name }, end);
        up.set(state.ready ? 1 : 0);
      } catch {
        up.set(0); // what is counted in this process is still told
      }
      return reply.type(registry.contentType).send(await registry.metrics());
    },
  );
}
