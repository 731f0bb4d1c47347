/** Results and recommendations over the API of Kruize: the built program, real HTTP, bundled Postgres, several clients. */
import { startKruize } from '../support/program.ts';
import type { KruizeServer } from '../support/program.ts';
import { expectEqual, figure, percentile } from './figures.ts';

/** How much is posted. */
export interface KruizeApiOptions {
  readonly experiments?: number;
  /** Days of results per experiment, a record each quarter of an hour. */
  readonly days?: number;
  /** Clients at once; each run has experiments of its own. */
  readonly clients?: readonly number[];
  /** Recommendations asked for per experiment. */
  readonly asks?: number;
}

const ORG = 'bench';
/** The API takes no more in one call. */
const RECORDS = 100;
const CONTAINERS = ['app', 'sidecar'];
const INTERVAL_MS = 900_000;
const START = Date.UTC(2026, 0, 1);
const PROFILE = 'resource-optimization-openshift';

/** Prints results/s by number of clients, and recommendations/s with their latencies over the full history. */
export async function benchKruizeApi({
  experiments = 8,
  days = 15,
  clients = [1, 4, 8],
  asks = 10,
}: KruizeApiOptions = {}): Promise<void> {
  const server = await startKruize();
  try {
    const records = days * 96;
    for (const atOnce of clients) {
      const names = Array.from({ length: experiments }, (_, i) => `bench|${atOnce}|shop|deployment|web-${i}`);
      for (const name of names) await create(server, name);
      const begun = performance.now();
      await shared(names, atOnce, (name) => post(server, name, records));
      const seconds = (performance.now() - begun) / 1_000;
      const total = experiments * records;
      console.log(
        `kruize-api: updateResults, ${experiments} experiments × ${CONTAINERS.length} containers × ${days} d, ${RECORDS} records a call, ${atOnce} clients: ${figure(total / seconds)} results/s, ${figure((total * CONTAINERS.length) / seconds)} container results/s`,
      );
      const took: number[] = [];
      const askedAt = performance.now();
      await shared(names, atOnce, async (name) => {
        for (let n = 0; n < asks; n++) took.push(await recommend(server, name, records - n));
      });
      const askSeconds = (performance.now() - askedAt) / 1_000;
      console.log(
        `kruize-api: updateRecommendations over ${days} d, ${atOnce} clients: ${figure(took.length / askSeconds)} asks/s (${CONTAINERS.length} containers each), p50 ${figure(percentile(took, 0.5))} ms, p99 ${figure(percentile(took, 0.99))} ms`,
      );
    }
  } finally {
    await server.stop();
  }
}

/** So many at a time. */
async function shared<T>(all: readonly T[], atOnce: number, work: (one: T) => Promise<void>): Promise<void> {
  const waiting = [...all];
  const worker = async (): Promise<void> => {
    for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) await work(one);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

async function create(server: KruizeServer, name: string): Promise<void> {
  const containers = CONTAINERS.map((container) => ({
    container_image_name: `registry/${container}:1`,
    container_name: container,
  }));
  const { status, body } = await server.ask(ORG, 'POST', '/createExperiment', [
    {
      version: 'v2.0',
      experiment_name: name,
      cluster_name: 'bench',
      performance_profile: PROFILE,
      mode: 'monitor',
      target_cluster: 'remote',
      kubernetes_objects: [{ type: 'deployment', name: 'web', namespace: 'shop', containers }],
      trial_settings: { measurement_duration: '15min' },
      recommendation_settings: { threshold: '0.1' },
    },
  ]);
  expectEqual(`${name}: ${JSON.stringify(body)}`, status, 201);
}

async function post(server: KruizeServer, name: string, records: number): Promise<void> {
  for (let from = 0; from < records; from += RECORDS) {
    const count = Math.min(RECORDS, records - from);
    const body = Array.from({ length: count }, (_, i) => record(name, from + i));
    const answer = await server.ask(ORG, 'POST', '/updateResults', body);
    expectEqual(`${name}: ${JSON.stringify(answer.body)}`, answer.status, 201);
  }
}

async function recommend(server: KruizeServer, name: string, interval: number): Promise<number> {
  const query = new URLSearchParams({ experiment_name: name, interval_end_time: endOf(interval - 1) });
  const begun = performance.now();
  const answer = await server.ask(ORG, 'POST', `/updateRecommendations?${query.toString()}`);
  expectEqual(name, answer.status, 201);
  return performance.now() - begun;
}

function endOf(interval: number): string {
  return new Date(START + (interval + 1) * INTERVAL_MS).toISOString();
}

function record(name: string, interval: number): object {
  const containers = CONTAINERS.map((container, c) => ({
    container_image_name: `registry/${container}:1`,
    container_name: container,
    metrics: metrics(interval * CONTAINERS.length + c),
  }));
  return {
    version: 'v2.0',
    experiment_name: name,
    interval_start_time: new Date(START + interval * INTERVAL_MS).toISOString(),
    interval_end_time: endOf(interval),
    kubernetes_objects: [{ type: 'deployment', name: 'web', namespace: 'shop', containers }],
  };
}

/** All eight metrics, moving with the number. */
function metrics(n: number): object[] {
  const move = (n * 7_919) % 1_000;
  const cpu = 0.2 + move / 2_000;
  const memory = 200 + move / 10;
  const each = (name: string, info: Record<string, number>, format: string): object => ({
    name,
    results: { aggregation_info: { ...info, format } },
  });
  const usage = (value: number): Record<string, number> => ({
    ...{ avg: value, min: value / 2, max: value * 1.5, sum: value * 2 },
  });
  return [
    each('cpuRequest', { avg: 1, sum: 2 }, 'cores'),
    each('cpuLimit', { avg: 2, sum: 4 }, 'cores'),
    each('cpuUsage', usage(cpu), 'cores'),
    each('cpuThrottle', { avg: 0.01, max: 0.02, sum: 0.02 }, 'cores'),
    each('memoryRequest', { avg: 512, sum: 1_024 }, 'MiB'),
    each('memoryLimit', { avg: 1_024, sum: 2_048 }, 'MiB'),
    each('memoryUsage', usage(memory), 'MiB'),
    each('memoryRSS', usage(memory * 0.9), 'MiB'),
  ];
}
