/** The commands of the published data-flow document of ROS, in their order, against processes of the kafka profile. */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { payload, reportFiles } from '../support/crash-reports.ts';
import { kafkaPlace } from '../support/kafka-place.ts';
import type { KafkaPlace } from '../support/kafka-place.ts';
import type { KafkaTools } from '../support/real/kafka-tools.ts';
import { startChild } from '../support/real/process.ts';
import type { Child } from '../support/real/process.ts';
import { putObject } from '../support/real/s3-access.ts';
import {
  ownName,
  PUBLIC_BUCKET,
  sharedDatabase,
  sharedKafka,
  sharedRegistry,
  sharedS3,
} from '../support/real/shared.ts';

const program = join(import.meta.dirname, '../../dist/rightstream.js');
const folder = mkdtempSync(join(tmpdir(), 'rightstream-walkthrough-'));
/** The identities that the document shows: the first has no type. */
const identity =
  'eyJpZGVudGl0eSI6eyJhY2NvdW50X251bWJlciI6IjEyMzQ1IiwiaW50ZXJuYWwiOnsib3JnX2lkIjoiMTIzNDUifX19';
const identityOfEvent =
  'eyJpZGVudGl0eSI6eyJhY2NvdW50X251bWJlciI6IjEyMzQ1IiwidHlwZSI6IlVzZXIiLCJpbnRlcm5hbCI6eyJvcmdfaWQiOiIxMjM0NSJ9fX0=';
const [ANNOUNCED, TOLD] = ['hccm.ros.events', 'platform.sources.event-stream'];
let place: KafkaPlace;
let tools: KafkaTools;
let product: Child;
/** What the document reaches at 3000, 8001 and 8080. */
let [ingress, api, kruize] = ['', '', ''];

beforeAll(async () => {
  const shared = await sharedKafka();
  tools = shared.tools;
  place = await kafkaPlace(
    ownName('walk'),
    {
      brokers: shared.brokers,
      registryUrl: (await sharedRegistry()).url,
      s3: await sharedS3(),
      databaseUrl: await sharedDatabase(),
    },
    { platform: { eventsTopic: ANNOUNCED!, sourcesTopic: TOLD! } },
  );
  product = await startChild({
    file: process.execPath,
    args: [program, 'run', '--port', '0,0,0', '--org', '12345'],
    env: place.env,
  });
  await product.untilLine(/^ {2}data {8}/, 60_000);
  ingress = /dashboard +(\S+)\//.exec(product.tail())![1]!;
  [api, kruize] = /also at +(\S+), (\S+)/.exec(product.tail())!.slice(1) as [string, string];
});
afterAll(async () => {
  await product.kill();
  place.close();
  rmSync(folder, { recursive: true, force: true });
});

const execute = promisify(execFile);

/** curl as the document calls it; what it prints. */
async function curl(...args: string[]): Promise<string> {
  return (await execute('curl', ['-sS', ...args], { cwd: folder })).stdout;
}
const json = async (...args: string[]): Promise<unknown> => JSON.parse(await curl('-f', ...args));

/** psql; where there is none, its query by the client. */
async function psql(query: string): Promise<number> {
  const url = place.env['DATABASE_URL']!;
  try {
    const { stdout } = await execute('psql', [url, '-t', '-c', query]);
    return Number(stdout.trim());
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    const client = new Client({ connectionString: url });
    await client.connect();
    const { rows } = await client.query<{ count: string }>(query);
    await client.end();
    return Number(rows[0]!.count);
  }
}

async function deadLetters(): Promise<{ topic: string; code: string }[]> {
  const args = [program, 'dead-letters', 'list', '--json'];
  const { stdout } = await execute(process.execPath, args, { env: { ...process.env, ...place.env } });
  return (JSON.parse(stdout) as { dead_letters: { topic: string; code: string }[] }).dead_letters;
}

it('1. the ingress service answers and takes an upload', async () => {
  expect(await json(`${ingress}/api/ingress/v1/version`)).toHaveProperty('version');
  writeFileSync(
    join(folder, 'cost-mgmt.tar.gz'),
    payload('r1', '2026-03-29T00:00:00Z', [reportFiles()[0]!]).bytes,
  );
  const answer = await json(
    ...['-X', 'POST', '-F', 'file=@cost-mgmt.tar.gz', '-H', `x-rh-identity: ${identity}`],
    ...['-H', 'x-rh-request-id: test-request-123', `${ingress}/api/ingress/v1/upload`],
  );
  expect(answer).toEqual({
    request_id: 'test-request-123',
    upload: { account_number: '12345', org_id: '12345' },
  });
  await expect.poll(() => psql('SELECT COUNT(*) FROM workloads;'), { timeout: 60_000 }).toBeGreaterThan(0);
});

it('2. the upload is announced to the platform', async () => {
  const { stdout } = await tools.consume(['--topic', TOLD!, '--from-beginning', '--max-messages', '1']);
  expect(JSON.parse(stdout)).toMatchObject({
    request_id: 'test-request-123',
    org_id: '12345',
    account: '12345',
    service: 'hccm',
  });
});

it('3. a report in ros-data that is announced by hand is counted', async () => {
  const before = await psql('SELECT COUNT(*) FROM workloads;');
  const csv = `${randomUUID()}_openshift_usage_report.0.csv`;
  const s3 = await sharedS3();
  await putObject(s3, PUBLIC_BUCKET, csv, reportFiles()[3]!.body);
  const link = `${s3.endpoint}/${PUBLIC_BUCKET}/${csv}`;
  expect(await curl('-f', '-I', link)).toContain('200 OK');
  const message = `{
  "request_id": "test-request-123",
  "b64_identity": "${identityOfEvent}",
  "metadata": {
    "account": "12345",
    "org_id": "12345",
    "source_id": "test-source-id",
    "cluster_uuid": "1b77b73f-1d3e-43c6-9f55-bcd9fb6d1a0c",
    "cluster_alias": "test-cluster"
  },
  "files": [
    "${link}"
  ]
}`;
  // kafka-console-producer makes a record of every line, so the document's text goes through tr -d '\n'.
  const { code, stderr } = await tools.produce(['--topic', ANNOUNCED!], `${message.replaceAll('\n', '')}\n`);
  expect(code, stderr).toBe(0);
  await expect
    .poll(() => psql('SELECT COUNT(*) FROM workloads;'), { timeout: 60_000 })
    .toBeGreaterThan(before);
  expect(await psql("SELECT COUNT(*) FROM workloads WHERE cluster_alias = 'test-cluster';")).toBeGreaterThan(
    0,
  );
});

it('4. what is no announcement is set aside and told', async () => {
  await tools.produce(['--topic', ANNOUNCED!], '{"test": "message"}\n');
  await expect
    .poll(deadLetters, { timeout: 60_000 })
    .toMatchObject([{ topic: ANNOUNCED!, code: 'ANNOUNCEMENT_INVALID' }]);
});

it('5. the API at 8001', async () => {
  expect(await json(`${api}/status`)).toEqual({ 'api-server': 'working' });
  const workloads = (await json(`${api}/api/ros/v1/workloads`)) as {
    data: { cluster_alias: string }[];
    meta: { count: number };
  };
  expect(workloads.meta.count).toBe(await psql('SELECT COUNT(*) FROM workloads;'));
  const { meta } = (await json(`${api}/api/ros/v1/recommendations`)) as { meta: { count: number } };
  const advised = "SELECT COUNT(*) FROM recommendations WHERE kind = 'container' AND available;";
  await expect.poll(() => psql(advised)).toBe(meta.count);
});

it('6. Kruize at 8080', async () => {
  const [profile] = (await json(`${kruize}/listPerformanceProfiles`)) as { name: string }[];
  expect(profile!.name).toBe('resource-optimization-openshift');
  const experiments = (await json(`${kruize}/listExperiments`)) as { experiment_name: string }[];
  expect(experiments).toHaveLength(await psql('SELECT COUNT(*) FROM workloads;'));
  const { experiment_name: name } = experiments[0]!;
  const found = await json(`${kruize}/listRecommendations?experiment_name=${encodeURIComponent(name)}`);
  expect(found).toMatchObject([{ experiment_name: name }]);
});

it('7. the topics, with the tools of Kafka', async () => {
  const { stdout: names } = await tools.topics(['--list']);
  expect(names.split('\n')).toEqual(expect.arrayContaining([ANNOUNCED, TOLD]));
  const { stdout } = await tools.consume(['--topic', ANNOUNCED!, '--from-beginning', '--max-messages', '2']);
  const [announced, test] = stdout.trim().split('\n');
  expect(JSON.parse(announced!)).toMatchObject({ request_id: 'test-request-123' });
  expect(JSON.parse(test!)).toEqual({ test: 'message' });
});
