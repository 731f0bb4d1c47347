/** Loads from Prometheus: settings from the environment, and what is asked for by the policies that hold. */
import { recordKey } from '../../schemas/keys.ts';
import { topics } from '../../schemas/topics.ts';
import type { Emission } from '../../streams/runtime/ports.ts';
import { readSettings } from '../define.ts';
import { askForLoads } from '../prometheus/loads.ts';
import type { Asked, Asking } from '../prometheus/loads.ts';
import { prometheusSettings } from '../prometheus/settings.ts';
import type { PrometheusSettings } from '../prometheus/settings.ts';
import type { App } from './app.ts';

/** Environment variables. */
export const prometheusEnvironment = {
  PROMETHEUS_URL:
    'Prometheus that is asked for loads of services by the `query` of their policies; default: none is.',
  PROMETHEUS_ORGS: 'Organisations whose queries are asked, by comma; default `local`.',
  PROMETHEUS_SECONDS: 'Time between two rounds of queries; default 15.',
} as const;

/** The settings; undefined: nobody is asked. What is wrong: BadInput BAD_SETTINGS. */
export function prometheusFrom(
  env: Readonly<Record<string, string | undefined>>,
): PrometheusSettings | undefined {
  const { PROMETHEUS_URL: url, PROMETHEUS_ORGS: orgs, PROMETHEUS_SECONDS: seconds } = env;
  if (url === undefined || url === '') return undefined;
  return readSettings('prometheus', prometheusSettings, {
    url,
    orgs: (orgs || 'local').split(',').map((org) => org.trim()),
    ...(seconds === undefined || seconds === '' ? {} : { everyMs: Number(seconds) * 1_000 }),
  });
}

/** Asks for loads until it is stopped. Two processes that ask report twice as often, with the same effect. */
export function askFor(app: App, settings: PrometheusSettings, warn: (line: string) => void): Asking {
  return askForLoads({
    settings,
    warn,
    sleep: (ms, stop) => app.pipeline.clock.sleep(ms, stop),
    asked: async (org, most) => {
      const rows = await app.readModels.select({ table: 'scaling', org, limit: most });
      return rows.flatMap(({ cluster_id, service, policy }): Asked[] => {
        const { enabled, query } = policy as { enabled: boolean; query: string | null };
        if (!enabled || query === null) return [];
        return [{ org_id: org, cluster_id: String(cluster_id), service: String(service), query }];
      });
    },
    report: async (org, loads) => {
      const events = loads.map((data): Emission => {
        const key = recordKey(data.org_id, data.cluster_id);
        return { topic: topics.placement, key, type: 'LoadReported', data };
      });
      await app.wishes.accept({ org, requestId: null, digest: '', events });
    },
  });
}
