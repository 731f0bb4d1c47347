import { afterAll, beforeAll, expect, it } from 'vitest';
import { messageOf, startKruize } from '../support/program.ts';
import type { Answer, KruizeServer } from '../support/program.ts';

const slo = {
  slo_class: 'resource_usage',
  direction: 'minimize',
  objective_function: { function_type: 'expression', expression: 'cpuRequest' },
  function_variables: [{ name: 'cpuRequest', query: 'q', datasource: 'prometheus', value_type: 'double' }],
};
const selector = { matchLabel: 'app.kubernetes.io/name', matchLabelValue: 'web', matchRoute: '' };
const target = { type: 'deployment', name: 'web', namespace: 'shop' };
const image = { container_image_name: 'web:1', container_name: 'web' };

let server: KruizeServer;
beforeAll(async () => {
  server = await startKruize();
});
afterAll(() => server.stop());

function create(name: string, more: object): Promise<Answer> {
  const common = { version: 'v2.0', cluster_name: 'c', mode: 'monitor', target_cluster: 'remote' };
  return server.ask('slo', 'POST', '/createExperiment', [
    {
      ...common,
      experiment_name: name,
      kubernetes_objects: [{ ...target, containers: [image] }],
      trial_settings: { measurement_duration: '15min' },
      recommendation_settings: { threshold: '0.1' },
      ...more,
    },
  ]);
}

it('an objective of its own stands in for a profile: results, recommendations and lists are as with one', async () => {
  expect(messageOf(await create('objective', { slo }))).toContain('registered successfully');
  expect(
    messageOf(await create('profile', { performance_profile: 'resource-optimization-openshift' })),
  ).toContain('registered successfully');
  const advice = await Promise.all(
    ['objective', 'profile'].map(async (name) => {
      const posted = await server.ask('slo', 'POST', '/updateResults', day(name));
      expect(posted.status, JSON.stringify(posted.body)).toBe(201);
      const query = new URLSearchParams({ experiment_name: name, interval_end_time: at(97) });
      const made = await server.ask('slo', 'POST', `/updateRecommendations?${query.toString()}`);
      expect(made.status).toBe(201);
      return JSON.stringify(made.body).replace(`"experiment_name":"${name}"`, '');
    }),
  );
  expect(advice[0]).toContain('"111000"');
  expect(advice[0]).toBe(advice[1]);
  const [listed] = (await server.ask('slo', 'GET', '/listExperiments?experiment_name=objective&rm=true'))
    .body as [Record<string, unknown>];
  expect(listed['slo']).toEqual(slo);
  expect(listed['performance_profile'] ?? null).toBeNull();
});

it('with both, or neither, or an objective that is no object, nothing is registered', async () => {
  const profile = { performance_profile: 'resource-optimization-openshift' };
  for (const [name, more, status, says] of [
    ['both', { slo, ...profile }, 400, 'SLO Data and Performance Profile cannot exist simultaneously!'],
    ['neither', {}, 400, 'No Performance Profile or SLO data is Present!'],
    ['null', { slo: null }, 400, 'No Performance Profile or SLO data is Present!'],
    ['again', { slo }, 201, 'registered successfully'],
    ['again', { slo }, 409, 'Experiment name already exists: again'],
  ] as const) {
    const answer = await create(name, more);
    expect([answer.status, messageOf(answer)], name).toEqual([status, expect.stringContaining(says)]);
  }
  const text = await create('text', { slo: 'fast' });
  expect(text.status).toBe(400);
  expect(messageOf(text)).toContain('slo');
});

it('a selector is kept and shown beside the objects; alone it is refused, for results name objects', async () => {
  expect((await create('selected', { slo, selector })).status).toBe(201);
  const [listed] = (await server.ask('slo', 'GET', '/listExperiments?experiment_name=selected&rm=true'))
    .body as [Record<string, unknown>];
  expect(listed['selector']).toEqual(selector);
  const alone = await create('alone', { slo, selector, kubernetes_objects: [] });
  expect([alone.status, messageOf(alone)]).toEqual([
    400,
    expect.stringContaining('Either parameter should be present: [kubernetes_objects, selector]'),
  ]);
  expect((await create('text', { slo, selector: 'app=web' })).status).toBe(400);
});

function at(interval: number): string {
  return new Date(Date.UTC(2026, 0, 1) + interval * 900_000).toISOString();
}

function day(name: string): object[] {
  const metric = (metricName: string, format: string, value: number): object => ({
    name: metricName,
    results: { aggregation_info: { avg: value, min: value, max: value, sum: value, format } },
  });
  return Array.from({ length: 97 }, (_, i) => ({
    ...{ version: 'v2.0', experiment_name: name, interval_start_time: at(i), interval_end_time: at(i + 1) },
    kubernetes_objects: [
      {
        ...target,
        containers: [
          {
            ...image,
            metrics: [
              metric('cpuUsage', 'cores', 0.5 + i / 100),
              metric('memoryUsage', 'MiB', 200),
              metric('memoryRSS', 'MiB', 150),
            ],
          },
        ],
      },
    ],
  }));
}
