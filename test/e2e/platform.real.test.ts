import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openApp } from '../../connectors/cli/app.ts';
import type { App } from '../../connectors/cli/app.ts';
import { pages } from '../../connectors/cli/dead-letters/finding.ts';
import type { DeadLetter } from '../../connectors/cli/dead-letters/finding.ts';
import { askedBy, send } from '../../connectors/cli/dead-letters/sending.ts';
import type { Running } from '../../connectors/cli/running.ts';
import { caughtUp, tryRun } from '../../connectors/cli/running.ts';
import { reportFiles } from '../support/crash-reports.ts';
import { kafkaPlace } from '../support/kafka-place.ts';
import type { KafkaPlace } from '../support/kafka-place.ts';
import type { KafkaTools } from '../support/real/kafka-tools.ts';
import { putObject } from '../support/real/s3-access.ts';
import {
  ownName,
  PUBLIC_BUCKET,
  sharedDatabase,
  sharedKafka,
  sharedRegistry,
  sharedS3,
} from '../support/real/shared.ts';

const ORG = '12345';
const refused = { upload_id: 'u-1', org_id: ORG, digest: 'd', code: 'X', message: 'by hand' };
let name: string;
let place: KafkaPlace;
let tools: KafkaTools;
let endpoint: string;
let app: App;
let sourcesApi: Server;
let running: Running | undefined;

beforeAll(async () => {
  ({ tools } = await sharedKafka());
});
beforeEach(async () => {
  name = ownName('platform');
  const s3 = await sharedS3();
  endpoint = s3.endpoint;
  const platform = {
    eventsTopic: `${name}-events`,
    sourcesTopic: `${name}-sources`,
    uploadsTopic: `${name}-uploads`,
    statusTopic: `${name}-status`,
    wishesTopic: `${name}-wishes`,
  };
  sourcesApi = createServer((_, response) => response.end('{"data":[{"id":"2"}]}'));
  await new Promise<void>((resolve) => sourcesApi.listen(0, '127.0.0.1', resolve));
  const sourcesApiUrl = `http://127.0.0.1:${(sourcesApi.address() as AddressInfo).port}`;
  place = await kafkaPlace(
    name,
    {
      brokers: (await sharedKafka()).brokers,
      registryUrl: (await sharedRegistry()).url,
      s3,
      databaseUrl: await sharedDatabase(),
    },
    { platform, objectKeys: true, sourcesApiUrl },
  );
  app = await openApp({ dataDir: place.dataDir, profile: place.profile });
  running = await tryRun(app);
});
afterEach(async () => {
  await running?.stop();
  await app.close();
  place.close();
  sourcesApi.close();
});

async function produce(topic: string, lines: readonly string[]): Promise<void> {
  const { code, stderr } = await tools.produce(['--topic', topic], `${lines.join('\n')}\n`);
  expect(code, stderr).toBe(0);
}

const settled = (): Promise<void> => caughtUp(app, new AbortController().signal);

/** In the order in which they died. */
async function deadLetters(): Promise<DeadLetter[]> {
  const found: DeadLetter[] = [];
  for await (const page of pages(app, { where: [] }, 100)) found.push(...page);
  return found.sort((a, b) => (a.died_at < b.died_at ? -1 : 1));
}

async function redrive(letter: DeadLetter): Promise<void> {
  const [outcome] = await send({ app, what: 'redrive', run: 'test', ...askedBy('') }, [letter]);
  expect(outcome).toMatchObject({ result: 'done' });
}

async function count(sql: string): Promise<number> {
  const { rows } = await app.pool.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${sql}`);
  return rows[0]!.n;
}

function announcement(files: readonly string[], more: Record<string, unknown> = {}): string {
  return JSON.stringify({
    request_id: 'test-request-123',
    b64_identity: 'e30=',
    metadata: {
      account: '12345',
      org_id: ORG,
      source_id: 'test-source-id',
      cluster_uuid: '1b77b73f-1d3e-43c6-9f55-bcd9fb6d1a0c',
      cluster_alias: 'test-cluster',
    },
    files,
    ...more,
  });
}

it('lines of kafka-console-producer become events, or dead letters that say why and can be redriven', async () => {
  const line = { key: ORG, type: 'UploadRefused', data: refused };
  await produce(`${name}.intake.json`, [
    JSON.stringify(line),
    'no json',
    JSON.stringify({ ...line, type: 'X' }),
  ]);
  await settled();
  const letters = await deadLetters();
  expect(letters.map(({ unit, code, org_id: org }) => [unit, code, org])).toEqual(
    expect.arrayContaining([
      ['json-intake', 'BAD_JSON', ''],
      ['json-intake', 'EVENT_UNKNOWN', ORG],
    ]),
  );
  expect((await app.log.ends('intake')).reduce((a, b) => a + b)).toBe(1);
  // Still invalid: it dies again, for another time.
  await redrive(letters[0]!);
  await settled();
  expect(await deadLetters()).toHaveLength(2);
  expect(
    (await deadLetters()).find(({ record_offset: at }) => at === letters[0]!.record_offset),
  ).toMatchObject({ status: 'dead', died_attempt: 1 });
});

describe('announced reports', () => {
  let link: string;
  beforeEach(async () => {
    const file = reportFiles()[0]!;
    const key = `${name}_openshift_usage_report.0.csv`;
    await putObject(await sharedS3(), PUBLIC_BUCKET, key, file.body);
    link = `${endpoint}/${PUBLIC_BUCKET}/${key}`;
  });

  it('are fetched once, whatever is repeated', async () => {
    await produce(`${name}-events`, [announcement([link])]);
    await settled();
    expect(await count(`public.uploads WHERE org_id = '${ORG}' AND status <> 'rejected'`)).toBe(1);
    const workloads = await count('public.workloads');
    expect(workloads).toBeGreaterThan(0);
    // The process dies before it has stored its position: the record is taken again.
    await running!.stop();
    await app.pool.query(`UPDATE log.owners SET positions = '{}', marks = '{}' WHERE unit = 'platform'`);
    running = await tryRun(app);
    await settled();
    expect(await count('public.uploads')).toBe(1);
    // The platform says it again: another request, the same report.
    await produce(`${name}-events`, [announcement([link])]);
    await settled();
    expect(await count('public.uploads')).toBe(2);
    expect(await count('public.workloads')).toBe(workloads);
    expect(await count(`public.reports`)).toBe(1);
  });

  it('and payloads, which the upload service announces for several services, are fetched once', async () => {
    const said = (service: string): string =>
      `service:${service}\t${JSON.stringify({ org_id: ORG, request_id: `r-${service}`, service, url: link })}`;
    const { code, stderr } = await tools.produce(
      ['--topic', `${name}-uploads`, '--property', 'parse.headers=true'],
      `${[said('advisor'), said('hccm')].join('\n')}\n`,
    );
    expect(code, stderr).toBe(0);
    await settled();
    expect(await count(`public.uploads WHERE request_id LIKE 'r-hccm/%' AND channel = 'kafka'`)).toBe(1);
    expect([await count('public.uploads'), await deadLetters()]).toEqual([1, []]);
  });

  it('are removed again when the application of their source is destroyed', async () => {
    await produce(`${name}-events`, [announcement([link])]);
    await settled();
    expect(await count('public.workloads')).toBeGreaterThan(0);
    const destroyed = (of: Record<string, unknown>): string =>
      `event_type:Application.destroy\t${JSON.stringify({ Id: 1, Application_type_id: 2, ...of })}`;
    const source = { Source_id: 'test-source-id' };
    const said = [
      destroyed({ ...source, Tenant: 'another' }),
      destroyed({ ...source, Tenant: ORG, Application_type_id: 3 }),
      destroyed(source),
    ];
    await sources(said);
    expect(await count('public.workloads')).toBeGreaterThan(0);
    expect((await deadLetters()).map(({ code }) => code)).toEqual(['SOURCE_EVENT_INVALID']);
    await sources([destroyed({ ...source, Tenant: ORG })]);
    for (const table of ['clusters', 'workloads', 'container_usage', 'recommendations', 'reports'])
      expect([table, await count(`public.${table}`)]).toEqual([table, 0]);
    await produce(`${name}-events`, [announcement([link])]);
    await settled();
    expect(await count('public.workloads')).toBeGreaterThan(0);
  });

  it('are read by their key when the store refuses the link', async () => {
    const key = `org${ORG}/source=test-source-id/date=2026-11-20/report.csv`;
    await putObject(await sharedS3(), name, key, reportFiles()[0]!.body);
    const refusedLink = `${endpoint}/${name}/${key}`;
    expect((await fetch(refusedLink)).status).toBe(403);
    await produce(`${name}-events`, [
      announcement([refusedLink], { object_keys: [key] }),
      announcement([refusedLink], { object_keys: [key.replace('test-source-id', 'another')] }),
    ]);
    await settled();
    expect(await count(`public.uploads WHERE filename = 'report.csv' AND status <> 'rejected'`)).toBe(1);
    expect((await deadLetters()).map(({ code }) => code)).toEqual(['FETCH_REFUSED']);
  });

  it('die with a reason when they cannot be fetched, and can be redriven', async () => {
    await produce(`${name}-events`, [
      '{ "request_id":',
      announcement(['http://127.0.0.1:1/x.csv']),
      announcement([`${endpoint}/${PUBLIC_BUCKET}/${name}-late.csv`, link]),
    ]);
    await settled();
    const letters = await deadLetters();
    expect(letters.map(({ code, record_offset: at, org_id: org }) => [at, code, org])).toEqual([
      [0, 'BAD_JSON', ''],
      [1, 'FETCH_DENIED', ORG],
      [2, 'FETCH_REFUSED', ORG],
    ]);
    expect(await count('public.uploads')).toBe(1);
    await putObject(await sharedS3(), PUBLIC_BUCKET, `${name}-late.csv`, reportFiles()[1]!.body);
    await redrive(letters[2]!);
    await settled();
    // The one that was in is a repeat of the same request, the other is new.
    expect(await count('public.uploads')).toBe(2);
    expect(await deadLetters()).toHaveLength(3);
  });
});

/** What the platform says of sources. */
async function sources(lines: readonly string[]): Promise<void> {
  const args = ['--topic', `${name}-sources`, '--property', 'parse.headers=true'];
  const { code, stderr } = await tools.produce(args, `${lines.join('\n')}\n`);
  expect(code, stderr).toBe(0);
  await settled();
}

it('recommendations that the processor asks for are answered, and a wish that cannot be read dies with its reason', async () => {
  const wish = {
    Request_id: 'r-9',
    Metadata: {
      ...{ Org_id: ORG, Workload_id: 17, Experiment_name: `${ORG}|7|c1|shop|deployment|web` },
      ...{ Max_endtime_report: '2023-06-03T00:45:00Z', ExperimentType: 'container' },
    },
  };
  await produce(`${name}-wishes`, [JSON.stringify(wish), '{"Request_id":"r-10"}']);
  await settled();
  const { rows } = await app.pool.query(
    'SELECT org_id, experiment_name, code FROM public.experiment_answers',
  );
  expect(rows).toEqual([
    { org_id: ORG, experiment_name: wish.Metadata.Experiment_name, code: 'EXPERIMENT_NOT_FOUND' },
  ]);
  expect((await deadLetters()).map(({ code }) => code)).toEqual(['WISH_INVALID']);
});

it('uploads over HTTP are announced, once each', async () => {
  const upload = (requestId: string, channel: 'http' | 'cli') =>
    app.uploads.accept({
      ...{ org: ORG, account: '7', requestId, filename: 'a.csv', mediaType: 'text/csv', channel },
      bytes: (async function* () {
        await Promise.resolve();
        yield reportFiles()[0]!.body;
      })(),
      maxBytes: 1e7,
    });
  await upload('r-1', 'http');
  await upload('r-1', 'http');
  await upload('r-2', 'cli');
  const args = ['--topic', `${name}-sources`, '--from-beginning', '--timeout-ms', '5000'];
  const { stdout } = await tools.consume(args);
  expect(stdout.trim().split('\n')).toHaveLength(1);
  expect(JSON.parse(stdout)).toMatchObject({
    request_id: 'r-1',
    account: '7',
    org_id: ORG,
    principal: ORG,
    service: 'hccm',
  });
  const told = await tools.consume(['--topic', `${name}-status`, '--from-beginning', '--timeout-ms', '5000']);
  expect(
    told.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, string>)
      .map(({ request_id: id, status }) => [id, status]),
  ).toEqual([
    ['r-1', 'received'],
    ['r-1', 'success'],
  ]);
});
