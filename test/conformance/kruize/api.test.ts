/** The HTTP API of Kruize: statuses and texts against the published table and against what a running Kruize answered. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { divergences } from './api-divergences.ts';
import { experiment, namespaceExperiment, requests, result } from './api-requests.ts';
import type { Json, Request } from './api-requests.ts';
import { messageOf, recordErrors, startKruize, Tally } from '../../support/program.ts';
import type { Answer, KruizeServer } from '../../support/program.ts';
import { json, kruizeData, whySkipped } from './data.ts';

interface ApiCase {
  readonly endpoint: string;
  readonly case: string;
  readonly request: { readonly url: string; readonly body: unknown };
  readonly http: number;
  readonly message: string;
  readonly record_errors: unknown;
}
interface Row {
  readonly endpoint: string;
  readonly case: string;
  readonly http: string;
  readonly message: string;
  readonly record_error?: string;
}
interface Variant {
  readonly what: string;
  readonly http?: number;
  readonly answer?: string | readonly [string, unknown];
}

let server: KruizeServer;
const ask = (org: string, { method, path, body }: Request): Promise<Answer> =>
  server.ask(org, method, path, body);

/** What an answer says: the errors of its records, else its message; with the status first. */
function said(answer: Answer): string {
  const errors = recordErrors(answer).flat();
  return `${answer.status} ${errors.length > 0 ? errors.join(' | ') : messageOf(answer)}`;
}

/** Compares one case with the running Kruize, or with the listed divergence. */
function judge(tally: Tally, name: string, live: string, answer: Answer): void {
  tally.cases++;
  const differs = divergences[name];
  if (differs === undefined || live === said(answer)) expect([name, said(answer)]).toEqual([name, live]);
  else {
    expect([name, said(answer)]).toEqual([name, `${differs.status} ${differs.says}`]);
    tally.divergences.push(name);
  }
  tally.passed++;
}

async function given(org: string, ...experiments: Json[]): Promise<void> {
  for (const it of experiments) {
    expect((await server.ask(org, 'POST', '/createExperiment', [it])).status).toBe(201);
  }
}

describe.skipIf(kruizeData === null)(`the Kruize API${whySkipped}`, () => {
  beforeAll(async () => {
    server = await startKruize();
  }, 120_000);
  afterAll(() => server.stop(), 60_000);

  it('api_cases: what a running Kruize answered', async () => {
    const tally = new Tally('api_cases');
    await given('cases', experiment('api'), namespaceExperiment('apins'));
    const seen = new Map<string, Answer>();
    for (const it of json('live/api_cases.json') as ApiCase[]) {
      const method = it.endpoint.split(' ')[0]!;
      const many = (): Json[] => Array.from({ length: 101 }, () => result('api'));
      const sent = it.request.body === '(long)' ? many() : (it.request.body ?? undefined);
      const answer = await ask('cases', { method, path: it.request.url, body: sent });
      const errors = errorsIn(it.record_errors);
      judge(tally, it.case, `${it.http} ${errors.length > 0 ? errors.join(' | ') : it.message}`, answer);
      seen.set(`${it.endpoint}: ${it.case}`, answer);
    }
    tally.print();
    publishedTable(seen);
  });

  /** Every row of the published table: status, and message with its placeholders. */
  function publishedTable(seen: ReadonlyMap<string, Answer>): void {
    const tally = new Tally('api_error_cases');
    for (const row of (json('expected/api_error_cases.json') as { cases: Row[] }).cases) {
      const answer = seen.get(`${row.endpoint}: ${row.case}`)!;
      tally.cases++;
      expect([row.case, String(answer.status)]).toEqual([row.case, row.http]);
      if (!row.message.startsWith('(array')) expect(messageOf(answer)).toMatch(pattern(row.message));
      const error = recordErrors(answer).flat()[0];
      // The live program says of an empty list of metrics that mandatory ones are missing; ours follows it.
      if (row.case === 'container without metrics') tally.divergences.push(row.case);
      else if (row.record_error !== undefined) expect(error).toMatch(pattern(row.record_error));
      tally.passed++;
    }
    tally.print();
  }

  it('api_variants: one field absent, null, blank', async () => {
    const tally = new Tally('api_variants');
    await given('variants', experiment('api'), experiment('known'), experiment('known2'));
    const all = requests();
    const left: string[] = [];
    for (const it of json('live/api_variants.json') as Variant[]) {
      const request = all[it.what];
      if (request === undefined) {
        left.push(it.what);
        continue;
      }
      const answer = await ask('variants', request);
      // How many experiments there are is the business of whoever asks.
      const ours = Number(/with (\d+) experiments/.exec(messageOf(answer))?.[1]);
      judge(tally, it.what, liveText(it, answer).replace(/with \d+ exp/, `with ${ours} exp`), answer);
    }
    tally.print();
    // What is told by other tests of this file: profiles, files, and a value that two starts share.
    expect(left.filter((what) => !/^FILE |profile|^\.\.\. then|dup results/.test(what))).toEqual([]);
  });

  it('profiles: versions, supersets, and use', async () => {
    const v1 = json('profiles/resource_optimization_openshift_v1.json') as Json;
    const v2 = json('profiles/resource_optimization_openshift.json') as Json;
    const live = new Map((json('live/api_variants.json') as Variant[]).map((it) => [it.what, it]));
    const profile = async (method: string, path: string, body?: unknown): Promise<string> =>
      said(await server.ask('profiles', method, path, body));
    const expected = (what: string): string => `${live.get(what)!.http!} ${String(live.get(what)!.answer)}`;
    const update = '/updatePerformanceProfile';
    expect(await profile('POST', '/createPerformanceProfile', v1)).toBe(expected('profile v1 same name'));
    expect(await profile('PUT', update, v2)).toBe(expected('update profile same version'));
    expect(await profile('PUT', update, { ...v1, profile_version: 3 })).toBe(
      expected('update profile not superset'),
    );
    expect(await profile('PUT', update, { ...v2, profile_version: 3 })).toBe(expected('update profile v3'));
    expect(await profile('PUT', update, { ...v2, name: 'nobody' })).toMatch(/^404 /);
    const [listed] = (await server.ask('profiles', 'GET', '/listPerformanceProfiles')).body as [Json];
    expect(listed).toEqual({ ...v2, profile_version: 3 });
    expect(await profile('POST', '/createPerformanceProfile', { ...v2, name: 'mine' })).toMatch(/^201 /);
    await given('profiles', experiment('user', { performance_profile: 'mine' }));
    expect(await profile('DELETE', '/deletePerformanceProfile?name=mine')).toBe(
      "400 Performance Profile 'mine' cannot be deleted as it is currently associated with 1 experiments.",
    );
    await server.ask('profiles', 'DELETE', '/createExperiment', [{ experiment_name: 'user' }]);
    expect(await profile('DELETE', '/deletePerformanceProfile?name=mine')).toMatch(/^200 /);
    expect(await profile('DELETE', '/deletePerformanceProfile?name=mine')).toMatch(/^400 /);
    // Another organisation has its own.
    const others = (await server.ask('elsewhere', 'GET', '/listPerformanceProfiles')).body as Json[];
    expect(others.map((it) => it['profile_version'])).toEqual([2]);
  });

  it('of equal ends the first counts; lists, repeats, removal and a new beginning', async () => {
    await given('lists', experiment('one'));
    const first = result('one');
    const later = result('one');
    await server.ask('lists', 'POST', '/updateResults', [first, later]);
    const key = { 'idempotency-key': 'k1' };
    const once = await server.ask('lists', 'POST', '/updateResults', [result('one')], key);
    expect(once.status).toBe(201);
    const other = await server.ask('lists', 'POST', '/updateResults', [result('one')], key);
    expect(other.status).toBe(409);
    const [item] = (await server.ask('lists', 'GET', '/listExperiments?results=true&latest=false')).body as [
      { kubernetes_objects: [{ containers: { c: { results: Record<string, Json> } } }] },
    ];
    const { results } = item.kubernetes_objects[0].containers.c;
    expect(Object.keys(results)).toHaveLength(3);
    expect(results[String(first['interval_end_time'])]).toMatchObject({
      interval_start_time: first['interval_start_time'],
      duration_in_minutes: 15,
      metrics: {
        cpuUsage: { aggregation_info: { avg: 0.5, max: 0.5, min: 0.5, sum: 0.5, format: 'cores' } },
      },
    });
    expect((await server.ask('nobody', 'GET', '/listExperiments')).body).toEqual([]);
    const end = String(later['interval_end_time']);
    const recommend = `/updateRecommendations?experiment_name=one&interval_end_time=${end}`;
    const made = await server.ask('lists', 'POST', recommend);
    expect(made.status).toBe(201);
    const listed = await server.ask(
      'lists',
      'GET',
      `/listRecommendations?experiment_name=one&monitoring_end_time=${end}`,
    );
    expect(listed.body).toEqual(made.body);
    expect((await server.ask('nobody', 'POST', recommend)).status).toBe(400);
    await server.ask('lists', 'DELETE', '/createExperiment', [{ experiment_name: 'one' }]);
    await given('lists', experiment('one'));
    expect((await server.ask('lists', 'POST', '/updateResults', [first])).status).toBe(201);
    expect((await server.ask('lists', 'GET', `/tables/experiment_recommendations`)).body).toMatchObject({
      data: [],
    });
  });

  it.each(['experiments', 'performance-profiles'])(
    '%s: rebuilt from the log, the tables are equal',
    async (id) => {
      // Exits with 1, and so throws, when anything differs.
      expect(JSON.stringify(await server.replay(id))).toContain(id);
    },
  );
});

/** What the running program said; of a list of recommendations only that it is one. */
function liveText({ http, answer }: Variant, ours: Answer): string {
  if (answer === '(long)') return `${http!} ${Array.isArray(ours.body) ? '(array)' : 'no array'}`;
  if (typeof answer === 'string' || answer === undefined) return `${http!} ${answer ?? ''}`;
  return `${http!} ${errorsIn(answer[1]).join(' | ')}`;
}

/** Every [status, text] within an answer, however deep it stands. */
function errorsIn(value: unknown): string[] {
  if (Array.isArray(value)) {
    return typeof value[0] === 'number' ? [value.join(' ')] : value.flatMap(errorsIn);
  }
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(errorsIn) : [];
}

/** A text whose placeholders stand for anything. */
function pattern(text: string): RegExp {
  const plain = text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(plain.replaceAll(/<\w+>|\\\[\\\.\\\.\\\.\\\]/g, '.*'));
}
