import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openApp } from '../../../connectors/cli/app.ts';
import type { App } from '../../../connectors/cli/app.ts';
import { ingestFile } from '../../../connectors/cli/ingesting.ts';
import { serve } from '../../../connectors/cli/serving.ts';
import type { Served } from '../../../connectors/cli/serving.ts';
import { commandLine } from '../../support/command-line.ts';
import { identityOf } from '../../support/http-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'rightstream-policy-'));
const dataDir = join(folder, 'data');
const report = (day: number) => join(folder, `day-${day}.csv`);

const onPlace = commandLine(dataDir);
const run = (...args: string[]) => onPlace(args);

interface Row {
  readonly workload: string;
  readonly engine: string;
  readonly precision: string;
  readonly monitoring_end_time: string;
  readonly policy_sources: readonly string[];
}

async function rows(): Promise<Row[]> {
  const { out } = await run('query', 'recommendations', '--order', 'workload', '--json');
  return (JSON.parse(out) as { rows: Row[] }).rows;
}

beforeAll(async () => {
  for (const day of [1, 2, 3, 4])
    await run('bench-data', report(day), '--containers', '4', '--start', `2026-01-0${day}T00:00:00Z`);
  expect(await run('ingest', report(1))).toMatchObject({ code: 0 });
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('rightstream policy', () => {
  it('decides again on what stands, by scope, and on what comes after it', async () => {
    expect((await rows()).map(({ engine }) => engine)).toEqual(['cost', 'cost', 'cost', 'cost']);
    expect(await run('policy', 'set', '--engine', 'krr', '--tunable', 'points_required=50')).toMatchObject({
      code: 0,
    });
    const narrow = ['--namespace', 'team-0', '--workload', 'service-1'];
    const daily = ['--engine', 'vpa', '--precision', 'exact', '--decide', 'daily'];
    const before = await rows();
    expect(before.map(({ engine }) => engine)).toEqual(['krr', 'krr', 'krr', 'krr']);
    expect(await run('policy', 'set', ...narrow, ...daily)).toMatchObject({ code: 0 });
    for (const [i, row] of (await rows()).entries())
      if (row.workload === 'service-1')
        expect(row).toMatchObject({ engine: 'vpa', policy_sources: ['*/team-0/service-1@2', '*/*/*@1'] });
      else expect(row).toEqual(before[i]);
    const again = await run('explain', 'team-0/service-1/app-1', '--verify');
    expect(again.out).toMatch(
      /decided again, on the same usage, when policies changed: engine-policies\/[^]*Verified/,
    );
    expect(await run('ingest', report(2))).toMatchObject({ code: 0 });
    for (const row of await rows()) {
      const vpa = row.workload === 'service-1';
      expect(row).toMatchObject({
        engine: vpa ? 'vpa' : 'krr',
        precision: vpa ? 'exact' : 'compact',
        policy_sources: [...(vpa ? ['*/team-0/service-1@2'] : []), '*/*/*@1'],
      });
    }
  });

  it('is followed by reports, and told by explain', async () => {
    const { out } = await run('report', '--json');
    const { proposals } = JSON.parse(out) as { proposals: { workload: string; engine: string }[] };
    expect(new Set(proposals.map(({ engine }) => engine))).toEqual(new Set(['krr', 'vpa']));
    const asked = await run('report', '--format', 'csv', '--engine', 'performance');
    expect(asked.out).toMatch(/Memory Limits,Engine\r\n[^]*performance\r\n/);
    const explained = await run('explain', 'team-0/service-1/app-1', '--json');
    expect(JSON.parse(explained.out)).toMatchObject({
      explanation: {
        advice: {
          policy: { engine: 'vpa', precision: 'exact' },
          engines: [{ engine: 'balanced' }, { engine: 'vpa', chosen: true }],
          curve: expect.objectContaining({ length: 20 }) as unknown,
        },
      },
    });
  });

  it('leaves tables that a replay makes again, and decisions that can be derived again', async () => {
    for (const projection of ['recommendations', 'engine-policies'])
      expect(await run('replay', projection, '--verify')).toMatchObject({ code: 0 });
    const verified = await run('explain', '--all', '--verify');
    expect(verified).toMatchObject({ code: 0, out: expect.stringContaining('4 of 4') as string });
  });

  it.each([
    [['set', '--engine', 'best'], 'UNKNOWN_ENGINE: there is no engine "best"; there are cost, performance'],
    [['set'], 'BAD_POLICY: a policy says something'],
    [['set', '--engine', 'vpa', '--tunable', 'margin=lots'], 'BAD_OPTION'],
    [['set', '--engine', 'vpa', '--tunable', 'margin=9'], 'BAD_POLICY: margin of engine vpa must be from 0'],
    [['set', '--engine', 'vpa', '--namespace', 'team-*'], 'BAD_SCOPE'],
    [['set', '--engine', 'vpa', '--workload', 'web'], 'BAD_SCOPE: a workload is one of a namespace'],
    [['remove', '--namespace', 'nowhere'], 'POLICY_NOT_FOUND'],
    [['remove', '--org', 'other'], 'POLICY_NOT_FOUND'],
  ])('%j is bad input: %s', async (args, message) => {
    expect(await run('policy', ...args)).toMatchObject({
      code: 2,
      err: expect.stringContaining(message) as string,
    });
  });
});

describe('policies over HTTP', () => {
  let app: App;
  let served: Served;
  const path = '/api/rightstream/v1/policies';
  const call = async (method: string, query = '', body?: string, headers: Record<string, string> = {}) => {
    const answer = await fetch(`${served.url!}${path}${query}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
    });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };

  beforeAll(async () => {
    app = await openApp({ dataDir });
    served = await serve(app, { port: 0 });
  });
  afterAll(async () => {
    await served.stop();
    await app.close();
  });

  it('lists what the command line has set, to its organisation alone', async () => {
    const { body } = await call('GET');
    expect(body['data']).toMatchObject([{ scope: '*/*/*' }, { scope: '*/team-0/service-1' }]);
    const other = await call('GET', '', undefined, identityOf('other'));
    expect(other).toMatchObject({ status: 200, body: { data: [] } });
  });

  it('sets one for what is uploaded after the answer, a repeat having no second effect', async () => {
    const key = { 'idempotency-key': 'once' };
    const policy = '{"engine":"balanced","risk_budget":0.1}';
    const first = await call('PUT', '?namespace=team-0', policy, key);
    expect(first).toMatchObject({
      status: 200,
      body: {
        data: {
          scope: '*/team-0/*',
          sequence: 3,
          takes_effect: 'at once; what stands is decided again, part by part',
        },
      },
    });
    expect(await call('PUT', '?namespace=team-0', policy, key)).toEqual(first);
    expect(await call('PUT', '?namespace=team-0', '{"engine":"krr"}', key)).toMatchObject({ status: 409 });
    await ingestFile(app, report(3), { org: 'local' });
    const where = [{ column: 'workload', op: 'eq', value: 'service-0' } as const];
    const [row] = await app.readModels.select({ table: 'recommendations', org: 'local', where, limit: 1 });
    expect(row).toMatchObject({ engine: 'balanced', policy_values: { risk_budget: 0.1 } });
    const shown = await fetch(
      `${served.url!}/api/rightstream/v1/recommendations/${String(row!['recommendation_id'])}`,
    );
    expect(await shown.json()).toMatchObject({
      data: { engine: 'balanced', proposed_cpu_request: row!['proposed_cpu_request'] },
      explanation: { advice: { engines: [{ engine: 'balanced', chosen: true }] } },
    });
  });

  it('removes one, once, and only its own', async () => {
    const other = identityOf('other');
    expect(await call('DELETE', '?namespace=team-0', undefined, other)).toMatchObject({ status: 404 });
    expect(await call('DELETE', '?namespace=team-0')).toMatchObject({ status: 200 });
    expect(await call('DELETE', '?namespace=team-0')).toMatchObject({
      status: 404,
      body: { code: 'POLICY_NOT_FOUND' },
    });
  });

  it.each([
    ['PUT', '', '{"engine":"bogus"}', 400, 'UNKNOWN_ENGINE'],
    ['PUT', '', '', 400, 'BAD_POLICY'],
    ['PUT', '', 'x', 400, 'BAD_POLICY'],
    ['PUT', '?namespace=%2A', '{"engine":"vpa"}', 400, 'BAD_SCOPE'],
    ['PUT', `?namespace=${'x'.repeat(300)}`, '{"engine":"vpa"}', 400, 'BAD_SCOPE'],
    ['PUT', '?workload=web', '{"engine":"vpa"}', 400, 'BAD_SCOPE'],
    ['PUT', '', `{"engine":"${'x'.repeat(5_000)}"}`, 400, 'BAD_POLICY'],
    ['PUT', '', 'x'.repeat(20_000), 413, 'FST_ERR_CTP_BODY_TOO_LARGE'],
  ])('%s %s %s is refused with %s %s', async (method, query, body, status, code) => {
    expect(await call(method, query, body)).toMatchObject({ status, body: { code } });
  });

  it('is described by OpenAPI', async () => {
    const described = await fetch(`${served.url!}/openapi.json`);
    expect(Object.keys(((await described.json()) as { paths: Record<string, object> }).paths[path]!)).toEqual(
      expect.arrayContaining(['get', 'put', 'delete']),
    );
  });
});

it('README tells what there is', () => {
  const readme = readFileSync('README.md', 'utf8');
  for (const code of ['BAD_POLICY', 'UNKNOWN_ENGINE', 'BAD_SCOPE', 'POLICY_NOT_FOUND', 'TOO_MANY_POLICIES'])
    expect(readme).toContain(`\`${code}\``);
});
