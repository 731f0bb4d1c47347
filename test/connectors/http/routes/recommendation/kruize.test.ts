import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixtureRows } from '../../../../support/http-fixtures.ts';
import { identityOf, testServer, type TestServer } from '../../../../support/http-server.ts';

const cluster = '1b36b20f-7fa0-4454-a6d2-008294e06378';
let server: TestServer;
beforeAll(async () => {
  server = await testServer(fixtureRows('org-a'));
});
afterAll(() => server.app.close());

interface Experiment {
  experiment_name: string;
  cluster_name: string;
  experiment_type: string;
  kubernetes_objects: [{ type?: string; containers?: unknown; namespaces?: unknown }];
}

async function get(url: string, org = 'org-a'): Promise<{ status: number; body: unknown }> {
  const answer = await server.app.inject({ url, headers: identityOf(org) });
  return { status: answer.statusCode, body: answer.json() };
}
const all = async (url: string): Promise<Experiment[]> => (await get(url)).body as Experiment[];

describe('what clients of Kruize read', () => {
  it('the profile names the metrics as Kruize does', async () => {
    const [profile] = (await get('/listPerformanceProfiles')).body as [
      { name: string; slo: { function_variables: { name: string; aggregation_functions: object[] }[] } },
    ];
    expect(profile.name).toBe('resource-optimization-openshift');
    const names = profile.slo.function_variables.map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining([
        'cpuRequest',
        'cpuThrottle',
        'memoryRSS',
        'namespaceCpuUsage',
        'namespaceMemoryRSS',
      ]),
    );
    // 8 of containers, 3 of GPUs, 11 of namespaces
    expect(names.filter((name) => !name.startsWith('namespace'))).toHaveLength(11);
    expect(names).toHaveLength(22);
    expect(profile.slo.function_variables[0]!.aggregation_functions).toEqual([
      { function: 'avg' },
      { function: 'sum' },
    ]);
  });

  it('experiments are workloads, their containers by name', async () => {
    const found = await all('/listExperiments');
    const web = found.find(({ experiment_name: name }) => name.endsWith('|shop|deployment|web'))!;
    expect(web.cluster_name).toBe(`org-a;${cluster}`);
    expect(Object.keys(web.kubernetes_objects[0].containers as object)).toEqual(['nginx', 'sidecar']);
    expect(JSON.stringify(web)).not.toContain('recommendations');
    const [one] = await all(
      `/listExperiments?recommendations=true&experiment_name=${encodeURIComponent(web.experiment_name)}`,
    );
    expect(one!.kubernetes_objects[0].containers).toMatchObject({
      nginx: { container_name: 'nginx', recommendations: { data: expect.anything() as unknown } },
    });
  });

  it('recommendations of one experiment, and of all', async () => {
    const names = (await all('/listExperiments')).map(({ experiment_name: name }) => name);
    expect((await all('/listRecommendations')).map(({ experiment_name: name }) => name)).toEqual(names);
    for (const name of names) {
      const found = await all(`/listRecommendations?rm=true&experiment_name=${encodeURIComponent(name)}`);
      expect(found.map(({ experiment_name: it }) => it)).toEqual([name]);
    }
  });

  it('unknown names and parameters are refused in its words', async () => {
    const message = 'Given experiment name - " x|y " is not valid';
    expect(await get('/listRecommendations?experiment_name=x%7Cy')).toMatchObject({
      status: 400,
      body: { message, httpcode: 400, status: 'ERROR' },
    });
    expect((await get('/listExperiments?name=x')).body).toMatchObject({
      message: 'The query param(s) - " [name] " is/are invalid',
    });
    expect((await get('/listExperiments?results=maybe')).status).toBe(400);
  });

  it('are of the caller alone', async () => {
    const [first] = await all('/listExperiments');
    const name = encodeURIComponent(first!.experiment_name);
    expect((await get('/listExperiments', 'org-b')).body).toEqual([]);
    expect((await get(`/listRecommendations?experiment_name=${name}`, 'org-b')).status).toBe(400);
  });
});
