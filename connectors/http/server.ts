/** The HTTP server: guards first, then the routes of each context, then the dashboard. */
import multipart from '@fastify/multipart';
import Fastify, { type FastifyInstance } from 'fastify';
import { Registry } from 'prom-client';
import { installCors } from './cors.ts';
import { installDashboard } from './dashboard.ts';
import type { HttpDeps } from './deps.ts';
import { installDocumentation, openApiRoute } from './documentation.ts';
import { installErrors } from './errors.ts';
import { installGuard } from './guard.ts';
import { ingressMetrics } from './routes/intake/ingress-metrics.ts';
import { ingressPrefixes, ingressRoutes } from './routes/intake/ingress.ts';
import { sourcesRoutes } from './routes/intake/sources.ts';
import { uploadsRoutes } from './routes/intake/uploads.ts';
import { metricsRoute } from './routes/operations/metrics.ts';
import { pipelineRoutes } from './routes/operations/pipeline.ts';
import { tableRoutes } from './routes/operations/tables.ts';
import { clusterRoutes } from './routes/placement/clusters.ts';
import { decisionRoutes } from './routes/placement/decisions.ts';
import { resizingRoutes } from './routes/placement/resizing.ts';
import { roheRoutes } from './routes/placement/rohe.ts';
import { observedRoutes } from './routes/placement/observed.ts';
import { scalingRoutes } from './routes/placement/scaling.ts';
import { whatIfRoute } from './routes/placement/what-if.ts';
import { kruizeRoutes } from './routes/recommendation/kruize/kruize.ts';
import { dataFlowRoutes } from './routes/recommendation/data-flow.ts';
import { policyRoutes } from './routes/recommendation/policies.ts';
import { recommendationRoutes } from './routes/recommendation/recommendations.ts';
import { reportRoute } from './routes/recommendation/report.ts';
import { rosRoutes } from './routes/recommendation/ros.ts';
import { installStrictQueries } from './strict-queries.ts';

/** Builds the server; the caller listens (`app.listen({host, port})`) and closes it. */
export async function createHttpServer(deps: HttpDeps): Promise<FastifyInstance> {
  const { settings } = deps;
  const app: FastifyInstance = Fastify({
    requestTimeout: settings.uploadTimeoutMs,
    connectionTimeout: settings.idleTimeoutMs,
    keepAliveTimeout: Math.min(5_000, settings.idleTimeoutMs),
    http: { headersTimeout: Math.min(15_000, settings.uploadTimeoutMs) },
    bodyLimit: 65_536,
    routerOptions: { maxParamLength: 300 },
    // Descriptions of parameters may use words that the validator does not know.
    ajv: { customOptions: { strict: false } },
    forceCloseConnections: 'idle',
  });
  // Answers are sent as they are: a schema describes them, it must not drop what it does not name.
  app.setSerializerCompiler(() => (data) => JSON.stringify(data));
  const registry = new Registry();
  installErrors(app, deps);
  await installCors(app, settings);
  installGuard(app, deps);
  installStrictQueries(app);
  await installDocumentation(app, deps.version?.version ?? '0');
  await app.register(multipart);
  metricsRoute(app, deps, registry);
  const uploads = ingressMetrics(registry);
  for (const prefix of ingressPrefixes) await app.register(ingressRoutes(deps, uploads), { prefix });
  uploadsRoutes(app, deps);
  sourcesRoutes(app, deps);
  rosRoutes(app, deps);
  dataFlowRoutes(app, deps);
  await app.register(kruizeRoutes(deps));
  recommendationRoutes(app, deps);
  reportRoute(app, deps);
  clusterRoutes(app, deps);
  decisionRoutes(app, deps);
  observedRoutes(app, deps);
  scalingRoutes(app, deps);
  resizingRoutes(app, deps);
  whatIfRoute(app, deps);
  roheRoutes(app, deps);
  await app.register(policyRoutes(deps));
  tableRoutes(app, deps);
  pipelineRoutes(app, deps);
  openApiRoute(app);
  await installDashboard(app);
  await app.ready();
  return app;
}
