/** Counters of the upload service, named as upstream names them. */
import { Counter, Histogram, type Registry } from 'prom-client';

/** Metrics of uploads. */
export interface IngressMetrics {
  readonly requests: Counter<'useragent'>;
  readonly responses: Counter<'useragent' | 'code'>;
  readonly size: Histogram;
}

/** Creates them in a registry. */
export function ingressMetrics(registry: Registry): IngressMetrics {
  const registers = [registry];
  return {
    requests: new Counter({
      name: 'ingress_requests',
      help: 'Uploads that were asked for.',
      labelNames: ['useragent'],
      registers,
    }),
    responses: new Counter({
      name: 'ingress_responses',
      help: 'Answers to uploads.',
      labelNames: ['useragent', 'code'],
      registers,
    }),
    size: new Histogram({
      name: 'ingress_payload_sizes',
      help: 'Bytes of accepted files.',
      buckets: [1e4, 1e5, 1e6, 1e7, 2.5e7, 5e7, 1e8],
      registers,
    }),
  };
}

/** One of a few names, so that clients cannot make labels. */
export function agentName(header: string | undefined): string {
  const name = /^[a-z-]+/i.exec(header ?? '')?.[0].toLowerCase() ?? '';
  return ['cost-mgmt-operator', 'koku-metrics-operator', 'curl', 'mozilla', 'insights-client'].includes(name)
    ? name
    : 'other';
}
