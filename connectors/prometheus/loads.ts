/** Asks Prometheus for the loads of services whose policies have a query, round after round. */
import type { LoadReported } from '../../schemas/generated/events.ts';
import { codeOf, messageOf } from '../../streams/runtime/errors.ts';
import { queryNow } from './query.ts';
import type { PrometheusSettings } from './settings.ts';

/** A service and the query for its load, requests/s. */
export interface Asked {
  readonly org_id: string;
  readonly cluster_id: string;
  readonly service: string;
  readonly query: string;
}

/** What asking needs. */
export interface LoadsDeps {
  readonly settings: PrometheusSettings;
  /** Resolves after so many ms, or when it is stopped. */
  readonly sleep: (ms: number, stop: AbortSignal) => Promise<void>;
  /** The services of an organisation with a query, at most so many. */
  readonly asked: (org: string, most: number) => Promise<readonly Asked[]>;
  /** Appends reports of one organisation. */
  readonly report: (org: string, loads: readonly LoadReported[]) => Promise<void>;
  /** Tells people what went wrong; once, until it is something else. */
  readonly warn: (line: string) => void;
}

/** Rounds that go on. */
export interface Asking {
  stop(): Promise<void>;
}

/** Starts. A service that cannot be asked about has no load, and keeps no other from its own. */
export function askForLoads(deps: LoadsDeps): Asking {
  const { settings, sleep } = deps;
  const stop = new AbortController();
  let told = new Set<string>();
  const work = (async () => {
    while (!stop.signal.aborted) {
      const wrong = await round(deps, stop.signal);
      if (stop.signal.aborted) return;
      for (const line of wrong) if (!told.has(line)) deps.warn(line);
      told = new Set(wrong);
      await sleep(settings.everyMs, stop.signal);
    }
  })();
  return {
    async stop() {
      stop.abort();
      await work;
    },
  };
}

/** Asks once for all; what went wrong, as lines. */
async function round(deps: LoadsDeps, stop: AbortSignal): Promise<string[]> {
  const { settings, asked, report } = deps;
  const wrong: string[] = [];
  for (const org of settings.orgs) {
    try {
      const all = [...(await asked(org, settings.maxQueries))];
      const loads: LoadReported[] = [];
      const next = async (): Promise<void> => {
        for (let it = all.shift(); it !== undefined && !stop.aborted; it = all.shift()) {
          const found = await loadOf(settings, it, stop).catch((error: unknown) => lineOf(it.service, error));
          if (typeof found === 'string') wrong.push(found);
          else if (found !== undefined) loads.push(found);
        }
      };
      await Promise.all(Array.from({ length: settings.atOnce }, next));
      if (loads.length > 0 && !stop.aborted) await report(org, loads);
    } catch (error) {
      wrong.push(lineOf(org, error));
    }
  }
  return wrong;
}

async function loadOf(
  settings: PrometheusSettings,
  { org_id, cluster_id, service, query }: Asked,
  stop: AbortSignal,
): Promise<LoadReported | undefined> {
  const sample = await queryNow(settings, query, stop);
  if (sample === undefined) return undefined;
  const { at, value } = sample;
  const none = { throughput: null, queue: null, served: null, replicas: null };
  return { org_id, cluster_id, service, at, rate: Math.min(1e9, Math.max(0, value)), ...none };
}

function lineOf(about: string, error: unknown): string {
  return `prometheus: ${about}: ${codeOf(error)}: ${messageOf(error)}`;
}
