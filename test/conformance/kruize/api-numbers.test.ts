/** Results in, recommendations out, over HTTP: every number, code and key as a running Kruize gave it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recommend as recommendFrom } from '../../../projections/recommendation/engine/recommend.ts';
import { leaks } from './api-divergences.ts';
import { experiment, namespaceExperiment } from './api-requests.ts';
import type { Json } from './api-requests.ts';
import { messageOf, recordErrors, startKruize, Tally } from '../../support/program.ts';
import type { KruizeServer } from '../../support/program.ts';
import { compare } from './compare.ts';
import { json, jsonLines, kruizeData, whySkipped } from './data.ts';
import { formatsOf, signalsOf } from './results.ts';
import { QUARTER, trace } from './tfb.ts';

interface Document {
  readonly kubernetes_objects: readonly {
    readonly containers?: readonly { readonly container_name: string; readonly recommendations: unknown }[];
    readonly namespaces?: { readonly recommendations: unknown };
  }[];
}
interface OracleCase {
  readonly id: string;
  readonly kind: 'container' | 'namespace';
  readonly create: Json & { readonly experiment_name: string };
  readonly t0_ms: number;
  readonly ends_s: readonly number[];
  readonly len_s: number | readonly number[];
  readonly refused_ends_s?: readonly number[];
  readonly objects: readonly {
    readonly name: string;
    readonly formats: Readonly<Record<string, string>>;
    readonly data: Readonly<Record<string, readonly (number | null)[]>>;
    readonly absent?: readonly number[];
  }[];
  readonly asks: readonly {
    readonly interval_end_time: string;
    readonly http: number;
    readonly answer: Document[];
  }[];
}

/** Every so many cases of the oracle are asked; all with KRUIZE_ORACLE=all. */
const SAMPLE = process.env['KRUIZE_ORACLE'] === 'all' ? 1 : 8;

let server: KruizeServer;

async function create(org: string, body: unknown): Promise<void> {
  expect(messageOf(await server.ask(org, 'POST', '/createExperiment', body))).toMatch(
    /registered successfully/,
  );
}

/** Posts records in calls of 100; they have to be taken. */
async function post(org: string, records: readonly unknown[]): Promise<void> {
  for (let from = 0; from < records.length; from += 100) {
    const answer = await server.ask(org, 'POST', '/updateResults', records.slice(from, from + 100));
    expect([answer.status, recordErrors(answer).slice(0, 3)]).toEqual([201, []]);
  }
}

async function recommend(org: string, name: string, end: string): Promise<Document[]> {
  const query = new URLSearchParams({ experiment_name: name, interval_end_time: end });
  const answer = await server.ask(org, 'POST', `/updateRecommendations?${query.toString()}`);
  expect([messageOf(answer), answer.status]).toEqual(['(array)', 201]);
  return answer.body as Document[];
}

/** Recommendations by container; of the namespace under its own name. */
function byObject(documents: readonly Document[]): Record<string, unknown> {
  return Object.fromEntries(
    documents
      .flatMap(({ kubernetes_objects: objects }) => objects)
      .flatMap(({ containers = [], namespaces }) => [
        ...containers.map((container) => [container.container_name, container.recommendations]),
        ...(namespaces === undefined ? [] : [['the namespace', namespaces.recommendations]]),
      ]),
  ) as Record<string, unknown>;
}

/** The documents, with containers by name: their order means nothing. */
const comparable = (documents: readonly Document[]): unknown =>
  documents.map((document) => ({
    ...document,
    kubernetes_objects: document.kubernetes_objects.map((object) => ({
      ...object,
      containers: Object.fromEntries((object.containers ?? []).map((it) => [it.container_name, it])),
    })),
  }));

const stamped = (records: Json[], ends: readonly string[]): Json[] =>
  ends.map((end) => ({
    ...records[0]!,
    interval_start_time: new Date(Date.parse(end) - QUARTER).toISOString(),
    interval_end_time: end,
  }));

const quarters = (test: OracleCase): Json[] =>
  test.ends_s.flatMap((second, k) => {
    if (test.refused_ends_s?.includes(second) === true) return [];
    const length = typeof test.len_s === 'number' ? test.len_s : test.len_s[k]!;
    const end = test.t0_ms + 1000 * second;
    const { kubernetes_objects: defined } = test.create as unknown as { kubernetes_objects: [Json] };
    const parts = test.objects
      .filter(({ absent = [] }) => !absent.includes(k))
      .map((object) => ({ name: object.name, metrics: metricsOf(object, k) }));
    const images = (defined[0]['containers'] ?? []) as {
      container_name: string;
      container_image_name: string;
    }[];
    const object =
      test.kind === 'namespace'
        ? { namespaces: { ...(defined[0]['namespaces'] as Json), metrics: parts[0]?.metrics ?? [] } }
        : {
            ...defined[0],
            containers: parts.map(({ name, metrics }) => ({
              ...images.find((it) => it.container_name === name)!,
              metrics,
            })),
          };
    if (parts.length === 0) return [];
    return [
      {
        version: 'v2.0',
        experiment_name: test.create.experiment_name,
        interval_start_time: new Date(end - 1000 * length).toISOString(),
        interval_end_time: new Date(end).toISOString(),
        kubernetes_objects: [object],
      },
    ];
  });

function metricsOf({ data, formats }: OracleCase['objects'][number], k: number): Json[] {
  const metrics = new Map<string, Json>();
  for (const [key, values] of Object.entries(data)) {
    const value = values[k];
    if (value === null || value === undefined) continue;
    const [name, aggregate] = key.split('.') as [string, string];
    const info = metrics.get(name) ?? (formats[name] === undefined ? {} : { format: formats[name] });
    metrics.set(name, { ...info, [aggregate]: value });
  }
  return [...metrics].map(([name, info]) => ({ name, results: { aggregation_info: info } }));
}

describe.skipIf(kruizeData === null)(`the Kruize API's numbers${whySkipped}`, () => {
  beforeAll(async () => {
    server = await startKruize();
  }, 120_000);
  afterAll(() => server.stop(), 60_000);

  it('e1, e2, e3 and the namespace golden: the whole answer', async () => {
    const live = json('live/answers_e1-e3.json') as Record<string, Document[]>;
    const once = json('input/update_results.json') as Json[];
    const name = String(once[0]!['experiment_name']);
    const created = json('input/create_exp.json');
    const tally = new Tally('e1-e3');
    const same = async (what: string, org: string, experimentName: string, end: string): Promise<void> => {
      tally.cases++;
      const found = await recommend(org, experimentName, end);
      // Their experiments had names of their own.
      const { differences } = compare(comparable(live[what]!), comparable(found), (path) =>
        path.endsWith('/experiment_name'),
      );
      expect([what, differences.slice(0, 5)]).toEqual([what, []]);
      tally.passed++;
    };
    await create('e1', created);
    const [first, second] = stamped(once, ['2022-01-23T00:15:00.000Z', '2022-01-23T00:30:00.000Z']);
    await post('e1', [first]);
    await same('e1_0', 'e1', name, '2022-01-23T00:15:00.000Z');
    await post('e1', [second]);
    await same('e1_1', 'e1', name, '2022-01-23T00:30:00.000Z');
    await create('e2', created);
    const many = json('input/multiple_results_single_exp.json') as Json[];
    await post('e2', many);
    await same(
      'e2',
      'e2',
      name,
      many
        .map((it) => String(it['interval_end_time']))
        .sort()
        .at(-1)!,
    );
    await create('e3', json('input/create_exp_namespace.json'));
    const ofNamespace = json('input/multiple_results_single_exp_namespace.json') as Json[];
    await post('e3', ofNamespace);
    const end = ofNamespace
      .map((it) => String(it['interval_end_time']))
      .sort()
      .at(-1)!;
    await same('e3', 'e3', 'namespace-demo', end);
    await create('golden', json('input/create_exp_namespace.json'));
    const two = ['2022-01-23T23:43:43.511Z', '2022-01-23T23:58:43.511Z'];
    await post('golden', stamped(json('input/update_results_namespace.json') as Json[], two));
    await same('golden_ns', 'golden', 'namespace-demo', two[1]!);
    tally.print();
  });

  it('e4: a real trace in all terms', async () => {
    await create('e4', [experiment('trace')]);
    const records = trace().map(({ start, end, metrics }) => ({
      version: 'v2.0',
      experiment_name: 'trace',
      interval_start_time: new Date(start).toISOString(),
      interval_end_time: new Date(end).toISOString(),
      kubernetes_objects: [
        {
          ...{ type: 'deployment', name: 'd', namespace: 'ns' },
          containers: [
            {
              ...{ container_image_name: 'img', container_name: 'c' },
              metrics: Object.entries(metrics).map(([name, info]) => ({
                name,
                results: { aggregation_info: info },
              })),
            },
          ],
        },
      ],
    }));
    await post('e4', records);
    const signals = signalsOf('container', trace());
    const formats = formatsOf('container', trace());
    const tally = new Tally('e4');
    // The engine's own figures are held against the published ones in traces.test.ts.
    for (const n of [1, 2, 96, 97, 191, 192, 193, 672, 767, 768, 1440, 1490]) {
      tally.cases++;
      const at = records[n - 1]!.interval_end_time;
      const { document } = recommendFrom(signals, {
        kind: 'container',
        requestedEnd: Date.parse(at),
        formats,
      });
      const found = byObject(await recommend('e4', 'trace', at))['c'];
      expect([n, compare(document, found).differences]).toEqual([n, []]);
      tally.passed++;
    }
    tally.print();
  });

  it('input files: what is saved of each, and what is said of the rest', async () => {
    const tally = new Tally('input files');
    await create('files', json('input/create_exp.json'));
    for (const file of [
      ...['create_exp_job_type', 'create_exp_namespace', 'deployment_name_selector'],
      ...[
        'create_multiple_exps',
        'create_multiple_exps_multiple_containers',
        'create_multiple_namespace_exp',
      ],
      ...['create_exp_mandatory', 'perf_profile_slo'],
    ]) {
      const bodies = json(`input/${file}.json`) as Json[];
      const answer = messageOf(await server.ask(file, 'POST', '/createExperiment', bodies));
      tally.cases++;
      const both = bodies[0]!['slo'] !== undefined;
      if (bodies.length > 1) expect(answer).toBe('At present, the system does not support bulk entries!');
      else expect(answer).toMatch(both ? /cannot exist simultaneously/ : /registered successfully/);
      if (bodies.length > 1) for (const body of bodies) await create(file, [body]);
      tally.passed++;
    }
    const live = new Map(
      (json('live/api_variants.json') as { what: string; http: number; answer: unknown }[]).map((it) => [
        it.what,
        it,
      ]),
    );
    for (const [file, org, records, refused] of fileCases) {
      await fileCase(tally, live, file, org, records, refused);
    }
    tally.print();
  });

  async function fileCase(
    tally: Tally,
    live: ReadonlyMap<string, { http: number; answer: unknown }>,
    file: string,
    org: string,
    records: number,
    refused: number,
  ): Promise<void> {
    const own = `${org}/${file}`;
    const body = json(`input/${file}`) as Json[];
    for (const definition of org === '' ? [] : (json(`input/${org}`) as Json[])) {
      const kinds = body
        .flatMap((it) => it['kubernetes_objects'] as Json[])
        .find((it) => it['type'] !== undefined);
      const object = (definition['kubernetes_objects'] as Json[])[0]!;
      const named =
        kinds === undefined || object['namespaces'] !== undefined
          ? object
          : { ...object, name: kinds['name'] };
      await create(own, [
        { ...definition, ...(org.includes('multiple') ? {} : { kubernetes_objects: [named] }) },
      ]);
    }
    const answer = await server.ask(own, 'POST', '/updateResults', body);
    tally.cases++;
    const expected =
      refused === 0
        ? 'Results added successfully! View saved results at /listExperiments.'
        : `Out of a total of ${records} records, ${refused} failed to save`;
    expect([file, messageOf(answer)]).toEqual([file, expected]);
    const upstream = live.get(`FILE ${file.replace(/^.*\//, '')} (${records})`);
    if (upstream !== undefined && refused > 0) {
      expect(answer.status).toBe(upstream.http);
      const [message, theirs] = upstream.answer as [string, { errors: [number, string][] }[]];
      expect(message).toBe(expected);
      const texts = theirs.map(({ errors }) => errors[0]![1]).sort();
      const ours = recordErrors(answer).map(([error]) => error!.replace(/^\d+ /, ''));
      // Their texts end with what is ours: what stands before comes from earlier records.
      if (texts.some((text) => !ours.includes(text))) tally.divergences.push(`${file}: ${leaks}`);
      for (const text of texts) expect(ours.some((it) => text.endsWith(it))).toBe(true);
    }
    tally.passed++;
  }

  it('oracle: what a running Kruize answered to random experiments', { timeout: 600_000 }, async () => {
    const tally = new Tally('oracle over HTTP');
    const differences: string[] = [];
    let [values, place] = [0, 0];
    for (const line of jsonLines('oracle/cases.jsonl.gz')) {
      const test = line as OracleCase;
      if (place++ % SAMPLE !== 0) continue;
      await create(test.id, [test.create]);
      await post(test.id, quarters(test));
      for (const asked of test.asks) {
        tally.cases++;
        const found = await recommend(test.id, test.create.experiment_name, asked.interval_end_time);
        const result = compare(byObject(asked.answer), byObject(found));
        values += result.values;
        if (result.differences.length === 0) tally.passed++;
        differences.push(...result.differences.map((it) => `${test.id} at ${asked.interval_end_time}${it}`));
      }
    }
    tally.print();
    console.log(`oracle over HTTP: ${values} values compared, ${differences.length} differences`);
    expect(differences.slice(0, 20)).toEqual([]);
  });

  it('metrics of GPUs are kept and shown as they came', async () => {
    const [record] = json('input/update_results_accelerator.json') as [Json];
    await create('gpu', json('input/create_exp.json'));
    await post('gpu', [record]);
    const [item] = (await server.ask('gpu', 'GET', '/listExperiments?results=true')).body as [
      {
        kubernetes_objects: [
          { containers: Record<string, { results: Record<string, { metrics: Record<string, Json> }> }> },
        ];
      },
    ];
    const sent = (
      record['kubernetes_objects'] as [{ containers: { container_name: string; metrics: Json[] }[] }]
    )[0];
    for (const { container_name: name, metrics } of sent.containers) {
      const [shown] = Object.values(item.kubernetes_objects[0].containers[name]!.results);
      for (const metric of metrics) {
        const { aggregation_info, metadata } = metric['results'] as Json;
        const found = shown!.metrics[String(metric['name'])]!;
        expect([found['aggregation_info'], found['metadata']]).toEqual([aggregation_info, metadata]);
      }
    }
    await create('gpu', [namespaceExperiment('ns-too')]);
  });
});

const missing = 'missing_metrics_jsons/';
/** File, definitions, records, how many are not saved. */
const fileCases: readonly (readonly [string, string, number, number])[] = [
  ['update_results.json', 'create_exp.json', 1, 0],
  ['update_results_namespace.json', 'create_exp_namespace.json', 1, 0],
  ['update_results_accelerator.json', 'create_exp.json', 1, 0],
  ['multiple_results_single_exp.json', 'create_exp.json', 100, 0],
  ['multiple_duplicate_results_single_exp.json', 'create_exp.json', 100, 5],
  ['multiple_results_single_job_type_exp.json', 'create_exp_job_type.json', 100, 0],
  ['multiple_results_single_exp_namespace.json', 'create_exp_namespace.json', 4, 0],
  ['multiple_exps_results.json', 'create_multiple_exps.json', 3, 0],
  ['multiple_exps_multiple_containers_results.json', 'create_multiple_exps_multiple_containers.json', 3, 0],
  ['mixed_bulk_results_container.json', 'create_exp.json', 2, 1],
  ['mixed_bulk_results_namespace.json', 'create_exp_namespace.json', 3, 3],
  [`${missing}bulk_update_results_missing_metrics_few_containers.json`, 'create_exp.json', 100, 2],
  [`${missing}bulk_update_results_missing_metrics_few_namespace.json`, 'create_exp_namespace.json', 20, 1],
  [
    `${missing}bulk_update_results_missing_metrics_few_namespaces_few_individual_metrics_missing.json`,
    'create_exp_namespace.json',
    19,
    1,
  ],
  [`${missing}bulk_update_results_missing_metrics_single_namespace.json`, 'create_exp_namespace.json', 3, 3],
  [
    `${missing}update_results_missing_mandatory_metrics_single_namespace.json`,
    'create_exp_namespace.json',
    1,
    1,
  ],
  [`${missing}update_results_missing_metrics_all_namespace.json`, 'create_exp_namespace.json', 1, 1],
  [`${missing}update_results_missing_metrics_single_container.json`, 'create_exp.json', 1, 1],
  [`${missing}update_results_missing_metrics_all_containers.json`, 'create_exp.json', 1, 1],
  [`${missing}bulk_update_results_missing_metrics_single_container.json`, 'create_exp.json', 100, 1],
];
