import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { requiredColumns } from '../../connectors/csv/header.ts';
import { ACCELERATOR_MODEL, acceleratorCells } from '../../schemas/usage-columns.ts';
import { commandLine } from '../support/command-line.ts';
import { csv } from '../support/csv-rows.ts';
import { startKruize } from '../support/program.ts';
import type { KruizeServer } from '../support/program.ts';

const QUARTER_MS = 900_000;
const START = Date.UTC(2026, 0, 1);
const INTERVALS = 97;

let server: KruizeServer;
beforeAll(async () => {
  server = await startKruize();
});
afterAll(() => server.stop());

const at = (interval: number): string => new Date(START + interval * QUARTER_MS).toISOString();
const target = { type: 'deployment', name: 'train', namespace: 'ml' };
const image = { container_image_name: 'train:1', container_name: 'train' };

async function create(name: string): Promise<void> {
  const { status, body } = await server.ask('gpu', 'POST', '/createExperiment', [
    {
      ...{
        version: 'v2.0',
        experiment_name: name,
        cluster_name: 'c',
        mode: 'monitor',
        target_cluster: 'remote',
      },
      performance_profile: 'resource-optimization-openshift',
      kubernetes_objects: [{ ...target, containers: [image] }],
      trial_settings: { measurement_duration: '15min' },
      recommendation_settings: { threshold: '0.1' },
    },
  ]);
  expect(status, JSON.stringify(body)).toBe(201);
}

/** A day of results; `accelerator` gives the metrics of an interval besides CPU and memory. */
async function post(name: string, accelerator: (interval: number) => object[]): Promise<void> {
  const metric = (name: string, format: string, value: number): object => ({
    name,
    results: { aggregation_info: { avg: value, min: value, max: value, sum: value, format } },
  });
  const results = Array.from({ length: INTERVALS }, (_, i) => ({
    ...{ version: 'v2.0', experiment_name: name, interval_start_time: at(i), interval_end_time: at(i + 1) },
    kubernetes_objects: [
      {
        ...target,
        containers: [
          {
            ...image,
            metrics: [
              metric('cpuUsage', 'cores', 0.5),
              metric('memoryUsage', 'MiB', 200),
              metric('memoryRSS', 'MiB', 150),
              ...accelerator(i),
            ],
          },
        ],
      },
    ],
  }));
  const { status, body } = await server.ask('gpu', 'POST', '/updateResults', results);
  expect(status, JSON.stringify(body)).toBe(201);
}

interface Engine {
  readonly config: { readonly limits: Readonly<Record<string, { amount: number; format: string }>> };
  readonly variation: { readonly limits: object };
  readonly notifications: object;
}

async function advised(name: string): Promise<Record<'cost' | 'performance', Engine>> {
  const query = new URLSearchParams({ experiment_name: name, interval_end_time: at(INTERVALS) });
  const answer = await server.ask('gpu', 'POST', `/updateRecommendations?${query.toString()}`);
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  const listed = await server.ask('gpu', 'GET', `/listRecommendations?experiment_name=${name}&rm=true`);
  const term = (body: unknown): Record<'cost' | 'performance', Engine> => {
    const [
      {
        kubernetes_objects: [
          {
            containers: [shown],
          },
        ],
      },
    ] = body as [
      { kubernetes_objects: [{ containers: [{ recommendations: { data: Record<string, never> } }] }] },
    ];
    const data = shown.recommendations.data[at(INTERVALS)] as unknown as {
      recommendation_terms: {
        short_term: { recommendation_engines: Record<'cost' | 'performance', Engine> };
      };
    };
    return data.recommendation_terms.short_term.recommendation_engines;
  };
  expect(term(listed.body)).toEqual(term(answer.body));
  return term(answer.body);
}

function gpu(model: string, core: number, memory: number, frameBufferMib: number): object[] {
  const one = (name: string, format: string, max: number): object => ({
    name,
    results: {
      metadata: { accelerator_model_name: model },
      aggregation_info: { min: max / 2, max, avg: max * 0.8, format },
    },
  });
  return [
    one('acceleratorCoreUsage', 'percentage', core),
    one('acceleratorMemoryUsage', 'percentage', memory),
    one('acceleratorFrameBufferUsage', 'MiB', frameBufferMib),
  ];
}

it('posted usage of a GPU puts a slice into the limits of each engine, and of nothing else', async () => {
  await create('slice');
  // 20 % of the card, in the last ten intervals 40 %: P60 of 97 is 20 %, P98 40 %. 8,192 MiB of 40 GB are 20 %, too.
  await post('slice', (i) => gpu('NVIDIA-A100-SXM4-40GB', i < 87 ? 11 : 40, 12, 8_192));
  const { cost, performance } = await advised('slice');
  expect(cost.config.limits['nvidia.com/mig-2g.10gb']).toEqual({ amount: 1, format: 'cores' });
  expect(performance.config.limits['nvidia.com/mig-3g.20gb']).toEqual({ amount: 1, format: 'cores' });
  for (const { config, variation, notifications } of [cost, performance]) {
    expect(Object.keys(config.limits).filter((name) => name.startsWith('nvidia.com'))).toHaveLength(1);
    expect(Object.keys(variation.limits).sort()).toEqual(['cpu', 'memory']);
    expect(JSON.stringify((config as unknown as { requests: object }).requests)).not.toContain('nvidia');
    expect(Object.keys(notifications)).toContain('128001');
  }
});

it('the frame buffer is an amount of memory: 18,977 MiB of 40 GB are 46 %, not the whole card', async () => {
  await create('frame-buffer');
  await post('frame-buffer', () => gpu('NVIDIA-A100-SXM4-40GB', 10, 10, 18_977));
  const { cost, performance } = await advised('frame-buffer');
  expect(Object.keys(cost.config.limits)).toContain('nvidia.com/mig-4g.20gb');
  expect(Object.keys(performance.config.limits)).toContain('nvidia.com/mig-4g.20gb');
});

it('of a card that is not supported there is a notice and no slice; without a GPU neither', async () => {
  await create('old-card');
  await post('old-card', () => gpu('Tesla-V100-PCIE-16GB', 10, 10, 100));
  await create('no-gpu');
  await post('no-gpu', () => []);
  const old = await advised('old-card');
  const none = await advised('no-gpu');
  expect(Object.keys(old.cost.notifications)).toContain('328001');
  expect(Object.keys(none.cost.notifications)).not.toContain('328001');
  for (const { cost } of [old, none]) expect(JSON.stringify(cost)).not.toContain('nvidia');
});

it('an uploaded report with the accelerator columns of the operator leads to a slice, which is derived again', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'rightstream-gpu-'));
  try {
    const text = (ms: number) => `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} +0000 UTC`;
    const rows = Array.from({ length: 96 }, (_, i) => ({
      interval_start: text(START + i * QUARTER_MS + 1_000),
      interval_end: text(START + (i + 1) * QUARTER_MS),
      [ACCELERATOR_MODEL]: 'NVIDIA-A100-SXM4-40GB',
      ...Object.fromEntries(
        acceleratorCells.map((name) => [name, name.includes('frame') ? '12884901888' : '20']),
      ),
    }));
    const columns = [...requiredColumns('container'), ACCELERATOR_MODEL, ...acceleratorCells];
    const file = join(folder, 'report.csv');
    writeFileSync(file, csv('container', rows, columns));
    const run = commandLine(join(folder, 'data'));
    expect(await run(['ingest', file])).toMatchObject({ code: 0 });
    // 12 GiB of 40 are 30 %.
    const shown = await run(['query', 'recommendations', '--columns', 'document', '--json']);
    expect(shown.out).toContain('nvidia.com/mig-3g.20gb');
    const explained = await run(['explain', 'shop/web/web', '--verify']);
    expect(explained).toMatchObject({ code: 0 });
    expect(explained.out).toMatch(/128001[^]*Verified/);
    expect(await run(['replay', 'recommendations', '--verify'])).toMatchObject({ code: 0 });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
